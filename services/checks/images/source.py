"""The bytes of an image, read forward in pieces, so that no part of it fills the memory."""

from collections.abc import Callable, Iterator
from typing import Protocol

from services.system.cancellation import CancelToken

PIECE = 64 * 1024


class Readable(Protocol):
    """A file opened for reading bytes."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; none at the end."""


class CutOff(Exception):
    """The image ends before it is whole."""


class Damaged(Exception):
    """Something in the image is not as its type demands; the text is a sentence."""


class Source:
    """Reads forward, tells how far, and stops when it is no longer wanted."""

    def __init__(
        self, opened: Readable, token: CancelToken, progress: Callable[[int], None]
    ) -> None:
        self._opened = opened
        self._token = token
        self._progress = progress
        self._piece = b""
        self._at = 0
        self._read = 0

    @property
    def position(self) -> int:
        """How many bytes were taken."""
        return self._read - len(self._piece) + self._at

    def take(self, count: int) -> bytes:
        """Exactly so many bytes, of which there must be few; raise CutOff."""
        return b"".join(self.pieces(count))

    def pieces(self, count: int) -> Iterator[bytes]:
        """Exactly so many bytes, piece by piece; raise CutOff, Cancelled, OSError."""
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
        """Pass over so many bytes; raise CutOff."""
        for _piece in self.pieces(count):
            pass

    def skip_to(self, byte: bytes) -> None:
        """Pass over everything up to and with the next byte of this value; raise CutOff."""
        while (found := self._piece.find(byte, self._at)) < 0:
            self._next_piece()
        self._at = found + 1

    def _next_piece(self) -> None:
        self._token.check()
        piece = self._opened.read(PIECE)
        if not piece:
            raise CutOff
        self._piece, self._at = piece, 0
        self._read += len(piece)
        self._progress(self._read)
