"""Keeps one list of jobs in sync with the account, and shows it in the middle of the window."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QMenu, QWidget

from services.jobs.events import (
    JobsAllRead,
    JobsChanged,
    JobsGone,
    JobsListed,
    JobsListingEnded,
    JobsListingStarted,
    JobsNotUpdated,
    ListOffered,
)
from services.jobs.job_requests import Job
from services.jobs.offered_lists import Offer
from services.system.language import _
from ui.backend import Backend
from ui.jobs.job_listing import JobListing
from ui.jobs.job_look import JobLook
from ui.jobs.job_model import JobModel
from ui.messages.message_bar import MessageBar
from ui.messages.problem_words import problem_in_words
from ui.sidebar.sidebar_model import JobsCount

if TYPE_CHECKING:
    from ui.jobs.jobs_page import JobsPage

_DELAY_MS = 30
"""Pages that arrive in this time are shown together."""
_MOST_AT_ONCE = 1000
"""Jobs that are added at once, so that nothing stalls."""


class JobListFlow(QObject):
    """One kind of jobs. Subclasses say how a job is shown at the right, and what can be done."""

    count_changed = Signal()
    """`known_count` is another one."""
    leave_requested = Signal()
    """Go back to the files."""

    def __init__(
        self,
        window: QWidget,
        backend: Backend,
        messages: MessageBar,
        look: JobLook,
        clock: Callable[[], float],
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(window)
        self._window = window
        self._backend = backend
        self._messages = messages
        self._look = look
        self._clock = clock
        self.model = JobModel(look, clock, self)
        """All jobs that are known; also without a page."""
        self._page: JobsPage | None = None
        self._listing = JobListing(look, clock)
        self._wanted: str | None = None
        """The ID of a job to be selected once it is listed."""
        self._pending: list[Job] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._add_some)
        self.model.has_changed.connect(self._update)
        on = backend.events.on
        on(ListOffered, self._show_offer)
        on(JobsListingStarted, self._begin_listing)
        on(JobsListed, self._add_page)
        on(JobsListingEnded, self._end_listing)
        on(JobsAllRead, self._note_all_read)
        on(JobsChanged, self._add_changed)
        on(JobsGone, self._remove)
        on(JobsNotUpdated, self._show_trouble)

    # For subclasses. The metaclass of QObject rules out ABC, but mypy checks that all have these.

    @abstractmethod
    def make_inspector(self) -> QWidget:
        """The part of the page that shows the selected job."""

    @abstractmethod
    def show_job(self, job: Job | None) -> None:
        """Another job is selected, or the selected one has changed."""

    @abstractmethod
    def open_job(self, job: Job) -> None:
        """Enter, Space or a double click on a job."""

    @abstractmethod
    def fill_menu(self, menu: QMenu, job: Job) -> None:
        """Add what can be done with a job to its menu."""

    # For the window

    @property
    def look(self) -> JobLook:
        """The kind of jobs."""
        return self._look

    @property
    def page(self) -> "JobsPage":
        """The page with the list, which is created when it is first needed."""
        if self._page is None:
            from ui.jobs.jobs_page import JobsPage

            self._page = page = JobsPage(self.model, self.make_inspector(), self._clock)
            page.table.job_changed.connect(self._tell_job)
            page.table.opened.connect(self.open_job)
            page.table.menu_asked.connect(self._open_menu)
            page.state.retry_requested.connect(self.refresh)
            page.status.refresh_requested.connect(self.refresh)
            page.status.resume_requested.connect(self._resume)
            page.status.stop_requested.connect(self._stop)
            page.leave_requested.connect(self.leave_requested)
            self.show_job(None)
            self._update()
        return self._page

    @property
    def known_count(self) -> JobsCount:
        """What the sidebar shows."""
        return self._listing.count(self.model.count)

    def begin(self) -> None:
        """Request the list, or the rest of it, now that somebody looks at it."""
        listing = self._listing
        if listing.is_running or listing.is_whole:
            return
        if listing.can_resume:
            self._resume()
        elif listing.offer is not Offer.NOT_OFFERED:
            self.refresh()

    def select(self, job_id: str) -> None:
        """Select a job now, or once it is listed unless another is chosen first; told if gone."""
        self.page.search.clear()
        self.page.close_detail()
        self._add_all()
        self._wanted = job_id
        if self._select_wanted():
            return
        self.page.table.forget_selection()
        if self._listing.is_whole and not self._listing.is_running:
            self.refresh()  # it may be newer than the list

    def reset(self) -> None:
        """Another account is being opened: nothing is known of its jobs."""
        self._pending.clear()
        self._timer.stop()
        self._wanted = None
        self._listing = JobListing(self._look, self._clock)
        if self._page is not None:
            self._page.search.clear()
            self._page.table.forget_selection()
            self._page.status.reset()
        self.model.clear()

    def show_known(self, offer: Offer, jobs: Sequence[Job]) -> None:
        """Show what is known of an account's jobs, before they are listed again."""
        self._listing.offer = offer
        self._listing.was_listed = bool(jobs)
        self.model.add(jobs)
        self._update()

    @Slot()
    def refresh(self) -> None:
        """List all jobs again."""
        self._backend.session.jobs.lists.refresh(self._look.kind)

    # Events

    def _show_offer(self, event: ListOffered) -> None:
        if event.kind is self._look.kind:
            self._listing.note_offer(event)
            self._update()

    def _begin_listing(self, event: JobsListingStarted) -> None:
        if event.kind is self._look.kind:
            self._listing.begin()
            self._update()

    def _add_page(self, event: JobsListed) -> None:
        if event.kind is self._look.kind:
            self._listing.add_page(event.so_far)
            self._pending += event.jobs
            if not self._timer.isActive():
                self._timer.start()

    def _end_listing(self, event: JobsListingEnded) -> None:
        if event.kind is not self._look.kind:
            return
        self._add_all()
        self._listing.end(event)
        self.model.remove(event.gone)
        self._select_wanted()
        if self._wanted is not None and event.complete:
            self._wanted = None
            self._messages.show_notice(_(self._look.gone))
        self._update()

    def _note_all_read(self, event: JobsAllRead) -> None:
        if event.kind is self._look.kind:
            self._listing.note_all_read()
            self._update()

    def _add_changed(self, event: JobsChanged) -> None:
        if event.kind is self._look.kind:
            self._add_all()
            self.model.add(event.jobs)
            self._select_wanted()

    def _remove(self, event: JobsGone) -> None:
        if event.kind is self._look.kind:
            self.model.remove(event.job_ids)

    def _show_trouble(self, event: JobsNotUpdated) -> None:
        if event.kind is self._look.kind and self._page is not None:
            problem = event.problem
            self._page.status.show_trouble("" if problem is None else problem_in_words(problem))

    @Slot()
    def _add_some(self) -> None:
        some, self._pending = self._pending[:_MOST_AT_ONCE], self._pending[_MOST_AT_ONCE:]
        self.model.add(some)
        if self._pending:
            self._timer.start()
        self._select_wanted()
        self._update()

    def _add_all(self) -> None:
        self._timer.stop()
        some, self._pending = self._pending, []
        self.model.add(some)

    def _select_wanted(self) -> bool:
        """Select the wanted job if it is there; return whether none is wanted any more."""
        if self._wanted is not None and self.page.table.select_id(self._wanted):
            self._wanted = None
        return self._wanted is None

    # Showing

    @Slot()
    def _update(self) -> None:
        self.count_changed.emit()
        page = self._page
        if page is None:
            return
        model, status, listing = self.model, page.status, self._listing
        page.show_rows(model.rowCount() > 0)
        if not model.rowCount():
            self._show_state(page)
        found = model.rowCount() if model.search_words else None
        selected = int(page.table.job is not None)
        known = self._look.count_in_words(model.count) if listing.was_listed else ""
        status.show_counts(known, found, model.running_count, selected)
        status.show_notes(listing.oddities)
        if listing.is_running:
            status.show_listing(listing.so_far)
        elif not listing.is_whole:
            status.show_stopped(listing.problem_in_words, can_resume=listing.can_resume)
        elif listing.listed_at is not None:
            status.show_updated(listing.listed_at)

    def _show_state(self, page: "JobsPage") -> None:
        state, listing = page.state, self._listing
        if self.model.count and self.model.search_words:
            state.show_no_match(page.search.text().strip())
        elif listing.offer is Offer.NOT_OFFERED and not listing.is_running:
            state.show_not_offered(listing.problem)
        elif listing.is_awaited:
            state.show_loading()
        elif listing.problem is not None or not listing.is_whole:
            state.show_problem(listing.problem)
        else:
            state.show_empty()

    @Slot(object)
    def _tell_job(self, job: Job | None) -> None:
        if job is not None:
            self._wanted = None
        self.show_job(job)
        self._update()

    @Slot(QPoint)
    def _open_menu(self, place: QPoint) -> None:
        job = self.page.table.job
        if job is not None:
            menu = QMenu(self._window)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.fill_menu(menu, job)
            menu.popup(place)

    @Slot()
    def _resume(self) -> None:
        self._backend.session.jobs.lists.resume(self._look.kind)

    @Slot()
    def _stop(self) -> None:
        self._backend.session.jobs.lists.stop(self._look.kind)
