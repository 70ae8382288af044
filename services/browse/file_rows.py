"""The rows of the account's files, and their sort orders. No Qt."""

from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from services.browse.file_filter import RowFilter
from services.browse.ordering import Column, Row, search_texts
from services.browse.picked_rows import ArrivalOrder, index_steps
from services.browse.slices import CHUNK, Steps
from services.browse.sorted_rows import SortedRows

Changes = Mapping[str, Row | None]
"""Rows as they were before they changed, by file ID; None if the file didn't exist."""


class FileRows:
    """Keeps the shown rows and every sorted column up to date by applying changes.

    Sorting 100,000 rows takes hundreds of milliseconds, merging a thousand into them a few. So
    each order, once computed, is kept, and changes are merged in when it is needed.
    """

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._changed: dict[str, Row | None] = {}
        self._unshown: dict[str, Row | None] = {}
        self._columns: dict[Column, SortedRows] = {}
        self._arrival_order: ArrivalOrder | None = None
        self._building: SortedRows | None = None
        self.shown = self._column(Column.CREATED)
        """The shown rows; up to date once `arrange_steps` has finished."""

    @property
    def by_id(self) -> Mapping[str, Row]:
        """The current rows."""
        return MappingProxyType(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, file_id: str) -> Row | None:
        """The current row."""
        return self._rows.get(file_id)

    def put(self, row: Row) -> None:
        """Add or replace a row; also to have an unchanged row filtered again."""
        file_id = row.file.id
        self._changed.setdefault(file_id, self._rows.get(file_id))
        self._rows[file_id] = row

    def add_new(self, rows: Mapping[str, Row]) -> None:
        """Add rows, by ID, of files that aren't in the list yet."""
        _add_changes(self._changed, dict.fromkeys(rows))
        self._rows.update(rows)

    def remove(self, file_id: str) -> Row | None:
        """Remove a file; return its row, or None."""
        row = self._rows.pop(file_id, None)
        if row is not None:
            self._changed.setdefault(file_id, row)
        return row

    # What is shown

    def is_arranged(self, column: Column, row_filter: RowFilter) -> bool:
        """Whether the shown rows have this order and filter, and are up to date."""
        shown = self.shown
        return (
            shown.column is column
            and shown.row_filter == row_filter
            and shown.is_up_to_date
            and not self._changed
        )

    def arrange_steps(self, column: Column, row_filter: RowFilter) -> Steps[None]:
        """Show the rows that match the filter, sorted by the column.

        Ends early if another call changes the shown rows in the meantime.
        """
        if self.shown.column is not column or self.shown.row_filter != row_filter:
            filtered = yield from self._filtered_steps(column, row_filter)
            if filtered is None:
                return
            self.shown = filtered
        yield from self._update_steps(self.shown)

    def prepare_steps(self) -> Steps[None]:
        """Compute the search texts, every sort order, and the indexes that speed up searching."""
        self._distribute_changes()
        all_rows = self._in_arrival_order().rows
        for start in range(0, len(all_rows), CHUNK):
            search_texts(all_rows[start : start + CHUNK])
            yield
        for column in _PREPARED_COLUMNS:
            yield from self._update_steps(self._column(column))
        arrival = self._in_arrival_order()
        for _chunk in arrival.chunks():
            yield
        rows = arrival.rows
        columns = [one for one in self._columns.values() if one.is_up_to_date]
        columns = [one for one in columns if one.indexed_among(rows) is None]
        if columns:
            lists = [half for one in columns for half in (one.known, one.unknown)]
            indexed = yield from index_steps(rows, lists)
            for column_rows in columns:
                column_rows.indexed, indexed = indexed[:2], indexed[2:]

    # Reporting changes

    def shown_row(self, file_id: str) -> Row | None:
        """The row as of the last `pop_changes`."""
        for changes in (self._unshown, self._changed):
            if file_id in changes:
                return changes[file_id]
        return self._rows.get(file_id)

    @property
    def has_unshown_changes(self) -> bool:
        """Whether a file was added, changed or removed since the last `pop_changes`."""
        return bool(self._changed or self._unshown)

    def pop_changes(self) -> Changes:
        """What has changed since the last call. Call it when `arrange_steps` has finished."""
        self._distribute_changes()
        changes, self._unshown = self._unshown, {}
        return changes

    # Staying up to date

    def _in_arrival_order(self) -> ArrivalOrder:
        """All rows, cached until something changes. Call `_distribute_changes` first."""
        if self._arrival_order is None:
            self._arrival_order = ArrivalOrder(list(self._rows.values()))
        return self._arrival_order

    def _column(self, column: Column) -> SortedRows:
        if column not in self._columns:
            self._columns[column] = SortedRows(column, RowFilter())
        return self._columns[column]

    def _filtered_steps(self, column: Column, row_filter: RowFilter) -> Steps[SortedRows | None]:
        """The rows that match; None if another call wanted other rows in the meantime."""
        if row_filter.matches_all:
            source = self._column(column)
            yield from self._update_steps(source)
            return source
        shown = self.shown
        few = len(shown.known) + len(shown.unknown) < len(self._rows) // _FEWER
        narrower = (
            few
            and shown.is_sorted
            and shown.column is column
            and row_filter.is_narrower_than(shown.row_filter)
        )
        if narrower:
            yield from self._update_steps(shown)
            if self.shown is not shown:
                return None
        self._distribute_changes()
        # From here on, changes are queued for it.
        self._building = building = SortedRows(column, row_filter)
        if narrower:
            yield from building.narrow_steps(shown)
        else:
            ready = self._columns.get(column)
            if ready is not None and not ready.is_up_to_date:
                ready = None
            yield from building.filter_steps(self._in_arrival_order(), ready)
        return building if building is self._building else None

    def _update_steps(self, rows: SortedRows) -> Steps[None]:
        while True:
            if rows.work is None:
                self._distribute_changes()
                rows.work = self._work_for(rows)
                if rows.work is None:
                    return
            # The caller may stop between steps; the next caller resumes the same work.
            work = rows.work
            for _step in work:
                yield
            if rows.work is work:
                rows.work = None

    def _work_for(self, rows: SortedRows) -> Iterator[None] | None:
        is_column = rows.row_filter.matches_all
        # Merging rows that were only added is faster than sorting everything.
        others = len(rows.behind) - (len(self._rows) - len(rows.known) - len(rows.unknown))
        if is_column and (not rows.is_sorted or _MUCH * others > len(self._rows)):
            rows.behind = {}
            by_id = self._columns.get(Column.ID)
            if by_id is not None and by_id is not rows and by_id.is_up_to_date:
                return rows.resort_steps(list(by_id.known), by_id=True)
            return rows.resort_steps(list(self._rows.values()), by_id=False)
        if not rows.behind:
            return None
        behind, rows.behind = rows.behind, {}
        removed = list(filter(None, behind.values()))
        return rows.update_steps(removed, self._rows_now(behind))

    def _rows_now(self, ids: Collection[str]) -> list[Row]:
        """The rows of those of these files that exist."""
        last = list(islice(reversed(self._rows), len(ids)))[::-1]
        if last == list(ids):  # just added; looking up each one takes three times as long
            return list(islice(reversed(self._rows.values()), len(ids)))[::-1]
        return list(filter(None, map(self._rows.get, ids)))

    def _distribute_changes(self) -> None:
        """Pass the changes on to every sort order that is kept."""
        changed, self._changed = self._changed, {}
        if not changed:
            return
        self._arrival_order = None
        self._drop_outdated(len(changed))  # first, as noting the changes for each would take long
        kept = set(self._columns.values()) | {self.shown}
        if self._building is not None:
            kept.add(self._building)
        for rows in kept:
            # Orders that aren't sorted yet will be sorted from the rows of that time.
            if rows.is_sorted or rows.work is not None or rows is self._building:
                _add_changes(rows.behind, changed)
        self._drop_outdated(0)
        if self._unshown:
            _add_changes(self._unshown, changed)
        else:
            self._unshown = changed  # copying a million takes 30 ms

    def _drop_outdated(self, changed: int) -> None:
        """Drop the sort orders that are faster to sort again than to update.

        The shown order is dropped only when nearly everything has changed, as at the start. In
        other cases, merging new rows into it is faster.
        """
        for rows in self._columns.values():
            different = max(len(rows.behind), changed)
            others = len(self._rows) - different
            much = _MUCH * different > len(self._rows)
            if rows is self.shown:
                much = _FEW_LEFT * others < len(self._rows)
            if much and rows.work is None:
                rows.forget()


_PREPARED_COLUMNS = (
    Column.ID,  # the others are sorted from this one
    Column.NAME,
    Column.SIZE,
    Column.CREATED,
    Column.EXPIRES,
    Column.PURPOSE,
    Column.STATUS,
)

_MUCH = 4
"""Above one change in this many rows, sorting everything is faster than merging."""
_FEW_LEFT = 8
"""Below one unchanged row in this many, everything is sorted again."""
_FEWER = 8
"""Scanning this many rows in memory order is as fast as one row in another order."""


def _add_changes(before: dict[str, Row | None], changed: Changes) -> None:
    """Add changes; for rows that changed before, keep the earliest state."""
    if before.keys().isdisjoint(changed.keys()):
        before.update(changed)
        return
    for file_id, row in changed.items():
        before.setdefault(file_id, row)
