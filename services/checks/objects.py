"""The objects of JSON in a file, however they are laid out.

What a job takes is one object on each line. Files are met that are one list, or have objects over
many lines, with commas between them, several on a line, or lines that end with CR alone. This
finds out how it is, and gives the objects, to be checked and to be written as they should be.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import BinaryIO

import msgspec

from services.checks.json_nesting import too_deep
from services.checks.lines import is_utf8
from services.checks.reading import PIECE
from services.system.cancellation import CancelToken

_LARGEST = 8 * 1024 * 1024
"""Bytes of an object that are held, unless it stands on a line."""
_MARK = b"\xef\xbb\xbf"


class Layout(Enum):
    """How objects are laid out, if not one on each line; the most telling first."""

    LIST = auto()
    """One list holds them all."""
    SPREAD = auto()
    """One stands on several lines."""
    RETURNS = auto()
    """Lines end with CR alone."""
    COMMAS = auto()
    """Commas stand between them, or after the last."""
    MARKS = auto()
    """Byte order marks stand between them."""
    JOINED = auto()
    """Several stand on one line."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """One of the objects."""

    number: int
    """The line in which it begins, from 1."""
    raw: bytes
    """On one line, without its end."""
    placed: bool
    """Whether it stands in the file just so, at the beginning of a line."""


class NotObjects(Exception):
    """The file is not made of whole objects."""


class Objects:
    """Iterates over the objects of an open file; raises NotObjects, Cancelled, OSError."""

    def __init__(
        self, opened: BinaryIO, token: CancelToken, progress: Callable[[int], None]
    ) -> None:
        self._opened = opened
        self._token = token
        self._progress = progress
        self._data = b""
        self._at = self._read = self._slow_until = 0
        self._line = 1
        self._line_start = True
        self._in_list = False
        self.count = 0
        """How many there were until now."""
        self.sure = True
        """Whether all were JSON, so that laying them out anew changes nothing."""
        self.seen: dict[Layout, tuple[int, int]] = {}
        """How often each layout was met until now, and the first line where it was."""
        self.torn: int | None = None
        """The line with a line break in a text, where that ended it."""

    def __iter__(self) -> Iterator[FoundObject]:
        while self._pass_gap():
            number, line_start = self._line, self._line_start
            raw = self._object()
            if not is_utf8(raw):
                raise NotObjects
            self.count += 1
            broken = b"\n" in raw or b"\r" in raw
            if broken:
                self._line += raw.count(b"\n")
                self._note(Layout.SPREAD, number)
                raw = _BREAK.sub(b" ", raw)
            yield FoundObject(number, raw, line_start and not broken)

    def _pass_gap(self) -> bool:
        """Pass over what stands between two objects; False at the end of the file."""
        gap = b""
        while True:
            found = _GAP.match(self._data, self._at)
            assert found is not None  # it matches nothing too
            gap += found[0]
            self._at = found.end()
            if len(gap) > _LARGEST:
                raise NotObjects
            # A byte order mark may be cut in two.
            if len(self._data) - self._at >= len(_MARK) or not self._more():
                break
        at_end = self._at == len(self._data)
        if not at_end and self._data[self._at] != _BEGIN:
            raise NotObjects
        self._look_at_gap(gap, at_end)
        return not at_end

    def _look_at_gap(self, gap: bytes, at_end: bool) -> None:
        before = self._line
        self._line += gap.count(b"\n")
        if self.count == 0 and gap.count(b"[") == 1:
            self._in_list = True
            self._note(Layout.LIST, before)
        elif b"[" in gap:
            raise NotObjects
        if b"]" in gap and not (self._in_list and at_end and gap.count(b"]") == 1):
            raise NotObjects
        if at_end and self._in_list and b"]" not in gap:
            self.sure = False  # the end of the list is missing, and who knows what before it
        commas = gap.count(b",")
        if commas > 1 or (commas and self.count == 0):
            raise NotObjects
        self._line_start = (self.count == 0 and not gap.strip(_MARK)) or gap.endswith(b"\n")
        if self._in_list or self.count == 0:
            return
        if commas:
            self._note(Layout.COMMAS, before)
        elif _MARK in gap:
            self._note(Layout.MARKS, before)
        elif not at_end and b"\n" not in gap:
            self._note(Layout.RETURNS if b"\r" in gap else Layout.JOINED, before)

    def _object(self) -> bytes:
        """The object that begins here, as it stands."""
        if self._at >= self._slow_until:
            end = self._data.find(b"\n", self._at)
            raw = self._data[self._at : end].rstrip(b" \t\r,") if end > 0 else b""
            if raw and _is_object(raw):
                self._at += len(raw)
                return raw
            # Were it tried for each object of a long line, that would take minutes.
            self._slow_until = end if end > 0 else len(self._data)
        raw = self._by_brackets()
        self.sure = self.sure and _is_object(raw)
        return raw

    def _by_brackets(self) -> bytes:
        at = self._at
        opened: list[int] = []
        in_text = False
        while True:
            found = (_TEXT if in_text else _INNER).match(self._data, at)
            assert found is not None  # it matches nothing too
            at = found.end()
            if self._data[at : at + 2] in (b"", b"\\"):
                at -= self._at
                if len(self._data) - self._at > _LARGEST or not self._more():
                    raise NotObjects
                continue
            sign = self._data[at]
            at += 1
            if sign == _QUOTE:
                in_text = not in_text  # a text that is not whole yet begins, or it ends
            elif in_text:  # a line's end is in it
                self.torn = self._line + self._data.count(b"\n", self._at, at - 1)
                raise NotObjects
            elif sign in _CLOSING:
                opened.append(_CLOSING[sign])
            elif opened.pop() != sign:
                raise NotObjects
            if not opened:
                raw = self._data[self._at : at]
                self._at = at
                return raw

    def _more(self) -> bool:
        """Read on; what was passed over is dropped, so that places move to the front."""
        self._token.check()
        piece = self._opened.read(PIECE)
        self._data = self._data[self._at :] + piece
        self._slow_until = max(0, self._slow_until - self._at)
        self._at = 0
        self._read += len(piece)
        self._progress(self._read)
        return bool(piece)

    def _note(self, layout: Layout, line: int) -> None:
        count, first = self.seen.get(layout, (0, line))
        self.seen[layout] = count + 1, first


_BEGIN, _QUOTE = ord("{"), ord('"')
_CLOSING = {ord("{"): ord("}"), ord("["): ord("]")}
_GAP = re.compile(rb"(?:[ \t\r\n,\[\]]++|\xef\xbb\xbf)*+")
# Atomic, as Python before 3.11.5 else keeps the beginning of a text that has no end yet.
_INNER = re.compile(rb'(?:[^"{}\[\]]++|(?>"(?:[^"\\\r\n]++|\\[^\r\n])*+"))*+')
_TEXT = re.compile(rb'(?:[^"\\\r\n]++|\\[^\r\n])*+')
_BREAK = re.compile(rb"[ \t]*+[\r\n][ \t\r\n]*+")
"""In whole objects these are between the values: in a text a line's end would be an escape."""
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _is_object(raw: bytes) -> bool:
    if too_deep(raw):
        return False
    try:
        _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True
