"""Reads the bytes of an image forward in pieces, so that a large image doesn't fill the memory."""

from collections.abc import Callable, Iterator
from typing import Protocol

from services.system.cancellation import CancelToken

READ_SIZE = 64 * 1024


class Readable(Protocol):
    """A file opened for reading bytes."""

    def read(self, size: int, /) -> bytes | None:
        """Return at most `size` bytes, and none at the end of the file."""


class Truncated(Exception):
    """The file ends before the image does."""


class Damaged(Exception):
    """The image breaks the rules of its format. The message is a sentence."""


class Source:
    """Reads forward, reports progress and can be cancelled."""

    def __init__(
        self, opened: Readable, token: CancelToken, progress: Callable[[int], None]
    ) -> None:
        self._opened = opened
        self._token = token
        self._progress = progress
        self._piece = b""
        self._at = 0
        self._bytes_read = 0

    @property
    def position(self) -> int:
        """How many bytes have been consumed."""
        return self._bytes_read - len(self._piece) + self._at

    def read(self, count: int) -> bytes:
        """Return exactly `count` bytes, which should be few. Raise Truncated."""
        return b"".join(self.pieces(count))

    def pieces(self, count: int) -> Iterator[bytes]:
        """Yield exactly `count` bytes in pieces. Raise Truncated, Cancelled or OSError."""
        if count < 0:
            raise ValueError(f"no way back by {-count} bytes")
        while count:
            if self._at == len(self._piece):
                self._next_piece()
            piece = self._piece[self._at : self._at + count]
            self._at += len(piece)
            count -= len(piece)
            yield piece

    def skip(self, count: int) -> None:
        """Skip `count` bytes. Raise Truncated."""
        for _piece in self.pieces(count):
            pass

    def skip_past(self, byte: bytes) -> None:
        """Skip past the next byte with this value. Raise Truncated."""
        while (found := self._piece.find(byte, self._at)) < 0:
            self._next_piece()
        self._at = found + 1

    def _next_piece(self) -> None:
        self._token.check()
        piece = self._opened.read(READ_SIZE)
        if not piece:
            raise Truncated
        self._piece, self._at = piece, 0
        self._bytes_read += len(piece)
        self._progress(self._bytes_read)
