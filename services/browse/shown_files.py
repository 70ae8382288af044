"""The files in the table, from top to bottom. No Qt."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import overload

from services.api.remote_file import RemoteFile
from services.browse.file_filter import RowFilter
from services.browse.ordering import Column, Order, Row, key_of, make_keys, value_of
from services.browse.sorted_rows import SortedRows
from services.system.name_matching import folded


class ShownFiles(Sequence[RemoteFile]):
    """An immutable snapshot of the shown files."""

    def __init__(self, rows: SortedRows, order: Order, size: int) -> None:
        self.order = order
        self.row_filter = rows.row_filter
        self.size = size
        """The total of the known sizes, in bytes."""
        self._known = rows.known
        self._unknown = rows.unknown

    @classmethod
    def empty(cls, order: Order) -> "ShownFiles":
        """No files."""
        return cls(SortedRows(order.column, RowFilter()), order, 0)

    def __len__(self) -> int:
        return len(self._known) + len(self._unknown)

    @overload
    def __getitem__(self, index: int) -> RemoteFile: ...

    @overload
    def __getitem__(self, index: slice) -> list[RemoteFile]: ...

    def __getitem__(self, index: int | slice) -> RemoteFile | list[RemoteFile]:
        if isinstance(index, slice):
            first, end, step = index.indices(len(self))
            if step != 1:
                return [self.row(one).file for one in range(first, end, step)]
            return list(map(_file_of, self._rows_between(first, end)))
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self.row(index).file

    def __iter__(self) -> Iterator[RemoteFile]:
        return map(_file_of, self.rows())

    def rows(self) -> Iterator[Row]:
        """All rows, from top to bottom."""
        known = reversed(self._known) if self.order.descending else self._known
        return chain(known, self._unknown)

    def index_of_name(self, beginning: str, start: int) -> int | None:
        """The next index from `start`, wrapping around, whose case-folded name has this prefix."""
        for first, end in ((start, len(self)), (0, start)):
            for begin in range(first, end, _SEARCHED_PER_STEP):
                rows = self._rows_between(begin, min(end, begin + _SEARCHED_PER_STEP))
                for index, row in enumerate(rows, begin):
                    if (row.search_text or folded(row.file.name)).startswith(beginning):
                        return index
        return None

    def row(self, index: int) -> Row:
        """The row at an index from 0."""
        known = len(self._known)
        if index >= known:
            return self._unknown[index - known]
        return self._known[known - 1 - index if self.order.descending else index]

    def _rows_between(self, first: int, end: int) -> list[Row]:
        known = len(self._known)
        if self.order.descending:
            rows = list(self._known[max(0, known - end) : max(0, known - first)])[::-1]
        else:
            rows = list(self._known[first:end])
        if end > known:
            rows += self._unknown[max(0, first - known) : end - known]
        return rows

    def same_as(self, other: "ShownFiles") -> bool:
        """Whether nothing has changed; compares the identity of the lists only."""
        return (
            self._known is other._known
            and self._unknown is other._unknown
            and self.order == other.order
        )

    def index_of(self, row: Row) -> int | None:
        """The index of a row, or None."""
        index = self.insertion_index(row)
        found = index < len(self) and self.row(index) is row
        return index if found else None

    def insertion_index(self, row: Row) -> int:
        """The index of a row, or the index at which it would be inserted."""
        column = self.order.column
        make_keys(column, (row,))
        if value_of(column)(row) is None:
            return len(self._known) + bisect_left(self._unknown, row.file.id, key=_id_of)
        key = key_of(column)
        index = bisect_left(self._known, key(row), key=key)
        if not self.order.descending:
            return index
        found = index < len(self._known) and self._known[index] is row
        return len(self._known) - index - found


_SEARCHED_PER_STEP = 1_000
_file_of = attrgetter("file")
_id_of = key_of(Column.ID)
