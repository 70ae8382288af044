"""How often a transfer is tried, and how it waits in between."""

import random
from collections.abc import Callable

from services.api.files_api import FilesApi
from services.api.retry import FOR_TRANSFERS, Answer, WaitListener, repeating
from services.problems.errors import FilesError, Problem, ProblemKind
from services.transfers.running_transfer import RunningTransfer


def repeat_attempts(
    attempt: Callable[[], Answer],
    api: FilesApi,
    running: RunningTransfer,
    may_repeat: Callable[[FilesError], bool],
) -> Answer:
    """Make attempts as `retry.repeating` does, with the patience of a transfer."""
    return repeating(
        attempt,
        token=running.token,
        random=random.random,
        may_repeat=may_repeat,
        on_wait=wait_listener(api, running),
        patience=FOR_TRANSFERS,
    )


def wait_listener(api: FilesApi, running: RunningTransfer) -> WaitListener:
    """Reports each pause; one that a 429 asked for holds all workers of the account."""

    def on_wait(seconds: float, problem: Problem) -> None:
        if problem.kind is ProblemKind.RATE_LIMITED:
            api.pace.hold(seconds, problem)
        running.start_waiting(seconds, problem)

    return on_wait
