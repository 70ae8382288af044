"""Numbers as the person's locale writes them, the same on both sides of the seam.

Only the window knows the locale; it says once how numbers are written. Until then, and without a
window, they are written as in English.
"""

from collections.abc import Callable

import msgspec


class NumberFormat(msgspec.Struct, frozen=True):
    """How numbers are written. Its functions are called from any thread."""

    whole: Callable[[int], str]
    decimal: Callable[[float, int], str]
    """Takes a number and how many digits to show after the point."""
    point: str
    group: str
    """What stands between groups of digits."""


ENGLISH = NumberFormat(
    lambda number: f"{number:,}", lambda number, digits: f"{number:,.{digits}f}", ".", ","
)


def write_numbers_as(wanted: NumberFormat) -> None:
    """From now on, write all numbers so."""
    global _format
    _format = wanted


def number_format() -> NumberFormat:
    """How numbers are written now."""
    return _format


def whole(number: int) -> str:
    """A whole number with its digits in groups: “12,408”."""
    return _format.whole(number)


def decimal(number: float, digits: int = 1) -> str:
    """A number with so many digits after the point: “1,041.7”."""
    return _format.decimal(number, digits)


_format = ENGLISH
