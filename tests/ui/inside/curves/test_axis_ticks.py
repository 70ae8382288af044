"""Round numbers for the grid of a chart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.inside.curves.axis_ticks import ticks


@pytest.mark.parametrize(
    ("low", "high", "most", "words"),
    [
        (0.31, 1.62, 7, ["0.4", "0.6", "0.8", "1.0", "1.2", "1.4", "1.6"]),
        (0, 3_226, 7, ["0", "500", "1,000", "1,500", "2,000", "2,500", "3,000"]),
        (63, 91, 6, ["65", "70", "75", "80", "85", "90"]),
        (0, 10, 4, ["0.0", "2.5", "5.0", "7.5", "10.0"]),
        (0.5001, 0.5009, 4, ["0.5002", "0.5004", "0.5006", "0.5008"]),
        (-0.1, 0.11, 3, ["-0.1", "0.0", "0.1"]),
    ],
)
def test_numbers_are_round(low: float, high: float, most: int, words: list[str]) -> None:
    found = ticks(low, high, most)
    assert [found.in_words(value) for value in found.values] == words


def test_there_are_none_without_a_range() -> None:
    assert ticks(1, 1, 5).values == ()
    assert ticks(2, 1, 5).values == ()


@given(st.floats(-1e12, 1e12), st.floats(1e-6, 1e12), st.integers(1, 20))
def test_they_are_few_in_order_and_within_the_range(low: float, span: float, most: int) -> None:
    high = low + span
    if span < abs(low) * 1e-6:
        return
    found = ticks(low, high, most)
    assert len(found.values) <= most + 2
    assert list(found.values) == sorted(found.values)
    slack = span * 1e-3
    assert all(low - slack <= value <= high + slack for value in found.values)
    assert len({found.in_words(value) for value in found.values}) == len(found.values)
