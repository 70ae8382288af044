"""Rows kept in the order of one column, through all that happens to the files. No Qt."""

from collections.abc import Iterator, Sequence
from itertools import compress, count
from operator import attrgetter

from services.browse import slices
from services.browse.file_filter import Sieve
from services.browse.ordering import Column, Row, make_keys, value_of
from services.browse.picked_rows import SLICE, OrderByPlace, RowsAsTheyCame
from services.browse.slices import Steps, merging, sorting


class SortedRows:
    """The rows that a sieve lets through, by a column and then by id; unknown values apart.

    Its lists are never changed but replaced, so whoever has them may keep them.
    """

    def __init__(self, column: Column, sieve: Sieve) -> None:
        self.column = column
        self.sieve = sieve
        self.known: Sequence[Row] = []
        self.unknown: Sequence[Row] = []
        self.size = 0
        """Of rows that went through a sieve: the sum of the sizes that are known, in bytes."""
        self.is_sorted = False
        self.behind: dict[str, Row | None] = {}
        """By id, the rows of files that have changed since, as they are here; None for no row."""
        self.work: Iterator[None] | None = None
        """What is being done to it."""
        self.placed: Sequence[OrderByPlace] = ()
        """What makes searching quick, as long as it is of these lists."""

    @property
    def is_up_to_date(self) -> bool:
        """Whether it was sorted and has taken all changes that it was told of."""
        return self.is_sorted and not self.behind and self.work is None

    def forget(self) -> None:
        """Begin anew, without rows."""
        self.known, self.unknown, self.placed = [], [], ()
        self.is_sorted = False
        self.behind = {}

    def taking(self, gone: list[Row], fresh: list[Row]) -> Steps[None]:
        """Some files have gone, or are other than they were, and some have come."""
        for start in range(0, len(gone), slices.CHUNK):
            yield from self._dropping(gone[start : start + slices.CHUNK])
        fitting: list[Row] = []
        for start in range(0, len(fresh), slices.CHUNK):
            fitting += self.sieve.through(fresh[start : start + slices.CHUNK])
            yield
        fresh_known, fresh_unknown = yield from sorting(fitting, self.column, by_id=False)
        known, _none = yield from merging(self.known, [], fresh_known, self.column)
        unknown, _none = yield from merging(self.unknown, [], fresh_unknown, Column.ID)
        self.known, self.unknown = known, unknown
        if not self.sieve.lets_all:  # of all files the size is known anyway
            self.size += _size_of(fitting)

    def sorting_anew(self, rows: list[Row], *, by_id: bool) -> Steps[None]:
        """Take these rows in place of all; `by_id` tells that they come in that order."""
        self.known, self.unknown = yield from sorting(rows, self.column, by_id=by_id)
        self.is_sorted = True

    def sifting(self, source: "SortedRows") -> Steps[None]:
        """Take what the sieve lets through of other rows, which stand in the same order."""
        parts: list[list[Row]] = []
        for rows in (source.known, source.unknown):
            fitting: list[Row] = []
            for start in range(0, len(rows), SLICE):
                part = self.sieve.through(rows[start : start + SLICE])
                self.size += _size_of(part)
                fitting += part
                yield
            parts.append(fitting)
        self.known, self.unknown = parts
        self.is_sorted = True

    def gathering(self, came: RowsAsTheyCame, source: "SortedRows | None") -> Steps[None]:
        """Take what the sieve lets through of all rows; `source` has them in order, if it is there.

        Rows that came one after the other lie so in memory too, which makes going through them in
        that order several times quicker than in another one.
        """
        rows = came.rows
        lists: list[Sequence[Row]] = [source.known, source.unknown] if source is not None else []
        placed = source.placed_among(rows) if source is not None else None
        found = bytearray()
        for portion in came.portions():
            flags = self.sieve.found_in(portion.rows, portion.texts)
            self.size += sum(compress(portion.sizes, flags))
            found += flags
            yield
        fitting = found.count(1)
        if not lists or fitting * _SORTED_QUICKER < len(rows):
            lists[:] = yield from sorting(list(compress(rows, found)), self.column, by_id=False)
        elif placed is not None and fitting != len(rows):
            for half, order in enumerate(placed):
                lists[half] = yield from order.picking(found)
        elif fitting != len(rows):
            mark = next(_marks)
            for number, portion in enumerate(came.portions()):
                start = number * SLICE
                for row in compress(portion.rows, found[start : start + SLICE]):
                    row.mark = mark
                yield
            for half, ordered in enumerate(lists):
                lists[half] = yield from _marked(ordered, mark)
        self.known, self.unknown = lists
        self.is_sorted = True

    def placed_among(self, rows: list[Row]) -> Sequence[OrderByPlace] | None:
        """`placed`, if it was worked out for all these rows as they came, and for these lists."""
        lists = (self.known, self.unknown)
        if self.placed and all(
            placed.rows is rows and placed.order is mine
            for placed, mine in zip(self.placed, lists, strict=True)
        ):
            return self.placed
        return None

    def _dropping(self, gone: list[Row]) -> Steps[None]:
        make_keys(self.column, gone)
        value = value_of(self.column)
        known_gone = [row for row in gone if value(row) is not None]
        unknown_gone = [row for row in gone if value(row) is None]
        known, dropped = yield from merging(self.known, known_gone, [], self.column)
        unknown, also_dropped = yield from merging(self.unknown, unknown_gone, [], Column.ID)
        self.known, self.unknown = known, unknown
        self.size -= _size_of(dropped) + _size_of(also_dropped)


_SORTED_QUICKER = 16
"""Below one change in this many rows, re-sort only the changed rows."""
_marks = count(1)
_size = attrgetter("size")


def _marked(rows: Sequence[Row], mark: int) -> Steps[list[Row]]:
    marked: list[Row] = []
    for start in range(0, len(rows), SLICE):
        marked += [row for row in rows[start : start + SLICE] if row.mark == mark]
        yield
    return marked


def _size_of(rows: list[Row]) -> int:
    return sum(map(_size, rows))
