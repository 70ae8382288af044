"""Diffs two states of the table, and maps selected rows from one to the other. No Qt."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from services.browse.file_rows import Changes
from services.browse.ordering import Row
from services.browse.shown_files import ShownFiles

Range = tuple[int, int]
"""The first and last of a run of rows."""


def ranges_of(rows: Iterable[int]) -> list[Range]:
    """Convert sorted row numbers to ranges."""
    ranges: list[Range] = []
    first = last = -2
    for row in rows:
        if row == last + 1:
            last = row
        else:
            if last >= 0:
                ranges.append((first, last))
            first = last = row
    if last >= 0:
        ranges.append((first, last))
    return ranges


@dataclass(frozen=True, slots=True)
class RowChange:
    """How the rows of the table changed, as far as the model needs to know."""

    before: ShownFiles
    after: ShownFiles
    changes: Changes | None
    """The changed files, if they are few and nothing else changed; else None."""
    inserts: bool
    """Whether rows may have been inserted."""
    removes: bool
    """Whether rows may have been removed."""
    moves: bool
    """Whether the index of a row that stayed may have changed."""
    changed_rows: list[int] = field(default_factory=list)
    """The indexes of rows with new contents; may be incomplete if rows move."""
    row_now: Callable[[str], Row | None] = field(kw_only=True)
    """Returns the current row of a file."""

    def index_now(self, index: int) -> int | None:
        """The current index of the file that was at `index`, or None."""
        row = self.row_now(self.before.row(index).file.id)
        return self.after.index_of(row) if row is not None else None

    def nearest_index(self, index: int) -> int | None:
        """The current index of the file that was at `index`, or of what is now in its place."""
        if not len(self.after):
            return None
        now = self.index_now(index)
        if now is None:
            now = min(self.after.insertion_index(self.before.row(index)), len(self.after) - 1)
        return now


def change_between(
    before: ShownFiles,
    after: ShownFiles,
    changes: Changes,
    row_now: Callable[[str], Row | None],
) -> RowChange:
    """Compare two states of a list; `changes` are the files that differ."""
    known: dict[str, Row] = {}
    if any(changes.values()):  # a listing's pages usually only add files
        known = {file_id: old for file_id, old in changes.items() if old is not None}
    many = len(known) > _MANY
    if many or before.order != after.order or before.row_filter != after.row_filter:
        same_files = not many and not changes
        inserts = not (same_files and after.row_filter.is_narrower_than(before.row_filter))
        removes = not (same_files and before.row_filter.is_narrower_than(after.row_filter))
        moves = bool(len(before) and len(after)) and not (
            before.order == after.order and inserts != removes and _prefix(before, after)
        )
        return RowChange(before, after, None, inserts, removes, moves, row_now=row_now)
    if after.row_filter.matches_all:
        removed = sum(row_now(file_id) is None for file_id in known)
        inserts, removes = len(after) != len(before) - removed, removed != 0
        if inserts or removes:
            # Unless the change is at the end, all rows move, and no indexes are needed.
            moves = bool(len(before) and len(after)) and (
                (inserts and removes) or removed < len(known) or not _prefix(before, after)
            )
            return RowChange(before, after, changes, inserts, removes, moves, row_now=row_now)
    removed = 0
    moved = False
    changed_rows: list[int] = []
    for file_id, old in known.items():
        was = before.index_of(old)
        if was is None:
            continue
        row = row_now(file_id)
        now = after.index_of(row) if row is not None else None
        if now is None:
            removed += 1
        else:
            changed_rows.append(now)
            moved |= now != was
    inserts, removes = len(after) != len(before) - removed, removed != 0
    if not len(before) or not len(after):
        moves = False
    elif inserts or removes:
        moves = (inserts and removes) or bool(changed_rows) or not _prefix(before, after)
    else:
        moves = moved
    changed_rows.sort()
    return RowChange(before, after, changes, inserts, removes, moves, changed_rows, row_now=row_now)


def map_ranges(change: RowChange, ranges: list[Range]) -> list[Range]:
    """Map ranges of the earlier state to the current one; removed files are dropped."""
    before, after = change.before, change.after
    if not ranges or not len(after):
        return []
    if ranges == [(0, len(before) - 1)] and not change.inserts:
        return [(0, len(after) - 1)]
    count = sum(last - first + 1 for first, last in ranges)
    if count <= _FEW:
        rows = (row for first, last in ranges for row in range(first, last + 1))
        indexes = map(change.index_now, rows)
        return ranges_of(sorted(index for index in indexes if index is not None))
    changes = change.changes
    if changes is not None and len(changes) <= _MANY and len(ranges) <= _FEW:
        return _map_by_ends(change, changes, ranges)
    selected = {file.id for first, last in ranges for file in before[first : last + 1]}
    return ranges_of([index for index, file in enumerate(after) if file.id in selected])


def indexes_now(change: RowChange, indexes: Iterable[int]) -> dict[int, int]:
    """Map earlier indexes to current ones; removed files are left out."""
    indexes = {index for index in indexes if index < len(change.before)}
    if len(indexes) * SEARCH > len(change.after):
        by_id = {file.id: index for index, file in enumerate(change.after)}
        found = {index: by_id.get(change.before[index].id) for index in indexes}
    else:
        found = {index: change.index_now(index) for index in indexes}
    return {index: now for index, now in found.items() if now is not None}


SEARCH = 64
"""Looking up one index takes about as long as scanning this many rows."""
_FEW = 200
"""Up to this many rows or ranges are looked up one by one."""
_MANY = 2_000
"""Above this many changes, scanning all rows is faster than looking up each index."""


def _prefix(before: ShownFiles, after: ShownFiles) -> bool:
    """Whether rows were inserted or removed only at the end, given that not both happened."""
    last = min(len(before), len(after)) - 1
    return before.row(last).file.id == after.row(last).file.id


def _map_by_ends(change: RowChange, changes: Changes, ranges: list[Range]) -> list[Range]:
    """Map ranges by their ends: rows that haven't changed keep their order."""
    before, after = change.before, change.after
    selected: list[Range] = []
    for first, last in ranges:
        while first <= last and before.row(first).file.id in changes:
            first += 1
        while first <= last and before.row(last).file.id in changes:
            last -= 1
        if first <= last:
            begin, end = after.index_of(before.row(first)), after.index_of(before.row(last))
            assert begin is not None
            assert end is not None
            selected.append((begin, end))
    wanted: list[Range] = []
    others: list[int] = []
    for file_id, old in changes.items():
        row = change.row_now(file_id)
        now = after.index_of(row) if row is not None else None
        if now is None:
            continue
        was = before.index_of(old) if old is not None else None
        if was is not None and any(first <= was <= last for first, last in ranges):
            wanted.append((now, now))
        else:
            others.append(now)
    return _merged(_without(selected, sorted(others)) + wanted)


def _without(ranges: list[Range], indexes: list[int]) -> list[Range]:
    """Sorted ranges without these sorted indexes."""
    left: list[Range] = []
    todo = iter(indexes)
    index = next(todo, None)
    for first, last in ranges:
        begin = first
        while index is not None and index <= last:
            if index >= begin:
                if index > begin:
                    left.append((begin, index - 1))
                begin = index + 1
            index = next(todo, None)
        if begin <= last:
            left.append((begin, last))
    return left


def _merged(ranges: list[Range]) -> list[Range]:
    merged: list[Range] = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged
