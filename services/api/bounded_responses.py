"""Answers that come to an end: bounds on the bytes on the line, and on how long they take.

They hold from the first byte of the head on, wherever http.client reads: between two bytes it
would wait for ever, as long as each comes within the time limit of the socket.
"""

import contextlib
import io
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from services.api.bounded_reading import MIB, PAGE_BYTES
from services.api.interim_answers import FinalResponse
from services.problems.unbounded_answers import LONGEST_ANSWER, AnswerTooLarge, AnswerTooSlow

_LARGEST_ON_THE_LINE = PAGE_BYTES + 16 * MIB
"""Bytes, with the head and the frames of chunks."""


class AnswerBounds:
    """The bounds of each answer that one request gets, those of redirects included."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` gives seconds, and is never set."""
        self.clock = clock
        self.lifted = False

    def lift(self) -> None:
        """What follows is the content of a file, which may be large and slow."""
        self.lifted = True


_current = threading.local()


@contextlib.contextmanager
def bounded_answers(clock: Callable[[], float]) -> Iterator[AnswerBounds]:
    """Bound the answers that this thread gets within the block."""
    bounds = AnswerBounds(clock)
    _current.bounds = bounds
    try:
        yield bounds
    finally:
        _current.bounds = None


class BoundedResponse(FinalResponse):
    """The `response_class` of connections whose answers are bounded."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        """Called by http.client."""
        super().__init__(sock, *args, **kwargs)
        bounds: AnswerBounds | None = getattr(_current, "bounds", None)
        if bounds is not None:
            raw = self.fp.detach()
            self.fp = _Reader(_BoundedRaw(raw, bounds))


class _BoundedRaw(io.RawIOBase):
    """Bytes from a socket, until a bound is reached."""

    def __init__(self, raw: io.RawIOBase, bounds: AnswerBounds) -> None:
        super().__init__()
        self._raw: Any = raw
        self._bounds = bounds
        self._begun: float | None = None
        self._came = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count: int | None = self._raw.readinto(buffer)
        if not self._bounds.lifted:
            self._note(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _note(self, count: int) -> None:
        now = self._bounds.clock()
        if self._begun is None:
            self._begun = now
        self._came += count
        if now - self._begun > LONGEST_ANSWER:
            raise AnswerTooSlow(f"not finished after {LONGEST_ANSWER:.0f} seconds")
        if self._came > _LARGEST_ON_THE_LINE:
            raise AnswerTooLarge(f"more than {_LARGEST_ON_THE_LINE:,} bytes")


class _Reader(io.BufferedReader):
    """Never reads all there is, which http.client asks for when a chunk has the size -1."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            raise AnswerTooLarge("a chunk has a negative size")
        return super().read(size)
