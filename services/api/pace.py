"""Limits how fast requests are sent.

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

ATTACHES_A_MINUTE = 300
"""The most files that may be attached to one vector store per minute, as observed."""

_MINUTE = 60.0


def uploads_limit_reached() -> Problem:
    """The problem while uploads wait for the limit."""
    return Problem(
        ProblemKind.RATE_LIMITED,
        _("Reached the service's limit of uploads per minute"),
        _("Uploads continue automatically."),
    )


def attaches_limit_reached() -> Problem:
    """The problem while files wait to be attached to a vector store."""
    return Problem(
        ProblemKind.RATE_LIMITED,
        _("Reached the limit of files per minute for this vector store"),
        _("The rest follows automatically."),
    )


class Pace:
    """Shared by the workers of one account, or of one vector store; thread-safe."""

    def __init__(
        self,
        starts_a_minute: int | None,
        clock: Callable[[], float] = time.monotonic,
        limit_reached: Callable[[], Problem] = uploads_limit_reached,
    ) -> None:
        """At most `starts_a_minute` requests may start in a minute; None for no limit.

        `clock` returns seconds; `limit_reached` makes the problem to report while waiting.
        """
        self._starts_a_minute = starts_a_minute
        self._limit_reached = limit_reached
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

    def wait_to_start(self, token: CancelToken, on_wait: WaitListener) -> None:
        """Like `wait`, and also wait for the limit per minute."""
        while True:
            self.wait(token, on_wait)
            seconds = self._try_to_start()
            if seconds <= 0:
                return
            on_wait(seconds, self._limit_reached())
            token.wait(seconds)

    def _try_to_start(self) -> float:
        """Count a request as started, or return the seconds to wait if the limit is reached."""
        if self._starts_a_minute is None:
            return 0.0
        with self._lock:
            now = self._clock()
            while self._started and self._started[0] + _MINUTE <= now:
                self._started.popleft()
            if len(self._started) >= self._starts_a_minute:
                return self._started[0] + _MINUTE - now
            self._started.append(now)
            return 0.0


class Paces:
    """A pace for each of several things, such as vector stores; thread-safe."""

    def __init__(
        self,
        starts_a_minute: int,
        clock: Callable[[], float],
        limit_reached: Callable[[], Problem],
    ) -> None:
        """Like a `Pace` for each."""
        self._lock = threading.Lock()
        self._starts_a_minute = starts_a_minute
        self._clock = clock
        self._limit_reached = limit_reached
        self._paces: dict[str, Pace] = {}

    def of(self, item_id: str) -> Pace:
        """The pace of the thing with that ID."""
        with self._lock:
            pace = self._paces.get(item_id)
            if pace is None:
                pace = Pace(self._starts_a_minute, self._clock, self._limit_reached)
                self._paces[item_id] = pace
            return pace
