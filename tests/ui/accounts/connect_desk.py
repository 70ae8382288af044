"""The dialog for accounts with a few accounts, for the tests of its parts."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.accounts.account_draft import AccountDraft
from services.accounts.events import (
    AccountsLoaded,
)
from services.providers.account import Account, AccountKind
from tests.support.factories import account
from tests.support.recording_engine import RecordingEngine
from ui.accounts.connect_dialog import ConnectDialog

ACME = account("Acme", id="acme", provider_id="openai", base_url="https://api.openai.com/v1")
TEAM = account("Team", id="team", provider_id="litellm", base_url="http://localhost:4000/v1")
ENVIRONMENT = account("Environment", id="environment", kind=AccountKind.ENVIRONMENT)
SANDBOX = account("Sandbox", id="sandbox", kind=AccountKind.SANDBOX)
ALL = (ACME, TEAM, ENVIRONMENT, SANDBOX)


class Desk:
    """The dialog as a user sees it."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.engine = RecordingEngine()
        self.dialog = ConnectDialog(self.engine.backend.engine.accounts)
        qtbot.addWidget(self.dialog)
        self.chosen = QSignalSpy(self.dialog.account_chosen)
        self.saved = QSignalSpy(self.dialog.account_saved)

    def open(self, account_id: str | None, accounts: tuple[Account, ...] = ALL) -> None:
        self.dialog.edit(account_id)
        self.dialog.open()
        self.dialog.apply_event(AccountsLoaded(accounts))

    def widget(self, kind: type[QWidget], name: str) -> QWidget:
        (found,) = [one for one in self.dialog.findChildren(kind) if one.accessibleName() == name]
        return found

    def field(self, name: str) -> QLineEdit:
        found = self.widget(QLineEdit, name)
        assert isinstance(found, QLineEdit)
        return found

    def write(self, name: str, text: str) -> None:
        field = self.field(name)
        field.clear()
        self.qtbot.keyClicks(field, text)

    def buttons(self) -> list[str]:
        """The texts of the enabled buttons."""
        return [
            button.text()
            for button in self.dialog.findChildren(QAbstractButton)
            if button.isVisible() and button.isEnabled() and button.text()
        ]

    def press(self, text: str) -> None:
        (button,) = [
            button
            for button in self.dialog.findChildren(QAbstractButton)
            if button.isVisible() and button.text() == text
        ]
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def press_named(self, name: str) -> None:
        self.qtbot.mouseClick(self.widget(QToolButton, name), Qt.MouseButton.LeftButton)

    def checked(self, text: str) -> bool:
        (found,) = [one for one in self.dialog.findChildren(QCheckBox) if one.text() == text]
        return found.isChecked()

    def choose_provider(self, name: str) -> None:
        combo = self.widget(QComboBox, "Provider")
        assert isinstance(combo, QComboBox)
        combo.setFocus()
        combo.setCurrentIndex(combo.findText(name))
        combo.activated.emit(combo.currentIndex())

    def texts(self) -> str:
        return "\n".join(
            label.text() for label in self.dialog.findChildren(QLabel) if label.isVisible()
        )

    def drafts(self, command: str) -> list[AccountDraft]:
        drafts = [arguments[0] for arguments in self.engine.arguments_of(command)]
        assert all(isinstance(draft, AccountDraft) for draft in drafts)
        return drafts

    def last_request(self) -> int:
        request = self.engine.arguments_of("accounts.test")[-1][1]
        assert isinstance(request, int)
        return request
