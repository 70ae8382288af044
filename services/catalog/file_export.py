"""Writes a list of files, not their contents, as CSV, JSON or JSON lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import msgspec

from services.api.remote_file import RemoteFile
from services.catalog.export_form import ExportForm
from services.disk.atomic_write import write_atomically
from services.disk.csv_text import csv_text

_ROWS_AT_ONCE = 2000
"""Rows that are put into text and written at once; the only memory that it takes."""


def write_list(files: Sequence[RemoteFile], path: Path, form: ExportForm) -> None:
    """Write whole or not at all, over a file that is there. Raise FilesError for the disk's.

    UTF-8. The fields have the names of the API, with times in seconds since 1970 as it has them,
    and as `…_utc` by ISO 8601. What the server did not tell is empty, or null in JSON.

    In CSV, what a spreadsheet would take for a formula is made harmless; see `csv_text`. Programs
    that want names exactly as they are read JSON.
    """
    write_atomically(path, _PIECES[form](files))


class _Line(msgspec.Struct, gc=False, rename={"size": "bytes"}):
    """A file as it is written, in the order of the columns."""

    id: str
    filename: str | None
    purpose: str | None
    size: int | None
    created_at: int | None
    created_at_utc: str | None
    expires_at: int | None
    expires_at_utc: str | None
    status: str | None
    status_details: str | None


def _line_of(file: RemoteFile) -> _Line:
    return _Line(
        file.id,
        file.filename,
        file.purpose,
        file.size,
        file.created_at,
        _utc(file.created_at),
        file.expires_at,
        _utc(file.expires_at),
        file.status,
        file.status_details,
    )


def _utc(moment: int | None) -> str | None:
    """“2026-11-20T09:58:21Z”."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _portions(files: Sequence[RemoteFile]) -> Iterator[list[_Line]]:
    lines = map(_line_of, files)
    while portion := list(islice(lines, _ROWS_AT_ONCE)):
        yield portion


def _as_csv(files: Sequence[RemoteFile]) -> Iterator[bytes]:
    yield csv_text([_HEADS])
    for portion in _portions(files):
        yield csv_text(map(msgspec.structs.astuple, portion))


def _as_json(files: Sequence[RemoteFile]) -> Iterator[bytes]:
    before = b"[\n"
    for portion in _portions(files):
        yield before + b",\n".join(map(_encode, portion))
        before = b",\n"
    yield b"[]\n" if not files else b"\n]\n"


def _as_json_lines(files: Sequence[RemoteFile]) -> Iterator[bytes]:
    for portion in _portions(files):
        yield b"".join(_encode(line) + b"\n" for line in portion)


_PIECES: Mapping[ExportForm, Callable[[Sequence[RemoteFile]], Iterator[bytes]]] = {
    ExportForm.CSV: _as_csv,
    ExportForm.JSON: _as_json,
    ExportForm.JSONL: _as_json_lines,
}
_HEADS = [field.encode_name for field in msgspec.structs.fields(_Line)]
_encode = msgspec.json.Encoder().encode
