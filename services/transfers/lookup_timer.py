"""Runs the lookups that are due, every second, while there are lost uploads."""

import threading
import time
from collections.abc import Callable

from services.system.interval_timer import IntervalTimer, MakeTimer

EVERY = 1.0
"""Seconds; a lookup is never later than this."""

_started = time.time() - time.monotonic()


def steady_wall_clock() -> float:
    """Seconds since 1970, unaffected by changes of the clock while the program runs."""
    return _started + time.monotonic()


class LookupTimer:
    """Calls `run_due_lookups` for as long as it says that another look is to come. Thread-safe."""

    def __init__(
        self,
        run_due_lookups: Callable[[], float | None],
        make_timer: MakeTimer = IntervalTimer,
    ) -> None:
        """`run_due_lookups` gives the seconds until the next look, None when there is none."""
        self._run_due_lookups = run_due_lookups
        self._lock = threading.Lock()
        self._wanted = False
        self._runs = False
        self._timer = make_timer(self._tick)

    def wake(self) -> None:
        """There is something to look for."""
        with self._lock:
            self._wanted = True
            if not self._runs:
                self._runs = True
                self._timer.every(EVERY)

    def stop(self) -> None:
        """Look for nothing more; returns at once."""
        self._timer.stop()

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; whether it has ended in time."""
        return self._timer.join(seconds)

    def _tick(self) -> None:
        with self._lock:
            self._wanted = False
        left = self._run_due_lookups()
        with self._lock:
            if left is None and not self._wanted:
                self._runs = False
                self._timer.every(0)
