"""Lets accounts be chosen in the window, and shows which one is open."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.providers.account import Account, AccountKind
from ui.accounts.account_flow import AccountFlow
from ui.accounts.account_keys import AccountKeys
from ui.actions import Actions
from ui.backend import AccountLeaving, Backend
from ui.middle_page import MiddlePage
from ui.window_pages import WindowPages


class AccountChoice(QObject):
    """The account button, the welcome page, the keys with digits, and the window's title."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        accounts: AccountFlow,
        pages: WindowPages,
        commands: Actions,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._pages = pages
        self._commands = commands
        self._keys = AccountKeys(window)
        self._keys.account_chosen.connect(accounts.choose)
        welcome, chooser = pages.welcome, pages.workspace.bar.account
        welcome.connect_requested.connect(accounts.show_dialog)
        welcome.sandbox_requested.connect(accounts.open_sandbox)
        welcome.environment_requested.connect(accounts.open_environment)
        chooser.account_chosen.connect(accounts.choose)
        chooser.accounts_requested.connect(accounts.show_dialog)
        chooser.new_account_requested.connect(accounts.add)
        commands.accounts.triggered.connect(accounts.show_dialog)
        pages.middle_changed.connect(self._free_keys)
        accounts.changed.connect(self._show_accounts)
        accounts.opening.connect(self._show_disconnected)
        accounts.opened.connect(self._show_connected)
        backend.events.on(AccountLeaving, lambda _event: commands.show_connected(False))
        commands.show_connected(False)

    @Slot()
    def _show_disconnected(self) -> None:
        self._commands.show_connected(False)

    @Slot()
    def _show_connected(self) -> None:
        self._commands.show_connected(True)

    @Slot(QWidget)
    def _free_keys(self, middle: QWidget) -> None:
        self._keys.free(middle.digit_keys if isinstance(middle, MiddlePage) else 0)

    @Slot(object, object)
    def _show_accounts(self, accounts: Sequence[Account], current: Account | None) -> None:
        self._pages.welcome.show_environment(
            any(account.kind is AccountKind.ENVIRONMENT for account in accounts)
        )
        self._keys.show_accounts(accounts)
        self._pages.workspace.bar.account.show_accounts(accounts, current.id if current else None)
        self._pages.workspace.bar.show_production(current is not None and current.production)
        self._window.setWindowTitle(f"{current.name} — Filewharf" if current else "Filewharf")
