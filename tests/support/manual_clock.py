"""A clock that moves only when a test sets it or somebody waits on it."""

from services.system.cancellation import Cancelled, CancelToken


class ManualClock:
    """Call it to get the time in seconds; set `now` to change it."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def token(self) -> "ManualToken":
        """A token whose waits advance this clock instead of taking time."""
        return ManualToken(self)


class ManualToken(CancelToken):
    """Records the waits, and advances the clock instead of waiting."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__()
        self._clock = clock
        self.pauses: list[float] = []
        self.cancel_at: float | None = None
        """The time at which the work is canceled."""

    def wait(self, seconds: float) -> None:
        """Advance the clock; raise Cancelled if `cancel_at` comes before the end of the wait."""
        self.pauses.append(seconds)
        end = self._clock.now + seconds
        if self.cancel_at is not None and self.cancel_at <= end:
            self._clock.now = self.cancel_at
            raise Cancelled
        self._clock.now = end
