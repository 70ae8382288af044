"""A timer that repeats a task at intervals."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

_log = logging.getLogger(__name__)


class Timer(Protocol):
    """Repeats a task at intervals; tests use one that they trigger manually."""

    def every(self, seconds: float) -> None:
        """Set the interval; 0 to pause."""

    def stop(self) -> None:
        """Stop for good; returns immediately."""

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; return whether it ended in time."""


MakeTimer = Callable[[Callable[[], None]], Timer]
"""Creates a timer that calls the given function."""


class IntervalTimer:
    """Calls `tick` on its own thread, which is started when first needed.

    The interval starts at the end of the previous call, so calls never pile up.
    """

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._changed = threading.Condition()
        self._seconds = 0.0
        self._settings = 0
        self._stopped = False
        self._thread: threading.Thread | None = None

    def every(self, seconds: float) -> None:
        """See `Timer`; restarts the current interval."""
        with self._changed:
            self._seconds = seconds
            self._settings += 1
            self._changed.notify_all()
            if seconds and self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="timer", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """See `Timer`."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def join(self, seconds: float) -> bool:
        """See `Timer`."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopped:
            if not self._wait():
                continue
            try:
                self._tick()
            except Exception:  # noqa: BLE001 - a bug in the task must not end the thread
                _log.exception("Periodic task failed")

    def _wait(self) -> bool:
        """Wait for the interval; return False if it was changed or the timer stopped."""
        with self._changed:
            settings = self._settings
            return not self._changed.wait_for(
                lambda: self._stopped or self._settings != settings, self._seconds or None
            )
