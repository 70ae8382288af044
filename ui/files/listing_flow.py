"""The listing, between the service that fetches it and the parts that show it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAction

from services.accounts.storage_limit import storage_limit_of
from services.catalog.events import (
    FileAdded,
    FileDeleted,
    FileRetrieved,
    FilesListed,
    LastListed,
    ListingEnded,
    ListingStarted,
)
from services.problems.errors import Problem, ProblemKind
from services.providers.account import Account
from services.system.language import _, ngettext
from ui.accounts.account_flow import AccountFlow
from ui.actions import Actions
from ui.backend import Backend
from ui.files.status_line import StatusLine
from ui.messages.message_bar import MessageBar
from ui.wording import count_in_words
from ui.workspace import Workspace

_SOON_MS = 100
_ABOUT_THE_KEY = frozenset({ProblemKind.KEY_REFUSED, ProblemKind.NOT_PERMITTED})


class ListingFlow(QObject):
    """Keeps table, sidebar and status line in step with what has been listed."""

    def __init__(
        self,
        backend: Backend,
        workspace: Workspace,
        status: StatusLine,
        messages: MessageBar,
        commands: Actions,
        accounts: AccountFlow,
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(workspace)
        self._backend = backend
        self._workspace = workspace
        self._status = status
        self._messages = messages
        self._commands = commands
        self._accounts = accounts
        self._clock = clock
        self._told: Problem | None = None
        """The reported problem of a listing that stopped; the next whole one withdraws it."""
        self._listed_at: float | None = None
        """When the files were listed that the current listing has not reached yet."""
        self._so_far = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self._show_so_far)
        area, search = workspace.area, workspace.bar.search
        search.text_changed.connect(area.search)
        search.down_pressed.connect(area.enter_table)
        area.table.clear_search_asked.connect(search.clear)
        commands.search.triggered.connect(self._enter_search)
        workspace.sidebar.chosen.connect(area.choose)
        area.list_changed.connect(self.show)
        area.model.arranger.taking_long.connect(status.show_arranging)
        commands.refresh.triggered.connect(self._refresh)
        commands.go_on.triggered.connect(self._go_on)
        status.stop_asked.connect(self._stop)
        status.go_on_asked.connect(commands.go_on.trigger)
        status.refresh_asked.connect(commands.refresh.trigger)
        area.page.go_on_asked.connect(commands.go_on.trigger)
        area.page.clear_filter_asked.connect(workspace.clear_filter)
        area.page.retry_asked.connect(accounts.retry)
        area.page.account_asked.connect(accounts.show_dialog)
        hear = backend.events.on
        hear(LastListed, self.take)
        hear(ListingStarted, self.take)
        hear(FilesListed, self.take)
        hear(ListingEnded, self.take)
        hear(FileAdded, area.take)
        hear(FileDeleted, area.take)
        hear(FileRetrieved, area.take)

    def begin(self, account: Account) -> None:
        """Start over for an account that is being opened: nothing is known of its files yet."""
        self._workspace.area.begin_account(account.id, self._accounts.last_visit(account.id))
        self._listed_at = None
        self._told = None
        self._so_far = 0
        self._soon.stop()
        self._commands.go_on.setEnabled(False)
        self._status.show_remarks(())
        self._status.show_listing(0)
        self.show()

    def take(self, event: LastListed | ListingStarted | FilesListed | ListingEnded) -> None:
        """Apply an event of a listing."""
        if not self._workspace.area.take(event):
            return
        if isinstance(event, ListingEnded):
            self._soon.stop()
        match event:
            case LastListed(listed_at=listed_at):
                self._listed_at = listed_at
                self._status.show_listing(self._so_far, listed_at)
            case ListingStarted():
                self._so_far = self._workspace.area.so_far
                self._commands.go_on.setEnabled(False)
                self._status.show_listing(self._so_far, self._listed_at)
            case FilesListed(so_far=so_far):
                self._so_far = so_far
                if not self._soon.isActive():
                    # Not for each piece: each time costs a new layout.
                    self._status.show_listing(so_far, self._listed_at)
                    self._soon.start()
                self._accounts.record_visit()
            case ListingEnded(complete=True):
                self._listed_at = self._clock()
                self._status.show_updated(self._listed_at)
                self._status.show_watch_trouble("")
                self._messages.withdraw(self._told)
                self._told = None
                self._accounts.record_visit()
            case ListingEnded():
                self._take_stop(event)
        if isinstance(event, ListingEnded):
            self._status.show_remarks(event.oddities)
            self.show()

    @Slot()
    def _show_so_far(self) -> None:
        self._status.show_listing(self._so_far, self._listed_at)

    def show_failure(self, problem: Problem) -> None:
        """The account can't be used; what was listed of it earlier stays."""
        self._status.show_stopped(problem.title, self._listed_at)
        self._workspace.area.show_failure(problem)
        self._tell(problem, self._commands.accounts)

    def _take_stop(self, event: ListingEnded) -> None:
        """Say why it stopped; what arrived stays, and the rest can be loaded."""
        problem = event.problem
        self._commands.go_on.setEnabled(event.can_go_on)
        self._status.show_stopped(
            self._why_stopped(event),
            self._listed_at,
            can_refresh=True,
            can_go_on=event.can_go_on,
        )
        if problem is not None:
            step = self._commands.go_on if event.can_go_on else self._commands.refresh
            about_the_key = problem.kind in _ABOUT_THE_KEY
            self._tell(problem, self._commands.accounts if about_the_key else step)

    def _why_stopped(self, event: ListingEnded) -> str:
        problem = event.problem
        if problem is None:
            return _stopped_in_words(event, self._so_far)
        # Their age is shown beside it, and the full problem in a message.
        offline = problem.kind is ProblemKind.UNREACHABLE and self._listed_at is not None
        return _("offline") if offline else problem.title

    def _tell(self, problem: Problem, step: QAction) -> None:
        """Report it in a message where files hide the page that shows it."""
        if len(self._workspace.area.files):
            self._messages.withdraw(self._told)
            self._messages.show_problem(problem, action=step)
            self._told = problem

    @Slot()
    def show(self) -> None:
        """Update the counts; none before anything is known of the files."""
        area, sidebar = self._workspace.area, self._workspace.sidebar
        if not area.is_known:
            sidebar.show_counts(None)
            sidebar.show_storage(None, None)
            self._status.show_no_files()
            return
        current = self._backend.account
        limit = storage_limit_of(current) if current is not None else None
        counts = area.files.counts()
        sidebar.show_counts(counts)
        sidebar.show_storage(counts.everything.size, limit)
        self._status.show_files(*area.shown_sums, counts.everything.count)

    @Slot()
    def _refresh(self) -> None:
        self._backend.session.listing.refresh()

    @Slot()
    def _go_on(self) -> None:
        self._backend.session.listing.go_on()

    @Slot()
    def _stop(self) -> None:
        self._backend.session.listing.stop()

    @Slot()
    def _enter_search(self) -> None:
        self._workspace.bar.search.setFocus()
        self._workspace.bar.search.selectAll()


def _stopped_in_words(event: ListingEnded, so_far: int) -> str:
    if event.oddities and not event.can_go_on:
        return _("The list may be incomplete")
    if not so_far:
        return _("Stopped before the first file")
    words = ngettext("Stopped after {number} file", "Stopped after {number} files", so_far)
    return words.format(number=count_in_words(so_far))
