"""Exports a list of files, not their contents, as CSV, JSON or JSON Lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

import msgspec

from services.api.remote_file import RemoteFile
from services.catalog.export_format import ExportFormat
from services.disk.csv_text import csv_text

_ROWS_PER_BATCH = 2000
"""Rows formatted and written at a time, which bounds the memory used."""


def export_pieces(files: Sequence[RemoteFile], export_format: ExportFormat) -> Iterator[bytes]:
    """The list in this format, in pieces.

    The text is UTF-8. Fields have the names of the API. Times are Unix timestamps as in the API,
    and also ISO 8601 in fields that end with `_utc`. Missing values are empty in CSV and null in
    JSON.

    In CSV, values that a spreadsheet would treat as formulas are escaped; see `csv_text`. Programs
    that need exact names should read the JSON.
    """
    return _FORMATTERS[export_format](files)


class _Line(msgspec.Struct, gc=False, rename={"size": "bytes"}):
    """An exported file, with the fields in column order."""

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
        utc_text(file.created_at),
        file.expires_at,
        utc_text(file.expires_at),
        file.status,
        file.status_details,
    )


def utc_text(moment: int | None) -> str | None:
    """A moment as programs read it, “2026-11-20T09:58:21Z”; None if it is unknown."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _batches(files: Sequence[RemoteFile]) -> Iterator[list[_Line]]:
    lines = map(_line_of, files)
    while batch := list(islice(lines, _ROWS_PER_BATCH)):
        yield batch


def _as_csv(files: Sequence[RemoteFile]) -> Iterator[bytes]:
    yield csv_text([_COLUMN_NAMES])
    for batch in _batches(files):
        yield csv_text(map(msgspec.structs.astuple, batch))


def _as_json(files: Sequence[RemoteFile]) -> Iterator[bytes]:
    before = b"[\n"
    for batch in _batches(files):
        yield before + b",\n".join(map(_encode, batch))
        before = b",\n"
    yield b"[]\n" if not files else b"\n]\n"


def _as_json_lines(files: Sequence[RemoteFile]) -> Iterator[bytes]:
    for batch in _batches(files):
        yield b"".join(_encode(line) + b"\n" for line in batch)


_FORMATTERS: Mapping[ExportFormat, Callable[[Sequence[RemoteFile]], Iterator[bytes]]] = {
    ExportFormat.CSV: _as_csv,
    ExportFormat.JSON: _as_json,
    ExportFormat.JSONL: _as_json_lines,
}
_COLUMN_NAMES = [field.encode_name for field in msgspec.structs.fields(_Line)]
_encode = msgspec.json.Encoder().encode
