from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.browse import row_change
from services.browse.file_list import FileFilter, FileList
from services.browse.ordering import Column, Order
from services.browse.row_change import Range, change_between, indexes_now, map_ranges, ranges_of
from services.browse.shown_files import ShownFiles
from services.browse.slices import finish

FILES = st.builds(
    RemoteFile,
    id=st.sampled_from([f"file-{number:02}" for number in range(25)]),
    size=st.one_of(st.none(), st.integers(0, 9)),
)


@pytest.fixture(params=["few", "many"], autouse=True, scope="module")
def _lookup_limits(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run once with lookups by index, and once with scans of all rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_change, "_FEW", 2 if request.param == "many" else 3)
        patch.setattr(row_change, "_MANY", 0 if request.param == "many" else 100)
        yield


def shown_by(files: FileList) -> ShownFiles:
    finish(files.arrange_steps())
    return files.pop_update().files


@pytest.mark.slow
@given(
    before=st.lists(FILES, min_size=1, max_size=30),
    coming=st.lists(FILES, max_size=8),
    going=st.lists(FILES, max_size=4),
    chosen=st.sets(st.integers(0, 24)),
    everything=st.booleans(),
    orders=st.lists(
        st.builds(Order, st.sampled_from([Column.SIZE, Column.ID]), st.booleans()),
        min_size=1,
        max_size=2,
    ),
    text=st.sampled_from(["", "", "", "1"]),
)
def test_selected_rows_follow_their_files(
    before: list[RemoteFile],
    coming: list[RemoteFile],
    going: list[RemoteFile],
    chosen: set[int],
    everything: bool,
    orders: list[Order],
    text: str,
) -> None:
    files = FileList(lambda: 0.0)
    files.order = orders[0]
    for file in before:
        files.add(file)
    shown_before = shown_by(files)
    for file in coming:
        files.add(file)
    for file in going:
        files.remove(file.id)
    files.order = orders[-1]
    files.file_filter = FileFilter(text=text)
    finish(files.arrange_steps())
    arranged = files.pop_update()
    change = change_between(shown_before, arranged.files, arranged.changed, files.row)
    rows = set(range(len(shown_before))) if everything else chosen
    ranges = ranges_of(sorted(row for row in rows if row < len(shown_before)))
    selected = {file.id for first, last in ranges for file in shown_before[first : last + 1]}
    now = [row for row, file in enumerate(arranged.files) if file.id in selected]
    assert map_ranges(change, ranges) == ranges_of(now)

    here = {file.id: row for row, file in enumerate(arranged.files)}
    not_none = {file.id: row for row, file in enumerate(shown_before)}
    for row, file in enumerate(shown_before):
        assert change.index_now(row) == here.get(file.id)
    kept = {
        row: here[shown_before[row].id]
        for row in rows & set(range(len(shown_before)))
        if shown_before[row].id in here
    }
    assert indexes_now(change, rows) == kept
    # It may report too much, but never too little.
    assert change.inserts or here.keys() <= not_none.keys()
    assert change.removes or not_none.keys() <= here.keys()
    stays = all(not_none[file_id] == row for file_id, row in here.items() if file_id in not_none)
    assert change.moves or stays or not here or not not_none


def test_ranges_become_one_when_nothing_is_left_between_them() -> None:
    files = FileList(lambda: 0.0)
    files.order = Order(Column.ID)
    for name in "abcde":
        files.add(RemoteFile(name))
    before = shown_by(files)
    files.remove("c")
    finish(files.arrange_steps())
    arranged = files.pop_update()
    change = change_between(before, arranged.files, arranged.changed, files.row)
    assert map_ranges(change, [(0, 1), (3, 4)]) == [(0, 3)]


@given(st.sets(st.integers(0, 20)))
def test_ranges_cover_the_rows_and_do_not_touch(rows: set[int]) -> None:
    ranges: list[Range] = ranges_of(sorted(rows))
    assert [row for first, last in ranges for row in range(first, last + 1)] == sorted(rows)
    assert all(first <= last for first, last in ranges)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(ranges))


def test_the_next_row_takes_the_place_of_a_removed_one() -> None:
    for order in (Order(Column.SIZE), Order(Column.SIZE, descending=True)):
        files = FileList(lambda: 0.0)
        files.order = order
        for number in range(5):
            files.add(RemoteFile(id=f"file-{number}", size=number))
        files.add(RemoteFile(id="unknown-1"))
        files.add(RemoteFile(id="unknown-2"))
        before = shown_by(files)
        gone = {before[1].id, before[2].id, "unknown-2"}
        for file_id in gone:
            files.remove(file_id)
        finish(files.arrange_steps())
        arranged = files.pop_update()
        change = change_between(before, arranged.files, arranged.changed, files.row)
        assert [change.nearest_index(row) for row in range(7)] == [0, 1, 1, 1, 2, 3, 3]
