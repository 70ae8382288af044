"""How often a transfer is attempted, and how long it waits in between."""

import random
from collections.abc import Callable

from services.api.files_api import FilesApi
from services.api.retry import FOR_TRANSFERS, Result, WaitListener, with_retries
from services.problems.errors import FilesError, Problem, ProblemKind
from services.transfers.running_transfer import RunningTransfer


def run_attempts(
    attempt: Callable[[], Result],
    api: FilesApi,
    running: RunningTransfer,
    may_retry: Callable[[FilesError], bool],
) -> Result:
    """Run `attempt` with the retry policy of transfers; see `retry.with_retries`."""
    return with_retries(
        attempt,
        token=running.token,
        random=random.random,
        may_retry=may_retry,
        on_wait=wait_listener(api, running),
        retry_policy=api.adjusted(FOR_TRANSFERS),
    )


def wait_listener(api: FilesApi, running: RunningTransfer) -> WaitListener:
    """Return a listener that reports each backoff; after a 429, it holds the whole account."""

    def on_wait(seconds: float, problem: Problem) -> None:
        if problem.kind is ProblemKind.RATE_LIMITED:
            api.pace.hold(seconds, problem)
        running.start_waiting(seconds, problem)

    return on_wait
