"""Rows sorted by one column, kept up to date as files change. No Qt."""

from collections.abc import Iterator, Sequence
from itertools import compress, count
from operator import attrgetter

from services.browse import slices
from services.browse.file_filter import RowFilter
from services.browse.ordering import Column, Row, make_keys, value_of
from services.browse.picked_rows import SLICE, ArrivalOrder, IndexedOrder
from services.browse.slices import Steps, merge_steps, sort_steps


class SortedRows:
    """The rows that match a filter, sorted by a column and then by ID; unknown values come last.

    Its lists are replaced, never changed, so callers may keep them.
    """

    def __init__(self, column: Column, row_filter: RowFilter) -> None:
        self.column = column
        self.row_filter = row_filter
        self.known: Sequence[Row] = []
        self.unknown: Sequence[Row] = []
        self.size = 0
        """The total of the known sizes in bytes, if rows were filtered."""
        self.is_sorted = False
        self.behind: dict[str, Row | None] = {}
        """Files that have changed since, by ID: their row as it is here, None if there is none."""
        self.work: Iterator[None] | None = None
        """The update in progress."""
        self.indexed: Sequence[IndexedOrder] = ()
        """Speeds up searches; valid only while it was made from the current lists."""

    @property
    def is_up_to_date(self) -> bool:
        """Whether it is sorted and all changes so far have been applied."""
        return self.is_sorted and not self.behind and self.work is None

    def forget(self) -> None:
        """Drop all rows."""
        self.known, self.unknown, self.indexed = [], [], ()
        self.is_sorted = False
        self.behind = {}

    def update_steps(self, removed: list[Row], added: list[Row]) -> Steps[None]:
        """Remove rows of removed or changed files, and insert new ones."""
        for start in range(0, len(removed), slices.CHUNK):
            yield from self._drop_steps(removed[start : start + slices.CHUNK])
        matched: list[Row] = []
        for start in range(0, len(added), slices.CHUNK):
            matched += self.row_filter.matching(added[start : start + slices.CHUNK])
            yield
        added_known, added_unknown = yield from sort_steps(matched, self.column, by_id=False)
        known, _none = yield from merge_steps(self.known, [], added_known, self.column)
        unknown, _none = yield from merge_steps(self.unknown, [], added_unknown, Column.ID)
        self.known, self.unknown = known, unknown
        if not self.row_filter.matches_all:  # the size of all files is counted elsewhere
            self.size += _size_of(matched)

    def resort_steps(self, rows: list[Row], *, by_id: bool) -> Steps[None]:
        """Replace all rows; `by_id` says that these are already sorted by ID."""
        self.known, self.unknown = yield from sort_steps(rows, self.column, by_id=by_id)
        self.is_sorted = True

    def narrow_steps(self, source: "SortedRows") -> Steps[None]:
        """Filter the rows of `source`, which has the same order."""
        parts: list[list[Row]] = []
        for rows in (source.known, source.unknown):
            matched: list[Row] = []
            for start in range(0, len(rows), SLICE):
                part = self.row_filter.matching(rows[start : start + SLICE])
                self.size += _size_of(part)
                matched += part
                yield
            parts.append(matched)
        self.known, self.unknown = parts
        self.is_sorted = True

    def filter_steps(self, arrival: ArrivalOrder, source: "SortedRows | None") -> Steps[None]:
        """Filter all rows; `source`, if given, has them sorted.

        Rows that arrived one after the other are close together in memory, which makes scanning
        them in that order several times faster than in any other.
        """
        rows = arrival.rows
        lists: list[Sequence[Row]] = [source.known, source.unknown] if source is not None else []
        indexed = source.indexed_among(rows) if source is not None else None
        found = bytearray()
        for chunk in arrival.chunks():
            flags = self.row_filter.match_flags(chunk.rows, chunk.texts)
            self.size += sum(compress(chunk.sizes, flags))
            found += flags
            yield
        matched = found.count(1)
        if not lists or matched * _FEW_MATCH < len(rows):
            lists[:] = yield from sort_steps(list(compress(rows, found)), self.column, by_id=False)
        elif indexed is not None and matched != len(rows):
            for half, order in enumerate(indexed):
                lists[half] = yield from order.pick_steps(found)
        elif matched != len(rows):
            mark = next(_marks)
            for number, chunk in enumerate(arrival.chunks()):
                start = number * SLICE
                for row in compress(chunk.rows, found[start : start + SLICE]):
                    row.mark = mark
                yield
            for half, ordered in enumerate(lists):
                lists[half] = yield from _marked_steps(ordered, mark)
        self.known, self.unknown = lists
        self.is_sorted = True

    def indexed_among(self, rows: list[Row]) -> Sequence[IndexedOrder] | None:
        """`indexed`, if it was made from these rows in arrival order and from the current lists."""
        lists = (self.known, self.unknown)
        if self.indexed and all(
            indexed.rows is rows and indexed.order is mine
            for indexed, mine in zip(self.indexed, lists, strict=True)
        ):
            return self.indexed
        return None

    def _drop_steps(self, removed: list[Row]) -> Steps[None]:
        make_keys(self.column, removed)
        value = value_of(self.column)
        known_removed = [row for row in removed if value(row) is not None]
        unknown_removed = [row for row in removed if value(row) is None]
        known, dropped = yield from merge_steps(self.known, known_removed, [], self.column)
        unknown, also_dropped = yield from merge_steps(self.unknown, unknown_removed, [], Column.ID)
        self.known, self.unknown = known, unknown
        self.size -= _size_of(dropped) + _size_of(also_dropped)


_FEW_MATCH = 16
"""Below one match in this many rows, sorting the matches beats scanning the sorted rows."""
_marks = count(1)
_size = attrgetter("size")


def _marked_steps(rows: Sequence[Row], mark: int) -> Steps[list[Row]]:
    marked: list[Row] = []
    for start in range(0, len(rows), SLICE):
        marked += [row for row in rows[start : start + SLICE] if row.mark == mark]
        yield
    return marked


def _size_of(rows: list[Row]) -> int:
    return sum(map(_size, rows))
