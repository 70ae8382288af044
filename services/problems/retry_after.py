"""How long an answer asks to wait before another try."""

from collections.abc import Mapping

LONGEST_WAIT = 120.0
"""Seconds; longer waits that a server asks for are not waited out."""


def wanted_pause(headers: Mapping[str, str], now: float) -> float | None:
    """The pause in seconds that an answer asks for, None when it asks for none.

    `retry-after-ms` goes before `retry-after`, which is a number of seconds or a date. A date is
    by the server's clock, so it is counted from the answer's own `date`; `now`, in seconds since
    1970, is this computer's, for an answer without one.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    text = headers.get("retry-after")
    if text is None:
        return None
    seconds = _number(text)
    if seconds is not None:
        return seconds
    until = _moment(text)
    if until is None:
        return None
    sent = _moment(headers.get("date"))
    return max(0.0, until - (now if sent is None else sent))


def _moment(text: str | None) -> float | None:
    """Seconds since 1970 of a date as HTTP writes it."""
    from email.utils import parsedate_to_datetime  # with the first date: it loads seven modules

    try:
        return parsedate_to_datetime(text).timestamp() if text is not None else None
    except (ValueError, TypeError, OverflowError):
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text) if text is not None else None
    except ValueError:
        return None
    if number is None or not 0 <= number < 10 * 365 * 86400 * 1000:
        return None
    return number
