"""The bar's button that tells which account is open and leads to the others."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from services.providers.account import Account, AccountKind
from services.providers.base_url import host_of
from services.system.language import _
from ui.accounts.account_colors import color_numbers, dot_icon
from ui.accounts.account_list import provider_name
from ui.icons import icon, keep_apart
from ui.theme import Role
from ui.wording import one_line, tool_tip

_ON_BUTTON = 32
"""Letters that a name gets room for; the whole name is the tool tip."""
_IN_MENU = 44
"""The same, of each line of the menu."""
_HOST = 36
"""The same, of the host beside it."""


class AccountButton(QToolButton):
    """Shows the account's name; its menu lists all accounts with color and host."""

    account_chosen = Signal(str)
    """The id of the account to open."""
    accounts_asked = Signal()
    """The account dialog is wanted."""
    new_asked = Signal()
    """The account dialog is wanted with an empty form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Account"))
        self.setIcon(icon("key-round", Role.ACCENT))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.triggered.connect(self._chosen)
        self._group = QActionGroup(self)
        self._new = QAction(icon("plus"), _("Add account…"), self)
        self._dialog = QAction(_("Accounts…"), self)
        self.setMenu(self._menu)
        self.show_accounts((), None)
        keep_apart(self, round(self.fontMetrics().height() * 1.15))

    def show_accounts(self, accounts: Sequence[Account], current: str | None) -> None:
        """Show these accounts; `current` is the id of the open one, if any."""
        self._menu.clear()
        for action in self._group.actions():
            self._group.removeAction(action)
            action.deleteLater()
        name = _("No account")
        numbers = color_numbers(accounts)
        for account in accounts:
            known, host = one_line(account.name), one_line(_where(account))
            shown = _fitted(known, _IN_MENU, self._menu.fontMetrics())
            beside = _fitted(host, _HOST, self._menu.fontMetrics())
            action = QAction(dot_icon(numbers[account.id]), "", self._group)
            # Behind a tab stands what is at the right of a menu, as keys are.
            action.setText(f"{shown}\t{beside}".replace("&", "&&"))
            whole = (shown, beside) == (known, host)
            action.setToolTip("" if whole else tool_tip(known, host))
            action.setCheckable(True)
            action.setChecked(account.id == current)
            action.setData(account.id)
            self._menu.addAction(action)
            if account.id == current:
                name = known
        if accounts:
            self._menu.addSeparator()
        self._menu.addAction(self._new)
        self._menu.addAction(self._dialog)
        short = _fitted(name, _ON_BUTTON, self.fontMetrics())
        self.setText(short.replace("&", "&&"))
        self.setToolTip(tool_tip(name))
        self.setAccessibleDescription(name)

    @Slot(QAction)
    def _chosen(self, action: QAction) -> None:
        if action is self._dialog:
            self.accounts_asked.emit()
        elif action is self._new:
            self.new_asked.emit()
        else:
            self.account_chosen.emit(action.data())


def _where(account: Account) -> str:
    if account.kind is AccountKind.SANDBOX:
        return provider_name(account)
    return host_of(account.base_url)


def _fitted(name: str, letters: int, metrics: QFontMetrics) -> str:
    """Cut in its middle where it is wider than so many usual letters."""
    room = letters * metrics.averageCharWidth()
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
