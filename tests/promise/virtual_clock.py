"""The one time of a course: it stands still until the course moves it."""

import threading

BEGINNING = 1_790_000_000
"""Seconds since 1970."""


class VirtualClock:
    """Call it for the seconds since 1970 as they truly are; server and client may be off."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = float(BEGINNING)

    def __call__(self) -> float:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += seconds
