"""The form for the network, alone and in the account dialog."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountsLoaded
from services.accounts.network_check import NetworkDraft, check_network
from services.providers.network import DEFAULT_NETWORK, Network, ProxyChoice
from tests.support.factories import account
from tests.support.narrowing import instance_of, not_none
from tests.support.recording_engine import RecordingEngine
from ui.accounts.connect_dialog import ConnectDialog
from ui.accounts.network_form import NetworkForm

OWN = Network(
    ProxyChoice.OWN,
    "http://proxy.example.com:3128",
    "ann",
    True,
    "localhost, .example.com",
    "/etc/ssl/company.pem",
    "/home/ann/ann.pem",
    "/home/ann/ann.key",
    5,
    30,
    300,
    4,
    (("X-Cost-Center", "production"), ("X-Trace", "on")),
    True,
)


@pytest.fixture
def form(qtbot: QtBot) -> NetworkForm:
    made = NetworkForm()
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def press(qtbot: QtBot, parent: QWidget, text: str) -> None:
    (button,) = [one for one in parent.findChildren(QPushButton) if one.text() == text]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose(qtbot: QtBot, form: NetworkForm, choice: ProxyChoice) -> None:
    button = form._proxies[choice]
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)


def header_fields(form: NetworkForm) -> list[str]:
    names = ("Header name", "Header value")
    fields = [one for one in form.headers.findChildren(QLineEdit) if not one.isHidden()]
    return [field.text() for field in fields if field.accessibleName() in names]


def messages_in(parent: QWidget) -> str:
    labels = [one for one in parent.findChildren(QLabel) if one.property("look") == "error"]
    return "\n".join(one.text() for one in labels if not one.isHidden())


@pytest.mark.parametrize("network", [DEFAULT_NETWORK, OWN, Network(ProxyChoice.NONE, retries=0)])
def test_a_network_is_shown_and_read_unchanged(form: NetworkForm, network: Network) -> None:
    form.show_network(network)
    assert form.draft().network == network
    assert form.draft().proxy_password is None
    assert messages_in(form) == ""


def test_a_network_is_shown_without_anything_of_the_one_before(form: NetworkForm) -> None:
    form.show_network(OWN)
    form.proxy_password.setText("secret")
    form.show_network(DEFAULT_NETWORK)
    assert form.draft().network == DEFAULT_NETWORK
    assert form.draft().proxy_password is None


def test_a_password_is_never_shown(form: NetworkForm) -> None:
    form.show_network(OWN)
    assert form.proxy_password.text() == ""
    assert "saved" in form.proxy_password.placeholderText()
    assert form.proxy_password.echoMode() is QLineEdit.EchoMode.Password


def test_what_is_not_chosen_is_disabled(qtbot: QtBot, form: NetworkForm) -> None:
    fields = (form.proxy_url, form.not_for, form.proxy_user, form.proxy_password)
    assert not any(field.isEnabled() for field in (*fields, form.ca_file.field))
    choose(qtbot, form, ProxyChoice.OWN)
    assert all(field.isEnabled() for field in fields)
    assert form.proxy_url.hasFocus()
    choose(qtbot, form, ProxyChoice.NONE)
    assert not any(field.isEnabled() for field in fields)
    qtbot.mouseClick(form._own_trust, Qt.MouseButton.LeftButton)
    assert form.ca_file.field.hasFocus()
    qtbot.keyClicks(form.ca_file.field, "/ca.pem")
    qtbot.mouseClick(form._system_trust, Qt.MouseButton.LeftButton)
    assert form.draft().network.ca_file == ""
    qtbot.mouseClick(form._own_trust, Qt.MouseButton.LeftButton)
    assert form.draft().network.ca_file == "/ca.pem"


def test_a_choice_that_needs_an_address_is_committed_with_it(
    qtbot: QtBot, form: NetworkForm
) -> None:
    committed, edited = QSignalSpy(form.committed), QSignalSpy(form.edited)
    choose(qtbot, form, ProxyChoice.OWN)
    assert (committed.count(), edited.count()) == (0, 1)
    qtbot.keyClicks(form.proxy_url, "p.example:1")
    qtbot.keyClick(form.proxy_url, Qt.Key.Key_Tab)
    assert committed.count() == 1


def test_headers_are_added_and_removed_with_the_keyboard(qtbot: QtBot, form: NetworkForm) -> None:
    form.headers.button.setFocus()
    for text in ("X-A", "X-B"):
        qtbot.keyClick(form.headers.button, Qt.Key.Key_Space)
        name = not_none(QApplication.focusWidget())
        qtbot.keyClicks(name, text)
        qtbot.keyClick(name, Qt.Key.Key_Tab)
        qtbot.keyClicks(not_none(QApplication.focusWidget()), "1")
    assert form.draft().network.headers == (("X-A", "1"), ("X-B", "1"))
    remove = [one for one in form.headers.findChildren(QToolButton) if not one.isHidden()]
    remove[0].setFocus()
    qtbot.keyClick(remove[0], Qt.Key.Key_Space)
    assert form.draft().network.headers == (("X-B", "1"),)
    assert form.headers.button.hasFocus()


def test_tidied_headers_leave_an_empty_row_to_fill(qtbot: QtBot, form: NetworkForm) -> None:
    form.show_network(replace(DEFAULT_NETWORK, headers=(("X-A:", "1"),)))
    press(qtbot, form, "Add header")
    form.show_tidied(check_network(form.draft()).draft.network)
    assert header_fields(form) == ["X-A", "1", "", ""]
    form.show_network(DEFAULT_NETWORK)
    assert header_fields(form) == []


def test_everything_is_reached_with_tab_in_reading_order(qtbot: QtBot, form: NetworkForm) -> None:
    form.show_network(OWN)
    names: list[str] = []
    form._proxies[ProxyChoice.OWN].setFocus()
    while len(names) < 40:
        at = not_none(QApplication.focusWidget())
        names.append(at.accessibleName() or instance_of(QAbstractButton, at).text())
        if at is form.plain_http:
            break
        qtbot.keyClick(at, Qt.Key.Key_Tab)
    assert names == [
        "This proxy:",
        "Proxy address",
        "Not for",
        "User name",
        "Password",
        "System certificates and this file:",
        "Certificate file",
        "Choose…",
        "Client certificate",
        "Choose…",
        "Key of the client certificate",
        "Choose…",
        "Connect timeout",
        "Send timeout",
        "Response timeout",
        "Retries",
        "Header name",
        "Header value",
        "Remove the header",
        "Header name",
        "Header value",
        "Remove the header",
        "Add header",
        "Allow http:// to other computers",
    ]


def test_the_first_invalid_field_is_focused_and_described(form: NetworkForm) -> None:
    form.show_network(replace(OWN, proxy_url="http://p q:1", ca_file="relative"))
    checked = check_network(form.draft())
    form.show_messages(checked.messages)
    assert len(messages_in(form).splitlines()) == 2
    assert form.proxy_url.hasFocus()
    assert form.proxy_url.accessibleDescription()
    form.show_messages(())
    assert messages_in(form) == ""
    assert form.proxy_url.accessibleDescription() == ""


# In the account dialog


class Desk:
    """The dialog on the tab of an account's network."""

    def __init__(self, qtbot: QtBot, network: Network | None, default: Network) -> None:
        self.qtbot = qtbot
        self.engine = RecordingEngine()
        self.dialog = ConnectDialog(self.engine.backend.engine.accounts, default_network=default)
        qtbot.addWidget(self.dialog)
        self.dialog.edit("acme")
        with qtbot.waitActive(self.dialog):
            self.dialog.open()
            self.dialog.activateWindow()
        https = account(base_url="https://files.example.com/v1", network=network)
        self.dialog.apply_event(AccountsLoaded((https,)))
        self.choose_tab(1)

    @property
    def form(self) -> NetworkForm:
        return not_none(self.dialog.findChild(NetworkForm))

    def choose_tab(self, tab: int) -> None:
        self.dialog._editor.tabs.setCurrentIndex(tab)

    def use_default(self) -> None:
        box = self.dialog._editor.network.use_default
        box.setFocus()
        self.qtbot.keyClick(box, Qt.Key.Key_Space)

    def press(self, text: str) -> None:
        press(self.qtbot, self.dialog, text)

    def saved(self) -> AccountDraft:
        return instance_of(AccountDraft, self.engine.arguments_of("accounts.save")[-1][0])


