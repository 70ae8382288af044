"""A timer that waits until somebody turns it."""

import threading
from collections.abc import Callable


class HandTurnedTimer:
    """Stands for `services.system.interval_timer.IntervalTimer`; `turn` is as if the time had gone by."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self.seconds = 0.0
        """What was set last; 0 for never."""
        self.stopped = False
        self.joined = threading.Event()

    def every(self, seconds: float) -> None:
        """Note it."""
        self.seconds = seconds

    def stop(self) -> None:
        """Never again."""
        self.stopped = True

    def join(self, _seconds: float) -> bool:
        """There is no thread, but it is noted."""
        self.joined.set()
        return True

    def turn(self) -> None:
        """Do what is due, on this thread."""
        if self.seconds and not self.stopped:
            self._tick()


class HandTurnedTimers:
    """Makes such timers where one is wanted, and keeps them in the order in which they were made."""

    def __init__(self) -> None:
        self.made: list[HandTurnedTimer] = []

    def __call__(self, tick: Callable[[], None]) -> HandTurnedTimer:
        self.made.append(HandTurnedTimer(tick))
        return self.made[-1]
