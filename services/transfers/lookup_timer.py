"""Runs due lookups every second while there are uploads whose answer was lost."""

import threading
import time
from collections.abc import Callable

from services.system.interval_timer import IntervalTimer, MakeTimer

INTERVAL = 1.0
"""Seconds between checks, and the most that a lookup is late."""

_started = time.time() - time.monotonic()


def steady_wall_clock() -> float:
    """Return seconds since 1970, unaffected by clock changes while the program runs."""
    return _started + time.monotonic()


class LookupTimer:
    """Calls `run_due_lookups` until it reports that no lookup is scheduled. Thread-safe."""

    def __init__(
        self,
        run_due_lookups: Callable[[], float | None],
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`run_due_lookups` returns the seconds until the next lookup, or None if there is none."""
        self._run_due_lookups = run_due_lookups
        self._lock = threading.Lock()
        self._wanted = False
        self._running = False
        self._timer = make_timer(self._tick)

    def wake(self) -> None:
        """Start checking, because a lookup was scheduled."""
        with self._lock:
            self._wanted = True
            if not self._running:
                self._running = True
                self._timer.every(INTERVAL)

    def stop(self) -> None:
        """Start no more lookups; returns at once."""
        self._timer.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; return whether it ended in time."""
        return self._timer.join(seconds)

    def _tick(self) -> None:
        with self._lock:
            self._wanted = False
        left = self._run_due_lookups()
        with self._lock:
            if left is None and not self._wanted:
                self._running = False
                self._timer.every(0)
