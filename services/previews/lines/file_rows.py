"""A file of any size as rows of text, of which only those that are shown are read.

Text has a row for each line, anything else one for every 16 bytes.
"""

from io import FileIO
from pathlib import Path
from typing import Protocol

import msgspec

from services.previews.lines.line_index import IndexedLine, LineIndex
from services.system.locale_format import whole

MAX_ROW_CHARACTERS = 2_000
"""How much of a line is shown. More would take too long to paint, and a file can be one line."""
MAX_COPIED_BYTES = 4 * 1024 * 1024
"""How much is copied at once: clipboard managers keep copies."""
HEX_BYTES = 16
"""Bytes in a row of the hex view."""

_TAB_WIDTH = 4
_HEX_GAP = 8
"""Bytes before the gap in the middle of a row."""
_INVISIBLE = (
    *range(0x20),  # control characters, as in terminal colors
    *range(0x7F, 0xA0),
    0x2028,  # line breaks that aren't ends of lines in a file
    0x2029,
    0x061C,  # direction marks, which could mislead
    *range(0x200E, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    *range(0xD800, 0xE000),  # surrogates
)
_CODES = {code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in _INVISIBLE}


class FileRow(msgspec.Struct, frozen=True):
    """A row to paint."""

    label: str
    """The number of the line, or the offset."""
    text: str
    """Without tabs, control characters and direction marks: signs stand in their place."""
    hidden_bytes: int = 0
    """How many bytes of the line aren't in the text."""


class FileRows(Protocol):
    """Rows that can be read in any order, on one thread."""

    @property
    def row_count(self) -> int:
        """How many rows there are, so far if the file is still being read."""

    @property
    def is_complete(self) -> bool:
        """Whether these are all."""

    def label(self, row: int) -> str:
        """The label of a row, counting from 0."""

    def rows(self, first: int, count: int) -> list[FileRow]:
        """Up to `count` rows from row `first`, counting from 0. Raise OSError."""

    def copied(self, first: int, count: int) -> tuple[str, int]:
        """Text to copy of these rows, and of how many: at most `MAX_COPIED_BYTES`. Raise OSError."""

    def close(self) -> None:
        """Close the file; it's opened again if more is read."""


class _File:
    """Opens a file when something is read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None

    def open(self) -> FileIO:
        if self._file is None:
            self._file = FileIO(self._path)
        return self._file

    def read(self, start: int, length: int) -> bytes:
        file = self.open()
        file.seek(start)
        return file.read(length)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class TextRows:
    """The lines of a text file."""

    def __init__(self, path: Path, index: LineIndex, encoding: str = "utf-8") -> None:
        """`index` may still grow. `encoding` is `latin-1`, or anything else for UTF-8."""
        self._file = _File(path)
        self._index = index
        self._codec = "latin-1" if encoding == "latin-1" else "utf-8"

    @property
    def row_count(self) -> int:
        """How many lines were indexed so far."""
        return self._index.line_count

    @property
    def is_complete(self) -> bool:
        """Whether the whole file was indexed."""
        return self._index.is_complete

    def label(self, row: int) -> str:
        """The number of a line, from 1."""
        return whole(row + 1)

    def rows(self, first: int, count: int) -> list[FileRow]:
        """Up to `count` lines from row `first`. Raise OSError."""
        lines = self._index.lines(self._file.open(), first + 1, count)
        return [self._row(line) for line in lines]

    def copied(self, first: int, count: int) -> tuple[str, int]:
        """The lines as they are in the file, and how many. Raise OSError."""
        count = min(count, self.row_count - first)
        start = self._start(first)
        if count < 1 or start is None:
            return "", 0
        end = self._start(first + count)
        length = (self._index.size if end is None else end) - start
        data = self._file.read(start, min(length, MAX_COPIED_BYTES))
        if len(data) < length:
            ended = data[: data.rfind(b"\n") + 1]
            data, count = ended or data, max(1, ended.count(b"\n"))
        text = data.decode(self._codec, "replace").removeprefix(_MARK)
        return text.removesuffix("\n").removesuffix("\r").replace("\r\n", "\n"), count

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _start(self, row: int) -> int | None:
        """The offset of a line; None behind the end."""
        lines = self._index.lines(self._file.open(), row + 1, 1)
        return lines[0].start if lines else None

    def _row(self, line: IndexedLine) -> FileRow:
        # A character has up to four bytes.
        text = line.data[: 4 * MAX_ROW_CHARACTERS].decode(self._codec, "backslashreplace")
        if line.number == 1:
            text = text.removeprefix(_MARK)
        shown = text[:MAX_ROW_CHARACTERS]
        hidden = 0
        if not line.is_whole or len(line.data) > 4 * MAX_ROW_CHARACTERS or len(text) > len(shown):
            shown_bytes = len(shown.encode(self._codec, "surrogatepass"))
            hidden = max(1, self._length(line) - shown_bytes)
        return FileRow(self.label(line.number - 1), visible(shown), hidden)

    def _length(self, line: IndexedLine) -> int:
        if line.is_whole:
            return len(line.data)
        following = self._start(line.number)
        return (self._index.size if following is None else following) - line.start


_MARK = "\ufeff"
"""A byte order mark."""


class HexRows:
    """The bytes of any file."""

    def __init__(self, path: Path, size: int, *, is_complete: bool = True) -> None:
        """`size` says how many bytes are there, and `is_complete` whether these are all."""
        self._file = _File(path)
        self._size = size
        self._is_complete = is_complete

    def grow(self, size: int, *, is_complete: bool) -> None:
        """Note that more of the file is there."""
        self._size = size
        self._is_complete = is_complete

    @property
    def size(self) -> int:
        """How many bytes are there."""
        return self._size

    @property
    def row_count(self) -> int:
        """One for every 16 bytes."""
        return -(-self._size // HEX_BYTES)

    @property
    def is_complete(self) -> bool:
        """Whether the whole file is there."""
        return self._is_complete

    def label(self, row: int) -> str:
        """The offset of the first byte, with eight digits or more."""
        return f"{row * HEX_BYTES:08x}"

    def rows(self, first: int, count: int) -> list[FileRow]:
        """Up to `count` rows from row `first`. Raise OSError."""
        start = first * HEX_BYTES
        length = max(0, min(count * HEX_BYTES, self._size - start))
        data = self._file.read(start, length)
        return [
            FileRow(self.label(first + place // HEX_BYTES), _hex(data[place : place + HEX_BYTES]))
            for place in range(0, len(data), HEX_BYTES)
        ]

    def copied(self, first: int, count: int) -> tuple[str, int]:
        """The rows as they are shown, with their offsets, and how many. Raise OSError."""
        rows = self.rows(first, min(count, MAX_COPIED_BYTES // _HEX_ROW_CHARACTERS))
        return "\n".join(f"{row.label}  {row.text}" for row in rows), len(rows)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


_HEX_ROW_CHARACTERS = 80


def visible(text: str) -> str:
    r"""The text with tabs as spaces, and codes such as `\x1b` for what isn't visible."""
    if text.isascii() and text.isprintable():
        return text
    return text.expandtabs(_TAB_WIDTH).translate(_CODES)


def ascii_characters(data: bytes) -> str:
    """The characters that bytes are in ASCII, with a dot for each that isn't visible."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in data)


def _hex(data: bytes) -> str:
    front, back = data[:_HEX_GAP].hex(" "), data[_HEX_GAP:].hex(" ")
    return f"{front:<23}  {back:<23}  {ascii_characters(data)}"
