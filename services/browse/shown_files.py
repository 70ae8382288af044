"""The files of the table, from top to bottom. No Qt."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import overload

from services.api.remote_file import RemoteFile
from services.browse.file_filter import Sieve
from services.browse.ordering import Column, Order, Row, key_of, make_keys, value_of
from services.browse.sorted_rows import SortedRows
from services.system.name_matching import folded


class ShownFiles(Sequence[RemoteFile]):
    """Files as they are shown. It stays as it is when they change; there is another one then."""

    def __init__(self, rows: SortedRows, order: Order, size: int) -> None:
        self.order = order
        self.sieve = rows.sieve
        self.size = size
        """The sum of the sizes that are known, in bytes."""
        self._known = rows.known
        self._unknown = rows.unknown

    @classmethod
    def none(cls, order: Order) -> "ShownFiles":
        """No files."""
        return cls(SortedRows(order.column, Sieve()), order, 0)

    def __len__(self) -> int:
        return len(self._known) + len(self._unknown)

    @overload
    def __getitem__(self, place: int) -> RemoteFile: ...

    @overload
    def __getitem__(self, place: slice) -> list[RemoteFile]: ...

    def __getitem__(self, place: int | slice) -> RemoteFile | list[RemoteFile]:
        if isinstance(place, slice):
            first, end, step = place.indices(len(self))
            if step != 1:
                return [self.row(one).file for one in range(first, end, step)]
            return list(map(_file_of, self._between(first, end)))
        if place < 0:
            place += len(self)
        if not 0 <= place < len(self):
            raise IndexError(place)
        return self.row(place).file

    def __iter__(self) -> Iterator[RemoteFile]:
        return map(_file_of, self.rows())

    def rows(self) -> Iterator[Row]:
        """All rows, from top to bottom."""
        known = reversed(self._known) if self.order.descending else self._known
        return chain(known, self._unknown)

    def place_of_name(self, beginning: str, start: int) -> int | None:
        """The next place from `start` on, around the end, whose name begins so, folded."""
        for first, end in ((start, len(self)), (0, start)):
            for begin in range(first, end, _LOOKED_AT):
                rows = self._between(begin, min(end, begin + _LOOKED_AT))
                for place, row in enumerate(rows, begin):
                    if (row.search_text or folded(row.file.name)).startswith(beginning):
                        return place
        return None

    def row(self, place: int) -> Row:
        """The row at a place from 0 on."""
        known = len(self._known)
        if place >= known:
            return self._unknown[place - known]
        return self._known[known - 1 - place if self.order.descending else place]

    def _between(self, first: int, end: int) -> list[Row]:
        known = len(self._known)
        if self.order.descending:
            rows = list(self._known[max(0, known - end) : max(0, known - first)])[::-1]
        else:
            rows = list(self._known[first:end])
        if end > known:
            rows += self._unknown[max(0, first - known) : end - known]
        return rows

    def same_as(self, other: "ShownFiles") -> bool:
        """Whether nothing differs from what was shown; asks only whether the lists are the same."""
        return (
            self._known is other._known
            and self._unknown is other._unknown
            and self.order == other.order
        )

    def place_of(self, row: Row) -> int | None:
        """Where a row stands, or None."""
        place = self.place_for(row)
        here = place < len(self) and self.row(place) is row
        return place if here else None

    def place_for(self, row: Row) -> int:
        """Where a row stands, or would be put in, so that the next one is there."""
        column = self.order.column
        make_keys(column, (row,))
        if value_of(column)(row) is None:
            return len(self._known) + bisect_left(self._unknown, row.file.id, key=_id_of)
        key = key_of(column)
        place = bisect_left(self._known, key(row), key=key)
        if not self.order.descending:
            return place
        here = place < len(self._known) and self._known[place] is row
        return len(self._known) - place - here


_LOOKED_AT = 1_000
_file_of = attrgetter("file")
_id_of = key_of(Column.ID)
