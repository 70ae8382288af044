"""The time by the server's clock, as every answer may tell it."""

from collections.abc import Mapping


def server_time(headers: Mapping[str, str]) -> float | None:
    """Seconds since 1970 by the `Date` of an answer; None where it has none that can be read."""
    from email.utils import parsedate_to_datetime  # with the first answer: it loads seven modules

    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
