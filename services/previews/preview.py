"""The first lines of a file, as the inspector shows them."""

import contextlib
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from itertools import islice

import msgspec

from services.previews.content.base64_wrapping import unwrapped
from services.previews.content.content_kind import (
    ContentKind,
    Text,
    decode_text,
    kind_of,
    separator_of,
)
from services.previews.conversations.message_texts import text_of
from services.previews.json_parts import as_text
from services.previews.lines.file_rows import ascii_characters
from services.previews.rows.line_readers import line_reader
from services.previews.rows.line_rows import MAX_CELL_CHARACTERS, LineRow

Row = tuple[str, ...]
"""The texts of its cells."""

MAX_ROWS = 40
_MAX_COLUMNS = 8
_HEX_BYTES = 8
"""Bytes in a row of the hex view: as many as fit a narrow inspector."""


class PreviewSource(Enum):
    """Where the content of a preview was read from."""

    CACHE = "cache"
    LOCAL = "local"
    """The local file that was uploaded, which hasn't changed since."""
    SERVER = "server"
    PARSED_TEXT = "parsed text"
    """The text that was parsed out of the file for a vector store."""


class Preview(msgspec.Struct, frozen=True):
    """The beginning of a file's content."""

    kind: ContentKind
    source: PreviewSource
    columns: tuple[str, ...] = ()
    """The names of columns that come from the file; empty if the kind has its own."""
    rows: tuple[tuple[str, ...], ...] = ()
    """The cells of the first lines. Of text, each row is a line."""
    encoding: str = "utf-8"
    image: bytes | None = None
    """The whole content, if it's an image."""
    size: int = 0
    """How many bytes were read."""
    is_whole: bool = True
    """Whether that is the whole file."""


def preview_of(data: bytes, source: PreviewSource, *, is_whole: bool) -> Preview:
    """What to show of content that begins with `data`."""
    size = len(data)
    data = unwrapped(data, is_whole=is_whole)
    text = decode_text(data, is_whole=is_whole)
    kind = kind_of(data, text, is_whole=is_whole)
    columns: tuple[str, ...] = ()
    rows: Iterable[tuple[str, ...]] = ()
    image = None
    if kind is ContentKind.IMAGE:
        image = data if is_whole else None
    elif kind is ContentKind.TABLE and text is not None:
        columns, rows = _table(text.text, is_whole=is_whole)
        if not columns:
            kind, rows = ContentKind.TEXT, _lines_of(text)
    elif kind.has_json_lines and text is not None:
        columns, rows = _json_rows(kind, _complete_lines(text, is_whole=is_whole))
    elif text is not None and kind is not ContentKind.EMPTY:
        rows = _lines_of(text)
    elif kind in (ContentKind.BINARY, ContentKind.PDF, ContentKind.ARCHIVE):
        rows = _hex_rows(data)
    return Preview(
        kind,
        source,
        columns,
        tuple(islice(rows, MAX_ROWS)),
        "utf-8" if text is None else text.encoding,
        image,
        size,
        is_whole,
    )


def _lines_of(text: Text) -> list[tuple[str, ...]]:
    """Lines as rows, also one that may be cut off."""
    lines = text.text.split("\n", MAX_ROWS)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return [(_shortened(line.removesuffix("\r")),) for line in lines[:MAX_ROWS]]


def _complete_lines(text: Text, *, is_whole: bool) -> list[str]:
    """Lines that aren't blank, without one that may be cut off unless it's the only one."""
    *ended, rest = text.text.split("\n", MAX_ROWS)
    lines = [line.removesuffix("\r") for line in ended if line.strip()]
    if len(ended) < MAX_ROWS and rest.strip() and (is_whole or not lines):
        lines.append(rest)
    return lines


def _table(text: str, *, is_whole: bool) -> tuple[Row, list[Row]]:
    """The head of a table and its rows, as far as it can be read."""
    separator = separator_of(text, is_whole=is_whole)
    cells_of_rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[Row] = []
    with contextlib.suppress(csv.Error):
        for cells in cells_of_rows:
            if cells:
                rows.append(tuple(_shortened(cell) for cell in cells[:_MAX_COLUMNS]))
            if len(rows) > MAX_ROWS:
                break
        else:
            if not is_whole and len(rows) > 2:
                rows.pop()  # it may be cut off
    return (rows[0], rows[1:]) if rows else ((), [])


def _json_rows(kind: ContentKind, lines: list[str]) -> tuple[Row, Iterable[Row]]:
    if kind is ContentKind.CONVERSATIONS:
        return (), _conversation_rows(lines)
    encoded = [line.encode("utf-8", "surrogatepass") for line in lines]
    if kind is ContentKind.JSON_LINES:
        return (), [(_shortened(line),) for line in lines]
    reader = line_reader(kind, encoded)
    keys = _KEYS.get(kind, tuple(column.key for column in reader.columns[:_MAX_COLUMNS]))
    chosen = [column for column in reader.columns if column.key in keys]
    names = tuple(column.name for column in chosen if column.name is not None)
    places = [reader.columns.index(column) for column in chosen]
    return names, (_chosen_cells(reader.read(line), places) for line in encoded)


def _chosen_cells(row: LineRow, places: Sequence[int]) -> Row:
    if row.problem is not None:
        return *[""] * (len(places) - 1), next(cell for cell in row.cells if cell)
    return tuple(row.cells[place] for place in places)


_KEYS: Mapping[ContentKind, tuple[str, ...]] = {
    ContentKind.BATCH_RESULTS: ("custom_id", "status", "answer"),
    ContentKind.BATCH_REQUESTS: ("custom_id", "model", "asked"),
    ContentKind.PREFERENCES: ("preferred", "other"),
    ContentKind.COMPLETIONS: ("prompt", "completion"),
}
"""The columns that fit the inspector, where it doesn't have all of them."""


def _conversation_rows(lines: Iterable[str]) -> Iterator[Row]:
    """The messages of the examples one after the other, with an empty row between."""
    for number, line in enumerate(lines):
        if number:
            yield "", ""
        given = _object_in(line).get("messages")
        messages = (
            [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
        )
        if not messages:
            yield "", _shortened(line)
        for message in messages:
            said = message.get("content") or message.get("tool_calls") or ""
            yield _shortened(as_text(message.get("role"))), _shortened(text_of(said))


def _hex_rows(data: bytes) -> Iterator[Row]:
    for start in range(0, min(len(data), MAX_ROWS * _HEX_BYTES), _HEX_BYTES):
        part = data[start : start + _HEX_BYTES]
        yield f"{start:04x}", part.hex(" "), ascii_characters(part)


def _object_in(line: str) -> dict[str, object]:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _shortened(text: str) -> str:
    return text[:MAX_CELL_CHARACTERS]
