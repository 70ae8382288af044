"""Limits how fast all workers of an account send requests.

A 429 concerns the account, not one worker: when one is told to wait, all do. And the official
service limits the uploads of a minute (API reference for POST /files).
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
        """`clock` gives seconds."""
        self._uploads_a_minute = uploads_a_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._begun: deque[float] = deque()
        self._free_at = 0.0
        self._problem: Problem | None = None

    def hold(self, seconds: float, problem: Problem) -> None:
        """Let no worker start for so long, as the server requested."""
        with self._lock:
            self._free_at = max(self._free_at, self._clock() + seconds)
            self._problem = problem

    def wait(self, token: CancelToken, on_wait: WaitListener) -> None:
        """Wait while the account is on hold, reporting how long. Raise Cancelled."""
        while True:
            with self._lock:
                seconds, problem = self._free_at - self._clock(), self._problem
            if seconds <= 0 or problem is None:
                return
            on_wait(seconds, problem)
            token.wait(seconds)

    def wait_for_upload(self, token: CancelToken, on_wait: WaitListener) -> None:
        """The same, and wait for a turn within the limit of uploads per minute."""
        while True:
            self.wait(token, on_wait)
            seconds = self._take_turn()
            if seconds <= 0:
                return
            on_wait(seconds, _minute_is_full())
            token.wait(seconds)

    def _take_turn(self) -> float:
        """Start an upload; if too many have started, the seconds until the next turn."""
        if self._uploads_a_minute is None:
            return 0.0
        with self._lock:
            now = self._clock()
            while self._begun and self._begun[0] + _MINUTE <= now:
                self._begun.popleft()
            if len(self._begun) >= self._uploads_a_minute:
                return self._begun[0] + _MINUTE - now
            self._begun.append(now)
            return 0.0


def _minute_is_full() -> Problem:
    return Problem(
        ProblemKind.RATE_LIMITED,
        _("Reached the service's limit of uploads per minute"),
        _("Uploads continue automatically."),
    )
