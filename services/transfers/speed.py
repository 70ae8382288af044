"""The transfer speed over the last few seconds, and the time left."""

from collections import deque

_WINDOW = 5.0
_SHORTEST_WINDOW = 0.5
_STALLED_BELOW = 1.0


class SpeedMeter:
    """Computes the speed from samples of the last five seconds."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, now: float, done: int) -> None:
        """Add a sample: `done` bytes in total at time `now`, in seconds of any clock."""
        samples = self._samples
        if samples and (done < samples[-1][1] or now < samples[-1][0]):
            samples.clear()  # a new attempt
        samples.append((now, done))
        while len(samples) > 2 and now - samples[1][0] > _WINDOW:
            samples.popleft()

    @property
    def bytes_a_second(self) -> float | None:
        """The speed; None until there are samples over half a second."""
        if len(self._samples) < 2:
            return None
        (start, before), (end, after) = self._samples[0], self._samples[-1]
        return (after - before) / (end - start) if end - start >= _SHORTEST_WINDOW else None

    def seconds_left(self, done: int, total: int | None) -> float | None:
        """Return the estimated time left; None if the total is unknown or the transfer has stalled."""
        speed = self.bytes_a_second
        if speed is None or speed < _STALLED_BELOW or total is None:
            return None
        return max(0.0, (total - done) / speed)
