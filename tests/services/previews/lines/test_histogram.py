"""Histograms of numbers of any size."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.lines.histogram import MAX_BINS, Histogram, histogram_of
from tests.support.narrowing import not_none


@pytest.mark.parametrize(
    ("numbers", "bounds", "counts"),
    [
        ([5], (5, 6), (1,)),
        ([0, 0], (0, 1), (2,)),
        ([1, 2, 2, 4], (1, 2, 3, 4, 5), (1, 2, 0, 1)),
        (range(100), tuple(range(0, 101, 5)), (5,) * 20),
        (range(1, 101), tuple(range(0, 111, 10)), None),
        ([0.1, 0.2, 0.3], (0.1, 0.12, 0.14), None),
        ([-3, 3], (-3, -2, -1, 0, 1, 2, 3, 4), (1, 0, 0, 0, 0, 0, 1)),
        ([1_234, 41_234], tuple(range(0, 42_001, 5_000)), None),
    ],
)
def test_bounds_read_well(
    numbers: list[float], bounds: tuple[float, ...], counts: tuple[int, ...] | None
) -> None:
    found = not_none(histogram_of(numbers))
    assert found.bounds[: len(bounds)] == bounds
    assert counts is None or found.counts == counts


def test_bounds_are_the_shortest_numbers_that_are_near() -> None:
    found = not_none(histogram_of([0.0, 0.55]))
    assert found.bounds == tuple(number / 20 for number in range(13))
    assert all(len(str(bound)) <= 4 for bound in found.bounds)


def test_a_few_far_numbers_are_counted_apart() -> None:
    found = not_none(histogram_of([*range(100), 7_000, 8_000]))
    assert found.bounds[-1] <= 200
    assert found.beyond == 2
    assert sum(found.counts) == 100
    assert not_none(histogram_of([1, 2, 7_000])).beyond == 0


def test_without_numbers_there_is_none() -> None:
    assert histogram_of([]) is None
    assert histogram_of([float("inf"), float("nan"), 1e305]) is None


@pytest.mark.parametrize(
    "numbers", [[1e299, -1e299], [1e-320, 2e-320], [1e16 + 2, 1e16 + 4], [5e-324], [-0.0, 0.0]]
)
def test_extreme_numbers_have_bounds(numbers: list[float]) -> None:
    found = not_none(histogram_of(numbers))
    assert sum(found.counts) == len(numbers)


@pytest.mark.slow
@settings(max_examples=300)
@given(st.lists(st.floats(allow_nan=False) | st.integers(-(2**60), 2**60), min_size=1))
def test_each_number_is_in_its_range(numbers: list[float]) -> None:
    kept = [number for number in numbers if abs(number) < 1e300]
    found = histogram_of(numbers)
    if not kept:
        assert found is None
        return
    histogram: Histogram = not_none(found)
    bounds = histogram.bounds
    assert 1 <= len(histogram.counts) == len(bounds) - 1 <= MAX_BINS
    assert list(bounds) == sorted(set(bounds))
    for place, count in enumerate(histogram.counts):
        low, high = bounds[place], bounds[place + 1]
        assert count == sum(low <= number < high for number in kept)
    assert histogram.counts[0]
    assert histogram.beyond == sum(number >= bounds[-1] for number in kept)
