"""Reads the JSON objects in a file, whatever their layout.

A job expects one object per line. Some files are a single list instead, have objects that span
lines, commas between objects, several objects on a line, or lines that end with CR alone. This
module detects the layout and yields the objects, to be checked and rewritten.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import BinaryIO

import msgspec

from services.checks.json_nesting import too_deep
from services.checks.lines import is_utf8
from services.checks.reading import READ_SIZE
from services.system.cancellation import CancelToken

_MAX_OBJECT_BYTES = 8 * 1024 * 1024
"""Larger objects, in bytes, aren't supported unless they are on one line."""


class Layout(Enum):
    """How objects are laid out if not one per line, the most significant layout first."""

    LIST = auto()
    """All objects are in one list."""
    MULTILINE = auto()
    """An object spans several lines."""
    CR_ENDINGS = auto()
    """Lines end with CR alone."""
    COMMAS = auto()
    """Commas separate objects, or follow the last one."""
    BOMS = auto()
    """Byte order marks separate objects."""
    SAME_LINE = auto()
    """Several objects share a line."""


@dataclass(frozen=True, slots=True)
class FoundObject:
    """An object."""

    number: int
    """The line where it begins, from 1."""
    raw: bytes
    """The object on a single line, without a line ending."""
    columns_match: bool
    """Whether the file has it in exactly this form, at the start of a line."""


class NotObjects(Exception):
    """The file doesn't consist of complete objects."""


class Objects:
    """Iterates over the objects of an open file. Raises NotObjects, Cancelled or OSError."""

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
        """How many objects there have been so far."""
        self.all_valid = True
        """Whether all objects were valid JSON, so that rewriting them loses nothing."""
        self.layouts: dict[Layout, tuple[int, int]] = {}
        """How often each layout has occurred so far, and on which line first."""
        self.split_string_line: int | None = None
        """The line where a line break inside a string ended the iteration."""

    def __iter__(self) -> Iterator[FoundObject]:
        while self._skip_gap():
            number, line_start = self._line, self._line_start
            raw = self._object()
            if not is_utf8(raw):
                raise NotObjects
            self.count += 1
            multiline = b"\n" in raw or b"\r" in raw
            if multiline:
                self._line += raw.count(b"\n")
                self._add_layout(Layout.MULTILINE, number)
                raw = _LINE_BREAK.sub(b" ", raw)
            yield FoundObject(number, raw, line_start and not multiline)

    def _skip_gap(self) -> bool:
        """Skip what is between two objects. Return False at the end of the file."""
        gap = b""
        while True:
            found = _GAP.match(self._data, self._at)
            assert found is not None  # it also matches nothing
            gap += found[0]
            self._at = found.end()
            if len(gap) > _MAX_OBJECT_BYTES:
                raise NotObjects
            # A byte order mark may be split between two reads.
            if len(self._data) - self._at >= len(BOM_UTF8) or not self._read_more():
                break
        at_end = self._at == len(self._data)
        if not at_end and self._data[self._at] != _OPEN_BRACE:
            raise NotObjects
        self._process_gap(gap, at_end)
        return not at_end

    def _process_gap(self, gap: bytes, at_end: bool) -> None:
        before = self._line
        self._line += gap.count(b"\n")
        if self.count == 0 and gap.count(b"[") == 1:
            self._in_list = True
            self._add_layout(Layout.LIST, before)
        elif b"[" in gap:
            raise NotObjects
        if b"]" in gap and not (self._in_list and at_end and gap.count(b"]") == 1):
            raise NotObjects
        if at_end and self._in_list and b"]" not in gap:
            self.all_valid = False  # the end of the list is missing
        commas = gap.count(b",")
        if commas > 1 or (commas and self.count == 0):
            raise NotObjects
        self._line_start = (self.count == 0 and not gap.strip(BOM_UTF8)) or gap.endswith(b"\n")
        if self._in_list or self.count == 0:
            return
        if commas:
            self._add_layout(Layout.COMMAS, before)
        elif BOM_UTF8 in gap:
            self._add_layout(Layout.BOMS, before)
        elif not at_end and b"\n" not in gap:
            self._add_layout(Layout.CR_ENDINGS if b"\r" in gap else Layout.SAME_LINE, before)

    def _object(self) -> bytes:
        """Return the object that begins here, unchanged."""
        if self._at >= self._slow_until:
            end = self._data.find(b"\n", self._at)
            raw = self._data[self._at : end].rstrip(b" \t\r,") if end > 0 else b""
            if raw and _is_object(raw):
                self._at += len(raw)
                return raw
            # Trying this for each object of a long line would take minutes.
            self._slow_until = end if end > 0 else len(self._data)
        raw = self._match_brackets()
        self.all_valid = self.all_valid and _is_object(raw)
        return raw

    def _match_brackets(self) -> bytes:
        at = self._at
        opened: list[int] = []
        in_string = False
        while True:
            found = (_STRING_REST if in_string else _OBJECT_REST).match(self._data, at)
            assert found is not None  # it also matches nothing
            at = found.end()
            if self._data[at : at + 2] in (b"", b"\\"):
                at -= self._at
                if len(self._data) - self._at > _MAX_OBJECT_BYTES or not self._read_more():
                    raise NotObjects
                continue
            byte = self._data[at]
            at += 1
            if byte == _QUOTE:
                in_string = (
                    not in_string
                )  # the start of a string that isn't complete yet, or its end
            elif in_string:  # a line break
                self.split_string_line = self._line + self._data.count(b"\n", self._at, at - 1)
                raise NotObjects
            elif byte in _CLOSING:
                opened.append(_CLOSING[byte])
            elif opened.pop() != byte:
                raise NotObjects
            if not opened:
                raw = self._data[self._at : at]
                self._at = at
                return raw

    def _read_more(self) -> bool:
        """Read more. Drop what has been consumed, which shifts positions to the front."""
        self._token.check()
        piece = self._opened.read(READ_SIZE)
        self._data = self._data[self._at :] + piece
        self._slow_until = max(0, self._slow_until - self._at)
        self._at = 0
        self._read += len(piece)
        self._progress(self._read)
        return bool(piece)

    def _add_layout(self, layout: Layout, line: int) -> None:
        count, first = self.layouts.get(layout, (0, line))
        self.layouts[layout] = count + 1, first


_OPEN_BRACE, _QUOTE = ord("{"), ord('"')
_CLOSING = {ord("{"): ord("}"), ord("["): ord("]")}
_GAP = re.compile(rb"(?:[ \t\r\n,\[\]]++|\xef\xbb\xbf)*+")
# Atomic, because Python before 3.11.5 would keep the start of a string that has no end yet.
_OBJECT_REST = re.compile(rb'(?:[^"{}\[\]]++|(?>"(?:[^"\\\r\n]++|\\[^\r\n])*+"))*+')
_STRING_REST = re.compile(rb'(?:[^"\\\r\n]++|\\[^\r\n])*+')
_LINE_BREAK = re.compile(rb"[ \t]*+[\r\n][ \t\r\n]*+")
"""In complete objects, these only occur between values, since strings escape line breaks."""
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _is_object(raw: bytes) -> bool:
    if too_deep(raw):
        return False
    try:
        _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True
