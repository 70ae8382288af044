"""What kind of content a file has, judged by how it begins and not by its name.

The JSON Lines shapes are those of the API reference: batch requests and results, training
examples, evals.
"""

import contextlib
import json
import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from enum import Enum

import msgspec

from services.checks.image_type import image_type
from services.previews.content.cut_json import completed, without_cut_character
from services.previews.content.json_members import is_json, members_of


class ContentKind(Enum):
    """How content is shown."""

    EMPTY = "empty"
    BATCH_RESULTS = "batch results"
    BATCH_REQUESTS = "batch requests"
    CONVERSATIONS = "conversations"
    """Training examples with `messages`."""
    PREFERENCES = "preferences"
    """Training examples with a preferred and another answer."""
    COMPLETIONS = "completions"
    """Training examples with `prompt` and `completion`."""
    EVAL_ITEMS = "eval items"
    JSON_LINES = "json lines"
    JSON = "json"
    TABLE = "table"
    """Values separated by commas, semicolons or tabs."""
    TEXT = "text"
    IMAGE = "image"
    PDF = "pdf"
    ARCHIVE = "archive"
    BINARY = "binary"

    @property
    def has_json_lines(self) -> bool:
        """Whether each line is a JSON object."""
        return self in _JSON_LINES


_JSON_LINES = frozenset(
    {
        ContentKind.BATCH_RESULTS,
        ContentKind.BATCH_REQUESTS,
        ContentKind.CONVERSATIONS,
        ContentKind.PREFERENCES,
        ContentKind.COMPLETIONS,
        ContentKind.EVAL_ITEMS,
        ContentKind.JSON_LINES,
    }
)

_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ\x00",
    b"7z\xbc\xaf\x27\x1c",
)
_TAR_MARK = slice(257, 265)
_LINES_LOOKED_AT = 20
_MAX_LENIENT = 64 * 1024
"""Longer lines are judged only if they are valid."""
_ROWS_COUNTED = 10
_JUDGED_CHARACTERS = 32 * 1024
_QUOTED_CELL = re.compile(r'(^|[,;\t\n])"(?:[^"]|"")*"')
"""A quoted cell, which may have separators and line ends of its own."""
_BROKEN = re.compile(
    r'\s*(?:\{\s*(?:"[^"\n]*"\s*:|\}\s*$)'
    r"|\[\s*(?:[\[{]|\"[^\"\n]*\"\s*[,\]]|(?:-?[\d.]+|true|false|null)\s*[,\]]\s*(?:[-\d\"tfn{\[]|$)))"
)
"""How a JSON value begins that is broken further on, and no other text."""
_FILLED = re.compile(rb'\{\s*"')
"""How a JSON object begins that isn't empty."""
_CONTROLS = bytes((*range(1, 7), *range(0x0E, 0x1B), *range(0x1C, 0x20)))
"""Bytes that text rarely has. Logs have BEL, BS and ESC."""
_MOST_CONTROLS = 0.02
"""Which part of a text they may be."""


class Text(msgspec.Struct, frozen=True):
    """Content that turned out to be text."""

    text: str
    encoding: str
    """`utf-8`, `utf-16`, or `latin-1` where nothing else fits."""


def decode_text(data: bytes, *, is_whole: bool) -> Text | None:
    """Decode content as text; None if it's binary.

    `is_whole` is False if `data` is only the beginning, which may end within a character.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Text(data.decode("utf-16", "replace"), "utf-16")
    content = data.removeprefix(BOM_UTF8)
    if not is_whole:
        content = without_cut_character(content)
    try:
        text, encoding = content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = content.decode("latin-1"), "latin-1"
    controls = len(content) - len(content.translate(None, _CONTROLS))
    # Most bytes are text in Latin-1, so that a single control tells that it's none.
    most = _MOST_CONTROLS * len(content) if encoding == "utf-8" else 0
    if (b"\0" in content or controls > most) and not _has_json_line(data):
        return None
    return Text(text, encoding)


def _has_json_line(data: bytes) -> bool:
    """Whether one of the first lines is a JSON object, so that a broken line doesn't hide it."""
    lines = data.removeprefix(BOM_UTF8).split(b"\n", _LINES_LOOKED_AT)
    return any(is_json(line) for line in lines if line.lstrip().startswith(b"{"))


