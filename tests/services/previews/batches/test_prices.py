"""What tokens cost at the prices that a person entered."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.settings import ModelPrice
from services.previews.batches.batch_result import TokenCount
from services.previews.batches.prices import Price, parse_price, price_of

MILLION = 1_000_000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.25", "1.25"),
        (" 10 ", "10"),
        ("0", "0"),
        (".5", "0.5"),
        ("2.", "2"),
        ("999999999.999999999", "999999999.999999999"),
    ],
)
def test_numbers_are_read_exactly(text: str, value: str) -> None:
    assert parse_price(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", ".", "-1", "+1", "1,25", "1e9", "NaN", "Infinity", "1_000", "1 2", "٣", "1" * 10, "$1"],
)
def test_anything_else_is_no_price(text: str) -> None:
    assert parse_price(text) is None


def test_input_cached_input_and_output_have_their_prices() -> None:
    tokens = {"m": TokenCount(3 * MILLION, 2 * MILLION, cached=MILLION)}
    prices = {"m": ModelPrice("1.10", "0.55", "4.40")}
    assert price_of(tokens, prices) == Price(
        Decimal("2.20") + Decimal("0.55") + Decimal("8.80"), 1, 1
    )


def test_cached_input_costs_as_much_as_other_input_unless_it_has_a_price() -> None:
    tokens = {"m": TokenCount(MILLION, 0, cached=MILLION // 2)}
    assert price_of(tokens, {"m": ModelPrice("2")}) == Price(Decimal(2), 1, 1)
    assert price_of(tokens, {"m": ModelPrice("2", "0")}) == Price(Decimal(1), 1, 1)


def test_sums_of_decimal_fractions_are_exact() -> None:
    tokens = {f"m-{number}": TokenCount(MILLION) for number in range(10)}
    assert price_of(tokens, {"m-*": ModelPrice("0.1")}) == Price(Decimal(1), 10, 10)


@pytest.mark.parametrize(
    ("model", "amount"),
    [
        ("gpt-4o", "1"),
        ("gpt-4o-mini", "3"),
        ("gpt-4o-mini-2024", "3"),
        ("gpt-4o-2024", "2"),
        ("gpt-4", "4"),
        ("o3", "5"),
        ("", "5"),
    ],
)
def test_the_exact_name_comes_first_then_the_longest_beginning(model: str, amount: str) -> None:
    prices = {
        "*": ModelPrice("5"),
        "gpt-4*": ModelPrice("4"),
        "gpt-4o": ModelPrice("1"),
        "gpt-4o*": ModelPrice("2"),
        "gpt-4o-mini*": ModelPrice("3"),
    }
    assert price_of({model: TokenCount(MILLION)}, prices) == Price(Decimal(amount), 1, 1)


def test_a_name_without_a_star_is_no_beginning() -> None:
    assert price_of({"gpt-4o-mini": TokenCount(1)}, {"gpt-4o": ModelPrice("1", "", "1")}) is None


def test_models_without_a_price_are_counted() -> None:
    tokens = {
        "a": TokenCount(MILLION),
        "b": TokenCount(0, MILLION),
        "c": TokenCount(MILLION, MILLION),
        # Models that used no tokens, such as those of refused requests, don't matter.
        "unused": TokenCount(),
    }
    prices = {"a": ModelPrice("1"), "b": ModelPrice("", "", "2"), "c": ModelPrice("1")}
    assert price_of(tokens, prices) == Price(Decimal(3), 2, 3)
    assert price_of(tokens, {"c": ModelPrice("1")}) is None
    assert price_of(tokens, {"unused": ModelPrice("1", "1", "1")}) is None
    assert price_of({}, prices) is None


def test_prices_that_are_no_numbers_count_as_not_entered() -> None:
    tokens = {"m": TokenCount(MILLION, MILLION)}
    assert price_of(tokens, {"m": ModelPrice("NaN", "", "1")}) is None
    assert price_of(tokens, {"m": ModelPrice("1", "x", "1")}) == Price(Decimal(2), 1, 1)


@given(
    counts=st.tuples(*[st.integers(-(2**63), 2**63)] * 3),
    price=st.tuples(*[st.sampled_from(["", "0", "1.5", "999999999"])] * 3),
)
def test_no_count_that_a_server_sends_makes_a_price_negative(
    counts: tuple[int, int, int], price: tuple[str, str, str]
) -> None:
    found = price_of({"m": TokenCount(*counts)}, {"m": ModelPrice(*price)})
    assert found is None or found.amount >= 0
