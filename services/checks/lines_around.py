"""Reads the lines around a place in a file, in constant memory."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from services.checks.reading import not_a_file_error, open_nonblocking

_READ_SIZE = 1 << 20
_MAX_CHARS = 2_000
"""The most characters shown of a line. For longer lines, these are the ones around the place."""
_MAX_BYTES = 4 * _MAX_CHARS
"""The bytes to keep for that, since a character takes up to four."""
_CONTINUATION_BYTES = bytes(range(0x80, 0xC0))
"""UTF-8 continuation bytes. All other bytes begin a character."""


class LineExcerpt(msgspec.Struct, frozen=True):
    """A line, or the part of it worth showing."""

    number: int
    """From 1."""
    text: str
    skipped: int = 0
    """How many characters before `text` are left out."""
    more: bool = False
    """Whether characters after `text` are left out."""


def lines_around(
    path: Path, line: int, column: int | None = None, *, before: int = 3, after: int = 3
) -> tuple[LineExcerpt, ...]:
    """Return a line with up to `before` lines before it and `after` lines after it.

    `line` and `column` count from 1, the column in characters. Invalid UTF-8 becomes replacement
    characters. Return nothing if the file no longer has this line.

    Raise OSError, and FilesError if this isn't a file, since a pipe would block the thread.
    """
    first, last = max(1, line - before), line + after
    excerpts: deque[LineExcerpt] = deque()
    with open(path, "rb", opener=open_nonblocking) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise not_a_file_error(path)
        for number, kept, skipped, more in _excerpts(file, line, column or 1):
            if number > last:
                break
            if number >= first:
                excerpts.append(_excerpt(number, kept, skipped, more))
    return tuple(excerpts) if any(one.number == line for one in excerpts) else ()


def _excerpts(
    file: BinaryIO, target_line: int, column: int
) -> Iterator[tuple[int, bytes, int, bool]]:
    """Yield the number, kept bytes, number of skipped characters and whether more follow."""
    number = 1
    window = _Window(column if number == target_line else 1)
    while piece := file.read(_READ_SIZE):
        start = 0
        while (end := piece.find(b"\n", start)) >= 0:
            window.add(memoryview(piece)[start:end])
            yield (number, *window.result())
            number += 1
            window = _Window(column if number == target_line else 1)
            start = end + 1
        window.add(memoryview(piece)[start:])
    if window.any:
        yield (number, *window.result())


class _Window:
    """Keeps the bytes of a line around a column, however long the line is."""

    def __init__(self, column: int) -> None:
        # A third of the width goes before the column.
        self._skip = max(0, column - 1 - _MAX_CHARS // 3)
        self._skipped = 0
        self._kept = bytearray()
        self._more = False
        self.any = False

    def add(self, data: memoryview) -> None:
        self.any = self.any or bool(data)
        while self._skipped < self._skip and data:
            head = bytes(data[:65_536])
            starts = len(head.translate(None, _CONTINUATION_BYTES))
            if self._skipped + starts <= self._skip:
                self._skipped += starts
                data = data[len(head) :]
                continue
            for at, byte in enumerate(head):
                if byte & 0xC0 != 0x80:
                    if self._skipped == self._skip:
                        data = data[at:]
                        break
                    self._skipped += 1
        room = _MAX_BYTES - len(self._kept)
        self._kept += data[:room]
        self._more = self._more or len(data) > room

    def result(self) -> tuple[bytes, int, bool]:
        return bytes(self._kept), self._skipped, self._more


def _excerpt(number: int, kept: bytes, skipped: int, more: bool) -> LineExcerpt:
    text = kept.decode("utf-8", "replace").removesuffix("\r")
    # Columns don't count byte order marks, which occur wherever files were joined.
    text = text.lstrip("\ufeff")
    return LineExcerpt(number, text[:_MAX_CHARS], skipped, more or len(text) > _MAX_CHARS)
