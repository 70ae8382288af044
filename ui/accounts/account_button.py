"""The top bar's button that shows the open account and lists the others."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QFontMetrics
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from services.providers.account import Account, AccountKind
from services.providers.base_url import host_of
from services.system.language import _
from ui.accounts.account_colors import account_colors, dot_icon, key_icon
from ui.accounts.account_keys import KEYS, native_keys
from ui.accounts.account_list import provider_name
from ui.icons import icon, space_icon
from ui.theme import Role
from ui.wording import one_line, tool_tip

_ON_BUTTON = 32
"""Width of a name on the button, in average characters; the tool tip shows all of it."""
_IN_MENU = 40
"""Width of a name in the menu."""
_HOST = 30
"""Width of a host in the menu."""


class AccountButton(QToolButton):
    """Shows the open account's name; its menu lists all accounts with color, host and keys."""

    account_chosen = Signal(str)
    """Carries the ID of the account to open."""
    accounts_requested = Signal()
    """Requests the account dialog."""
    new_account_requested = Signal()
    """Requests the account dialog with an empty form."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Account"))
        self.setIcon(icon("key-round", Role.ACCENT))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.triggered.connect(self._action_triggered)
        self._group = QActionGroup(self)
        self._shown: tuple[Sequence[Account], str | None] | None = None
        self._new = QAction(icon("plus"), _("Add account…"), self)
        self._dialog = QAction(_("Accounts…"), self)
        self.setMenu(self._menu)
        self.show_accounts((), None)
        space_icon(self, round(self.fontMetrics().height() * 1.15))

    def show_accounts(self, accounts: Sequence[Account], current: str | None) -> None:
        """Show these accounts; `current` is the ID of the open one, if any."""
        if (accounts, current) == self._shown:
            return
        self._shown = accounts, current
        self._menu.clear()
        for action in self._group.actions():
            self._group.removeAction(action)
            action.deleteLater()
        name, color = _("No account"), None
        colors = account_colors(accounts)
        metrics = self._menu.fontMetrics()
        hosts = [_elided(one_line(_location(one)), _HOST, metrics) for one in accounts]
        widest = max(map(metrics.horizontalAdvance, hosts), default=0)
        for place, account in enumerate(accounts):
            full_name, host = one_line(account.name), one_line(_location(account))
            short_name, short_host = _elided(full_name, _IN_MENU, metrics), hosts[place]
            action = QAction(dot_icon(colors[account.id]), "", self._group)
            # Menus right-align the text after a tab, as they do with keyboard shortcuts.
            # A menu has only two columns, so spaces line up the keys.
            missing = widest - metrics.horizontalAdvance(short_host)
            spaces = " " * (3 + round(missing / metrics.horizontalAdvance(" ")))
            keys = f"{spaces}{native_keys(place)}" if place < KEYS else ""
            action.setText(f"{short_name}\t{short_host}{keys}".replace("&", "&&"))
            complete = (short_name, short_host) == (full_name, host)
            action.setToolTip("" if complete else tool_tip(full_name, host))
            action.setCheckable(True)
            action.setChecked(account.id == current)
            action.setData(account.id)
            self._menu.addAction(action)
            if account.id == current:
                name, color = full_name, colors[account.id]
        if accounts:
            self._menu.addSeparator()
        self._menu.addAction(self._new)
        self._menu.addAction(self._dialog)
        short = _elided(name, _ON_BUTTON, self.fontMetrics())
        self.setIcon(icon("key-round", Role.ACCENT) if color is None else key_icon(color))
        self.setText(short.replace("&", "&&"))
        self.setToolTip(tool_tip(name))
        self.setAccessibleDescription(name)

    @Slot(QAction)
    def _action_triggered(self, action: QAction) -> None:
        if action is self._dialog:
            self.accounts_requested.emit()
        elif action is self._new:
            self.new_account_requested.emit()
        else:
            self.account_chosen.emit(action.data())


def _location(account: Account) -> str:
    if account.kind is AccountKind.SANDBOX:
        return provider_name(account)
    return host_of(account.base_url)


def _elided(name: str, characters: int, metrics: QFontMetrics) -> str:
    """The name, elided in the middle if it is wider than `characters` average characters."""
    room = characters * metrics.averageCharWidth()
    return metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
