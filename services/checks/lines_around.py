"""The lines around a place in a file, to be looked at: read in constant memory."""

import os
import stat
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from services.checks.reading import no_file, open_at_once

_PIECE = 1 << 20
_WIDEST = 2_000
"""Characters of a line that are shown; of a longer one, those around the place."""
_KEPT = 4 * _WIDEST
"""Bytes kept of a line for that: a character takes up to four."""
_CONTINUING = bytes(range(0x80, 0xC0))
"""In UTF-8 these go on with a character; all others begin one."""


class ShownLine(msgspec.Struct, frozen=True):
    """A line, or the part of it that is worth showing."""

    number: int
    """From 1."""
    text: str
    skipped: int = 0
    """How many characters in front of `text` are left out."""
    more: bool = False
    """Whether something is left out behind it."""


def lines_around(
    path: Path, line: int, column: int | None = None, *, before: int = 3, after: int = 3
) -> tuple[ShownLine, ...]:
    """The lines from `before` in front of a line to `after` behind it.

    Raise OSError, and FilesError for what is no file: a pipe would hold the thread for ever.

    Both count from 1, the column in characters. What is no UTF-8 is shown as replacement
    characters. When the file has no such line any more, there is nothing.
    """
    first, last = max(1, line - before), line + after
    shown: deque[ShownLine] = deque()
    with open(path, "rb", opener=open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise no_file(path)
        for number, kept, skipped, more in _cut_lines(file, line, column or 1):
            if number > last:
                break
            if number >= first:
                shown.append(_shown(number, kept, skipped, more))
    return tuple(shown) if any(one.number == line for one in shown) else ()


def _cut_lines(file: BinaryIO, wanted: int, column: int) -> Iterator[tuple[int, bytes, int, bool]]:
    """Number, bytes kept, characters skipped before them, whether more follow: of each line."""
    number = 1
    window = _Window(column if number == wanted else 1)
    while piece := file.read(_PIECE):
        start = 0
        while (end := piece.find(b"\n", start)) >= 0:
            window.take(memoryview(piece)[start:end])
            yield (number, *window.cut())
            number += 1
            window = _Window(column if number == wanted else 1)
            start = end + 1
        window.take(memoryview(piece)[start:])
    if window.any:
        yield (number, *window.cut())


class _Window:
    """Keeps the bytes of one line around a column, however long the line is."""

    def __init__(self, column: int) -> None:
        # A third of the width in front of the place, the rest from there on.
        self._skip = max(0, column - 1 - _WIDEST // 3)
        self._skipped = 0
        self._kept = bytearray()
        self._more = False
        self.any = False

    def take(self, data: memoryview) -> None:
        self.any = self.any or bool(data)
        while self._skipped < self._skip and data:
            head = bytes(data[:65_536])
            begins = len(head.translate(None, _CONTINUING))
            if self._skipped + begins <= self._skip:
                self._skipped += begins
                data = data[len(head) :]
                continue
            for at, byte in enumerate(head):
                if byte & 0xC0 != 0x80:
                    if self._skipped == self._skip:
                        data = data[at:]
                        break
                    self._skipped += 1
        room = _KEPT - len(self._kept)
        self._kept += data[:room]
        self._more = self._more or len(data) > room

    def cut(self) -> tuple[bytes, int, bool]:
        return bytes(self._kept), self._skipped, self._more


def _shown(number: int, kept: bytes, skipped: int, more: bool) -> ShownLine:
    text = kept.decode("utf-8", "replace").removesuffix("\r")
    # Columns are told without byte order marks, which stand wherever files were joined.
    text = text.lstrip("\ufeff")
    return ShownLine(number, text[:_WIDEST], skipped, more or len(text) > _WIDEST)
