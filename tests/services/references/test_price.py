"""What finding out about references costs."""

import pytest

from services.references.price import Price, price_of


@pytest.mark.parametrize(
    ("batches", "jobs", "file_counts", "requests"),
    [
        (0, 0, [], 0),
        (1, 1, [1], 1 + 1 + 1 + 1),
        (100, 20, [100], 1 + 1 + 1 + 1),
        (101, 21, [101], 2 + 2 + 1 + 2),
        (4_318, 203, [2_000] * 50, 44 + 11 + 1 + 1_000),
        (0, 0, [0] * 250, 3),
        (0, 0, [None, 1_000_000], 1 + 1 + 10_000),
    ],
)
def test_whole_scan(batches: int, jobs: int, file_counts: list[int | None], requests: int) -> None:
    assert price_of(batches, jobs, file_counts).requests == requests


def test_few_files_are_asked_for_one_by_one_where_that_is_cheaper() -> None:
    stores = [2_000] * 50
    assert price_of(10, 10, stores, chosen=1) == Price(3, 50, asks_files=True)
    assert price_of(10, 10, stores, chosen=19) == Price(3, 950, asks_files=True)
    assert price_of(10, 10, stores, chosen=20) == Price(3, 1_000, asks_files=False)
    assert price_of(10, 10, [50] * 995, chosen=1) == Price(12, 995, asks_files=False)


def test_empty_stores_are_not_asked() -> None:
    assert price_of(0, 0, [0, 0, 5_000], chosen=1) == Price(1, 1, asks_files=True)
