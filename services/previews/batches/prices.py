"""What tokens cost at the prices that a person entered. Pure functions."""

import re
from collections.abc import Mapping
from decimal import Decimal

import msgspec

from services.accounts.settings import ModelPrice
from services.previews.batches.batch_result import TokenCount

TOKENS_PER_PRICE = 1_000_000
"""Prices are for this many tokens."""
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}")


class Price(msgspec.Struct, frozen=True):
    """What tokens cost, as far as it is known."""

    amount: Decimal
    priced: int
    """The number of models whose price is known."""
    models: int
    """The number of models that have tokens."""


def parse_price(text: str) -> Decimal | None:
    """A number such as “1.25”, in English format; None if it isn't one."""
    text = text.strip()
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def price_of(tokens: Mapping[str, TokenCount], prices: Mapping[str, ModelPrice]) -> Price | None:
    """What the tokens of some models cost, exactly; None if no price of them is known.

    `prices` are by name, or by the beginning of names followed by `*`. The exact name comes first,
    then the longest beginning. Cached tokens cost as much as others unless they have a price. A
    model isn't priced if it has tokens whose price wasn't entered.
    """
    used = {model: count for model, count in tokens.items() if count.input > 0 or count.output > 0}
    amounts = [_amount(count, _price_for(model, prices)) for model, count in used.items()]
    known = [amount for amount in amounts if amount is not None]
    return Price(sum(known, Decimal()), len(known), len(used)) if known else None


def _price_for(model: str, prices: Mapping[str, ModelPrice]) -> ModelPrice | None:
    if model in prices:
        return prices[model]
    matching = [one for one in prices if one.endswith("*") and model.startswith(one[:-1])]
    return prices[max(matching, key=len)] if matching else None


def _amount(count: TokenCount, price: ModelPrice | None) -> Decimal | None:
    if price is None:
        return None
    read, written = parse_price(price.input), parse_price(price.output)
    cached = parse_price(price.cached)
    total = Decimal()
    from_cache = min(count.cached, count.input)
    for tokens, each in (
        (count.input - max(from_cache, 0), read),
        (from_cache, read if cached is None else cached),
        (count.output, written),
    ):
        if tokens > 0:
            if each is None:
                return None
            total += tokens * each
    return total / TOKENS_PER_PRICE
