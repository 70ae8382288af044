"""Rows of files that are kept in chunks behave like a list."""

import random

import pytest

from services.api.vector_store import VectorStoreFile
from ui.jobs.stores.store_file_rows import StoreFileRows


def made(count: int) -> list[VectorStoreFile]:
    return [VectorStoreFile(f"file-{number}") for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 999, 1_000, 1_001, 3_456])
def test_rows_in_order(count: int) -> None:
    files = made(count)
    rows = StoreFileRows(files[: count // 3])
    rows.add(files[count // 3 :])
    assert (len(rows), list(rows)) == (count, files)
    assert [rows[row] for row in range(count)] == files
    for first, end in ((0, count), (count // 2, count), (count // 3, count // 3 + 1_100), (5, 5)):
        assert rows[first:end] == files[first:end]
    assert rows.has_same_ids(files)
    assert not rows.has_same_ids([*files, VectorStoreFile("more")])
    with pytest.raises(IndexError):
        rows[count]


def test_any_rows_can_go() -> None:
    chance = random.Random(5)
    files = made(5_000)
    rows = StoreFileRows(files)
    while files:
        first = chance.randrange(len(files))
        last = min(len(files) - 1, first + chance.choice([0, 1, 700, 2_500]))
        rows.remove(first, last)
        del files[first : last + 1]
        assert list(rows) == files
        wanted = [
            files[row].id for row in sorted(chance.sample(range(len(files)), len(files) // 9))
        ]
        assert [rows[row].id for row in rows.rows_of([*wanted, "elsewhere"])] == wanted
        if chance.random() < 0.4 and files:
            new = [VectorStoreFile(f"new-{len(files)}-{number}") for number in range(30)]
            rows.add(new)
            files += new
            last = len(files) - 1
            rows.remove(last - 29, last)
            del files[last - 29 :]


def test_rows_are_dropped_in_parts() -> None:
    rows = StoreFileRows(made(12_000))
    assert rows.drop_some()
    assert 0 < len(rows) < 12_000
    while rows.drop_some():
        pass
    assert len(rows) == 0
