"""A change reports insertions, removals and moves, and nothing more."""

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
class Reported:
    """What a change reports."""

    inserts: bool = False
    removes: bool = False
    moves: bool = False
    changed_rows: tuple[int, ...] = ()


def file(number: int, size: int | None = None) -> RemoteFile:
    return RemoteFile(f"file-{number}", size=number if size is None else size)


def listed(count: int = 5, search: str = "") -> FileList:
    """Files 1 to `count`, by size."""
    files = FileList(lambda: 0.0)
    files.order = Order(Column.SIZE)
    files.file_filter = FileFilter(text=search)
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


def report(change: RowChange) -> Reported:
    return Reported(change.inserts, change.removes, change.moves, tuple(change.changed_rows))


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
    return lambda files: setattr(files, "file_filter", FileFilter(text=text))


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
        (add(), Reported()),
        (add(file(9)), Reported(inserts=True)),
        (add(file(0)), Reported(inserts=True, moves=True)),
        (remove(5), Reported(removes=True)),
        (remove(1), Reported(removes=True, moves=True)),
        (remove(1, 2, 3, 4, 5), Reported(removes=True)),
        (both(remove(5), add(file(9))), Reported(inserts=True, removes=True, moves=True)),
        (add(RemoteFile("file-2", "named", size=2)), Reported(changed_rows=(1,))),
        (
            add(*(RemoteFile(f"file-{n}", "x", size=n) for n in (4, 2))),
            Reported(changed_rows=(1, 3)),
        ),
        (add(file(2, size=9)), Reported(moves=True, changed_rows=(4,))),
        (
            both(add(file(9)), add(RemoteFile("file-2", "x", size=2))),
            Reported(inserts=True, moves=True),
        ),
        (order(Column.ID), Reported(moves=True)),
        (show("file-1"), Reported(removes=True)),
        (show("file-2"), Reported(removes=True, moves=True)),
        (show("nothing"), Reported(removes=True)),
        (both(show("file-1"), order(Column.ID)), Reported(removes=True, moves=True)),
        (both(show("file-1"), add(file(9))), Reported(inserts=True, removes=True, moves=True)),
    ],
)
def test_unfiltered_changes_are_reported_exactly(change: Change, expected: Reported) -> None:
    assert report(changed(listed(), change)) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (show(""), Reported(inserts=True)),
        (show("file-2"), Reported(inserts=True, removes=True, moves=True)),
        (add(file(12)), Reported(inserts=True)),
        (add(file(20)), Reported()),
        (add(RemoteFile("file-10", size=0)), Reported(inserts=True, moves=True)),
        (add(RemoteFile("file-1", "x", size=1)), Reported(changed_rows=(0,))),
        (remove(1), Reported(removes=True)),
        (remove(2), Reported()),
        (both(remove(1), add(file(13))), Reported(inserts=True, removes=True, moves=True)),
        (
            add(file(12), RemoteFile("file-1", "x", size=1)),
            Reported(inserts=True, moves=True, changed_rows=(0,)),
        ),
    ],
)
def test_filtered_changes_are_reported_exactly(change: Change, expected: Reported) -> None:
    assert report(changed(listed(search="file-1"), change)) == expected


def test_the_first_rows_are_only_inserted() -> None:
    assert report(changed(listed(0), add(file(1), file(2)))) == Reported(inserts=True)
    assert report(changed(listed(1, search="x"), show(""))) == Reported(inserts=True)


def test_many_changes_are_reported_roughly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_change, "_MANY", 1)
    few = changed(listed(), add(file(2, size=9)))
    many = changed(listed(), add(file(2, size=9), file(3, size=8)))
    new = changed(listed(), add(file(8), file(9)))
    assert few.changes is not None
    assert many.changes is None
    assert report(many) == Reported(inserts=True, removes=True, moves=True)
    assert report(new) == Reported(inserts=True)


def test_indexes_out_of_range_are_left_out() -> None:
    change = changed(listed(), remove(1))
    assert indexes_now(change, range(9)) == {1: 0, 2: 1, 3: 2, 4: 3}
    assert indexes_now(change, [5]) == {}


@pytest.mark.parametrize("few", [0, 200])
def test_selected_rows_stay_selected_and_no_others(
    monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(row_change, "_FEW", few)
    change = changed(listed(), both(add(file(9), file(0)), remove(2)))
    assert map_ranges(change, []) == []
    assert map_ranges(change, [(0, 4)]) == [(1, 4)]
    assert map_ranges(change, [(1, 1)]) == []
    assert map_ranges(change, [(0, 0), (4, 4)]) == [(1, 1), (4, 4)]
    assert map_ranges(changed(listed(), remove(1, 2, 3, 4, 5)), [(0, 4)]) == []


def test_a_few_selected_rows_are_looked_up_one_by_one() -> None:
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
