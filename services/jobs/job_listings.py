"""Lists the jobs of an account, page by page."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.api.files_api import FilesApi
from services.api.item_requests import ItemListing
from services.jobs.events import JobsListed, JobsListingEnded, JobsListingStarted, ListOffered
from services.jobs.job_kind import JobKind
from services.jobs.job_requests import Job, pages_of
from services.jobs.known_jobs import KnownJobs
from services.jobs.offered_lists import Offer, OfferedLists
from services.jobs.open_account import OpenAccount
from services.problems.errors import FilesError, Problem, ProblemKind, unexpected
from services.system.cancellation import Cancelled, CancelToken
from services.system.events import SessionEvent
from services.system.worker_threads import WorkerThreads

_REFUSALS = frozenset({ProblemKind.NOT_PERMITTED, ProblemKind.KEY_REFUSED})


@dataclass(eq=False)
class _Run:
    """A listing from start to end, including any resumption."""

    api: FilesApi
    kind: JobKind
    number: int
    listing: ItemListing[Job]
    known_before: set[str]
    token: CancelToken
    only_first: bool
    """Whether to stop after the first page."""
    so_far: int = 0
    ended: bool = field(default=False)
    resumed: bool = False
    """Whether it has been resumed, and nothing has arrived since."""


class JobListings:
    """Lists each kind of job by itself. Methods return at once.

    Only the last listing of each kind sends events.
    """

    def __init__(
        self,
        account: OpenAccount,
        known: KnownJobs,
        offered: OfferedLists,
        numbers: Iterator[int] | None = None,
    ) -> None:
        """`numbers` gives each listing a number."""
        self._account = account
        self._known = known
        self._offered = offered
        self._numbers = itertools.count(1) if numbers is None else numbers
        self._runs: dict[JobKind, _Run] = {}
        self._offers: dict[JobKind, Offer] = dict.fromkeys(JobKind, Offer.UNKNOWN)
        self._worker = WorkerThreads("jobs", len(JobKind))

    def look(self) -> None:
        """Find out which lists the server has, and request the first page of each that isn't whole.

        Sends ListOffered for each list, then the events of `refresh`. A list that the server is
        known not to have isn't requested.
        """
        api = self._account.api
        if api is not None:
            self._worker.submit(lambda: self._look(api))

    def refresh(self, kind: JobKind) -> None:
        """List all jobs of a kind again, even if the server had no such list before.

        Sends JobsListingStarted, JobsListed for each page, and JobsListingEnded; ListOffered and
        JobsEnded where something has changed.
        """
        api = self._account.api
        if api is not None:
            self._begin(api, kind, only_first=False)

    def resume(self, kind: JobKind) -> None:
        """Request the rest of a list that has ended early. Sends the same events as `refresh`.

        If the server no longer knows the cursor, the listing starts over.
        """
        with self._account.lock:
            run = self._runs.get(kind)
            if run is None or not run.ended or not run.listing.can_resume:
                return
            run.token = self._account.new_token()
            run.ended = run.only_first = False
            run.resumed = True
            self._worker.submit(lambda: self._list(run))

    def stop(self, kind: JobKind) -> None:
        """Request no more pages. Sends JobsListingEnded."""
        with self._account.lock:
            run = self._runs.get(kind)
            if run is not None:
                run.token.cancel()

    def offer_of(self, kind: JobKind) -> Offer:
        """Whether the server has that list, as far as is known."""
        with self._account.lock:
            return self._offers[kind]

    def is_listing(self, kind: JobKind) -> bool:
        """Whether pages of that list are being requested."""
        with self._account.lock:
            run = self._runs.get(kind)
            return run is not None and not run.ended

    def close(self) -> None:
        """Accept no more work; returns at once."""
        self._worker.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `close`; return whether they ended in time."""
        return self._worker.join(seconds)

    def _look(self, api: FilesApi) -> None:
        for kind, offer in self._offered.of(api.account).items():
            self._tell_offer(api, kind, offer, None)
            if offer is not Offer.NOT_OFFERED and not self._is_listed(kind):
                self._begin(api, kind, only_first=True)

    def _is_listed(self, kind: JobKind) -> bool:
        """Whether a list is whole, or on its way."""
        with self._account.lock:
            run = self._runs.get(kind)
            return run is not None and (not run.ended or run.listing.complete)

    def _begin(self, api: FilesApi, kind: JobKind, *, only_first: bool) -> None:
        with self._account.lock:
            last = self._runs.get(kind)
            if last is not None:
                last.token.cancel()
                if not last.ended:
                    last.ended = True
                    self._account.tell(
                        JobsListingEnded(api.account.id, kind, last.number, complete=False)
                    )
            run = self._runs[kind] = _Run(
                api,
                kind,
                next(self._numbers),
                ItemListing(pages_of(api, kind)),
                self._known.ids(kind),
                self._account.new_token(),
                only_first,
            )
        self._worker.submit(lambda: self._list(run))

    def _list(self, run: _Run) -> None:
        """Run a listing to its end, from the start or from where it was interrupted."""
        account_id, kind = run.api.account.id, run.kind
        if not self._tell(run, JobsListingStarted(account_id, kind, run.number)):
            return
        problem = None
        try:
            for page in run.listing.pages(run.token):
                run.resumed = False
                run.so_far += len(page.items)
                self._set_offer(run.api, kind, Offer.OFFERED, None)
                listed = JobsListed(account_id, kind, run.number, page.items, run.so_far)
                if not self._tell(run, listed):
                    return
                self._known.listed(account_id, kind, page.items)
                if run.only_first:
                    break
        except FilesError as error:
            problem = error.problem
            if run.resumed and run.listing.may_have_lost_cursor(problem):
                self._begin(run.api, kind, only_first=False)
                return
            if problem.kind is ProblemKind.NOT_OFFERED:
                self._set_offer(run.api, kind, Offer.NOT_OFFERED, problem)
            elif problem.kind in _REFUSALS:
                self._set_offer(run.api, kind, Offer.REFUSED, problem)
        except Cancelled:
            pass
        except Exception as error:
            problem = unexpected(error)
            raise
        finally:
            self._end(run, problem)

    def _end(self, run: _Run, problem: Problem | None) -> None:
        listing = run.listing
        with self._account.lock:
            if run.ended:
                return
            run.ended = True
            gone = (
                self._known.keep_only(run.kind, listing.seen, run.known_before)
                if listing.complete
                else ()
            )
            self._account.tell(
                JobsListingEnded(
                    run.api.account.id,
                    run.kind,
                    run.number,
                    listing.complete,
                    problem,
                    listing.warnings,
                    listing.can_resume,
                    gone,
                )
            )
        self._known.keep_running(run.kind)

    def _set_offer(
        self, api: FilesApi, kind: JobKind, offer: Offer, problem: Problem | None
    ) -> None:
        """Note what the server has just said about a list."""
        changed = self._tell_offer(api, kind, offer, problem)
        if offer is Offer.NOT_OFFERED or (changed and offer is Offer.OFFERED):
            self._offered.remember(api.account, kind, offered=offer is Offer.OFFERED)

    def _tell_offer(
        self, api: FilesApi, kind: JobKind, offer: Offer, problem: Problem | None
    ) -> bool:
        with self._account.lock:
            if self._offers[kind] is offer:
                return False
            self._offers[kind] = offer
            self._account.tell(ListOffered(api.account.id, kind, offer, problem))
            return True

    def _tell(self, run: _Run, event: SessionEvent) -> bool:
        """Send an event unless there is a newer listing; return whether it was sent."""
        with self._account.lock:
            if not run.ended:
                self._account.tell(event)
            return not run.ended
