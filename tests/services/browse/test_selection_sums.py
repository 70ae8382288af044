import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.browse.selection_sums import IncrementalSum, PurposeSum, sums_of

FILES = [
    RemoteFile("file-1", purpose="batch", size=10),
    RemoteFile("file-2", purpose="batch"),
    RemoteFile("file-3", purpose="", size=1),
    RemoteFile("file-4", size=2),
    RemoteFile("file-5", purpose="vision", size=5 * 10**12),
]


def test_files_are_counted_by_purpose_and_unknown_sizes_separately() -> None:
    sums = sums_of(FILES)
    assert sums.purposes == {
        "batch": PurposeSum(2, 10, unknown=1),
        "": PurposeSum(2, 3),
        "vision": PurposeSum(1, 5 * 10**12),
    }
    assert sums.total == PurposeSum(5, 5_000_000_000_013, unknown=1)


def test_no_files_sum_to_zero() -> None:
    assert sums_of([]).total == PurposeSum()
    assert IncrementalSum(FILES, []).advance(1)


def test_the_count_is_known_at_the_start() -> None:
    assert IncrementalSum(FILES, [(0, 1), (3, 3)]).count == 3


@pytest.mark.slow
@given(
    chosen=st.sets(st.integers(0, 39)),
    purposes=st.lists(st.sampled_from(["batch", "", None, "vision"]), min_size=40, max_size=40),
    sizes=st.lists(st.none() | st.integers(0, 10**15), min_size=40, max_size=40),
    at_once=st.integers(1, 50),
)
def test_chunks_of_any_size_give_the_same_sums_as_a_plain_loop(
    chosen: set[int], purposes: list[str | None], sizes: list[int | None], at_once: int
) -> None:
    files = [
        RemoteFile(f"file-{index}", purpose=purpose, size=size)
        for index, (purpose, size) in enumerate(zip(purposes, sizes, strict=True))
    ]
    ranges: list[tuple[int, int]] = []
    for row in sorted(chosen):
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1] = ranges[-1][0], row
        else:
            ranges.append((row, row))
    summing = IncrementalSum(files, ranges)
    turns = 1
    while not summing.advance(at_once):
        turns += 1
    assert turns == max(1, -(-len(chosen) // at_once))
    for name, found in summing.sums.purposes.items():
        mine = [files[row] for row in chosen if (files[row].purpose or "") == name]
        assert found.count == len(mine)
        assert found.size == sum(file.size or 0 for file in mine)
        assert found.unknown == sum(file.size is None for file in mine)
    assert summing.sums.total.count == len(chosen)