def test_an_account_shows_its_own_network(qtbot: QtBot) -> None:
    desk = Desk(qtbot, OWN, DEFAULT_NETWORK)
    assert desk.form.isVisible()
    assert desk.form.isEnabled()
    assert desk.form.draft() == NetworkDraft(OWN)
    desk.choose_tab(0)
    assert not desk.form.isVisible()


def test_an_account_without_one_shows_the_default_until_it_gets_its_own(qtbot: QtBot) -> None:
    default = replace(OWN, answer_seconds=7)
    desk = Desk(qtbot, None, default)
    assert not desk.form.isEnabled()
    assert desk.form.answer_seconds.value() == 7
    desk.use_default()
    assert desk.form.isEnabled()
    desk.press("Save")
    # The default's password isn't the account's.
    assert desk.saved().account.network == replace(default, proxy_password_saved=False)


def test_an_account_can_go_back_to_the_default(qtbot: QtBot) -> None:
    desk = Desk(qtbot, OWN, DEFAULT_NETWORK)
    desk.use_default()
    assert not desk.form.isEnabled()
    desk.press("Save")
    assert desk.saved().account.network is None


def test_a_typed_password_is_saved_and_cleared(qtbot: QtBot) -> None:
    desk = Desk(qtbot, OWN, DEFAULT_NETWORK)
    qtbot.keyClicks(desk.form.proxy_password, "secret")
    desk.press("Save")
    assert desk.saved().proxy_password == "secret"
    desk.dialog.reject()
    assert desk.form.proxy_password.text() == ""


