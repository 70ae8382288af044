"""Reads when something happens to a file: spans such as `<7d`, days, and ranges of days. No Qt."""

import re
from datetime import date, timedelta

from services.browse.conditions import (
    BeginningOf,
    BeginningOfDayFromToday,
    Condition,
    FromNow,
    Happening,
    HappensWithin,
    Moment,
    NeverExpires,
)
from services.browse.filter_values import NotUnderstood, backwards, taken_apart
from services.system.language import _


def read_created(value: str) -> Condition:
    """Created within or before a span, on a day, or from one day to another."""
    operator, text = taken_apart(value)
    span = _SPAN.fullmatch(text)
    if span is None:
        return _read_days(Happening.CREATED, operator, text)
    then = FromNow(-_seconds(span))
    match operator:
        case "" | "<" | "<=":
            return HappensWithin(
                Happening.CREATED, then, None, since_included=operator.endswith("=")
            )
        case ">" | ">=":
            return HappensWithin(
                Happening.CREATED, None, then, until_included=operator.endswith("=")
            )
    raise NotUnderstood


def read_expires(value: str) -> Condition:
    """Expiring within or after a span, on a day, from one day to another, or never.

    What has expired doesn't expire within a span any more, but had less than none left: `<=0d`.
    """
    operator, text = taken_apart(value)
    if text.casefold() == "never" and operator in ("", "="):
        return NeverExpires()
    span = _SPAN.fullmatch(text)
    if span is None:
        return _read_days(Happening.EXPIRES, operator, text)
    seconds = _seconds(span)
    then = FromNow(seconds)
    match operator:
        case "" | "<" | "<=":
            return HappensWithin(
                Happening.EXPIRES,
                FromNow(0) if seconds else None,
                then,
                since_included=False,
                until_included=operator.endswith("="),
            )
        case ">" | ">=":
            return HappensWithin(
                Happening.EXPIRES, then, None, since_included=operator.endswith("=")
            )
    raise NotUnderstood


def _read_days(happening: Happening, operator: str, text: str) -> Condition:
    first, dots, last = text.partition("..")
    if dots:
        return _read_range(happening, operator, first, last)
    begin, end = _read_day(text)
    match operator:
        case "<":
            return HappensWithin(happening, None, begin)
        case "<=":
            return HappensWithin(happening, None, end)
        case ">":
            return HappensWithin(happening, end, None)
        case ">=":
            return HappensWithin(happening, begin, None)
    return HappensWithin(happening, begin, end)


def _read_range(happening: Happening, operator: str, first: str, last: str) -> Condition:
    if operator or not (first or last):
        raise NotUnderstood
    since = _read_day(first)[0] if first else None
    until = _read_day(last)[1] if last else None
    turned = (
        isinstance(since, BeginningOf) and isinstance(until, BeginningOf) and until.day <= since.day
    ) or (
        isinstance(since, BeginningOfDayFromToday)
        and isinstance(until, BeginningOfDayFromToday)
        and until.days <= since.days
    )
    if turned:
        raise backwards("created:2026-11-01..2026-11-15")
    return HappensWithin(happening, since, until)


def _read_day(text: str) -> tuple[Moment, Moment]:
    """The beginning of a day, and that of the next."""
    from_today = _NAMED_DAYS.get(text.casefold())
    if from_today is not None:
        return BeginningOfDayFromToday(from_today), BeginningOfDayFromToday(from_today + 1)
    if _DAY.fullmatch(text) is None:
        raise NotUnderstood
    try:
        day = date.fromisoformat(text)
        return BeginningOf(day), BeginningOf(day + timedelta(1))
    except (ValueError, OverflowError):
        raise NotUnderstood(
            _("{day} isn't a valid date. Enter dates as in {example}.").format(
                day=text, example="2026-11-01"
            )
        ) from None


def _seconds(span: re.Match[str]) -> int:
    return int(span.group(1)) * _UNITS[span.group(2).lower()]


_HOUR = 3600
_DAY_LONG = 24 * _HOUR
_UNITS = {"h": _HOUR, "d": _DAY_LONG, "w": 7 * _DAY_LONG, "m": 30 * _DAY_LONG, "y": 365 * _DAY_LONG}
_SPAN = re.compile(r"([0-9]{1,6})([hdwmy])", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMED_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
