"""The fields of a file in words: those the program knows first, the others as the server has them."""

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
    """What the server calls it."""
    title: str
    value: str


def known_fields(file: RemoteFile, now: float) -> list[Field]:
    """What the listing told of a file, until the server has described it in full."""
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
    values: Iterable[tuple[str, object]], now: float, head: RemoteFile | None = None
) -> list[Field]:
    """Every field the server gave: known ones in a fixed order, then the others in the server's.

    What the head says already of the file it is about is left out.
    """
    given = [value for value in values if value not in _said_by(head)]
    titles = {name: title for name, title in _TITLES.items() if any(n == name for n, _v in given)}
    by_name = dict(given)
    file = remote_file_from(by_name)
    fields = [
        Field(name, _(title), _known_in_words(name, by_name[name], file, now))
        for name, title in titles.items()
    ]
    unknown = [(name, value) for name, value in given if name not in titles]
    longest = min(_LONGEST, _ALL_OTHERS // max(1, min(len(unknown), _MOST_LINES)))
    others = [Field(name, one_line(name), _json(value, longest)) for name, value in unknown]
    fields += others[:_MOST_LINES]
    if others[_MOST_LINES:]:
        fields.append(_together(others[_MOST_LINES:]))
    return fields


def _said_by(head: RemoteFile | None) -> list[tuple[str, object]]:
    if head is None:
        return []
    return [
        ("object", "file"),
        ("filename", head.filename),
        ("purpose", head.purpose),
        ("bytes", head.size),
    ]


def left_out_in_words(count: int) -> list[Field]:
    """The line that says how many fields are not shown, if any."""
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
"""JSON up to this many characters stays on one line."""
_MOST_LINES = 16
"""Fields that the program does not know and shows in lines of their own; a line takes some
milliseconds to make."""
_LONGEST = 4_000
"""Characters of a value that are shown; a server may return anything."""
_ALL_OTHERS = 8_000
"""Characters of all fields that the program does not know: more take too long to lay out."""


def _together(fields: Sequence[Field]) -> Field:
    text = "\n".join(f"{field.title}: {field.value}" for field in fields)
    return Field("", _("Other fields"), text if len(text) <= _LONGEST else text[:_LONGEST] + "…")


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
        return one_line(value[:_LONGEST])
    return _json(value)


def _json(value: Any, longest: int = _LONGEST) -> str:
    if isinstance(value, str):
        return one_line(value[:longest])
    encoded = msgspec.json.encode(value)
    if len(encoded) > _ONE_LINE:
        encoded = msgspec.json.format(encoded, indent=2)
    text = encoded.decode()[:longest]
    return "\n".join(map(one_line, text.split("\n")))
