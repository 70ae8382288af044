"""Whether and when to retry, as the official clients do.

Source: the retry rules of the official Python client (two repeats; connection errors, 408, 409,
429 and 5xx; `x-should-retry`, `retry-after-ms`, `retry-after`; 0.5 s doubling to 8 s, less up to
a quarter by chance; a wait over 120 s is not waited for). Two things differ on purpose: a spent
quota is not asked for again, and an upload is repeated only when the server surely did not take
it, whatever its headers say, because the API has no key that would make a second one harmless.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.retry_after import LONGEST_WAIT
from services.system.cancellation import CancelToken

_FIRST_PAUSE = 0.5


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to try again, and how long to pause at most."""

    repeats: int
    longest_pause: float
    """Seconds."""
    jitter: float
    """The largest fraction of a pause that is randomly taken off."""


AS_THE_SDK = Patience(repeats=2, longest_pause=8.0, jitter=0.25)
"""For requests that a person waits for: the official client's own numbers."""
ONCE = Patience(repeats=0, longest_pause=0.0, jitter=0.0)
"""For requests that are repeated anyway, or aren't worth waiting for."""
FOR_TRANSFERS = Patience(repeats=14, longest_pause=30.0, jitter=1.0)
"""For transfers: survives a network outage of a minute, with a margin, and keeps workers that
started together from all retrying together."""

_CONNECTION_TROUBLE = frozenset(
    {
        ProblemKind.UNREACHABLE,
        ProblemKind.CONNECTION_LOST,
        ProblemKind.TIMED_OUT,
        ProblemKind.ANSWER_LOST,
        ProblemKind.INCOMPLETE,
    }
)

_LOST_ON_THE_WAY = frozenset({303, 408, 499})
"""What is said of a request that may have been carried out: its result is elsewhere, or a gateway
did not wait for it."""

Answer = TypeVar("Answer")
WaitListener = Callable[[float, Problem], None]
"""Called before each pause with its length in seconds and why the attempt failed."""


def may_repeat(error: FilesError) -> bool:
    """Whether to retry a list, retrieve, delete or content request."""
    if error.problem.kind is ProblemKind.QUOTA_USED_UP:
        return False
    if error.should_retry is not None:
        return error.should_retry
    if error.problem.kind in _CONNECTION_TROUBLE:
        return True
    status = error.problem.status
    return status is not None and (status in {408, 409, 429} or status >= 500)


def may_repeat_upload(error: FilesError) -> bool:
    """Whether an upload may be sent again: only when no file can have come of this attempt."""
    if error.problem.kind is ProblemKind.QUOTA_USED_UP:
        return False
    if error.problem.status is None:
        return not error.body_sent and error.problem.kind in _CONNECTION_TROUBLE
    if error.should_retry is False:
        return False
    if error.problem.status == 429 or (
        error.problem.status == 503 and error.retry_after is not None
    ):
        return True
    # What is worth another try may have made a file all the same.
    return error.should_retry is True and (not error.body_sent or is_a_clear_no(error.problem))


def is_a_clear_no(problem: Problem) -> bool:
    """Whether the server itself said that it made no file: a refusal, not a failure of its own."""
    status = problem.status
    return status is not None and 300 <= status < 500 and status not in _LOST_ON_THE_WAY


def pause_before(
    repeat: int,
    retry_after: float | None,
    random: Callable[[], float],
    patience: Patience = AS_THE_SDK,
) -> float:
    """Seconds to wait before the repeat of that number, counted from 1.

    `random` gives numbers from 0 to 1. What the server asked for is obeyed as it is.
    """
    if retry_after is not None and retry_after > 0:
        return retry_after
    pause = min(_FIRST_PAUSE * 2.0 ** (repeat - 1), patience.longest_pause)
    return pause * (1 - patience.jitter * random())


def repeating(
    attempt: Callable[[], Answer],
    *,
    token: CancelToken,
    random: Callable[[], float],
    may_repeat: Callable[[FilesError], bool] = may_repeat,
    on_wait: WaitListener | None = None,
    patience: Patience = AS_THE_SDK,
) -> Answer:
    """Make attempts until one succeeds or is not worth repeating.

    Raises the FilesError of the last attempt, or Cancelled, also in the middle of a pause.
    """
    repeat = 0
    while True:
        try:
            return attempt()
        except FilesError as error:
            repeat += 1
            if repeat > patience.repeats or not may_repeat(error):
                raise
            pause = pause_before(repeat, error.retry_after, random, patience)
            if pause > LONGEST_WAIT:
                raise
            if on_wait is not None:
                on_wait(pause, error.problem)
            token.wait(pause)
