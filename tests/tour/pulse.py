"""How long a program does not answer, seen from outside."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from tests.support.accessibility import AccessibilityBus, Gone


class Pulse:
    """Asks the program something all the time; `stop` gives the longest time without an answer."""

    def __init__(self, pid: Callable[[], int], at_rest: threading.Lock) -> None:
        self._pid = pid
        self._at_rest = at_rest
        self._over = threading.Event()
        self._longest = 0.0
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Seconds."""
        self._over.set()
        self._thread.join()
        return self._longest

    def _ask(self) -> None:
        with AccessibilityBus() as bus:
            asked_of, window = 0, None
            while not self._over.wait(0.005):
                with self._at_rest, suppress(Gone, OSError):
                    pid = self._pid()
                    if window is None or pid != asked_of:
                        asked_of, window = pid, bus.window_of(pid)
                    if window is not None:
                        asked = time.perf_counter()
                        window.name  # noqa: B018 - the answer does not matter
                        self._longest = max(self._longest, time.perf_counter() - asked)
