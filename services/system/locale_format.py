"""Numbers, days and times as the person's locale writes them; sizes in bytes are built on them.

Only the window knows the locale and says once how things are written, for both sides of the seam.
Until then, and without a window, they are written as in English with a clock of 24 hours.
"""

from collections.abc import Callable
from datetime import date, time

import msgspec

from services.system.language import _

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class LocaleFormat(msgspec.Struct, frozen=True):
    """How a locale writes things. Its functions are called from any thread."""

    whole: Callable[[int], str]
    decimal: Callable[[float, int], str]
    """Takes a number and how many digits to show after the point."""
    point: str
    group: str
    """What stands between groups of digits."""
    month: Callable[[int], str] = lambda number: _MONTHS[number - 1]
    """The short name of a month, from 1 to 12."""
    clock: Callable[[time], str] = lambda moment: f"{moment.hour:02}:{moment.minute:02}"
    clock_with_seconds: Callable[[time], str] = lambda moment: (
        f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}"
    )


ENGLISH = LocaleFormat(
    lambda number: f"{number:,}", lambda number, digits: f"{number:,.{digits}f}", ".", ","
)


def write_as(wanted: LocaleFormat) -> None:
    """From now on, write everything so."""
    global _format
    _format = wanted


def locale_format() -> LocaleFormat:
    """How things are written now."""
    return _format


def whole(number: int) -> str:
    """A whole number with its digits in groups: “12,408”."""
    return _format.whole(number)


def decimal(number: float, digits: int = 1) -> str:
    """A number with so many digits after the point: “1,041.7”."""
    return _format.decimal(number, digits)


def day(moment: date, *, with_year: bool) -> str:
    """A day: “17 Nov”, “17 Nov 2025”."""
    month = _format.month(moment.month)
    if with_year:
        # Translators: a day; change the order to that of your language.
        return _("{day} {month} {year}").format(day=moment.day, month=month, year=moment.year)
    # Translators: a day of this year.
    return _("{day} {month}").format(day=moment.day, month=month)


def clock(moment: time, *, seconds: bool = False) -> str:
    """A time of the day: “09:12”, “09:12:21”, or “9:12 AM” where the locale writes that."""
    return _format.clock_with_seconds(moment) if seconds else _format.clock(moment)


_format = ENGLISH
