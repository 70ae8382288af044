"""The first lines of a file, as the inspector shows them."""

import base64
import binascii
import csv
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import islice

import msgspec

from services.previews.batch_result import read_result
from services.previews.content_kind import (
    ContentKind,
    Text,
    decode_text,
    kind_of,
    separator_of,
)

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
    data = _unwrapped(data)
    text = decode_text(data, is_whole=is_whole)
    kind = kind_of(data, text, is_whole=is_whole)
    columns: tuple[str, ...] = ()
    rows: Iterable[tuple[str, ...]] = ()
    image = None
    if kind is ContentKind.IMAGE:
        image = data if is_whole else None
    elif kind is ContentKind.TABLE and text is not None:
        table = list(_table(text.text, is_whole=is_whole))
        columns, rows = table[0], table[1:]
    elif kind.has_json_lines and text is not None:
        columns, rows = _json_rows(kind, _lines_of(text, is_whole=is_whole))
    elif text is not None:
        rows = ((_shortened(line),) for line in _lines_of(text, is_whole=True))
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


def _unwrapped(data: bytes) -> bytes:
    """Fine-tuning results that the service sent as one base64 text, decoded."""
    if data[:5] != _WRAPPED_STEP or not re.fullmatch(rb"[A-Za-z0-9+/=\s]+", data):
        return data
    try:
        decoded = base64.b64decode(data)
    except binascii.Error:
        return data
    return decoded if decoded.startswith(b"step,") else data


_WRAPPED_STEP = base64.b64encode(b"step,")[:5]


def _lines_of(text: Text, *, is_whole: bool) -> Iterator[str]:
    lines = text.text.split("\n", MAX_ROWS + 1)
    if not is_whole and 1 < len(lines) <= MAX_ROWS + 1:
        lines.pop()  # it may be cut off
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return (line.removesuffix("\r") for line in lines[:MAX_ROWS])


def _table(text: str, *, is_whole: bool) -> Iterator[tuple[str, ...]]:
    lines = text.split("\n", MAX_ROWS + 2)[: MAX_ROWS + 1]
    if not is_whole and len(lines) > 2:
        lines.pop()
    for cells in csv.reader(lines, delimiter=separator_of(text)):
        if cells:
            yield tuple(_shortened(cell) for cell in cells[:_MAX_COLUMNS])


def _json_rows(
    kind: ContentKind, lines: Iterable[str]
) -> tuple[tuple[str, ...], Iterable[tuple[str, ...]]]:
    shown = [line for line in lines if line.strip()]
    match kind:
        case ContentKind.BATCH_RESULTS:
            return (), map(_result_row, shown)
        case ContentKind.BATCH_REQUESTS:
            return (), (_request_row(_object_in(line), line) for line in shown)
        case ContentKind.CONVERSATIONS:
            return (), _conversation_rows(_object_in(line) for line in shown)
        case ContentKind.EVAL_ITEMS:
            return _item_rows([_member(_object_in(line), "item") for line in shown])
        case ContentKind.COMPLETIONS:
            objects = map(_object_in, shown)
            return (), ((_word(one.get("prompt")), _word(one.get("completion"))) for one in objects)
        case ContentKind.PREFERENCES:
            return (), (_preference_row(_object_in(line)) for line in shown)
    return (), ((_shortened(line),) for line in shown)


def _result_row(line: str) -> tuple[str, ...]:
    result = read_result(line.encode("utf-8", "surrogatepass"))
    if result is None:
        return "", "", _shortened(line)
    status = "" if result.status_code is None else str(result.status_code)
    failure = result.error_message or result.error_code or ""
    return (
        result.custom_id or "",
        status or result.outcome.value,
        _shortened(result.answer or failure),
    )


def _request_row(request: dict[str, object], line: str) -> tuple[str, ...]:
    if not request:
        return "", "", _shortened(line)
    body = _member(request, "body")
    asked = body.get("messages") or body.get("input") or body.get("prompt") or ""
    return _word(request.get("custom_id")), _word(body.get("model")), _last_text(asked)


def _conversation_rows(examples: Iterable[dict[str, object]]) -> Iterator[tuple[str, ...]]:
    """The messages of the examples one after the other, with an empty row between."""
    for number, example in enumerate(examples):
        messages = example.get("messages")
        if number:
            yield "", ""
        for message in messages if isinstance(messages, list) else ():
            if isinstance(message, dict):
                said = message.get("content") or message.get("tool_calls") or ""
                yield _word(message.get("role")), _last_text(said)


def _preference_row(example: dict[str, object]) -> tuple[str, ...]:
    preferred = example.get("preferred_output") or example.get("preferred_completion")
    other = example.get("non_preferred_output") or example.get("non_preferred_completion")
    return _last_text(preferred), _last_text(other)


def _item_rows(
    items: list[dict[str, object]],
) -> tuple[tuple[str, ...], Iterable[tuple[str, ...]]]:
    names = tuple(dict.fromkeys(name for item in items for name in item))[:_MAX_COLUMNS]
    return names, (tuple(_word(item.get(name, "")) for name in names) for item in items)


def _last_text(value: object) -> str:
    """The last thing said in a list of messages, in parts of a message, or in a text."""
    if isinstance(value, list) and value:
        return _last_text(value[-1])
    if isinstance(value, dict):
        said = value.get("content") or value.get("text") or value.get("input_text")
        return _last_text(said) if said else _word(value)
    return _word(value)


def _hex_rows(data: bytes) -> Iterator[tuple[str, ...]]:
    for start in range(0, min(len(data), MAX_ROWS * _HEX_BYTES), _HEX_BYTES):
        part = data[start : start + _HEX_BYTES]
        letters = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in part)
        yield f"{start:06x}", part.hex(" "), letters


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
    return _shortened(msgspec.json.encode(value).decode("utf-8", "replace"))


def _shortened(text: str) -> str:
    return text[:MAX_CELL_CHARACTERS]
