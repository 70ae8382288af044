"""Values in a server's JSON, read leniently: what can't be used becomes None."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from services.api.nesting import truncate_nesting

_LARGEST_NUMBER = 2**63 - 1
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999, the latest date that Python supports."""

_EARLIEST_PLAUSIBLE = 1_000_000_000
"""In 2001, long before the API existed."""

LONGEST_NAME = 4096
"""Characters in a name or an ID; longer names are truncated, objects with longer IDs left out."""
LONGEST_WORD = 256
"""Characters in a purpose or a status."""

Size = Annotated[int, msgspec.Meta(ge=0, le=_LARGEST_NUMBER)]
"""In bytes."""
Count = Annotated[int, msgspec.Meta(ge=0, le=_LARGEST_NUMBER)]
Moment = Annotated[int, msgspec.Meta(ge=0, le=_LAST_SECOND)]
"""Seconds since 1970, UTC."""

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
Word = Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)]


class NotJson(ValueError):
    """The body isn't JSON."""


DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for JSON in an unexpected format, and for invalid JSON."""


def decode_object(body: bytes) -> object:
    """Parse the body of a response about one object. Raises NotJson."""
    try:
        return msgspec.json.decode(body)
    except DECODE_ERRORS:
        try:
            return _by_standard_library(body)
        except ValueError as error:
            raise NotJson(str(error)) from error


def id_from(value: object) -> str | None:
    """A usable ID; a number counts as one."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
        return None
    return without_surrogates(value)


def text_from(value: object, longest: int) -> str | None:
    """A text, truncated; other values become their JSON."""
    if value is None:
        return None
    if not isinstance(value, str):
        value = as_json(value)
    return without_surrogates(value[:longest])


def size_from(value: object) -> int | None:
    """A size in bytes, or a count."""
    return _within(_LARGEST_NUMBER, _whole_number(value))


def moment_from(value: object) -> int | None:
    """Seconds since 1970 from a number, a number in a string, or an ISO 8601 date (LocalAI)."""
    return _within(_LAST_SECOND, _moment(value))


def without_surrogates(text: str) -> str:
    """The text with `?` for each lone surrogate, so that it can be encoded."""
    return text.encode("utf-8", "replace").decode("utf-8")


NOT_WRITABLE = "…"
"""Instead of JSON that can't be written."""


def as_json(value: object) -> str:
    """The value as JSON, or `NOT_WRITABLE`."""
    try:
        return json.dumps(value)
    except (RecursionError, ValueError):  # nested too deeply, or an integer with too many digits
        return NOT_WRITABLE


def change_texts(value: object, change: Callable[[str], str]) -> object:
    """Apply `change` to all texts in decoded JSON, in place, at any depth."""
    holder: dict[str, object] = {"": value}
    waiting: list[dict[str, object] | list[object]] = [holder]
    while waiting:
        container = waiting.pop()
        if isinstance(container, dict):
            changed = {change(name): _changed(item, change) for name, item in container.items()}
            container.clear()
            container.update(changed)
            items = list(container.values())
        else:
            container[:] = items = [_changed(item, change) for item in container]
        waiting += [item for item in items if isinstance(item, dict | list)]
    return holder[""]


def _changed(item: object, change: Callable[[str], str]) -> object:
    return change(item) if isinstance(item, str) else item


def _by_standard_library(body: bytes) -> Any:
    """Decode JSON; raises ValueError if it's invalid.

    Unlike msgspec, the standard library accepts lone surrogates, which servers written in Python
    send for file names that aren't UTF-8.
    """
    try:
        return json.loads(body)
    except RecursionError:
        return json.loads(truncate_nesting(body))


def _within(largest: int, number: int | None) -> int | None:
    return number if number is not None and 0 <= number <= largest else None


def _whole_number(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float | str):
        try:
            return int(float(value))
        except (ValueError, OverflowError):
            return None
    return None


def _moment(value: object) -> int | None:
    """Like `moment_from`, for any year.

    A number too large for seconds is taken as milliseconds, microseconds or nanoseconds, if that
    gives a plausible date.
    """
    number = _whole_number(value)
    if number is not None:
        if number > _LAST_SECOND:
            finer = (number // parts for parts in (10**3, 10**6, 10**9))
            plausible = (second for second in finer if second >= _EARLIEST_PLAUSIBLE)
            return next((second for second in plausible if second <= _LAST_SECOND), None)
        return number
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())
