"""A server's description of a file, parsed leniently.

Servers that support the Files API differ in nearly every optional field, so a `RemoteFile` requires
only an ID.
"""

import itertools
from collections.abc import Mapping

import msgspec

from services.api.json_values import (
    LONGEST_NAME,
    LONGEST_WORD,
    NOT_WRITABLE,
    Id,
    Moment,
    Name,
    Size,
    Word,
    as_json,
    id_from,
    moment_from,
    size_from,
    text_from,
)
from services.api.named_fields import NamedFields
from services.api.nesting import is_deep
from services.providers.answer_names import OFFICIAL_NAMES, AnswerNames

MOST_FIELDS = 200


class RemoteFile(msgspec.Struct, frozen=True, gc=False, rename={"size": "bytes"}):
    """One file of the account, as the server last described it."""

    id: Id
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


def truncate_fields(fields: Mapping[str, object]) -> tuple[tuple[tuple[str, object], ...], int]:
    """The first fields of an object, with long values truncated, and how many are left out.

    A list or object that is too long or too deeply nested becomes the start of its JSON.
    """
    kept = tuple(
        (name[:LONGEST_WORD], _truncated_value(value))
        for name, value in itertools.islice(fields.items(), MOST_FIELDS)
    )
    return kept, len(fields) - len(kept)


def remote_file_from(fields: object, names: AnswerNames = OFFICIAL_NAMES) -> RemoteFile | None:
    """The file that a decoded JSON object describes, or None if it has no ID.

    `names` are those of the server; if a field is missing, similar names are tried.
    """
    if not isinstance(fields, Mapping):
        return None
    named = NamedFields(fields, names)
    file_id = id_from(named.id)
    if file_id is None:
        return None
    return RemoteFile(
        id=file_id,
        filename=text_from(named.get("filename"), LONGEST_NAME),
        purpose=text_from(named.get("purpose"), LONGEST_WORD) or None,
        size=size_from(named.get("size")),
        created_at=moment_from(named.get("created_at")),
        expires_at=moment_from(named.get("expires_at")),
        status=text_from(named.get("status"), LONGEST_WORD),
        status_details=text_from(named.get("status_details"), LONGEST_NAME),
    )


def _truncated_value(value: object) -> object:
    if isinstance(value, str):
        return text_from(value, LONGEST_NAME)
    text = as_json(value)
    short = text != NOT_WRITABLE and len(text) <= LONGEST_NAME and not is_deep(value)
    return value if short else text[:LONGEST_NAME]
