"""What the columns of a file hold: the commonest values, or how long or large the values are."""

from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from services.previews.lines.histogram import Histogram, histogram_of
from services.previews.lines.record_lines import records_in
from services.previews.rows.line_rows import (
    MAX_CELL_CHARACTERS,
    Column,
    LineReader,
    Value,
    as_number,
    is_missing,
    value_text,
)

MAX_BYTES = 64 * 1000 * 1000
"""How much of a file is read at most."""
MAX_LINES = 100_000
MAX_VALUES = 3_000_000
"""How many values are looked at in all columns together: each needs 8 bytes of memory."""
MAX_DISTINCT = 1_000
"""If a column has more different values, they aren't counted one by one."""
MAX_TOP_VALUES = 20
_LINES_PER_STEP = 2_000


class ColumnValues(msgspec.Struct, frozen=True):
    """What a column holds."""

    missing: int
    """In how many lines there is no value, or null."""
    distinct: int | None
    """How many different values there are; None if there are more than 1,000.

    Values that begin with the same 300 characters count as the same.
    """
    top: tuple[tuple[str, int], ...] = ()
    """The commonest values, as cells show them, and how often they occur; the commonest first.

    Empty if most values occur only once.
    """
    histogram: Histogram | None = None
    """If there are no top values: the numbers in a column of numbers, and otherwise lengths."""


class ColumnsProgress(msgspec.Struct, frozen=True):
    """How far reading has come; the last one has the columns."""

    read: int
    """In bytes."""
    lines: int
    """How many lines were read, except for blank ones and those that can't be read."""
    columns: tuple[ColumnValues, ...] | None = None
    """In the order of the reader's columns."""
    is_whole_file: bool = False
    """Whether that's all lines of the file."""


def read_columns(path: Path, reader: LineReader) -> Iterator[ColumnsProgress]:
    """Read the first lines of a file, at most 100,000 or 64 MB, and report every 2,000 lines.

    Raise OSError if the file can't be read.
    """
    columns = [_Values(column) for column in reader.columns]
    max_lines = min(MAX_LINES, MAX_VALUES // len(columns))
    read = lines = 0
    is_whole_file = True
    for count, record in enumerate(records_in(path, reader.separator), 1):
        if lines >= max_lines or read >= MAX_BYTES:
            is_whole_file = False
            break
        read += record.length
        if record.number > reader.header_lines:
            values = reader.values(record.data, is_whole=record.is_whole).values
            if values:
                lines += 1
                for column, value in zip(columns, values, strict=False):
                    column.add(value)
        if not count % _LINES_PER_STEP:
            yield ColumnsProgress(read, lines)
    yield ColumnsProgress(read, lines, tuple(one.result() for one in columns), is_whole_file)


class _Values:
    """Collects the values of a column."""

    def __init__(self, column: Column) -> None:
        self._is_number = column.is_number
        self._missing = 0
        self._present = 0
        self._counts: Counter[str] | None = Counter()
        self._sizes = array("d")
        """Numbers, or lengths in characters."""

    def add(self, value: Value) -> None:
        if is_missing(value):
            self._missing += 1
            return
        self._present += 1
        text = value_text(value)
        if self._counts is not None:
            self._counts[text[:MAX_CELL_CHARACTERS]] += 1
            if len(self._counts) > MAX_DISTINCT:
                self._counts = None
        size = as_number(value) if self._is_number else len(text)
        if size is not None:
            self._sizes.append(size)

    def result(self) -> ColumnValues:
        distinct = None if self._counts is None else len(self._counts)
        if self._counts is not None and self._has_common_values(len(self._counts)):
            top = tuple(self._counts.most_common(MAX_TOP_VALUES))
            return ColumnValues(self._missing, distinct, top)
        return ColumnValues(self._missing, distinct, histogram=histogram_of(self._sizes))

    def _has_common_values(self, distinct: int) -> bool:
        if self._is_number and distinct > MAX_TOP_VALUES:
            return False
        return 2 * distinct <= self._present
