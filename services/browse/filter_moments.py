"""Parses time filters: spans such as `<7d`, days, and ranges of days. No Qt."""

import re
from datetime import date, timedelta

from services.browse.conditions import (
    Condition,
    FromNow,
    Moment,
    NeverExpires,
    StartOf,
    StartOfRelativeDay,
    TimeBetween,
    TimeField,
)
from services.browse.filter_values import InvalidValue, backwards_range, split_operator
from services.system.language import _


def parse_created_filter(value: str) -> Condition:
    """Parse `created:`: within or before a span, on a day, or in a range of days."""
    operator, text = split_operator(value)
    span = _SPAN.fullmatch(text)
    if span is None:
        return _parse_days(TimeField.CREATED, operator, text)
    then = FromNow(-_span_seconds(span))
    match operator:
        case "" | "<" | "<=":
            return TimeBetween(TimeField.CREATED, then, None, since_included=operator.endswith("="))
        case ">" | ">=":
            return TimeBetween(TimeField.CREATED, None, then, until_included=operator.endswith("="))
    raise InvalidValue


def parse_expires_filter(value: str) -> Condition:
    """Parse `expires:`: within or after a span, on a day, in a range of days, or never.

    Expired files don't match a span such as `<3d`, but they do match `<=0d`.
    """
    operator, text = split_operator(value)
    if text.casefold() == "never" and operator in ("", "="):
        return NeverExpires()
    span = _SPAN.fullmatch(text)
    if span is None:
        return _parse_days(TimeField.EXPIRES, operator, text)
    seconds = _span_seconds(span)
    then = FromNow(seconds)
    match operator:
        case "" | "<" | "<=":
            return TimeBetween(
                TimeField.EXPIRES,
                FromNow(0) if seconds else None,
                then,
                since_included=False,
                until_included=operator.endswith("="),
            )
        case ">" | ">=":
            return TimeBetween(TimeField.EXPIRES, then, None, since_included=operator.endswith("="))
    raise InvalidValue


def _parse_days(happening: TimeField, operator: str, text: str) -> Condition:
    first, dots, last = text.partition("..")
    if dots:
        return _parse_range(happening, operator, first, last)
    begin, end = _parse_day(text)
    match operator:
        case "<":
            return TimeBetween(happening, None, begin)
        case "<=":
            return TimeBetween(happening, None, end)
        case ">":
            return TimeBetween(happening, end, None)
        case ">=":
            return TimeBetween(happening, begin, None)
    return TimeBetween(happening, begin, end)


def _parse_range(happening: TimeField, operator: str, first: str, last: str) -> Condition:
    if operator or not (first or last):
        raise InvalidValue
    since = _parse_day(first)[0] if first else None
    until = _parse_day(last)[1] if last else None
    is_backwards = (
        isinstance(since, StartOf) and isinstance(until, StartOf) and until.day <= since.day
    ) or (
        isinstance(since, StartOfRelativeDay)
        and isinstance(until, StartOfRelativeDay)
        and until.days <= since.days
    )
    if is_backwards:
        raise backwards_range("created:2026-11-01..2026-11-15")
    return TimeBetween(happening, since, until)


def _parse_day(text: str) -> tuple[Moment, Moment]:
    """The start of a day, and the start of the next."""
    from_today = _NAMED_DAYS.get(text.casefold())
    if from_today is not None:
        return StartOfRelativeDay(from_today), StartOfRelativeDay(from_today + 1)
    if _DATE.fullmatch(text) is None:
        raise InvalidValue
    try:
        day = date.fromisoformat(text)
        return StartOf(day), StartOf(day + timedelta(1))
    except (ValueError, OverflowError):
        raise InvalidValue(
            _("{day} isn't a valid date. Enter dates as in {example}.").format(
                day=text, example="2026-11-01"
            )
        ) from None


def _span_seconds(span: re.Match[str]) -> int:
    return int(span.group(1)) * _UNITS[span.group(2).lower()]


_HOUR = 3600
_DAY = 24 * _HOUR
_UNITS = {"h": _HOUR, "d": _DAY, "w": 7 * _DAY, "m": 30 * _DAY, "y": 365 * _DAY}
_SPAN = re.compile(r"([0-9]{1,6})([hdwmy])", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NAMED_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}
