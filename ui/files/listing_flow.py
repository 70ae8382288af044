"""Passes listing events on to the parts of the window that show them."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QAction

from services.accounts.storage_limit import storage_limit_of
from services.browse.file_list import FileFilter
from services.catalog.events import (
    CachedFilesListed,
    FileAdded,
    FileDeleted,
    FileRetrieved,
    FilesListed,
    ListingEnded,
    ListingStarted,
)
from services.problems.errors import Problem, ProblemKind
from services.providers.account import Account
from services.providers.features import Feature
from services.providers.providers import provider_named
from services.system.language import _, ngettext
from ui.accounts.account_flow import AccountFlow
from ui.actions import Actions
from ui.backend import Backend
from ui.files.account_files import AccountFiles
from ui.files.status_line import StatusLine
from ui.messages.message_bar import MessageBar
from ui.wording import count_in_words
from ui.workspace import Workspace

_DELAY_MS = 100
_ABOUT_THE_KEY = frozenset({ProblemKind.KEY_REFUSED, ProblemKind.NOT_PERMITTED})


class ListingFlow(QObject):
    """Keeps table, sidebar and status line in sync with the listing."""

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
        """`clock` returns a Unix timestamp."""
        super().__init__(workspace)
        self._backend = backend
        self._workspace = workspace
        self._status = status
        self._messages = messages
        self._commands = commands
        self._accounts = accounts
        self._clock = clock
        self._problem: Problem | None = None
        """The reported problem of an interrupted listing; the next complete one withdraws it."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._show_so_far)
        area, search = workspace.area, workspace.bar.search
        search.text_changed.connect(area.search)
        search.down_pressed.connect(area.focus_table)
        area.table.clear_search_asked.connect(search.clear)
        commands.search.triggered.connect(self._enter_search)
        workspace.sidebar.chosen.connect(area.choose)
        area.list_changed.connect(self.update_counts)
        area.model.arranger.taking_long.connect(status.show_arranging)
        commands.refresh.triggered.connect(self._refresh)
        commands.go_on.triggered.connect(self._go_on)
        status.stop_requested.connect(self._stop)
        status.resume_requested.connect(commands.go_on.trigger)
        status.refresh_requested.connect(commands.refresh.trigger)
        area.page.resume_requested.connect(commands.go_on.trigger)
        area.page.clear_filter_requested.connect(workspace.clear_filter)
        area.page.retry_requested.connect(accounts.retry)
        area.page.account_requested.connect(accounts.show_dialog)
        on = backend.events.on
        on(CachedFilesListed, self.apply_event)
        on(ListingStarted, self.apply_event)
        on(FilesListed, self.apply_event)
        on(ListingEnded, self.apply_event)
        on(FileAdded, area.apply_event)
        on(FileDeleted, area.apply_event)
        on(FileRetrieved, area.apply_event)

    def show_account(self, account: Account) -> None:
        """Show the files of an account that comes to front, as far as they are known.

        Nothing is known of those of an account that is being opened.
        """
        backend, parts = self._backend, self._workspace
        provider = provider_named(account.provider_id)
        parts.sidebar.show_purposes(() if provider.why_not(Feature.PURPOSE) else provider.purposes)
        parts.area.page.allow_upload(provider.why_not(Feature.UPLOAD))
        if backend.files is not None:
            parts.area.show_account(backend.files)
        else:
            last_visit = self._accounts.last_visit(account.id)
            backend.files = parts.area.switch_account(account.id, last_visit)
        self._begin()

    def close_account(self) -> None:
        """Show no files, as no account is open."""
        self._workspace.area.close_account()
        self._backend.files = None
        self._begin()

    def _begin(self) -> None:
        """Show how the listing of other files stands, and how they are filtered."""
        files = self._files
        self._problem = None
        self._timer.stop()
        file_filter = FileFilter() if files is None else files.files.file_filter
        parts = self._workspace
        parts.bar.search.seen.clear()
        parts.bar.search.setText(file_filter.text)
        parts.sidebar.choose(file_filter)
        self._commands.go_on.setEnabled(files is not None and files.can_resume)
        self._status.show_notes(() if files is None else files.oddities)
        if files is not None and files.listing is None and files.listed_at is not None:
            self._status.show_updated(files.listed_at)
        else:
            self._show_so_far()
        self.update_counts()

    def apply_event(
        self, event: CachedFilesListed | ListingStarted | FilesListed | ListingEnded
    ) -> None:
        """Apply a listing event."""
        if self._files is None or not self._workspace.area.apply_event(event):
            return
        if isinstance(event, ListingEnded):
            self._timer.stop()
        match event:
            case CachedFilesListed():
                self._show_so_far()
            case ListingStarted():
                self._commands.go_on.setEnabled(False)
                self._show_so_far()
            case FilesListed():
                if not self._timer.isActive():
                    # Not for every batch, as each update costs a new layout.
                    self._show_so_far()
                    self._timer.start()
                self._accounts.record_visit()
            case ListingEnded(complete=True):
                self._status.show_updated(self._clock())
                self._status.show_watch_failure("")
                self._messages.withdraw(self._problem)
                self._problem = None
                self._accounts.record_visit()
            case ListingEnded():
                self._show_stopped(event)
        if isinstance(event, ListingEnded):
            self._status.show_notes(event.oddities)
            self.update_counts()

    @Slot()
    def _show_so_far(self) -> None:
        self._status.show_listing(self._so_far, self._listed_at)

    @property
    def _files(self) -> AccountFiles | None:
        """Those of the account in front."""
        return self._backend.files

    @property
    def _so_far(self) -> int:
        return 0 if self._files is None else self._files.so_far

    @property
    def _listed_at(self) -> float | None:
        return None if self._files is None else self._files.listed_at

    def show_failure(self, problem: Problem) -> None:
        """Show that the account can't be used; files listed earlier stay."""
        self._status.show_stopped(problem.title, self._listed_at)
        self._workspace.area.show_failure(problem)
        self._report(problem, self._commands.accounts)

    def _show_stopped(self, event: ListingEnded) -> None:
        """Show why the listing stopped; files that arrived stay, and the rest can be loaded."""
        problem = event.problem
        self._commands.go_on.setEnabled(event.can_resume)
        self._status.show_stopped(
            self._why_stopped(event),
            self._listed_at,
            can_refresh=True,
            can_resume=event.can_resume,
        )
        if problem is not None:
            step = self._commands.go_on if event.can_resume else self._commands.refresh
            about_the_key = problem.kind in _ABOUT_THE_KEY
            self._report(problem, self._commands.accounts if about_the_key else step)

    def _why_stopped(self, event: ListingEnded) -> str:
        problem = event.problem
        if problem is None:
            return _stopped_in_words(event, self._so_far)
        # The age is shown next to it, and the full problem in a message.
        offline = problem.kind is ProblemKind.UNREACHABLE and self._listed_at is not None
        return _("offline") if offline else problem.title

    def _report(self, problem: Problem, step: QAction) -> None:
        """Show the problem in a message if files cover the page that shows it."""
        if len(self._workspace.area.files):
            self._messages.withdraw(self._problem)
            self._messages.show_problem(problem, action=step)
            self._problem = problem

    @Slot()
    def update_counts(self) -> None:
        """Update the counts, or hide them if the files aren't known yet."""
        area, sidebar = self._workspace.area, self._workspace.sidebar
        if self._files is None or not self._files.is_known:
            sidebar.show_counts(None)
            sidebar.show_storage(None, None)
            self._status.show_no_files()
            return
        current = self._backend.account
        limit = storage_limit_of(current) if current is not None else None
        counts = area.files.counts()
        sidebar.show_counts(counts)
        sidebar.show_storage(counts.everything.size, limit)
        self._status.show_files(*area.shown_totals, counts.everything.count)

    @Slot()
    def _refresh(self) -> None:
        self._backend.session.listing.refresh()

    @Slot()
    def _go_on(self) -> None:
        self._backend.session.listing.resume()

    @Slot()
    def _stop(self) -> None:
        self._backend.session.listing.stop()

    @Slot()
    def _enter_search(self) -> None:
        self._workspace.focus_search()


def _stopped_in_words(event: ListingEnded, so_far: int) -> str:
    if event.oddities and not event.can_resume:
        return _("The list may be incomplete")
    if not so_far:
        return _("Stopped before the first file")
    words = ngettext("Stopped after {number} file", "Stopped after {number} files", so_far)
    return words.format(number=count_in_words(so_far))
