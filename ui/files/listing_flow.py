"""The listing, between the service that fetches it and the parts that show it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from services.accounts.providers import provider_named
from services.api.errors import Problem, ProblemKind
from services.events import FilesListed, ListingEnded, ListingStarted
from services.language import _
from services.sizes import TB
from ui.accounts.account_flow import AccountFlow
from ui.actions import Actions
from ui.files.file_list import FileFilter
from ui.files.status_line import StatusLine
from ui.messages import MessageBar
from ui.workspace import Workspace

_OFFICIAL_STORAGE = 5 * TB // 2
"""Bytes that a project of the official service can hold, by its API reference: 2.5 TB."""
_ABOUT_THE_KEY = frozenset({ProblemKind.KEY_REFUSED, ProblemKind.NOT_PERMITTED})


class ListingFlow(QObject):
    """Keeps table, sidebar and status line in step with what has been listed."""

    def __init__(
        self,
        workspace: Workspace,
        status: StatusLine,
        messages: MessageBar,
        commands: Actions,
        accounts: AccountFlow,
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(workspace)
        self._workspace = workspace
        self._status = status
        self._messages = messages
        self._commands = commands
        self._accounts = accounts
        self._clock = clock
        self._told: Problem | None = None
        """What was told of a listing that stopped; the next whole one takes it back."""
        area, search = workspace.area, workspace.bar.search
        search.text_changed.connect(area.search)
        search.down_pressed.connect(area.table.setFocus)
        commands.search.triggered.connect(self._enter_search)
        workspace.sidebar.chosen.connect(area.choose)
        area.list_changed.connect(self.show)
        area.page.clear_filter_asked.connect(self._clear_filter)
        area.page.retry_asked.connect(accounts.try_again)
        area.page.account_asked.connect(accounts.show_dialog)

    def take(self, event: ListingStarted | FilesListed | ListingEnded) -> None:
        """Take what the service tells of a listing."""
        area, status = self._workspace.area, self._status
        if not area.take(event):
            return
        match event:
            case ListingStarted():
                status.show_listing(0)
            case FilesListed(so_far=so_far):
                status.show_listing(so_far)
            case ListingEnded(complete=True):
                status.show_updated(self._clock())
                self._messages.withdraw(self._told)
                self._told = None
            case ListingEnded(problem=problem):
                status.show_stopped(problem.title if problem else _("The list is not whole"))
                if problem is not None and len(area.files):
                    about_key = problem.kind in _ABOUT_THE_KEY
                    step = self._commands.accounts if about_key else self._commands.refresh
                    self._messages.show_problem(problem, action=step)
                    self._told = problem

    @Slot()
    def show(self) -> None:
        """Show what there is now, in numbers."""
        area, sidebar = self._workspace.area, self._workspace.sidebar
        current = self._accounts.current
        official = current is not None and provider_named(current.provider_id).official
        counts = area.counts
        sidebar.show_counts(counts)
        sidebar.show_storage(counts.everything.size, _OFFICIAL_STORAGE if official else None)
        self._status.show_files(*area.shown_sums)

    @Slot()
    def _enter_search(self) -> None:
        self._workspace.bar.search.setFocus()
        self._workspace.bar.search.selectAll()

    @Slot()
    def _clear_filter(self) -> None:
        self._workspace.bar.search.clear()
        self._workspace.sidebar.choose(FileFilter())
        self._workspace.area.choose(FileFilter())
