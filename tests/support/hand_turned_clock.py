"""A clock that stands still until somebody waits by it or turns it."""

from services.system.cancellation import Cancelled, CancelToken


class HandTurnedClock:
    """Call it for the seconds; whoever has it turns it by changing `now`."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def token(self) -> "TurningToken":
        """A token whose pauses turn this clock instead of lasting."""
        return TurningToken(self)


class TurningToken(CancelToken):
    """Notes the pauses it was asked for."""

    def __init__(self, clock: HandTurnedClock) -> None:
        super().__init__()
        self._clock = clock
        self.pauses: list[float] = []
        self.cancel_at: float | None = None
        """The moment at which the work is no longer wanted."""

    def wait(self, seconds: float) -> None:
        """Turn the clock; raise Cancelled when that moment comes before the end."""
        self.pauses.append(seconds)
        end = self._clock.now + seconds
        if self.cancel_at is not None and self.cancel_at <= end:
            self._clock.now = self.cancel_at
            raise Cancelled
        self._clock.now = end
