"""Unpacks a compressed file piece by piece, however much it would become."""

import bz2
import lzma
import zlib
from collections.abc import Callable
from io import FileIO
from typing import Protocol

_READ_BYTES = 64 * 1024
_XZ_MEGABYTES = 256
"""What an xz file may ask for to be unpacked."""


class DamagedArchive(Exception):
    """The content can't be unpacked from here on, or ends too early."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool:
        """Whether the end of the stream was reached."""

    @property
    def unused_data(self) -> bytes:
        """What comes after the end."""

    def unpack(self, data: bytes, most: int) -> bytes:
        """Unpack up to `most` bytes; more of `data` is kept for the next call."""


class _Gzip:
    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def unpack(self, data: bytes, most: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, most)


class _Other:
    def __init__(self, inner: bz2.BZ2Decompressor | lzma.LZMADecompressor) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def unpack(self, data: bytes, most: int) -> bytes:
        return self._inner.decompress(data, most)


def _xz() -> _Decompressor:
    return _Other(lzma.LZMADecompressor(memlimit=_XZ_MEGABYTES * 1024 * 1024))


_KINDS: dict[bytes, Callable[[], _Decompressor]] = {
    b"\x1f\x8b": _Gzip,
    b"BZh": lambda: _Other(bz2.BZ2Decompressor()),
    b"\xfd7zXZ\x00": _xz,
}


class UnpackedFile:
    """What a gzip, bzip2 or xz file has inside, from front to back."""

    def __init__(self, file: FileIO, beginning: bytes) -> None:
        """`file` stands at its start; `beginning` is how it begins. Raise DamagedArchive."""
        self._file = file
        make = next((one for start, one in _KINDS.items() if beginning.startswith(start)), None)
        if make is None:
            raise DamagedArchive
        self._make = make
        self._inner = make()
        self._position = 0

    @property
    def position(self) -> int:
        """How many bytes were unpacked so far."""
        return self._position

    def read(self, count: int) -> bytes:
        """Up to `count` bytes, fewer only at the end. Raise DamagedArchive or OSError."""
        pieces = []
        while count > 0 and (piece := self._unpack(count)):
            pieces.append(piece)
            count -= len(piece)
            self._position += len(piece)
        return b"".join(pieces)

    def _unpack(self, most: int) -> bytes:
        data = b""
        while True:
            if self._inner.eof:
                data = self._inner.unused_data or self._file.read(_READ_BYTES)
                if not data.strip(b"\0"):
                    return b""
                self._inner = self._make()
            try:
                piece = self._inner.unpack(data, most)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
                raise DamagedArchive from error
            if piece:
                return piece
            if not self._inner.eof:
                data = self._file.read(_READ_BYTES)
                if not data:
                    raise DamagedArchive
