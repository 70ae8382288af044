"""Whether and when to retry, like the official clients.

Source: the retry rules of the official Python client (two retries; connection errors, 408, 409,
429 and 5xx; `x-should-retry`, `retry-after-ms`, `retry-after`; 0.5 s doubling to 8 s, minus up to
a quarter as jitter; no waits over 120 s). Two differences are deliberate: a used-up quota is not
retried, and an upload is retried only if the server certainly didn't store the file, whatever its
headers say, because the API has no idempotency key.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.retry_after import LONGEST_WAIT
from services.system.cancellation import CancelToken

_FIRST_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often to retry, and how long to wait in between."""

    retries: int
    longest_pause: float
    """Seconds; the backoff doubles up to this."""
    jitter: float
    """The largest fraction of a pause that is randomly subtracted."""


LIKE_SDK = RetryPolicy(retries=2, longest_pause=8.0, jitter=0.25)
"""For requests that the user is waiting for: the official client's numbers."""
NO_RETRIES = RetryPolicy(retries=0, longest_pause=0.0, jitter=0.0)
"""For requests that are repeated anyway, or aren't worth waiting for."""
FOR_TRANSFERS = RetryPolicy(retries=14, longest_pause=30.0, jitter=1.0)
"""For transfers: survives a network outage of over a minute, and keeps workers that started
together from retrying at the same moment."""


def with_setting(retry_policy: RetryPolicy, retries: int | None) -> RetryPolicy:
    """The policy with the number of retries that the user set, if any.

    Requests that are never retried stay so.
    """
    if retries is None or not retry_policy.retries:
        return retry_policy
    return replace(retry_policy, retries=retries)


_CONNECTION_ERRORS = frozenset(
    {
        ProblemKind.UNREACHABLE,
        ProblemKind.CONNECTION_LOST,
        ProblemKind.TIMED_OUT,
        ProblemKind.ANSWER_LOST,
        ProblemKind.INCOMPLETE,
    }
)

_MAY_HAVE_SUCCEEDED = frozenset({303, 408, 499})
"""Statuses of requests that may have been carried out: the result is at another URL, or a gateway
didn't wait for it."""

Result = TypeVar("Result")
WaitListener = Callable[[float, Problem], None]
"""Called before each pause with its length in seconds and why the attempt failed."""


def may_retry(error: FilesError) -> bool:
    """Whether to retry a list, retrieve, delete or content request."""
    if error.problem.kind in {ProblemKind.QUOTA_USED_UP, ProblemKind.NOT_FOUND}:
        return False
    if error.should_retry is not None:
        return error.should_retry
    if error.problem.kind in _CONNECTION_ERRORS:
        return True
    status = error.problem.status
    return status is not None and (status in {408, 409, 429} or status >= 500)


def may_retry_upload(error: FilesError) -> bool:
    """Whether to retry an upload: only if this attempt can't have created a file."""
    if error.problem.kind is ProblemKind.QUOTA_USED_UP:
        return False
    if error.problem.status is None:
        return not error.body_sent and error.problem.kind in _CONNECTION_ERRORS
    if error.should_retry is False:
        return False
    if error.problem.status == 429 or (
        error.problem.status == 503 and error.retry_after is not None
    ):
        return True
    # Even if the server recommends a retry, the attempt may have created a file.
    return error.should_retry is True and (not error.body_sent or is_rejection(error.problem))


def is_rejection(problem: Problem) -> bool:
    """Whether the status shows that the server created no file: it rejected the request."""
    status = problem.status
    return status is not None and 300 <= status < 500 and status not in _MAY_HAVE_SUCCEEDED


def pause_before(
    retry: int,
    retry_after: float | None,
    random: Callable[[], float],
    retry_policy: RetryPolicy = LIKE_SDK,
) -> float:
    """Seconds to wait before a retry; `retry` counts from 1.

    `random` returns numbers from 0 to 1. If the server sent `retry_after`, that is used unchanged.
    """
    if retry_after is not None and retry_after > 0:
        return retry_after
    pause = min(_FIRST_PAUSE * 2.0 ** (retry - 1), retry_policy.longest_pause)
    return pause * (1 - retry_policy.jitter * random())


def with_retries(
    attempt: Callable[[], Result],
    *,
    token: CancelToken,
    random: Callable[[], float],
    may_retry: Callable[[FilesError], bool] = may_retry,
    on_wait: WaitListener | None = None,
    retry_policy: RetryPolicy = LIKE_SDK,
) -> Result:
    """Call `attempt` until it succeeds or shouldn't be retried.

    Raises the FilesError of the last attempt, or Cancelled, even in the middle of a pause.
    """
    retry = 0
    while True:
        try:
            return attempt()
        except FilesError as error:
            retry += 1
            if retry > retry_policy.retries or not may_retry(error):
                raise
            pause = pause_before(retry, error.retry_after, random, retry_policy)
            if pause > LONGEST_WAIT:
                raise
            if on_wait is not None:
                on_wait(pause, error.problem)
            token.wait(pause)
