"""What tokens cost, in words."""

import pytest
from PySide6.QtCore import QLocale

from services.accounts.settings import ModelPrice, Settings
from services.previews.batches.batch_result import TokenCount
from services.system.locale_format import ENGLISH, use_locale_format
from ui.locale_format import format_of
from ui.price_words import no_price, price_in_words

MILLION = 1_000_000


def words(price: str, currency: str = "USD", tokens: int = MILLION) -> str:
    settings = Settings(prices={"m": ModelPrice(price)}, price_currency=currency)
    return price_in_words({"m": TokenCount(tokens)}, settings)


@pytest.mark.parametrize(
    ("price", "told"),
    [
        ("1234.565", "≈ 1,234.56 USD"),
        ("1234.575", "≈ 1,234.58 USD"),
        ("1.234", "≈ 1.23 USD"),
        ("1", "≈ 1.00 USD"),
        ("0.1234", "≈ 0.123 USD"),
        ("0.01234", "≈ 0.0123 USD"),
        ("0.0001", "≈ 0.0001 USD"),
        ("0.00009", "< 0.0001 USD"),
        ("0", "≈ 0.00 USD"),
    ],
)
def test_small_amounts_have_more_digits(price: str, told: str) -> None:
    assert words(price) == told


def test_the_currency_is_any_text_on_one_line() -> None:
    assert words("2", "€") == "≈ 2.00 €"
    assert words("2", " ") == "≈ 2.00"
    assert words("2", "a\nb") == "≈ 2.00 a\ufffdb"


def test_numbers_are_in_the_format_of_the_locale() -> None:
    use_locale_format(format_of(QLocale(QLocale.Language.German)))
    try:
        assert words("1234.5", "EUR") == "≈ 1.234,50 EUR"
    finally:
        use_locale_format(ENGLISH)


def test_models_without_a_price_are_told() -> None:
    tokens = {"m": TokenCount(MILLION), "n": TokenCount(MILLION), "o": TokenCount(0, 5)}
    settings = Settings(prices={"m": ModelPrice("1"), "n": ModelPrice("2")})
    assert price_in_words(tokens, settings) == "≈ 3.00 USD for 2 of 3 models"


def test_without_prices_nothing_is_told() -> None:
    assert price_in_words({"m": TokenCount(MILLION)}, Settings()) == ""
    assert price_in_words({"n": TokenCount(1)}, Settings(prices={"m": ModelPrice("1")})) == ""
    assert no_price({"m": TokenCount(MILLION)}) == ""
