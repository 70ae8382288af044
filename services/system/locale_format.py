"""Formats numbers, dates and times for the user's locale.

Only the window knows the locale, and sets the format once, for the services too. Until then, and
without a window, the format is English with a 24-hour clock.
"""

from collections.abc import Callable
from datetime import date, time

import msgspec

from services.system.language import _

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class LocaleFormat(msgspec.Struct, frozen=True):
    """The formats of a locale. Its functions may be called from any thread."""

    whole: Callable[[int], str]
    decimal: Callable[[float, int], str]
    """Takes a number and the number of digits after the decimal point."""
    point: str
    """The decimal separator."""
    group: str
    """The separator between groups of digits."""
    month: Callable[[int], str] = lambda number: _MONTHS[number - 1]
    """The short name of a month, given its number from 1 to 12."""
    clock: Callable[[time], str] = lambda moment: f"{moment.hour:02}:{moment.minute:02}"
    clock_with_seconds: Callable[[time], str] = lambda moment: (
        f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}"
    )


ENGLISH = LocaleFormat(
    lambda number: f"{number:,}", lambda number, digits: f"{number:,.{digits}f}", ".", ","
)


def use_locale_format(new_format: LocaleFormat) -> None:
    """Use this format from now on."""
    global _format
    _format = new_format


def locale_format() -> LocaleFormat:
    """The current format."""
    return _format


def whole(number: int) -> str:
    """A whole number with grouped digits: “12,408”."""
    return _format.whole(number)


def decimal(number: float, digits: int = 1) -> str:
    """A number with the given number of digits after the decimal point: “1,041.7”."""
    return _format.decimal(number, digits)


def day(moment: date, *, with_year: bool) -> str:
    """A date: “17 Nov” or “17 Nov 2025”."""
    month = _format.month(moment.month)
    if with_year:
        # Translators: a day; change the order to that of your language.
        return _("{day} {month} {year}").format(day=moment.day, month=month, year=moment.year)
    # Translators: a day of this year.
    return _("{day} {month}").format(day=moment.day, month=month)


def month(moment: date, *, with_year: bool) -> str:
    """A month: “Nov” or “Nov 2025”."""
    name = _format.month(moment.month)
    if with_year:
        # Translators: a month; change the order to that of your language.
        return _("{month} {year}").format(month=name, year=moment.year)
    return name


def clock(moment: time, *, seconds: bool = False) -> str:
    """A time of day: “09:12”, “09:12:21”, or “9:12 AM”, depending on the locale."""
    return _format.clock_with_seconds(moment) if seconds else _format.clock(moment)


_format = ENGLISH
