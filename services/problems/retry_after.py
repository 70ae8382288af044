"""How long a response asks the client to wait before retrying."""

from collections.abc import Mapping

LONGEST_WAIT = 120.0
"""Seconds; if a server asks for a longer wait, the request fails instead."""


def requested_wait(headers: Mapping[str, str], now: float) -> float | None:
    """The wait that a response asks for, in seconds; None if it doesn't ask for one.

    `retry-after-ms` takes precedence over `retry-after`, which is a number of seconds or a date.
    A date is by the server's clock, so it is compared with the response's own `date`, or with
    `now` (this computer's time, in seconds since 1970) if the response has none.
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
    """Parse an HTTP date into seconds since 1970."""
    from email.utils import parsedate_to_datetime  # loads seven modules, so only when needed

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
