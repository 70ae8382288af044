"""A timer that ticks only when a test tells it to."""

import threading
from collections.abc import Callable


class ManualTimer:
    """Stands in for `services.system.interval_timer.IntervalTimer`; `fire` is one interval."""

    def __init__(self, tick: Callable[[], None]) -> None:
        self._tick = tick
        self.seconds = 0.0
        """The interval set last; 0 for never."""
        self.settings = 0
        """How often an interval was set, which restarts it."""
        self.stopped = False
        self.joined = threading.Event()

    def every(self, seconds: float) -> None:
        """Set the interval."""
        self.seconds = seconds
        self.settings += 1

    def stop(self) -> None:
        """Stop for good."""
        self.stopped = True

    def join(self, _seconds: float) -> bool:
        """Record the call; there is no thread to wait for."""
        self.joined.set()
        return True

    def fire(self) -> None:
        """Tick once, on this thread, if the timer is on."""
        if self.seconds and not self.stopped:
            self._tick()


class ManualTimers:
    """Creates such timers, and keeps them in order of creation."""

    def __init__(self) -> None:
        self.created: list[ManualTimer] = []

    def __call__(self, tick: Callable[[], None]) -> ManualTimer:
        self.created.append(ManualTimer(tick))
        return self.created[-1]
