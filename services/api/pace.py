"""Limits how fast an account's workers send requests.

A 429 applies to the account, not to one worker: when one is told to wait, all do. The official
service also limits uploads per minute (API reference for POST /files).
"""

import threading
import time
from collections import deque
from collections.abc import Callable

from services.api.retry import WaitListener
from services.problems.errors import Problem, ProblemKind
from services.system.cancellation import CancelToken
from services.system.language import _

_MINUTE = 60.0


class Pace:
    """Shared by the workers of one account; thread-safe."""

    def __init__(
        self, uploads_a_minute: int | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` returns seconds."""
        self._uploads_a_minute = uploads_a_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._started: deque[float] = deque()
        self._free_at = 0.0
        self._problem: Problem | None = None

    def hold(self, seconds: float, problem: Problem) -> None:
        """Keep all workers from starting for `seconds`, because the server asked for it."""
        with self._lock:
            self._free_at = max(self._free_at, self._clock() + seconds)
            self._problem = problem

    def wait(self, token: CancelToken, on_wait: WaitListener) -> None:
        """Wait while the account is on hold, reporting how long. Raises Cancelled."""
        while True:
            with self._lock:
                seconds, problem = self._free_at - self._clock(), self._problem
            if seconds <= 0 or problem is None:
                return
            on_wait(seconds, problem)
            token.wait(seconds)

    def wait_for_upload(self, token: CancelToken, on_wait: WaitListener) -> None:
        """Like `wait`, and also wait for the limit on uploads per minute."""
        while True:
            self.wait(token, on_wait)
            seconds = self._try_to_start()
            if seconds <= 0:
                return
            on_wait(seconds, _limit_reached())
            token.wait(seconds)

    def _try_to_start(self) -> float:
        """Count an upload as started, or return the seconds to wait if the limit is reached."""
        if self._uploads_a_minute is None:
            return 0.0
        with self._lock:
            now = self._clock()
            while self._started and self._started[0] + _MINUTE <= now:
                self._started.popleft()
            if len(self._started) >= self._uploads_a_minute:
                return self._started[0] + _MINUTE - now
            self._started.append(now)
            return 0.0


def _limit_reached() -> Problem:
    return Problem(
        ProblemKind.RATE_LIMITED,
        _("Reached the service's limit of uploads per minute"),
        _("Uploads continue automatically."),
    )
