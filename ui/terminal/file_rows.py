"""Files of an account as rows and as objects."""

from collections.abc import Sequence

from services.api.remote_file import RemoteFile
from services.catalog.exported_file import COLUMNS, utc_text, values_of
from services.system.sizes import format_sizes
from services.system.unsafe_characters import has_unsafe
from ui.terminal.output import JsonValue, Output, printable

_HOUR = 3600
_UNKNOWN = "-"
_WITHIN_HOUR = [f"{second // 60:02}:{second % 60:02}" for second in range(_HOUR)]


def print_files(output: Output, files: Sequence[RemoteFile]) -> None:
    """Print files: each in a line, as an ID, or as an object."""
    output.results(
        rows=lambda: lines_of(files),
        identities=lambda: [file.id for file in files],
        values=lambda: map(object_of, files),
    )


def object_of(file: RemoteFile) -> JsonValue:
    """A file as a JSON object, with the names of the API."""
    return dict(zip(COLUMNS, values_of(file), strict=True)) | {"status": file.status}


def lines_of(files: Sequence[RemoteFile]) -> list[str]:
    """Each file in a line: created, size, purpose, ID, name.

    A list may have a hundred thousand, so nothing is called for each text of each.
    """
    names = [file.filename or file.id for file in files]
    ids = [file.id for file in files]
    purposes = [file.purpose or _UNKNOWN for file in files]
    if has_unsafe("".join([*names, *ids, *purposes])):
        names, ids, purposes = (
            [printable(text) for text in texts] for texts in (names, ids, purposes)
        )
    created = _utc_texts([file.created_at for file in files])
    sizes = format_sizes([file.size for file in files])
    return [
        f"{moment:19}  {size:>9}  {purpose:18}  {file_id}  {name}"
        for moment, size, purpose, file_id, name in zip(
            created, sizes, purposes, ids, names, strict=True
        )
    ]


def _utc_texts(moments: Sequence[int | None]) -> list[str]:
    hours: dict[int, str] = {}
    texts = []
    for moment in moments:
        if moment is None:
            texts.append(_UNKNOWN)
            continue
        hour = moment // _HOUR
        text = hours.get(hour)
        if text is None:
            whole = str(utc_text(hour * _HOUR))
            text = hours[hour] = whole.removesuffix("00:00Z").replace("T", " ")
        texts.append(text + _WITHIN_HOUR[moment % _HOUR])
    return texts
