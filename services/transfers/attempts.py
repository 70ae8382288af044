"""How often a transfer is tried, and how it waits in between."""

import random
from collections.abc import Callable

from services.api.files_api import FilesApi
from services.api.retry import FOR_TRANSFERS, Result, WaitListener, with_retries
from services.problems.errors import FilesError, Problem, ProblemKind
from services.transfers.running_transfer import RunningTransfer


def repeat_attempts(
    attempt: Callable[[], Result],
    api: FilesApi,
    running: RunningTransfer,
    may_retry: Callable[[FilesError], bool],
) -> Result:
    """Make attempts as `retry.with_retries` does, with the retry_policy of a transfer."""
    return with_retries(
        attempt,
        token=running.token,
        random=random.random,
        may_retry=may_retry,
        on_wait=wait_listener(api, running),
        retry_policy=FOR_TRANSFERS,
    )


def wait_listener(api: FilesApi, running: RunningTransfer) -> WaitListener:
    """Reports each pause; one that a 429 asked for holds all workers of the account."""

    def on_wait(seconds: float, problem: Problem) -> None:
        if problem.kind is ProblemKind.RATE_LIMITED:
            api.pace.hold(seconds, problem)
        running.start_waiting(seconds, problem)

    return on_wait
