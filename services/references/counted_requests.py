"""The requests of one scan: counted, reported, and no more than promised without telling."""

import time
from collections.abc import Callable
from typing import TypeVar

from services.api.files_api import FilesApi
from services.api.item_page import ItemPage
from services.api.retry import RetryPolicy, may_retry, with_retries
from services.api.vector_store import VectorStoreFile
from services.jobs.job_requests import Job
from services.problems.errors import FilesError, Problem, ProblemKind
from services.references.events import ScanProgress
from services.system.cancellation import CancelToken

_PROGRESS_SECONDS = 0.1
"""The shortest time between two reports of progress."""
_AVERAGED = 50
"""About so many of the last requests count for the average time."""

_Answer = TypeVar("_Answer", bound=ItemPage[Job] | ItemPage[VectorStoreFile] | VectorStoreFile)


class MoreNeeded(Exception):
    """The next request would be more than promised."""


class RequestTimes:
    """How long requests take on average, in seconds."""

    def __init__(self) -> None:
        self.average: float | None = None
        """None if none was sent yet."""

    def add(self, seconds: float, done: int) -> None:
        """Count a request, which was the `done`th of its scan."""
        before = self.average or seconds
        self.average = before + (seconds - before) / min(done, _AVERAGED)


class CountedRequests:
    """Used by one thread.

    A request that the server put off with 429, or that failed on the way, is sent again. That
    counts, too, and raises the promise, as the progress tells.
    """

    def __init__(
        self,
        number: int,
        api: FilesApi,
        token: CancelToken,
        times: RequestTimes,
        tell: Callable[[ScanProgress], None],
        *,
        random: Callable[[], float],
        retry_policy: RetryPolicy,
        promised: int | None = None,
    ) -> None:
        """`number` is that of the scan, and `promised` how many requests it may send at most.

        `tell` is called a few times a second; `random` returns numbers from 0 to 1.
        """
        self.api = api
        self.token = token
        self.promised = promised
        self.done = 0
        """How many were sent."""
        self.progress = ScanProgress(api.account.id, number, 0, promised)
        """How far it is."""
        self._times = times
        self._tell = tell
        self._random = random
        self._retry_policy = retry_policy
        self._told_at = 0.0
        self._can_raise = promised is not None
        self._raised: set[object] = set()

    def raise_promise(self, reason: object, requests: int, per_page: int) -> None:
        """Promise more, once for a reason, because the server has only `per_page` on a page.

        A scan without a promise stays within its few requests.
        """
        if self._can_raise and requests > 0 and reason not in self._raised:
            self._raised.add(reason)
            self._promise_more(requests)
            self._report(per_page=per_page)

    def send(self, attempt: Callable[[], _Answer]) -> _Answer:
        """Send a request. Raises MoreNeeded instead of sending too many, FilesError, Cancelled."""
        self.token.check()
        if self.promised is not None and self.done >= self.promised:
            raise MoreNeeded
        started = time.monotonic()

        def send() -> _Answer:
            self.done += 1
            return attempt()

        result = with_retries(
            send,
            token=self.token,
            random=self._random,
            may_retry=_may_retry,
            on_wait=self._send_again,
            retry_policy=self.api.adjusted(self._retry_policy),
        )
        if isinstance(result, ItemPage):
            # The server refused the size of the page at first.
            self._promise_more(result.requests - 1)
            self.done += result.requests - 1
        self._times.add(time.monotonic() - started, self.done)
        self._report()
        return result

    def _send_again(self, wait_seconds: float, waits_for: Problem) -> None:
        self._promise_more(1)
        self._report(wait_seconds, waits_for)

    def _promise_more(self, requests: int) -> None:
        if self.promised is not None:
            self.promised += requests

    def _report(
        self,
        wait_seconds: float | None = None,
        waits_for: Problem | None = None,
        per_page: int | None = None,
    ) -> None:
        before = self.progress
        self.progress = ScanProgress(
            before.account_id,
            before.scan,
            self.done,
            self.promised,
            wait_seconds,
            waits_for,
            per_page or before.per_page,
        )
        now = time.monotonic()
        if (
            wait_seconds is not None
            or per_page is not None
            or now - self._told_at >= _PROGRESS_SECONDS
        ):
            self._told_at = now
            self._tell(self.progress)


def _may_retry(error: FilesError) -> bool:
    return error.problem.kind is not ProblemKind.NOT_OFFERED and may_retry(error)
