"""What is told of a change: whether rows come, go or move, and no more than that."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from services.api.remote_file import RemoteFile
from services.browse import row_change
from services.browse.file_list import FileFilter, FileList
from services.browse.ordering import Column, Order, Row
from services.browse.row_change import RowChange, change_between, indexes_now, map_ranges
from services.browse.slices import finish

Change = Callable[[FileList], None]


@dataclass(frozen=True)
class Told:
    """What a change says of itself."""

    comes: bool = False
    leaves: bool = False
    moves: bool = False
    replaced: tuple[int, ...] = ()


def file(number: int, size: int | None = None) -> RemoteFile:
    return RemoteFile(f"file-{number}", size=number if size is None else size)


def listed(count: int = 5, shown: str = "") -> FileList:
    """Files 1 to `count`, by size."""
    files = FileList(lambda: 0.0)
    files.order = Order(Column.SIZE)
    files.file_filter = FileFilter(text=shown)
    for number in range(1, count + 1):
        files.add(file(number))
    return files


def changed(files: FileList, change: Change) -> RowChange:
    finish(files.arrange_steps())
    before = files.pop_update().files
    change(files)
    finish(files.arrange_steps())
    arranged = files.pop_update()
    return change_between(before, arranged.files, arranged.changed, files.row)


def told(change: RowChange) -> Told:
    return Told(change.inserts, change.removes, change.moves, tuple(change.changed_rows))


def add(*added: RemoteFile) -> Change:
    def change(files: FileList) -> None:
        for one in added:
            files.add(one)

    return change


def remove(*numbers: int) -> Change:
    def change(files: FileList) -> None:
        for number in numbers:
            files.remove(f"file-{number}")

    return change


def show(text: str) -> Change:
    return lambda files: setattr(files, "shown", FileFilter(text=text))


def order(column: Column) -> Change:
    return lambda files: setattr(files, "order", Order(column))


def both(*changes: Change) -> Change:
    def change(files: FileList) -> None:
        for one in changes:
            one(files)

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (add(), Told()),
        (add(file(9)), Told(comes=True)),
        (add(file(0)), Told(comes=True, moves=True)),
        (remove(5), Told(leaves=True)),
        (remove(1), Told(leaves=True, moves=True)),
        (remove(1, 2, 3, 4, 5), Told(leaves=True)),
        (both(remove(5), add(file(9))), Told(comes=True, leaves=True, moves=True)),
        (add(RemoteFile("file-2", "named", size=2)), Told(replaced=(1,))),
        (add(*(RemoteFile(f"file-{n}", "x", size=n) for n in (4, 2))), Told(replaced=(1, 3))),
        (add(file(2, size=9)), Told(moves=True, replaced=(4,))),
        (both(add(file(9)), add(RemoteFile("file-2", "x", size=2))), Told(comes=True, moves=True)),
        (order(Column.ID), Told(moves=True)),
        (show("file-1"), Told(leaves=True)),
        (show("file-2"), Told(leaves=True, moves=True)),
        (show("nothing"), Told(leaves=True)),
        (both(show("file-1"), order(Column.ID)), Told(leaves=True, moves=True)),
        (both(show("file-1"), add(file(9))), Told(comes=True, leaves=True, moves=True)),
    ],
)
def test_of_all_files_no_more_is_told_than_what_happens(change: Change, expected: Told) -> None:
    assert told(changed(listed(), change)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (show(""), Told(comes=True)),
        (show("file-2"), Told(comes=True, leaves=True, moves=True)),
        (add(file(12)), Told(comes=True)),
        (add(file(20)), Told()),
        (add(RemoteFile("file-10", size=0)), Told(comes=True, moves=True)),
        (add(RemoteFile("file-1", "x", size=1)), Told(replaced=(0,))),
        (remove(1), Told(leaves=True)),
        (remove(2), Told()),
        (both(remove(1), add(file(13))), Told(comes=True, leaves=True, moves=True)),
        (
            add(file(12), RemoteFile("file-1", "x", size=1)),
            Told(comes=True, moves=True, replaced=(0,)),
        ),
    ],
)
def test_of_those_found_no_more_is_told_than_what_happens(change: Change, expected: Told) -> None:
    assert told(changed(listed(shown="file-1"), change)) == expected


def test_at_first_rows_only_come() -> None:
    assert told(changed(listed(0), add(file(1), file(2)))) == Told(comes=True)
    assert told(changed(listed(1, shown="x"), show(""))) == Told(comes=True)


def test_many_changes_are_told_of_at_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_change, "_MANY", 1)
    few = changed(listed(), add(file(2, size=9)))
    many = changed(listed(), add(file(2, size=9), file(3, size=8)))
    new = changed(listed(), add(file(8), file(9)))
    assert few.changes is not None
    assert many.changes is None
    assert told(many) == Told(comes=True, leaves=True, moves=True)
    assert told(new) == Told(comes=True)


def test_places_that_are_not_there_stand_nowhere() -> None:
    change = changed(listed(), remove(1))
    assert indexes_now(change, range(9)) == {1: 0, 2: 1, 3: 2, 4: 3}
    assert indexes_now(change, [5]) == {}


@pytest.mark.parametrize("few", [0, 200])
def test_what_is_selected_stays_so_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(row_change, "_FEW", few)
    change = changed(listed(), both(add(file(9), file(0)), remove(2)))
    assert map_ranges(change, []) == []
    assert map_ranges(change, [(0, 4)]) == [(1, 4)]
    assert map_ranges(change, [(1, 1)]) == []
    assert map_ranges(change, [(0, 0), (4, 4)]) == [(1, 1), (4, 4)]
    assert map_ranges(changed(listed(), remove(1, 2, 3, 4, 5)), [(0, 4)]) == []


def test_a_few_selected_rows_are_looked_for_one_by_one() -> None:
    change = changed(listed(300), remove(1))
    asked: list[str] = []

    def row_now(file_id: str) -> Row | None:
        asked.append(file_id)
        return change.row_now(file_id)

    watched = replace(change, row_now=row_now)
    assert map_ranges(watched, [(200, 201), (298, 299)]) == [(199, 200), (297, 298)]
    assert asked == ["file-201", "file-202", "file-299", "file-300"]
    assert map_ranges(watched, [(0, 250)]) == [(0, 249)]
    assert asked[4:] == ["file-1"]
