"""What is different between two states of the table, and where the selected rows stand then. No Qt."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from services.browse.file_rows import Changes
from services.browse.ordering import Row
from services.browse.shown_files import ShownFiles

Range = tuple[int, int]
"""The first and the last of rows that follow each other."""


def ranges_of(rows: Iterable[int]) -> list[Range]:
    """Rows in order as ranges of first and last."""
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
    """How rows become others, as far as it is worth knowing."""

    before: ShownFiles
    after: ShownFiles
    changes: Changes | None
    """The files that have changed, where they are few and nothing else did; else None."""
    comes: bool
    """Whether rows may come that were not there."""
    leaves: bool
    """Whether rows may go."""
    moves: bool
    """Whether rows may stand elsewhere than at the same place from the top."""
    replaced: list[int] = field(default_factory=list)
    """The places of rows that say something else; may be left out where rows move."""
    row_now: Callable[[str], Row | None] = field(kw_only=True)
    """The row of a file as it is now."""

    def place_now(self, place: int) -> int | None:
        """Where the file of an earlier place stands, or None."""
        row = self.row_now(self.before.row(place).file.id)
        return self.after.place_of(row) if row is not None else None

    def nearest(self, place: int) -> int | None:
        """Where the file of an earlier place stands, or else what stands where it would."""
        if not len(self.after):
            return None
        now = self.place_now(place)
        if now is None:
            now = min(self.after.place_for(self.before.row(place)), len(self.after) - 1)
        return now


def change_between(
    before: ShownFiles,
    after: ShownFiles,
    changes: Changes | None,
    row_now: Callable[[str], Row | None],
) -> RowChange:
    """Compare two states; `changes` are the files that differ, or None where all may."""
    known: dict[str, Row] = {}
    if changes is not None and any(changes.values()):  # pages bring only what was not there
        known = {file_id: old for file_id, old in changes.items() if old is not None}
    many = changes is None or len(known) > _MANY
    if many or before.order != after.order or before.sieve != after.sieve:
        same_files = not many and not changes
        comes = not (same_files and after.sieve.narrows(before.sieve))
        leaves = not (same_files and before.sieve.narrows(after.sieve))
        moves = bool(len(before) and len(after)) and not (
            before.order == after.order and comes != leaves and _prefix(before, after)
        )
        return RowChange(before, after, None, comes, leaves, moves, row_now=row_now)
    assert changes is not None
    if after.sieve.lets_all:
        gone = sum(row_now(file_id) is None for file_id in known)
        comes, leaves = len(after) != len(before) - gone, gone != 0
        if comes or leaves:
            # Rows move then, unless some come or go at the end: nobody needs the places.
            moves = bool(len(before) and len(after)) and (
                (comes and leaves) or gone < len(known) or not _prefix(before, after)
            )
            return RowChange(before, after, changes, comes, leaves, moves, row_now=row_now)
    gone = 0
    moved = False
    replaced: list[int] = []
    for file_id, old in known.items():
        was = before.place_of(old)
        if was is None:
            continue
        row = row_now(file_id)
        now = after.place_of(row) if row is not None else None
        if now is None:
            gone += 1
        else:
            replaced.append(now)
            moved |= now != was
    comes, leaves = len(after) != len(before) - gone, gone != 0
    if not len(before) or not len(after):
        moves = False
    elif comes or leaves:
        moves = (comes and leaves) or bool(replaced) or not _prefix(before, after)
    else:
        moves = moved
    replaced.sort()
    return RowChange(before, after, changes, comes, leaves, moves, replaced, row_now=row_now)


def carried(change: RowChange, ranges: list[Range]) -> list[Range]:
    """Where the files of earlier rows stand now, as far as they are still there."""
    before, after = change.before, change.after
    if not ranges or not len(after):
        return []
    if ranges == [(0, len(before) - 1)] and not change.comes:
        return [(0, len(after) - 1)]
    count = sum(last - first + 1 for first, last in ranges)
    if count <= _FEW:
        rows = (row for first, last in ranges for row in range(first, last + 1))
        places = map(change.place_now, rows)
        return ranges_of(sorted(place for place in places if place is not None))
    changes = change.changes
    if changes is not None and len(changes) <= _MANY and len(ranges) <= _FEW:
        return _shifted(change, changes, ranges)
    selected = {file.id for first, last in ranges for file in before[first : last + 1]}
    return ranges_of([place for place, file in enumerate(after) if file.id in selected])


def places_now(change: RowChange, places: Iterable[int]) -> dict[int, int]:
    """Where the files of earlier places stand, by those, as far as they are still there."""
    places = {place for place in places if place < len(change.before)}
    if len(places) * SEARCH > len(change.after):
        by_id = {file.id: place for place, file in enumerate(change.after)}
        found = {place: by_id.get(change.before[place].id) for place in places}
    else:
        found = {place: change.place_now(place) for place in places}
    return {place: now for place, now in found.items() if now is not None}


SEARCH = 64
"""A place is searched for about as quickly as so many rows are gone through."""
_FEW = 200
"""So many rows or ranges are looked for one by one."""
_MANY = 2_000
"""For more changes, going through all rows is quicker than finding the place of each."""


def _prefix(before: ShownFiles, after: ShownFiles) -> bool:
    """Whether what comes or goes does so at the end, where only one of both happens."""
    last = min(len(before), len(after)) - 1
    return before.row(last).file.id == after.row(last).file.id


def _shifted(change: RowChange, changes: Changes, ranges: list[Range]) -> list[Range]:
    """Rows that have not changed keep their order, so the ends of a range tell where it is."""
    before, after = change.before, change.after
    selected: list[Range] = []
    for first, last in ranges:
        while first <= last and before.row(first).file.id in changes:
            first += 1
        while first <= last and before.row(last).file.id in changes:
            last -= 1
        if first <= last:
            begin, end = after.place_of(before.row(first)), after.place_of(before.row(last))
            assert begin is not None
            assert end is not None
            selected.append((begin, end))
    wanted: list[Range] = []
    others: list[int] = []
    for file_id, old in changes.items():
        row = change.row_now(file_id)
        now = after.place_of(row) if row is not None else None
        if now is None:
            continue
        was = before.place_of(old) if old is not None else None
        if was is not None and any(first <= was <= last for first, last in ranges):
            wanted.append((now, now))
        else:
            others.append(now)
    return _merged(_without(selected, sorted(others)) + wanted)


def _without(ranges: list[Range], places: list[int]) -> list[Range]:
    """Ranges in order, cut where these places are."""
    left: list[Range] = []
    todo = iter(places)
    place = next(todo, None)
    for first, last in ranges:
        begin = first
        while place is not None and place <= last:
            if place >= begin:
                if place > begin:
                    left.append((begin, place - 1))
                begin = place + 1
            place = next(todo, None)
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
