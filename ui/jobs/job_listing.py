"""How far one list of jobs has been read, and why it isn't whole. No Qt."""

from collections.abc import Callable

from services.jobs.events import JobsListingEnded, ListOffered
from services.jobs.offered_lists import Offer
from services.problems.errors import Problem
from services.system.language import _
from ui.jobs.job_look import JobLook
from ui.messages.problem_words import problem_in_words
from ui.sidebar.sidebar_model import JobsCount
from ui.wording import one_line


class JobListing:
    """Starts as for an account of which nothing is known yet."""

    def __init__(self, look: JobLook, clock: Callable[[], float]) -> None:
        """`clock` gives seconds since 1970."""
        self._look = look
        self._clock = clock
        self.offer = Offer.UNKNOWN
        self.problem: Problem | None = None
        """Why the last listing ended early, or there is no list."""
        self.is_running = False
        self.is_whole = False
        """Whether the last listing read the whole list."""
        self.can_resume = False
        self.was_listed = False
        """Whether any part of the list is known."""
        self._was_whole = False
        """Whether the list was whole once, so that what is new is known, too."""
        self.oddities: tuple[str, ...] = ()
        self.so_far = 0
        """How many jobs the running listing has sent."""
        self.listed_at: float | None = None
        """When the whole list was requested last."""

    def note_offer(self, event: ListOffered) -> None:
        """Note whether the server has the list."""
        self.offer = event.offer
        if event.problem is not None:
            self.problem = event.problem

    def begin(self) -> None:
        """Note that a listing has begun."""
        self.is_running, self.can_resume, self.problem = True, False, None
        self.so_far = 0

    def add_page(self, so_far: int) -> None:
        """Note a page; `so_far` jobs have been sent in all."""
        self.so_far, self.was_listed = so_far, True

    def end(self, event: JobsListingEnded) -> None:
        """Note how the running listing has ended."""
        self.is_running = False
        self.is_whole, self.can_resume = event.complete, event.can_resume
        self.was_listed |= event.complete
        self._was_whole |= event.complete
        self.oddities = event.oddities
        if event.problem is not None:
            self.problem = event.problem
        if event.complete:
            self.listed_at = self._clock()

    def note_all_read(self) -> None:
        """Note that the whole list was read for something else."""
        self.was_listed = self._was_whole = True
        if not self.is_running:  # otherwise, its end tells
            self.is_whole, self.can_resume, self.problem = True, False, None
            self.listed_at = self._clock()

    @property
    def is_awaited(self) -> bool:
        """Whether nothing can be said yet: the list is on its way, or wasn't requested."""
        return self.is_running or (not self.was_listed and self.problem is None)

    def count(self, known: int) -> JobsCount:
        """What the sidebar shows if so many jobs are known."""
        if self.offer is Offer.NOT_OFFERED:
            return JobsCount(missing=_(self._look.not_offered))
        if self.offer is Offer.REFUSED and not known:
            why = one_line(self.problem.title) if self.problem is not None else ""
            return JobsCount(missing=why or _("This key isn't allowed to list them"))
        if not self.was_listed:
            return JobsCount()
        return JobsCount(known, has_more=not self._was_whole)

    @property
    def gap(self) -> str:
        """Why the list isn't whole, as a sentence; empty if it is."""
        if self.offer is Offer.NOT_OFFERED:
            return _(self._look.not_offered)
        if self.is_awaited:
            return _(self._look.loading)
        return self.problem_in_words

    @property
    def problem_in_words(self) -> str:
        """Why the last listing ended early, as a sentence; empty if it didn't."""
        return "" if self.problem is None else problem_in_words(self.problem)
