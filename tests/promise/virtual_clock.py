"""The clock of a scenario, which moves only when the scenario advances it."""

import threading

START = 1_790_000_000
"""The start of every scenario, in seconds since 1970."""


class VirtualClock:
    """Call it for the true time in seconds since 1970; the clocks of server and client may differ."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = float(START)

    def __call__(self) -> float:
        with self._lock:
            return self._now

    def advance(self, seconds: float) -> None:
        """Advance the clock."""
        with self._lock:
            self._now += seconds