def kind_of(data: bytes, text: Text | None, *, is_whole: bool) -> ContentKind:
    """The kind of content that begins with `data`. `text` is the same decoded, if it's text."""
    if not data:
        return ContentKind.EMPTY
    if image_type(data) is not None:
        return ContentKind.IMAGE
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return ContentKind.PDF
    if data.startswith(_ARCHIVES) or data[_TAR_MARK].startswith(b"ustar"):
        return ContentKind.ARCHIVE
    if text is None:
        return ContentKind.BINARY
    if text.text.lstrip()[:1] in ("{", "["):
        kind = _json_kind(text.text, is_whole=is_whole)
        if kind is not None:
            return kind
    is_table = separator_of(text.text, is_whole=is_whole)
    return ContentKind.TABLE if is_table else ContentKind.TEXT


def separator_of(text: str, *, is_whole: bool) -> str:
    """The character that separates the columns of a table; empty if it isn't one.

    It's the one that occurs equally often, at least once, in each of the first rows.
    """
    beginning = _QUOTED_CELL.sub(r"\1", text[:_JUDGED_CHARACTERS])
    rows = [row for row in beginning.split("\n")[:_LINES_LOOKED_AT] if row.strip()]
    if len(rows) <= _ROWS_COUNTED and not (is_whole and len(text) <= _JUDGED_CHARACTERS):
        rows = rows[:-1]  # it may be cut off
    if len(rows) < 2:
        return ""
    for separator in "\t;,":
        counts = {row.count(separator) for row in rows[:_ROWS_COUNTED]}
        if len(counts) == 1 and counts != {0}:
            return separator
    return ""


def _json_kind(text: str, *, is_whole: bool) -> ContentKind | None:
    lines = [line for line in text.split("\n")[:_LINES_LOOKED_AT] if line.strip()]
    shapes = [_shape(line) for line in lines]
    known = [shape for shape in shapes if shape is not None]  # the last line may be cut off
    # In an array over several lines, a line may look like an object of its own.
    has_lines = text.lstrip().startswith("{") or is_json(lines[0])
    if known and has_lines:
        return max(known, key=known.count)
    if not known and not is_whole and "\n" not in text:
        beginning = completed(text.encode("utf-8", "replace"))
        kind = None if beginning is None else _shape(beginning.decode())
        if kind is not None and kind is not ContentKind.JSON_LINES:
            return kind  # the first of several long lines, such as those with images
    # One value over several lines, or a single endless line.
    is_value = not is_whole or is_json(lines[0]) or is_json(text) or _BROKEN.match(text)
    return ContentKind.JSON if is_value else None


def _shape(line: str) -> ContentKind | None:
    """The kind that a line looks like; None if it isn't a JSON object."""
    if not line.lstrip().startswith("{"):
        return None
    value: object = None
    try:
        value = members_of(line)
    except msgspec.DecodeError:
        # Python's parser accepts half characters.
        if len(line) <= _MAX_LENIENT:
            with contextlib.suppress(ValueError, RecursionError):
                value = json.loads(line)
    except RecursionError:
        return None
    return kind_of_line(value) if isinstance(value, dict) else None


def kind_of_line(value: Mapping[str, object]) -> ContentKind:
    """The kind of a file with lines like this one; `JSON_LINES` if it's none of the known ones.

    The values may be decoded or not.
    """
    keys = value.keys()
    if "custom_id" in keys and keys & {"response", "error"}:
        return ContentKind.BATCH_RESULTS
    if "custom_id" in keys and keys & {"body", "url", "method"}:
        return ContentKind.BATCH_REQUESTS
    if keys & {"preferred_output", "preferred_completion"}:
        return ContentKind.PREFERENCES
    if "messages" in keys:
        return ContentKind.CONVERSATIONS
    if {"prompt", "completion"} <= keys:
        return ContentKind.COMPLETIONS
    item = value.get("item")
    is_filled = _FILLED.match(bytes(item)) if isinstance(item, msgspec.Raw) else item
    is_item = is_filled and isinstance(item, dict | msgspec.Raw)
    return ContentKind.EVAL_ITEMS if is_item else ContentKind.JSON_LINES
