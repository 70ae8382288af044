"""Which rows of an order were found, told by numbers instead of by the rows themselves. No Qt.

A list of rows counts in each of them that it holds it. Rows that stand in order lie anywhere in
memory, so for some hundred thousand of them that takes longer than the search. Numbers lie together.
"""

from array import array
from collections.abc import Iterator, Sequence
from typing import overload

import msgspec

from services.browse.ordering import Row, search_texts
from services.browse.slices import Steps

SLICE = 20_000
"""So many rows are gone through in a step."""


class PickedRows(Sequence[Row]):
    """Some of the rows, by the numbers of their places among all."""

    def __init__(self, rows: list[Row], places: "array[int]") -> None:
        self._rows = rows
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> list[Row]: ...

    def __getitem__(self, place: int | slice) -> Row | list[Row]:
        if isinstance(place, slice):
            return list(map(self._rows.__getitem__, self._places[place]))
        return self._rows[self._places[place]]

    def __iter__(self) -> Iterator[Row]:
        return map(self._rows.__getitem__, self._places)

    def __reversed__(self) -> Iterator[Row]:
        return map(self._rows.__getitem__, reversed(self._places))


class SearchedRows(msgspec.Struct, frozen=True):
    """The rows of a step, and what a search looks at in each of them."""

    rows: list[Row]
    texts: list[str]
    sizes: list[int]


class RowsAsTheyCame:
    """All rows, and in portions what a search looks at; those are made by the first one."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self._portions: list[SearchedRows] = []

    def portions(self) -> Iterator[SearchedRows]:
        """All rows, in portions for a step each."""
        for number, start in enumerate(range(0, len(self.rows), SLICE)):
            if len(self._portions) == number:
                rows = self.rows[start : start + SLICE]
                sizes = [row.size for row in rows]
                self._portions.append(SearchedRows(rows, search_texts(rows), sizes))
            yield self._portions[number]


class OrderByPlace(msgspec.Struct, frozen=True):
    """Rows in an order, by the numbers of their places among all rows as they came."""

    rows: list[Row]
    """As they came."""
    order: Sequence[Row]
    """The same or some of them in order; who has another list now has no use for this."""
    places: "array[int]"

    def picking(self, found: bytearray) -> Steps[PickedRows]:
        """Those for which there is a 1 at their place, in order."""
        picked = array("I")
        for start in range(0, len(self.places), SLICE):
            part = self.places[start : start + SLICE]
            picked.extend(array("I", [place for place in part if found[place]]))
            yield
        return PickedRows(self.rows, picked)


def placing(rows: list[Row], orders: Sequence[Sequence[Row]]) -> Steps[list[OrderByPlace]]:
    """Work out the places of rows in these orders among all rows as they came."""
    for start in range(0, len(rows), SLICE):
        for place, row in enumerate(rows[start : start + SLICE], start):
            row.place = place
        yield
    placed = []
    for order in orders:
        places = array("I")
        for start in range(0, len(order), SLICE):
            places.extend([row.place for row in order[start : start + SLICE]])
            yield
        placed.append(OrderByPlace(rows, order, places))
    for start in range(0, len(rows), SLICE):
        for row in rows[start : start + SLICE]:
            row.place = 0  # a number of its own for every row takes much memory
        yield
    return placed
