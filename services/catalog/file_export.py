"""Exports a list of files, not their contents, as CSV, JSON or JSON Lines."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec

from services.api.remote_file import RemoteFile
from services.catalog.export_format import ExportFormat
from services.catalog.exported_file import COLUMNS, Row, values_of
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


def _row_of(file: RemoteFile) -> Row:
    return (*values_of(file), file.status, file.status_details)


def _batches(files: Sequence[RemoteFile]) -> Iterator[list[Row]]:
    rows = map(_row_of, files)
    while batch := list(islice(rows, _ROWS_PER_BATCH)):
        yield batch


def _as_csv(files: Sequence[RemoteFile]) -> Iterator[bytes]:
    yield csv_text([_COLUMNS])
    for batch in _batches(files):
        yield csv_text(batch)


def _as_json(files: Sequence[RemoteFile]) -> Iterator[bytes]:
    before = b"[\n"
    for batch in _batches(files):
        yield before + b",\n".join(map(_encode, batch))
        before = b",\n"
    yield b"[]\n" if not files else b"\n]\n"


def _as_json_lines(files: Sequence[RemoteFile]) -> Iterator[bytes]:
    for batch in _batches(files):
        yield b"".join(_encode(row) + b"\n" for row in batch)


def _encode(row: Row) -> bytes:
    return msgspec.json.encode(dict(zip(_COLUMNS, row, strict=True)))


_COLUMNS = (*COLUMNS, "status", "status_details")
_FORMATTERS: Mapping[ExportFormat, Callable[[Sequence[RemoteFile]], Iterator[bytes]]] = {
    ExportFormat.CSV: _as_csv,
    ExportFormat.JSON: _as_json,
    ExportFormat.JSONL: _as_json_lines,
}
