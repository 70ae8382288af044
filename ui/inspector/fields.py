"""The fields of a file as text: known ones first, then the others as the server sends them."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from services.api.remote_file import RemoteFile, remote_file_from
from services.system.language import N_, _, ngettext
from services.system.locale_format import whole
from ui.table.columns import exact_size
from ui.wording import NOTHING, exact_moment, expires_in_words, one_line


class Field(msgspec.Struct, frozen=True):
    """One line of the inspector."""

    name: str
    """The server's name for it."""
    title: str
    value: str


def known_fields(file: RemoteFile, now: float) -> list[Field]:
    """The fields known from the listing, shown until the server returns them all."""
    values: list[tuple[str, object]] = [
        ("id", file.id),
        ("created_at", file.created_at),
        ("expires_at", file.expires_at),
    ]
    if file.status is not None:
        values.append(("status", file.status))
    if file.status_details is not None:
        values.append(("status_details", file.status_details))
    return fields_in_words(values, now)


def fields_in_words(
    values: Iterable[tuple[str, object]], now: float, heading: RemoteFile | None = None
) -> list[Field]:
    """All fields returned by the server: known ones in a fixed order, then others in its order.

    Fields whose values are already in the heading of the file `heading` are left out.
    """
    returned = [value for value in values if value not in _heading_values(heading)]
    titles = {
        name: title for name, title in _TITLES.items() if any(n == name for n, _v in returned)
    }
    by_name = dict(returned)
    file = remote_file_from(by_name)
    fields = [
        Field(name, _(title), _known_in_words(name, by_name[name], file, now))
        for name, title in titles.items()
    ]
    unknown = [(name, value) for name, value in returned if name not in titles]
    max_length = min(_MAX_VALUE, _MAX_UNKNOWN // max(1, min(len(unknown), _MAX_LINES)))
    others = [Field(name, one_line(name), _json(value, max_length)) for name, value in unknown]
    fields += others[:_MAX_LINES]
    if others[_MAX_LINES:]:
        fields.append(_combined(others[_MAX_LINES:]))
    return fields


def _heading_values(heading: RemoteFile | None) -> list[tuple[str, object]]:
    if heading is None:
        return []
    return [
        ("object", "file"),
        ("filename", heading.filename),
        ("purpose", heading.purpose),
        ("bytes", heading.size),
    ]


def left_out_in_words(count: int) -> list[Field]:
    """The line that says how many fields aren't shown, if any."""
    if not count:
        return []
    text = ngettext("{count} more field not shown", "{count} more fields not shown", count)
    return [Field("", "…", text.format(count=whole(count)))]


_TITLES = {
    "id": N_("ID"),
    "created_at": N_("Created"),
    "expires_at": N_("Expires"),
    "status": N_("Status"),
    "status_details": N_("Status details"),
    "filename": N_("File name"),
    "purpose": N_("Purpose"),
    "bytes": N_("Size"),
}
_ONE_LINE = 30
"""JSON up to this length stays on one line, in characters."""
_MAX_LINES = 16
"""The most unknown fields shown on lines of their own; each line takes a few milliseconds."""
_MAX_VALUE = 4_000
"""The most characters shown of a value; a server may return anything."""
_MAX_UNKNOWN = 8_000
"""The most characters of all unknown fields together; more take too long to lay out."""


def _combined(fields: Sequence[Field]) -> Field:
    text = "\n".join(f"{field.title}: {field.value}" for field in fields)
    return Field(
        "", _("Other fields"), text if len(text) <= _MAX_VALUE else text[:_MAX_VALUE] + "…"
    )


def _known_in_words(name: str, value: object, file: RemoteFile | None, now: float) -> str:
    if file is None or value is None or value == "":
        return _json(value) if value is not None and value != "" else NOTHING
    if name == "bytes" and file.size is not None:
        return exact_size(file.size)
    if name == "created_at" and file.created_at is not None:
        return exact_moment(file.created_at)
    if name == "expires_at" and file.expires_at is not None:
        left = expires_in_words(file.expires_at, now)
        return f"{exact_moment(file.expires_at)}\n{left}"
    if isinstance(value, str):
        return one_line(value[:_MAX_VALUE])
    return _json(value)


def _json(value: Any, max_length: int = _MAX_VALUE) -> str:
    if isinstance(value, str):
        return one_line(value[:max_length])
    encoded = msgspec.json.encode(value)
    if len(encoded) > _ONE_LINE:
        encoded = msgspec.json.format(encoded, indent=2)
    text = encoded.decode()[:max_length]
    return "\n".join(map(one_line, text.split("\n")))
