"""Looks again at jobs that run, without listing everything each time."""

import time
from collections import deque
from collections.abc import Callable

from services.api.files_api import FilesApi
from services.api.retry import NO_RETRIES
from services.api.vector_store import VectorStore
from services.jobs.events import JobsGone, JobsNotUpdated
from services.jobs.job_kind import JobKind
from services.jobs.job_requests import Job, pages_of, retrieve
from services.jobs.known_jobs import KnownJobs
from services.jobs.open_account import OpenAccount
from services.jobs.running_batches import RunningBatches
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from services.system.interval_timer import IntervalTimer, MakeTimer

SHORTEST_INTERVAL = 10.0
"""Seconds between two looks while something has just changed."""
LONGEST_INTERVAL = 120.0
"""Seconds; the interval doubles up to this while nothing changes, or looking fails."""

_MOST_RETRIEVED = 20
"""Jobs that are retrieved one by one with each look: those that aren't among the newest."""
_LONGEST_RUN = 30 * 86400.0
"""Seconds after which a job isn't looked at any more: it will hardly ever end."""


class JobWatch:
    """Requests the newest page of each list with running jobs, and what isn't on it by itself.

    Off while nothing runs. A list that is being listed is left alone.
    """

    def __init__(
        self,
        account: OpenAccount,
        is_listing: Callable[[JobKind], bool],
        kept: RunningBatches,
        *,
        clock: Callable[[], float] = time.time,
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`clock` returns a Unix timestamp."""
        self._account = account
        self._is_listing = is_listing
        self._clock = clock
        self.known = KnownJobs(account, kept, self._set_running)
        """The jobs to look at."""
        self._interval = SHORTEST_INTERVAL
        self._is_on = False
        self._pause = 0.0
        """Seconds that the server has asked to wait, in this look."""
        self._failed: set[JobKind] = set()
        """The lists whose last look failed."""
        self._waiting: dict[JobKind, deque[str]] = {kind: deque() for kind in JobKind}
        """The running jobs that aren't among the newest, the longest not looked at first."""
        self._timer = make_timer(self.look)

    def look(self) -> None:
        """Look at all running jobs now; blocks. Sends JobsChanged, JobsEnded, JobsGone."""
        changed = False
        for kind in JobKind:
            api = self._account.api
            wanted = self._wanted(kind)
            if api is None:
                return
            if wanted and not self._is_listing(kind):
                changed = self._look_at(api, kind, wanted) or changed
        with self._account.lock:
            self._interval = (
                SHORTEST_INTERVAL if changed else min(2 * self._interval, LONGEST_INTERVAL)
            )
            self._interval, self._pause = max(self._interval, self._pause), 0.0
            self._set_timer(any(map(self._wanted, JobKind)))

    def look_at_newest(self, api: FilesApi, kind: JobKind, token: CancelToken) -> bool:
        """Request the newest page of a list; return whether something has changed.

        Raises FilesError and Cancelled.
        """
        page = pages_of(api, kind)(token, retry_policy=NO_RETRIES)
        return self.known.seen(api.account.id, kind, page.items)

    def close(self) -> None:
        """Stop at once."""
        self._timer.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `close`; return whether it ended in time."""
        return self._timer.join(seconds)

    def _set_running(self, some: bool) -> None:
        is_soon = self._is_on and self._interval == SHORTEST_INTERVAL
        self._interval = SHORTEST_INTERVAL
        if not (some and is_soon):  # setting it again would put off the next look
            self._set_timer(some)

    def _set_timer(self, on: bool) -> None:
        self._is_on = on
        self._timer.every(self._interval if on else 0)

    def _wanted(self, kind: JobKind) -> list[str]:
        """The IDs of the jobs to look at."""
        oldest = self._clock() - _LONGEST_RUN
        running = [
            job.id
            for job in self.known.running(kind)
            if (began_at := _began_at(job)) is None or began_at > oldest
        ]
        return [*running, *self.known.not_seen_again(kind)]

    def _look_at(self, api: FilesApi, kind: JobKind, wanted: list[str]) -> bool:
        token = self._account.new_token()
        try:
            page = pages_of(api, kind)(token, retry_policy=NO_RETRIES)
            changed = self.known.seen(api.account.id, kind, page.items)
            newest = {job.id for job in page.items}
            older = [job_id for job_id in wanted if job_id not in newest]
            changed = self._retrieve(api, kind, older, token) or changed
        except FilesError as error:
            self._pause = max(self._pause, error.retry_after or 0.0)
            self._report(api, kind, error)
            return False
        except Cancelled:
            return False
        self._report(api, kind, None)
        return changed

    def _retrieve(self, api: FilesApi, kind: JobKind, ids: list[str], token: CancelToken) -> bool:
        """Look at running jobs one by one, the longest not looked at first."""
        before, wanted = self._waiting[kind], set(ids)
        waiting = deque(one for one in before if one in wanted)
        waited = set(before)
        waiting.extend(one for one in ids if one not in waited)
        self._waiting[kind] = waiting
        changed = False
        for _number in range(min(_MOST_RETRIEVED, len(waiting))):
            job_id = waiting[0]
            try:
                jobs = (retrieve(api, kind, job_id, token),)
                changed = self.known.seen(api.account.id, kind, jobs) or changed
            except FilesError as error:
                if error.problem.kind is not ProblemKind.NOT_FOUND:
                    raise
                self._forget(api, kind, job_id)
                changed = True
            waiting.rotate(-1)
        return changed

    def _forget(self, api: FilesApi, kind: JobKind, job_id: str) -> None:
        with self._account.lock:
            self.known.forget(kind, (job_id,))
            self._account.tell(JobsGone(api.account.id, kind, (job_id,)))
        self.known.keep_running(kind)

    def _report(self, api: FilesApi, kind: JobKind, error: FilesError | None) -> None:
        """Tell of the first failure, and of the first success after it."""
        with self._account.lock:
            if (error is not None) is (kind in self._failed):
                return
            if error is None:
                self._failed.discard(kind)
            else:
                self._failed.add(kind)
            problem = None if error is None else error.problem
            self._account.tell(JobsNotUpdated(api.account.id, kind, problem))


def _began_at(job: Job) -> int | None:
    """When it began what it does now, as a Unix timestamp; None if that isn't known.

    Files may be attached to a vector store long after its creation.
    """
    if isinstance(job, VectorStore) and job.last_active_at is not None:
        return max(job.last_active_at, job.created_at or 0)
    return job.created_at
