"""Search results as indexes instead of lists of rows. No Qt.

A list of rows touches the reference count of each row. Sorted rows are scattered in memory, so
for hundreds of thousands of them that takes longer than the search. Indexes are contiguous.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import overload

import msgspec

from services.browse.ordering import Row, search_texts
from services.browse.slices import Steps

SLICE = 20_000
"""Rows per step."""


class PickedRows(Sequence[Row]):
    """A selection of rows, given by their indexes."""

    def __init__(self, rows: list[Row], indexes: "array[int]") -> None:
        self._rows = rows
        self._indexes = indexes

    def __len__(self) -> int:
        return len(self._indexes)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return list(map(self._rows.__getitem__, self._indexes[index]))
        return self._rows[self._indexes[index]]

    def __iter__(self) -> Iterator[Row]:
        return map(self._rows.__getitem__, self._indexes)

    def __reversed__(self) -> Iterator[Row]:
        return map(self._rows.__getitem__, reversed(self._indexes))


class SearchChunk(msgspec.Struct, frozen=True):
    """The rows of one step, and the values of each that a search needs."""

    rows: list[Row]
    texts: list[str]
    sizes: list[int]


class ArrivalOrder:
    """All rows in arrival order, and chunks for searching, which the first search makes."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self._chunks: list[SearchChunk] = []

    def chunks(self) -> Iterator[SearchChunk]:
        """All rows, in chunks of one step each."""
        for number, start in enumerate(range(0, len(self.rows), SLICE)):
            if len(self._chunks) == number:
                rows = self.rows[start : start + SLICE]
                sizes = [row.size for row in rows]
                self._chunks.append(SearchChunk(rows, search_texts(rows), sizes))
            yield self._chunks[number]


class IndexedOrder(msgspec.Struct, frozen=True):
    """Rows in a sort order, given by their indexes in arrival order."""

    rows: list[Row]
    """In arrival order."""
    order: Sequence[Row]
    """All or some of them, sorted. Valid only for this very list."""
    indexes: "array[int]"

    def pick_steps(self, found: bytearray) -> Steps[PickedRows]:
        """The rows whose flag in `found` is 1, sorted."""
        picked = array("I")
        for start in range(0, len(self.indexes), SLICE):
            part = self.indexes[start : start + SLICE]
            picked.extend(array("I", [index for index in part if found[index]]))
            yield
        return PickedRows(self.rows, picked)


def index_steps(rows: list[Row], orders: Sequence[Sequence[Row]]) -> Steps[list[IndexedOrder]]:
    """Compute the arrival indexes of the rows of these orders."""
    for start in range(0, len(rows), SLICE):
        for index, row in enumerate(rows[start : start + SLICE], start):
            row.index = index
        yield
    indexed = []
    for order in orders:
        indexes = array("I")
        for start in range(0, len(order), SLICE):
            indexes.extend([row.index for row in order[start : start + SLICE]])
            yield
        indexed.append(IndexedOrder(rows, order, indexes))
    for start in range(0, len(rows), SLICE):
        for row in rows[start : start + SLICE]:
            row.index = 0  # a separate int object per row would use a lot of memory
        yield
    return indexed
