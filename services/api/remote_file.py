"""A server's description of a file, parsed leniently.

Servers that support the Files API differ in nearly every optional field, so a `RemoteFile` requires
only an ID.
"""

import itertools
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from services.api.nesting import is_deep, truncate_nesting

_LARGEST_SIZE = 2**63 - 1
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999, the latest date that Python supports."""

_EARLIEST_PLAUSIBLE = 1_000_000_000
"""In 2001, long before the API existed."""

LONGEST_NAME = 4096
"""Characters in a name or an ID; longer names are truncated, files with longer IDs left out."""
LONGEST_WORD = 256
"""Characters in a purpose or a status."""
MOST_FIELDS = 200

Size = Annotated[int, msgspec.Meta(ge=0, le=_LARGEST_SIZE)]
"""In bytes."""
Moment = Annotated[int, msgspec.Meta(ge=0, le=_LAST_SECOND)]
"""Seconds since 1970, UTC."""

Name = Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
Word = Annotated[str, msgspec.Meta(max_length=LONGEST_WORD)]


class RemoteFile(msgspec.Struct, frozen=True, gc=False, rename={"size": "bytes"}):
    """One file of the account, as the server last described it."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]
    """The file ID: opaque, and the only key."""
    filename: Name | None = None
    purpose: Word | None = None
    """Any text: unknown purposes are shown as they are."""
    size: Size | None = None
    """In bytes; the API calls it `bytes`. None if the server doesn't say."""
    created_at: Moment | None = None
    """Seconds since 1970, UTC."""
    expires_at: Moment | None = None
    """Seconds since 1970, UTC; None if the file is kept until it is deleted."""
    status: Word | None = None
    status_details: Name | None = None

    @property
    def name(self) -> str:
        """The name to show: the file name, or the ID if the server gives none."""
        return self.filename or self.id


class NotJson(ValueError):
    """The body isn't JSON."""


DECODE_ERRORS = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for JSON in an unexpected format, and for invalid JSON."""


def decode_object(body: bytes) -> object:
    """Parse the body of a response about one file. Raises NotJson."""
    try:
        return msgspec.json.decode(body)
    except DECODE_ERRORS:
        try:
            return _by_standard_library(body)
        except ValueError as error:
            raise NotJson(str(error)) from error


def truncate_fields(fields: Mapping[str, object]) -> tuple[tuple[tuple[str, object], ...], int]:
    """The first fields of an object, with long values truncated, and how many are left out.

    A list or object that is too long or too deeply nested becomes the start of its JSON.
    """
    kept = tuple(
        (name[:LONGEST_WORD], _truncated_value(value))
        for name, value in itertools.islice(fields.items(), MOST_FIELDS)
    )
    return kept, len(fields) - len(kept)


def remote_file_from(fields: object) -> RemoteFile | None:
    """The file that a decoded JSON object describes, or None if it has no ID."""
    if not isinstance(fields, Mapping):
        return None
    file_id = fields.get("id")
    if isinstance(file_id, int) and not isinstance(file_id, bool):
        file_id = str(file_id)
    if not isinstance(file_id, str) or not 0 < len(file_id) <= LONGEST_NAME:
        return None
    file_id = file_id.encode("utf-8", "replace").decode("utf-8")
    return RemoteFile(
        id=file_id,
        filename=_text(fields.get("filename"), LONGEST_NAME),
        purpose=_text(fields.get("purpose"), LONGEST_WORD),
        size=_within(_LARGEST_SIZE, _whole_number(fields.get("bytes"))),
        created_at=_within(_LAST_SECOND, _moment(fields.get("created_at"))),
        expires_at=_within(_LAST_SECOND, _moment(fields.get("expires_at"))),
        status=_text(fields.get("status"), LONGEST_WORD),
        status_details=_text(fields.get("status_details"), LONGEST_NAME),
    )


def _by_standard_library(body: bytes) -> Any:
    """Decode JSON; raises ValueError if it's invalid.

    Unlike msgspec, the standard library accepts lone surrogates, which servers written in Python
    send for file names that aren't UTF-8.
    """
    try:
        return json.loads(body)
    except RecursionError:
        return json.loads(truncate_nesting(body))


def _text(value: object, longest: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        value = _as_json(value)
    return value[:longest].encode("utf-8", "replace").decode("utf-8")


def _truncated_value(value: object) -> object:
    if isinstance(value, str):
        return _text(value, LONGEST_NAME)
    text = _as_json(value)
    short = text != _NOT_WRITABLE and len(text) <= LONGEST_NAME and not is_deep(value)
    return value if short else text[:LONGEST_NAME]


_NOT_WRITABLE = "…"


def _as_json(value: object) -> str:
    try:
        return json.dumps(value)
    except (RecursionError, ValueError):  # nested too deeply, or an integer with too many digits
        return _NOT_WRITABLE


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
    """Seconds since 1970 from a number, a number in a string, or an ISO 8601 date (LocalAI).

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
