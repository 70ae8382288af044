"""The rows of the account's files, and the orders that they are kept in. No Qt."""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from services.browse.file_filter import Sieve
from services.browse.ordering import Column, Row, search_texts
from services.browse.picked_rows import RowsAsTheyCame, placing
from services.browse.slices import CHUNK, Steps
from services.browse.sorted_rows import SortedRows

Changes = Mapping[str, Row | None]
"""By id, the rows of files as they were before they changed; None where there was no file."""


class FileRows:
    """Keeps what is shown, and every column that was sorted by, up to date by what has changed.

    Sorting a hundred thousand rows takes some hundred milliseconds, merging a thousand into them a
    few. So an order that was worked out once is kept, and takes the changes when it is wanted.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._changed: dict[str, Row | None] = {}
        self._untold: dict[str, Row | None] = {}
        self._columns: dict[Column, SortedRows] = {}
        self._came: RowsAsTheyCame | None = None
        self._coming: SortedRows | None = None
        self.shown = self._column(Column.CREATED)
        """What is shown; up to date once `arranging` has come to its end."""

    @property
    def by_id(self) -> Mapping[str, Row]:
        """The rows as they are now."""
        return MappingProxyType(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, file_id: str) -> Row | None:
        """The row as it is now."""
        return self._rows.get(file_id)

    def put(self, row: Row) -> None:
        """A file has come, or has changed, or its row is to be looked at anew."""
        file_id = row.file.id
        self._changed.setdefault(file_id, self._rows.get(file_id))
        self._rows[file_id] = row

    def put_unknown(self, rows: Mapping[str, Row]) -> None:
        """Files have come that were not there; their rows by id."""
        _add(self._changed, dict.fromkeys(rows))
        self._rows.update(rows)

    def remove(self, file_id: str) -> Row | None:
        """A file has gone; its row, if there was one."""
        row = self._rows.pop(file_id, None)
        if row is not None:
            self._changed.setdefault(file_id, row)
        return row

    # What is shown

    def is_arranged(self, column: Column, sieve: Sieve) -> bool:
        """Whether what is shown is so, and up to date."""
        shown = self.shown
        return (
            shown.column is column
            and shown.sieve == sieve
            and shown.is_up_to_date
            and not self._changed
        )

    def arranging(self, column: Column, sieve: Sieve) -> Steps[None]:
        """Show the rows that come through the sieve, in the order of the column.

        Ends early when somebody else had other rows shown meanwhile.
        """
        if self.shown.column is not column or self.shown.sieve != sieve:
            sifted = yield from self._sifted(column, sieve)
            if sifted is None:
                return
            self.shown = sifted
        yield from self._bringing_up(self.shown)

    def preparing(self) -> Steps[None]:
        """Work out what searching compares, the order of every column, and how to search in it."""
        self._settle()
        all_rows = self._as_they_came().rows
        for start in range(0, len(all_rows), CHUNK):
            search_texts(all_rows[start : start + CHUNK])
            yield
        for column in _AS_WANTED:
            yield from self._bringing_up(self._column(column))
        came = self._as_they_came()
        for _portion in came.portions():
            yield
        rows = came.rows
        columns = [one for one in self._columns.values() if one.is_up_to_date]
        columns = [one for one in columns if one.placed_among(rows) is None]
        if columns:
            lists = [half for one in columns for half in (one.known, one.unknown)]
            placed = yield from placing(rows, lists)
            for column_rows in columns:
                column_rows.placed, placed = placed[:2], placed[2:]

    # Telling what has changed

    def row_as_told(self, file_id: str) -> Row | None:
        """The row as it was when the changes were last taken."""
        for changes in (self._untold, self._changed):
            if file_id in changes:
                return changes[file_id]
        return self._rows.get(file_id)

    @property
    def has_untold(self) -> bool:
        """Whether a file has come, changed or gone since the changes were last taken."""
        return bool(self._changed or self._untold)

    def take_changes(self) -> Changes:
        """What has changed since the last call; to be called when all is arranged."""
        self._settle()
        changes, self._untold = self._untold, {}
        return changes

    # Keeping up

    def _as_they_came(self) -> RowsAsTheyCame:
        """All rows; the same until something changes. To be called when all is settled."""
        if self._came is None:
            self._came = RowsAsTheyCame(list(self._rows.values()))
        return self._came

    def _column(self, column: Column) -> SortedRows:
        if column not in self._columns:
            self._columns[column] = SortedRows(column, Sieve())
        return self._columns[column]

    def _sifted(self, column: Column, sieve: Sieve) -> Steps[SortedRows | None]:
        """The rows that come through; None when somebody else wants others meanwhile."""
        if sieve.lets_all:
            source = self._column(column)
            yield from self._bringing_up(source)
            return source
        shown = self.shown
        few = len(shown.known) + len(shown.unknown) < len(self._rows) // _FEWER
        narrower = few and shown.is_sorted and shown.column is column and sieve.narrows(shown.sieve)
        if narrower:
            yield from self._bringing_up(shown)
            if self.shown is not shown:
                return None
        self._settle()
        # What changes from here on is kept for it.
        self._coming = coming = SortedRows(column, sieve)
        if narrower:
            yield from coming.sifting(shown)
        else:
            ready = self._columns.get(column)
            if ready is not None and not ready.is_up_to_date:
                ready = None
            yield from coming.gathering(self._as_they_came(), ready)
        return coming if coming is self._coming else None

    def _bringing_up(self, rows: SortedRows) -> Steps[None]:
        while True:
            if rows.work is None:
                self._settle()
                rows.work = self._work_for(rows)
                if rows.work is None:
                    return
            # Whoever goes through these steps may stop, and somebody else goes on.
            work = rows.work
            for _step in work:
                yield
            if rows.work is work:
                rows.work = None

    def _work_for(self, rows: SortedRows) -> Iterator[None] | None:
        is_column = rows.sieve.lets_all
        # What has only come is merged in quicker than all is sorted.
        others = len(rows.behind) - (len(self._rows) - len(rows.known) - len(rows.unknown))
        if is_column and (not rows.is_sorted or _MUCH * others > len(self._rows)):
            rows.behind = {}
            by_id = self._columns.get(Column.ID)
            if by_id is not None and by_id is not rows and by_id.is_up_to_date:
                return rows.sorting_anew(list(by_id.known), by_id=True)
            return rows.sorting_anew(list(self._rows.values()), by_id=False)
        if not rows.behind:
            return None
        behind, rows.behind = rows.behind, {}
        gone = list(filter(None, behind.values()))
        return rows.taking(gone, self._rows_now(behind))

    def _rows_now(self, ids: Collection[str]) -> list[Row]:
        """The rows of these files, as far as they are there."""
        last = list(islice(reversed(self._rows), len(ids)))[::-1]
        if last == list(ids):  # they have just come; looking up each takes three times as long
            return list(islice(reversed(self._rows.values()), len(ids)))[::-1]
        return list(filter(None, map(self._rows.get, ids)))

    def _settle(self) -> None:
        """Hand what has changed to everything that is kept."""
        changed, self._changed = self._changed, {}
        if not changed:
            return
        self._came = None
        self._forget_where(len(changed))  # noting it for each first would take long
        kept = set(self._columns.values()) | {self.shown}
        if self._coming is not None:
            kept.add(self._coming)
        for rows in kept:
            # What is not sorted yet is sorted from all rows as they are then.
            if rows.is_sorted or rows.work is not None or rows is self._coming:
                _add(rows.behind, changed)
        self._forget_where(0)
        if self._untold:
            _add(self._untold, changed)
        else:
            self._untold = changed  # of a million, a copy takes 30 ms

    def _forget_where(self, changed: int) -> None:
        """Keep no column that sorting anew is quicker for.

        The one that is shown only takes more when nearly all has changed, as at the start: what has
        come is quicker merged in otherwise.
        """
        for rows in self._columns.values():
            different = max(len(rows.behind), changed)
            others = len(self._rows) - different
            much = _MUCH * different > len(self._rows)
            if rows is self.shown:
                much = _FEW_LEFT * others < len(self._rows)
            if much and rows.work is None:
                rows.forget()


_AS_WANTED = (
    Column.ID,  # what the others are sorted from
    Column.NAME,
    Column.SIZE,
    Column.CREATED,
    Column.EXPIRES,
    Column.PURPOSE,
    Column.STATUS,
)

_MUCH = 4
"""Sorting all rows anew is quicker than finding the places of one in so many."""
_FEW_LEFT = 8
"""Where only one row in so many is as it was, all are sorted anew."""
_FEWER = 8
"""Going through so many rows as they lie in memory is as quick as through one in another order."""


def _add(before: dict[str, Row | None], changed: Changes) -> None:
    """What a row was at first stays."""
    if before.keys().isdisjoint(changed.keys()):
        before.update(changed)
        return
    for file_id, row in changed.items():
        before.setdefault(file_id, row)
