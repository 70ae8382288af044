"""The server's time, from the `Date` header of a response."""

from collections.abc import Mapping


def server_time(headers: Mapping[str, str]) -> float | None:
    """The response's `Date` in seconds since 1970; None if it's missing or invalid."""
    from email.utils import parsedate_to_datetime  # loads seven modules, so only when needed

    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
