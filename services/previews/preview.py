"""The first lines of a file, as the inspector shows them."""

import contextlib
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from itertools import islice

import msgspec

from services.previews.base64_wrapping import unwrapped
from services.previews.batch_result import read_result
from services.previews.content_kind import (
    ContentKind,
    Text,
    decode_text,
    kind_of,
    separator_of,
)

Row = tuple[str, ...]
"""The texts of its cells."""

MAX_ROWS = 40
MAX_CELL_CHARACTERS = 300
_MAX_COLUMNS = 8
_HEX_BYTES = 8
"""Bytes in a row of the hex view: as many as fit a narrow inspector."""


class PreviewSource(Enum):
    """Where the content of a preview was read from."""

    CACHE = "cache"
    LOCAL = "local"
    """The local file that was uploaded, which hasn't changed since."""
    SERVER = "server"


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
    match kind:
        case ContentKind.CONVERSATIONS:
            return (), _conversation_rows(lines)
        case ContentKind.EVAL_ITEMS:
            return _item_rows(lines)
    row_of = _ROWS.get(kind, lambda line: (_shortened(line),))
    return (), map(row_of, lines)


def _result_row(line: str) -> Row:
    result = read_result(line.encode("utf-8", "surrogatepass"))
    if result is None:
        return "", "", _shortened(line)
    status = "" if result.status_code is None else str(result.status_code)
    failure = result.error_message or result.error_code or ""
    return (
        _shortened(result.custom_id or ""),
        status or result.outcome.value,
        _shortened(result.answer or failure),
    )


def _request_row(line: str) -> Row:
    request = _object_in(line)
    if not request:
        return "", "", _shortened(line)
    body = _member(request, "body")
    asked = body.get("messages") or body.get("input") or body.get("prompt") or ""
    return _word(request.get("custom_id")), _word(body.get("model")), _last_text(asked)


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
            yield _word(message.get("role")), _last_text(said)


def _preference_row(line: str) -> Row:
    example = _object_in(line)
    preferred = example.get("preferred_output") or example.get("preferred_completion")
    other = example.get("non_preferred_output") or example.get("non_preferred_completion")
    if preferred is None and other is None:
        return "", _shortened(line)
    return _last_text(preferred), _last_text(other)


def _completion_row(line: str) -> Row:
    example = _object_in(line)
    prompt, completion = example.get("prompt"), example.get("completion")
    if prompt is None and completion is None:
        return "", _shortened(line)
    return _word(prompt), _word(completion)


_ROWS: Mapping[ContentKind, Callable[[str], Row]] = {
    ContentKind.BATCH_RESULTS: _result_row,
    ContentKind.BATCH_REQUESTS: _request_row,
    ContentKind.PREFERENCES: _preference_row,
    ContentKind.COMPLETIONS: _completion_row,
}


def _item_rows(lines: list[str]) -> tuple[Row, list[Row]]:
    items = [_member(_object_in(line), "item") for line in lines]
    names = tuple(dict.fromkeys(name for item in items for name in item))[:_MAX_COLUMNS]
    rows = [
        tuple(_word(item.get(name, "")) for name in names) if item else (_shortened(line),)
        for item, line in zip(items, lines, strict=True)
    ]
    return tuple(map(_shortened, names)), rows


def _last_text(value: object) -> str:
    """The last thing said in a list of messages, in parts of a message, or in a text."""
    while True:
        if isinstance(value, list) and value:
            value = value[-1]
        elif isinstance(value, dict):
            said = value.get("content") or value.get("text") or value.get("input_text")
            if not said:
                return _word(value)
            value = said
        else:
            return _word(value)


def _hex_rows(data: bytes) -> Iterator[Row]:
    for start in range(0, min(len(data), MAX_ROWS * _HEX_BYTES), _HEX_BYTES):
        part = data[start : start + _HEX_BYTES]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        yield f"{start:04x}", part.hex(" "), letters


def _object_in(line: str) -> dict[str, object]:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _member(value: dict[str, object], name: str) -> dict[str, object]:
    member = value.get(name)
    return member if isinstance(member, dict) else {}


def _word(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _shortened(value)
    try:
        return _shortened(msgspec.json.encode(value).decode("utf-8", "replace"))
    except RecursionError:
        return "…"


def _shortened(text: str) -> str:
    return text[:MAX_CELL_CHARACTERS]
