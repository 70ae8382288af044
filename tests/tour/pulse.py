"""Measures from outside how long a program doesn't respond."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from tests.support.accessibility import AccessibilityBus, Gone


class Pulse:
    """Queries the program all the time; `stop` returns the longest time without a reply."""

    def __init__(self, pid: Callable[[], int], paused: threading.Lock) -> None:
        self._pid = pid
        self._paused = paused
        self._stopped = threading.Event()
        self._longest = 0.0
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Stop, and return the longest time without a reply, in seconds."""
        self._stopped.set()
        self._thread.join()
        return self._longest

    def _ask(self) -> None:
        with AccessibilityBus() as bus:
            window_pid, window = 0, None
            while not self._stopped.wait(0.005):
                with self._paused, suppress(Gone, OSError):
                    pid = self._pid()
                    if window is None or pid != window_pid:
                        window_pid, window = pid, bus.window_of(pid)
                    if window is not None:
                        started = time.perf_counter()
                        window.name  # noqa: B018 - only the round trip matters
                        self._longest = max(self._longest, time.perf_counter() - started)
