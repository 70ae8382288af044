"""Saves lines of a file as CSV or JSON Lines, with all columns or some."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path

import msgspec

from services.catalog.export_format import ExportFormat
from services.disk.atomic_write import Write, writing_atomically
from services.disk.csv_text import NumberText, csv_text
from services.previews.lines.bounded_lines import rest_of_line
from services.previews.lines.record_lines import records_in
from services.previews.rows.line_filter import Among
from services.previews.rows.line_rows import (
    Column,
    LineReader,
    Value,
    as_number,
    is_missing,
    value_text,
)
from services.problems.disk_errors import reading

_RECORDS_PER_STEP = 2_000
_BYTES_PER_WRITE = 1024 * 1024


class WantedLines(msgspec.Struct, frozen=True):
    """Which lines and columns are saved, and how."""

    reader: LineReader
    form: ExportFormat
    columns: Sequence[int] | None = None
    """The places of the columns, in order; None means all."""
    numbers: Sequence[int] | None = None
    """The numbers of the lines, in order; None means all."""


class ExportProgress(msgspec.Struct, frozen=True):
    """How far an export has come."""

    read: int
    """In bytes."""
    written: int
    """How many lines were written."""
    skipped: int
    """How many lines weren't, because they can't be read as a row. Blank ones don't count."""
    is_complete: bool = False
    """Whether the new file is in its place."""


def export_lines(path: Path, to: Path, wanted: WantedLines) -> Generator[ExportProgress]:
    """Save lines to a new file, replacing any existing one, and report every 2,000 lines.

    Blank lines and the header of a table aren't lines. All columns of JSON Lines are saved as JSON
    Lines by copying the lines as they are.

    Values are whole, and numbers and objects are written as they are in the file. In CSV, text
    that a spreadsheet would run as a formula is made harmless; see `csv_text`. In JSON Lines, a
    value that is missing is left out.

    If the generator is closed before its end, or raises FilesError, there is no new file.
    """
    reader, columns = wanted.reader, wanted.columns
    among = None if wanted.numbers is None else Among(wanted.numbers)
    copies_lines = False
    head = b""
    if wanted.form is ExportFormat.CSV:
        head, row_of = _csv_rows(reader.columns, columns)
    else:
        copies_lines = columns is None and reader.separator is None
        row_of = _json_rows(reader.columns, columns)
    read = written = skipped = 0
    with writing_atomically(to) as write:
        output = _Output(write)
        output.add(head)
        for count, record in enumerate(reading(records_in(path, reader.separator), path), 1):
            start = read
            read += record.length
            if record.number > reader.header_lines and (among is None or among.has(record)):
                if not copies_lines:
                    row = reader.values(record.data, is_whole=record.is_whole)
                    if row.values:
                        output.add(row_of(row.values))
                        written += 1
                    elif row.problem is not None:
                        skipped += 1
                elif not record.data.isspace():
                    output.add(record.data)
                    if not record.is_whole:
                        held = len(record.data)
                        rest = rest_of_line(path, start + held, record.length - held)
                        for piece in reading(rest, path):
                            output.add(piece)
                    written += 1
            if not count % _RECORDS_PER_STEP:
                yield ExportProgress(read, written, skipped)
        output.flush()
    yield ExportProgress(read, written, skipped, is_complete=True)


class _Output:
    """Writes many small pieces as few large ones."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting = bytearray()

    def add(self, piece: bytes) -> None:
        self._waiting += piece
        if len(self._waiting) >= _BYTES_PER_WRITE:
            self.flush()

    def flush(self) -> None:
        self._write(bytes(self._waiting))
        self._waiting.clear()


_RowMaker = Callable[[Sequence[Value]], bytes]


def _csv_rows(
    all_columns: Sequence[Column], chosen: Sequence[int] | None
) -> tuple[bytes, _RowMaker]:
    """The head, and what makes a row of values."""
    columns = all_columns if chosen is None else [all_columns[place] for place in chosen]

    def row(values: Sequence[Value]) -> bytes:
        wanted = values if chosen is None else [values[place] for place in chosen]
        return csv_text([[_cell(value) for value in wanted]])

    return csv_text([[_name_of(column) for column in columns]]), row


def _cell(value: Value) -> object:
    if is_missing(value):
        return None
    text = value_text(value)
    is_number = as_number(value) is not None and text == text.strip()
    return NumberText(text) if is_number else text


def _json_rows(all_columns: Sequence[Column], chosen: Sequence[int] | None) -> _RowMaker:
    places = range(len(all_columns)) if chosen is None else chosen
    keys = list(map(_key, _unique([_name_of(all_columns[place]) for place in places])))

    def row(values: Sequence[Value]) -> bytes:
        members = [
            key + _as_json(values[place])
            for key, place in zip(keys, places, strict=True)
            if values[place] is not None
        ]
        if chosen is None:  # a record of a table may be longer than its header
            more = range(len(keys), len(values))
            members += [_key(f"field{place + 1}") + _as_json(values[place]) for place in more]
        return b"{" + b",".join(members) + b"}\n"

    return row


def _as_json(value: Value) -> bytes:
    return bytes(value) if isinstance(value, msgspec.Raw) else msgspec.json.encode(value)


def _key(name: str) -> bytes:
    return msgspec.json.encode(name) + b":"


def _name_of(column: Column) -> str:
    return column.name or column.key


def _unique(names: Sequence[str]) -> list[str]:
    """The names, with numbers after those that were there before."""
    taken: dict[str, None] = {}
    for name in names:
        number = 1
        unique = name
        while unique in taken:
            number += 1
            unique = f"{name} ({number})"
        taken[unique] = None
    return list(taken)
