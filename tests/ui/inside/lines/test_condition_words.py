"""Column filters in words."""

import pytest

from services.previews.rows.line_filter import Condition, IsMissing, LengthIn, NumberIn, ValueIs
from ui.inside.lines.condition_words import condition_in_words, number_in_words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (ValueIs(0, "gpt-4.1"), "Model is gpt-4.1"),
        (ValueIs(0, ""), "Model is empty"),
        (ValueIs(0, "two\nlines"), "Model is two\ufffdlines"),
        (IsMissing(0), "Model is missing"),
        (NumberIn(0, 1_000.0, 1_200.0), "Model: 1,000 to under 1,200"),
        (NumberIn(0, 0.5, 0.75), "Model: 0.5 to under 0.8"),
        (NumberIn(0, 4_000.0, None), "Model: 4,000 or more"),
        (NumberIn(0, None, 4.0), "Model: under 4"),
        (LengthIn(0, 100.0, 200.0), "Model: 100 to 199 characters"),
        (LengthIn(0, 5.0, 6.0), "Model: 5 characters"),
        (LengthIn(0, 4_000.0, None), "Model: 4,000 or more characters"),
    ],
)
def test_a_filter_is_told_in_words(condition: Condition, words: str) -> None:
    assert condition_in_words("Model", condition) == words


def test_whole_numbers_have_a_last_one() -> None:
    condition = NumberIn(0, 1_000.0, 1_200.0)
    assert condition_in_words("Tokens", condition, are_whole=True) == "Tokens: 1,000 to 1,199"


def test_long_values_are_cut() -> None:
    assert len(condition_in_words("Model", ValueIs(0, "x" * 300))) < 100


@pytest.mark.parametrize(
    ("number", "step", "words"),
    [
        (1_200.0, 200.0, "1,200"),
        (0.25, 0.05, "0.25"),
        (0.1 + 0.2, 0.1, "0.3"),
        (1e300, 1e299, "1e+300"),
        (1e-9, 1e-9, "1e-09"),
    ],
)
def test_a_bound_has_as_many_digits_as_tell_it_from_the_next(
    number: float, step: float, words: str
) -> None:
    assert number_in_words(number, step) == words
