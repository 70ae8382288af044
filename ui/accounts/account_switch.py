"""Switches the window between accounts and the welcome page."""

from PySide6.QtCore import QObject, Signal, Slot

from services.problems.errors import Problem, ProblemKind
from services.providers.account import Account, AccountKind
from services.system.language import _
from ui.accounts.account_flow import AccountFlow
from ui.backend import AccountLeaving, Backend
from ui.files.listing_flow import ListingFlow
from ui.messages.message_bar import MessageBar
from ui.table.column_flow import ColumnFlow
from ui.window_pages import WindowPages


class AccountSwitch(QObject):
    """Shows what belongs to an account when it is opened, and clears it away when it is left."""

    leaving = Signal()
    """Emitted when an account is being left; close and cancel everything that belongs to it."""

    def __init__(
        self,
        parent: QObject,
        backend: Backend,
        accounts: AccountFlow,
        pages: WindowPages,
        listing: ListingFlow,
        columns: ColumnFlow,
        messages: MessageBar,
    ) -> None:
        super().__init__(parent)
        self._pages = pages
        self._listing = listing
        self._columns = columns
        self._messages = messages
        backend.events.on(AccountLeaving, self._begin_leaving)
        accounts.opening.connect(self._begin)
        accounts.opened.connect(self._enter)
        accounts.failed.connect(self._show_failure)
        accounts.left.connect(self._leave)

    def _begin_leaving(self, _event: AccountLeaving) -> None:
        self._messages.clear(keep=ProblemKind.INTERRUPTED)
        self.leaving.emit()

    @Slot(object)
    def _begin(self, account: Account) -> None:
        self._columns.leave()
        self._listing.show_account(account)
        self._columns.switch_account(account.id)
        if self._pages.shows_welcome and account.kind is AccountKind.SANDBOX:
            self._pages.welcome.show_busy(_("Starting the sandbox…"))
        else:
            self._pages.show_workspace()

    @Slot()
    def _enter(self) -> None:
        self._pages.welcome.show_busy("")
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
