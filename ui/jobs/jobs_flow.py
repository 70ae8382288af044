"""Shows the lists of jobs when they are chosen in the sidebar, and goes back to the files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from services.accounts.events import AccountOpened, AccountOpening
from services.jobs.job_kind import JobKind
from ui.actions import Actions
from ui.backend import Backend
from ui.jobs.job_list_flow import JobListFlow
from ui.jobs.job_look import JobLook
from ui.window_pages import WindowPages


class JobsFlow(QObject):
    """Created once the files are listed, to keep the start short."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        pages: WindowPages,
        commands: Actions,
        lists: Sequence[JobListFlow],
    ) -> None:
        super().__init__(window)
        self._backend = backend
        self._pages = pages
        self._commands = commands
        self._lists = {one.look.kind: one for one in lists}
        self._chosen: JobListFlow | None = None
        """The list that is shown, or would be if nothing was shown in its place."""
        self._looked_in: set[int] = set()
        """The numbers of the sessions whose lists were looked for."""
        self._added: set[JobKind] = set()
        self._counts_wait = False
        for one in lists:
            one.count_changed.connect(self._show_counts)
            one.leave_requested.connect(self.leave)
        pages.workspace.sidebar.chosen.connect(self._close)
        pages.middle_changed.connect(self._follow)
        commands.refresh.triggered.connect(self._refresh)
        commands.inspector.toggled.connect(self._show_inspector)
        backend.events.on(AccountOpening, self._reset)
        backend.events.on(AccountOpened, self._show_known)

    def look(self) -> None:
        """Find out once for each open account which lists it has."""
        session = self._backend.session
        if session.number not in self._looked_in:
            self._looked_in.add(session.number)
            session.jobs.lists.look()

    @Slot(object)
    def show_list(self, kind: JobKind) -> None:
        """Show a list in the middle of the window."""
        chosen = self._lists[kind]
        page = chosen.page
        if kind not in self._added:
            self._added.add(kind)
            self._pages.workspace.add_page(page)
            page.inspector.setVisible(self._commands.inspector.isChecked())
        self._chosen = chosen
        self._pages.workspace.sidebar.choose_jobs(kind)
        self._pages.show_page(page, page.status)
        chosen.begin()

    def show_job(self, kind: JobKind, job_id: str) -> None:
        """Show a list, and select a job in it; nothing happens for one that isn't shown."""
        if kind not in self._lists:
            return
        self.show_list(kind)
        self._lists[kind].select(job_id)
        self._lists[kind].page.focus_content()

    @property
    def chosen_look(self) -> JobLook | None:
        """The list that is shown, or was left to look at something else."""
        return None if self._chosen is None else self._chosen.look

    @Slot()
    def go_back(self) -> None:
        """Show the list again that was left to look at something else, to the same row."""
        if self._chosen is not None:
            self.show_list(self._chosen.look.kind)
            self._chosen.page.focus_content()

    @Slot()
    def leave(self) -> None:
        """Go back to the files, with the same ones shown and selected."""
        self._close()
        self._pages.workspace.area.focus_files()

    @Slot()
    def refresh_times(self) -> None:
        """Show times anew, after some has passed."""
        if self._chosen is not None:
            self._chosen.model.refresh_times()

    @Slot()
    def _close(self) -> None:
        if self._chosen is not None:
            self._pages.show_files()

    @Slot(QWidget)
    def _follow(self, middle: QWidget) -> None:
        """The files, a list or something else is in the middle now."""
        workspace = self._pages.workspace
        if middle is workspace.area:
            self._chosen = None
            workspace.sidebar.choose_jobs(None)
        chosen = self._chosen
        shown = chosen is not None and middle is chosen.page
        workspace.bar.show_search(chosen.page.search if chosen is not None and shown else None)
        # While looking inside a file from here, the files that are selected in the list are others.
        self._commands.hide_files(chosen is not None)

    def _reset(self, _event: AccountOpening) -> None:
        self._close()
        with self._counting_once():
            for one in self._lists.values():
                one.reset()

    def _show_known(self, _event: AccountOpened) -> None:
        """Show what is known of an account that was in the background, and look again."""
        session = self._backend.session
        if self._backend.was_in_background and session.number in self._looked_in:
            jobs = session.jobs
            with self._counting_once():
                for kind, one in self._lists.items():
                    one.show_known(jobs.lists.offer_of(kind), jobs.known.of(kind))
            jobs.lists.look()

    @contextmanager
    def _counting_once(self) -> Iterator[None]:
        """Show the counts once at the end, not for each list."""
        self._counts_wait = True
        yield
        self._counts_wait = False
        self._show_counts()

    @Slot()
    def _show_counts(self) -> None:
        if self._counts_wait:
            return
        counts = {kind: one.known_count for kind, one in self._lists.items()}
        self._pages.workspace.sidebar.show_jobs(counts)

    @Slot()
    def _refresh(self) -> None:
        if self._chosen is not None:
            self._chosen.refresh()

    @Slot(bool)
    def _show_inspector(self, shown: bool) -> None:
        for kind in self._added:
            self._lists[kind].page.inspector.setVisible(shown)
