"""How fast bytes went over the last seconds, and how long the rest will take."""

from collections import deque

_WINDOW = 5.0
_SHORTEST = 0.5
_STALLED = 1.0


class SpeedMeter:
    """Takes running totals with their moments; forgets what is older than five seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, now: float, done: int) -> None:
        """Note that `done` bytes are through at the moment `now`, in seconds of any clock."""
        samples = self._samples
        if samples and (done < samples[-1][1] or now < samples[-1][0]):
            samples.clear()  # a new attempt
        samples.append((now, done))
        while len(samples) > 2 and now - samples[1][0] > _WINDOW:
            samples.popleft()

    @property
    def bytes_a_second(self) -> float | None:
        """None until there is half a second to judge by."""
        if len(self._samples) < 2:
            return None
        (start, before), (end, after) = self._samples[0], self._samples[-1]
        return (after - before) / (end - start) if end - start >= _SHORTEST else None

    def seconds_left(self, done: int, total: int | None) -> float | None:
        """None where the total is unknown or next to nothing moves."""
        speed = self.bytes_a_second
        if speed is None or speed < _STALLED or total is None:
            return None
        return max(0.0, (total - done) / speed)
