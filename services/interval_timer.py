"""Something done every so often."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

_log = logging.getLogger(__name__)


class Timer(Protocol):
    """What does something every so often; tests have one that they turn by hand."""

    def every(self, seconds: float) -> None:
        """From now on, each time so many seconds have gone by; 0 for never."""

    def stop(self) -> None:
        """Never again; returns at once."""

    def join(self, seconds: float) -> bool:
        """Wait for the thread after `stop`; whether it has ended in time."""


class IntervalTimer:
    """Calls `tick` on a thread of its own, which starts when it is first needed.

    The time counts from the end of the call before, so calls never pile up.
    """

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self._changed = threading.Condition()
        self._seconds = 0.0
        self._settings = 0
        self._stopped = False
        self._thread: threading.Thread | None = None

    def every(self, seconds: float) -> None:
        """See `Timer`; the time begins anew."""
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
            except Exception:  # noqa: BLE001 - a bug in it must not end the thread
                _log.exception("What is done every so often failed")

    def _wait(self) -> bool:
        """Whether the time went by without a change."""
        with self._changed:
            settings = self._settings
            return not self._changed.wait_for(
                lambda: self._stopped or self._settings != settings, self._seconds or None
            )