def test_a_login_in_the_address_is_shown_in_its_own_fields(qtbot: QtBot) -> None:
    desk = Desk(qtbot, replace(OWN, proxy_user=""), DEFAULT_NETWORK)
    desk.form.proxy_url.setText("http://bob:secret@p.example.com:1")
    desk.press("Test connection")
    tested = instance_of(AccountDraft, desk.engine.arguments_of("accounts.test")[-1][0])
    assert tested.proxy_password == "secret"
    assert desk.form.proxy_url.text() == "http://p.example.com:1"
    assert desk.form.proxy_user.text() == "bob"


def test_an_invalid_network_is_shown_and_not_saved(qtbot: QtBot) -> None:
    desk = Desk(qtbot, OWN, DEFAULT_NETWORK)
    desk.form.proxy_url.setText("nonsense")
    desk.choose_tab(0)
    desk.press("Save")
    assert desk.form.isVisible()
    assert "port" in messages_in(desk.form)
    assert desk.form.proxy_url.hasFocus()
    assert desk.engine.arguments_of("accounts.save") == []


def test_an_invalid_account_is_shown_from_the_other_tab(qtbot: QtBot) -> None:
    desk = Desk(qtbot, OWN, DEFAULT_NETWORK)
    desk.dialog._form.base_url.setText("")
    desk.press("Save")
    assert desk.dialog._form.isVisible()
    assert desk.engine.arguments_of("accounts.save") == []


def test_http_can_be_allowed_for_an_account(qtbot: QtBot) -> None:
    desk = Desk(qtbot, DEFAULT_NETWORK, DEFAULT_NETWORK)
    desk.dialog._form.base_url.setText("http://files.example.com/v1")
    desk.press("Save")
    assert "allow http://" in messages_in(desk.dialog)
    assert desk.engine.arguments_of("accounts.save") == []
    desk.choose_tab(1)
    qtbot.keyClick(desk.form.plain_http, Qt.Key.Key_Space)
    desk.press("Save")
    assert not_none(desk.saved().account.network).plain_http_confirmed
