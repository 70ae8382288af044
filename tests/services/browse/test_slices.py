from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.browse import slices
from services.browse.ordering import Column, Row, key_of, make_keys, row_of, value_of

FILES = st.builds(
    RemoteFile,
    id=st.uuids().map(str),
    filename=st.sampled_from([None, "run2", "Run10", "run1", "b"]),
    purpose=st.sampled_from([None, "", "batch", "Batch", "x"]),
    size=st.one_of(st.none(), st.integers(0, 3)),
)
ROWS = st.lists(FILES.map(row_of), max_size=60, unique_by=lambda row: row.file.id)
COLUMNS = st.sampled_from([Column.NAME, Column.PURPOSE, Column.SIZE, Column.EXPIRES, Column.ID])


@pytest.fixture(autouse=True, scope="module")
def _small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "CHUNK", 4)
        yield


def plainly_sorted(rows: list[Row], column: Column) -> tuple[list[Row], list[Row]]:
    make_keys(column, rows)
    known = [row for row in rows if value_of(column)(row) is not None]
    unknown = [row for row in rows if value_of(column)(row) is None]
    return sorted(known, key=key_of(column)), sorted(unknown, key=key_of(Column.ID))


@pytest.mark.slow
@given(ROWS, COLUMNS, st.booleans())
def test_sorting_in_steps_matches_sorting_at_once(
    rows: list[Row], column: Column, by_id: bool
) -> None:
    if by_id:
        rows.sort(key=key_of(Column.ID))
    sorted_rows = slices.finish(slices.sort_steps(rows, column, by_id=by_id))
    assert sorted_rows == plainly_sorted(rows, column)


@pytest.mark.slow
@given(ROWS, COLUMNS, st.data())
def test_merging_matches_sorting_again(
    rows: list[Row], column: Column, data: st.DataObject
) -> None:
    known, _unknown = plainly_sorted(rows, column)
    sides = [data.draw(st.sampled_from(["stays", "goes", "comes", "is elsewhere"])) for _ in known]
    before = [row for row, side in zip(known, sides, strict=True) if side in ("stays", "goes")]
    gone = [row for row, s in zip(known, sides, strict=True) if s in ("goes", "is elsewhere")]
    fresh = [row for row, side in zip(known, sides, strict=True) if side == "comes"]
    wanted = [row for row, side in zip(known, sides, strict=True) if side in ("stays", "comes")]
    merged, dropped = slices.finish(
        slices.merge_steps(before, data.draw(st.permutations(gone)), fresh, column)
    )
    assert merged == wanted
    assert {row.file.id for row in dropped} == {
        row.file.id for row, side in zip(known, sides, strict=True) if side == "goes"
    }


def test_many_equal_values_are_still_sorted_in_small_steps() -> None:
    purposes = ("batch", "evals")
    rows = [row_of(RemoteFile(id=f"{one:04}", purpose=purposes[one % 2])) for one in range(400)]
    steps = slices.sort_steps(rows, Column.PURPOSE, by_id=True)
    assert sum(1 for _step in steps) > 100


@pytest.mark.parametrize("index", [0, 200, 399], ids=["first", "between", "last"])
def test_many_rows_are_copied_in_small_steps_to_change_one(index: int) -> None:
    rows = [row_of(RemoteFile(id=f"{one:04}")) for one in range(400)]
    others, one = rows[:index] + rows[index + 1 :], rows[index]
    for_each_chunk = len(others) // slices.CHUNK - 3
    assert sum(1 for _ in slices.merge_steps(others, [], [one], Column.ID)) > for_each_chunk
    assert sum(1 for _ in slices.merge_steps(rows, [one], [], Column.ID)) > for_each_chunk


@pytest.mark.parametrize("step", [1, -1], ids=["upwards", "downwards"])
def test_presorted_chunks_are_only_concatenated(step: int) -> None:
    rows = [row_of(RemoteFile(id=f"{one:04}", size=one // 7)) for one in range(400)][::step]
    chunks = len(rows) // slices.CHUNK
    steps = slices.sort_steps(rows, Column.SIZE, by_id=False)
    assert sum(1 for _step in steps) == chunks
    known, _unknown = slices.finish(slices.sort_steps(rows, Column.SIZE, by_id=False))
    assert known == rows[::step]


def test_sorted_rows_stay_sorted() -> None:
    rows = [row_of(RemoteFile(id=f"{number:04}", size=number // 7)) for number in range(100)]
    known, _unknown = slices.finish(slices.sort_steps(rows[::-1], Column.SIZE, by_id=False))
    assert all(one.file.id < other.file.id for one, other in pairwise(known))
