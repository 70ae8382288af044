"""What tokens cost, in words."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from services.accounts.settings import Settings, SettingsStore
from services.previews.batches.batch_result import TokenCount
from services.previews.batches.prices import Price, price_of
from services.system.language import ngettext
from services.system.locale_format import decimal, whole
from ui.wording import one_line

TellPrice = Callable[[Mapping[str, TokenCount]], str]
"""Says what the tokens of some models cost; empty if that isn't known."""
_LEAST = Decimal("0.0001")
"""Less is said to be less than that."""


def no_price(_tokens: Mapping[str, TokenCount]) -> str:
    """Nothing: a `TellPrice` without any prices."""
    return ""


def price_teller(settings: SettingsStore) -> TellPrice:
    """Tells prices by the settings of that time."""
    return lambda tokens: price_in_words(tokens, settings.current)


def price_in_words(tokens: Mapping[str, TokenCount], settings: Settings) -> str:
    """“≈ 1.23 USD”, “≈ 1.23 USD for 2 of 3 models”; empty if no price of them was entered."""
    price = price_of(tokens, settings.prices) if settings.prices else None
    if price is None:
        return ""
    words = _amount_in_words(price, one_line(settings.price_currency.strip()))
    if price.priced == price.models:
        return words
    text = ngettext(
        "{price} for {priced} of {number} model",
        "{price} for {priced} of {number} models",
        price.models,
    )
    return text.format(price=words, priced=whole(price.priced), number=whole(price.models))


def _amount_in_words(price: Price, currency: str) -> str:
    amount = price.amount
    if 0 < amount < _LEAST:
        words = f"< {decimal(float(_LEAST), 4)}"
    else:
        digits = 2 if amount >= 1 or not amount else 3 if amount >= Decimal("0.1") else 4
        # Rounded before it becomes a float, which can't hold all decimal fractions.
        words = f"≈ {decimal(float(round(amount, digits)), digits)}"
    return f"{words} {currency}".rstrip()
