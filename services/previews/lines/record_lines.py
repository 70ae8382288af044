"""The records of a table. They can have several lines each, within cells in quotation marks.

Records end where the `csv` module ends them, with one difference: a quotation mark that is never
closed makes a record of its line alone, instead of one of all that follows.
"""

import csv
from array import array
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from services.previews.lines.bounded_lines import bounded_lines
from services.system.thread_priority import yielding_to_window

MAX_RECORD_LINES = 1_000
MAX_RECORD_BYTES = 1024 * 1024
"""A record that would be longer ends with its first line."""
_LINES_PER_STEP = 2_000

LineInFile = tuple[bytes, int]
"""A line, or the beginning of a long one, and how many bytes it has in the file."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """A record of a table or, in other files, a line."""

    number: int
    """The number of its first line, from 1."""
    data: bytes
    """With all line endings; of a line longer than `bounded_lines.MAX_LINE_BYTES`, the beginning.
    """
    length: int
    """In the file, in bytes."""
    line_count: int = 1

    @property
    def is_whole(self) -> bool:
        """Whether `data` is all of it."""
        return len(self.data) == self.length


def records_in(path: Path, separator: str | None) -> Iterator[Record]:
    """Go through the records of a table, or through the lines of a file that isn't one.

    `separator` is that of the columns of a table. Lets the window run now and then. Raise OSError if
    the file can't be read.
    """
    lines = bounded_lines(path)
    if separator is not None:
        return yielding_to_window(_records(lines, separator))
    return yielding_to_window(
        Record(number, line, length) for number, (line, length) in enumerate(lines, 1)
    )


def _records(lines: Iterable[LineInFile], separator: str) -> Iterator[Record]:
    waiting = _Waiting(lines)
    number = 1
    while (taken := waiting.take()) is not None:
        line, length = taken
        count = 1
        # Without a quotation mark, it's a record for sure.
        if b'"' in line and len(line) == length:
            more = _more_lines(line, waiting, separator)
            if more:
                line = b"".join((line, *(data for data, _length in more)))
                length += sum(length for _data, length in more)
                count += len(more)
        yield Record(number, line, length, count)
        number += count


class _Waiting:
    """Lines that can be put back."""

    def __init__(self, lines: Iterable[LineInFile]) -> None:
        self._lines = iter(lines)
        self._put_back: deque[LineInFile] = deque()

    def take(self) -> LineInFile | None:
        """The next line; None at the end."""
        return self._put_back.popleft() if self._put_back else next(self._lines, None)

    def put_back(self, lines: Iterable[LineInFile]) -> None:
        self._put_back.extendleft(reversed(list(lines)))


def _more_lines(first: bytes, waiting: _Waiting, separator: str) -> list[LineInFile]:
    """Take the lines that belong to the same record as the first one."""
    taken: list[LineInFile] = []
    size = len(first)

    def feed() -> Iterator[str]:
        nonlocal size
        # Every byte is a character of Latin-1, and those that matter are the same.
        yield first.decode("latin-1")
        while (following := waiting.take()) is not None:
            line, length = following
            taken.append(following)
            size += length
            if len(taken) >= MAX_RECORD_LINES or size > MAX_RECORD_BYTES:
                raise _Unclosed
            yield line.decode("latin-1")
        raise _Unclosed

    try:
        next(csv.reader(feed(), delimiter=separator))
    except (csv.Error, _Unclosed):
        waiting.put_back(taken)
        return []
    return taken


class _Unclosed(Exception):
    """A cell doesn't end, or not soon."""


class RecordLines:
    """On which line each record of a table begins. It needs memory only for long records.

    One thread adds records; others may ask at the same time.
    """

    def __init__(self) -> None:
        self._count = 0
        self._after_long = array("Q")
        """The numbers of the records after those that have several lines."""
        self._shifts = array("Q")
        """How many lines more than records come before each of them."""

    @property
    def count(self) -> int:
        """How many records are known."""
        return self._count

    @property
    def has_long_records(self) -> bool:
        """Whether a record has several lines, so that its number isn't always that of its line."""
        return bool(self._after_long)

    def add(self, line_count: int) -> None:
        """Add the next record, with the number of its lines."""
        if line_count > 1:
            before = self._shifts[-1] if self._shifts else 0
            self._shifts.append(before + line_count - 1)
            self._after_long.append(self._count + 2)
        self._count += 1

    def line_of(self, record: int) -> int:
        """The number of the line on which a record begins. Both count from 1."""
        place = bisect_right(self._after_long, record)
        return record + (self._shifts[place - 1] if place else 0)

    def record_of(self, line: int) -> int:
        """The number of the record that a line belongs to, from 1."""
        return bisect_right(range(1, self._count + 1), line, key=self.line_of)


class RecordProgress(msgspec.Struct, frozen=True):
    """How far looking for records has come."""

    read: int
    """In bytes."""
    is_complete: bool = False


def find_records(path: Path, separator: str, records: RecordLines) -> Iterator[RecordProgress]:
    """Add the records of a table to `records`. Raise OSError if the file can't be read."""
    read = 0
    for number, record in enumerate(records_in(path, separator), 1):
        records.add(record.line_count)
        read += record.length
        if not number % _LINES_PER_STEP:
            yield RecordProgress(read)
    yield RecordProgress(read, is_complete=True)
