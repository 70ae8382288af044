"""Switches the window between accounts and the welcome page."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from services.problems.errors import Problem, ProblemKind
from services.providers.account import Account, AccountKind
from services.system.language import _
from ui.accounts.account_flow import AccountFlow
from ui.accounts.account_keys import AccountKeys
from ui.actions import Actions
from ui.backend import AccountLeaving, Backend
from ui.files.listing_flow import ListingFlow
from ui.messages.message_bar import MessageBar
from ui.middle_page import MiddlePage
from ui.table.column_flow import ColumnFlow
from ui.window_pages import WindowPages


class AccountSwitch(QObject):
    """Switches the window to another account, and shows which one is current."""

    leaving = Signal()
    """Emitted when an account is being left; close and cancel everything that belongs to it."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        accounts: AccountFlow,
        pages: WindowPages,
        listing: ListingFlow,
        columns: ColumnFlow,
        commands: Actions,
        messages: MessageBar,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._pages = pages
        self._listing = listing
        self._columns = columns
        self._commands = commands
        self._messages = messages
        backend.events.on(AccountLeaving, self._begin_leaving)
        accounts.opening.connect(self._begin)
        accounts.opened.connect(self._enter)
        accounts.failed.connect(self._show_failure)
        accounts.left.connect(self._leave)
        accounts.changed.connect(self._show_accounts)
        welcome, chooser = pages.welcome, pages.workspace.bar.account
        welcome.connect_requested.connect(accounts.show_dialog)
        welcome.sandbox_requested.connect(accounts.open_sandbox)
        welcome.environment_requested.connect(accounts.open_environment)
        self._keys = AccountKeys(window)
        self._keys.account_chosen.connect(accounts.choose)
        pages.middle_changed.connect(self._free_keys)
        chooser.account_chosen.connect(accounts.choose)
        chooser.accounts_requested.connect(accounts.show_dialog)
        chooser.new_account_requested.connect(accounts.add)
        commands.accounts.triggered.connect(accounts.show_dialog)
        commands.show_connected(False)

    def _begin_leaving(self, _event: AccountLeaving) -> None:
        self._commands.show_connected(False)
        self._messages.clear(keep=ProblemKind.INTERRUPTED)
        self.leaving.emit()

    @Slot(object)
    def _begin(self, account: Account) -> None:
        self._commands.show_connected(False)
        self._columns.leave()
        self._listing.show_account(account)
        self._columns.switch_account(account.id)
        if self._pages.shows_welcome and account.kind is AccountKind.SANDBOX:
            self._pages.welcome.show_busy(_("Starting the sandbox…"))
        else:
            self._pages.show_workspace()

    @Slot(QWidget)
    def _free_keys(self, middle: QWidget) -> None:
        self._keys.free(middle.digit_keys if isinstance(middle, MiddlePage) else 0)

    @Slot()
    def _enter(self) -> None:
        self._pages.welcome.show_busy("")
        self._commands.show_connected(True)
        self._pages.show_workspace()
        self._pages.workspace.area.focus_files()
        self._listing.update_counts()

    @Slot(object)
    def _show_failure(self, problem: Problem) -> None:
        self._listing.show_failure(problem)
        if self._pages.shows_welcome:
            self._pages.welcome.show_problem(problem)

    @Slot()
    def _leave(self) -> None:
        self._columns.leave()
        self._listing.close_account()
        self._columns.switch_account("")
        self._pages.welcome.show_busy("")
        self._pages.show_welcome()

    @Slot(object, object)
    def _show_accounts(self, accounts: Sequence[Account], current: Account | None) -> None:
        self._pages.welcome.show_environment(
            any(account.kind is AccountKind.ENVIRONMENT for account in accounts)
        )
        self._keys.show_accounts(accounts)
        self._pages.workspace.bar.account.show_accounts(accounts, current.id if current else None)
        self._pages.workspace.bar.show_production(current is not None and current.production)
        self._window.setWindowTitle(f"{current.name} — Filewharf" if current else "Filewharf")
