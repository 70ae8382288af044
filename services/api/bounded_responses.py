"""Limits on the size of a response, in bytes received, and on how long it takes.

They apply from the first byte of the headers, wherever http.client reads. Without them, a server
could keep a response going forever by sending each byte just within the socket's timeout.
"""

import contextlib
import io
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

from services.api.bounded_reading import MIB, PAGE_BYTES
from services.api.interim_responses import FinalResponse
from services.problems.unbounded_responses import (
    LONGEST_RESPONSE,
    ResponseTooLarge,
    ResponseTooSlow,
)

_MOST_RECEIVED = PAGE_BYTES + 16 * MIB
"""Bytes, including headers and chunk framing."""


class ResponseBounds:
    """The limits for each response to one request, including redirects."""

    def __init__(self, clock: Callable[[], float], longest: float) -> None:
        """`clock` is a monotonic clock; a response may take `longest`, both in seconds."""
        self.clock = clock
        self.longest = longest
        self.lifted = False

    def lift(self) -> None:
        """Remove the limits, for the content of a file, which may be large and slow."""
        self.lifted = True


_current = threading.local()


@contextlib.contextmanager
def bounded_responses(
    clock: Callable[[], float], longest: float = LONGEST_RESPONSE
) -> Iterator[ResponseBounds]:
    """Limit the responses that this thread reads within the block; see `ResponseBounds`."""
    bounds = ResponseBounds(clock, longest)
    _current.bounds = bounds
    try:
        yield bounds
    finally:
        _current.bounds = None


class BoundedResponse(FinalResponse):
    """The `response_class` of connections with limited responses."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        """Wrap the socket's file in a limited reader; called by http.client."""
        super().__init__(sock, *args, **kwargs)
        bounds: ResponseBounds | None = getattr(_current, "bounds", None)
        if bounds is not None:
            raw = self.fp.detach()
            self.fp = _Reader(_BoundedRaw(raw, bounds))


class _BoundedRaw(io.RawIOBase):
    """Reads from a socket until a limit is reached."""

    def __init__(self, raw: io.RawIOBase, bounds: ResponseBounds) -> None:
        super().__init__()
        self._raw: Any = raw
        self._bounds = bounds
        self._started: float | None = None
        self._received = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count: int | None = self._raw.readinto(buffer)
        if not self._bounds.lifted:
            self._check(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()

    def _check(self, count: int) -> None:
        now = self._bounds.clock()
        if self._started is None:
            self._started = now
        self._received += count
        if now - self._started > self._bounds.longest:
            raise ResponseTooSlow(f"not finished after {self._bounds.longest:.0f} seconds")
        if self._received > _MOST_RECEIVED:
            raise ResponseTooLarge(f"more than {_MOST_RECEIVED:,} bytes")


class _Reader(io.BufferedReader):
    """Never reads to the end of the stream, which http.client tries if a chunk has the size -1."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is None or size < 0:
            raise ResponseTooLarge("a chunk has a negative size")
        return super().read(size)
