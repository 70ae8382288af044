"""Suggests a purpose for a local file from its name and first lines, and says why."""

import re
import zlib
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from services.checks.image_type import image_type
from services.checks.json_nesting import too_deep
from services.checks.line_shape import LineShape, shape_of
from services.checks.pointer import pointer_message
from services.disk.local_file import FileKind
from services.providers.purposes import IMAGE_SUFFIXES, suffix_of
from services.system.language import _

HEAD_SIZE = 64 * 1024
"""How many bytes of a file are inspected."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested purpose."""

    purpose: str
    """The name of an upload purpose. `user_data` accepts anything."""
    kind: FileKind
    reason: str
    """A sentence for the user."""


def suggestion_for(file_name: str, head: bytes) -> Suggestion:
    """Return the purpose that fits a file, from its name and its first `HEAD_SIZE` bytes.

    A purpose that requires certain extensions is only suggested for them. For other names, the
    reason says what would have to change.
    """
    extension = suffix_of(file_name).lower()
    if extension in IMAGE_SUFFIXES:
        return Suggestion("vision", FileKind.IMAGE, _image_reason(extension, head))
    if pointer := pointer_message(head):
        return Suggestion("user_data", FileKind.DOCUMENT, pointer)
    if image := image_type(head):
        reason = _("It's a {type} image, but its name doesn't end in {suffix}.").format(
            type=image.name, suffix=image.suffixes[0]
        )
        return Suggestion("user_data", FileKind.IMAGE, reason)
    if extension == ".jsonl":
        return _suggestion_for_lines(head)
    if extension in _JSON_LINES_EXTENSIONS and (shaped := _shape_of_lines(_as_utf8(head))):
        purpose, kind = _PURPOSES[shaped.shape]
        if purpose != "user_data":
            reason = _(
                "{what} It could be uploaded as {purpose} if its name ended in .jsonl."
            ).format(what=_shape_reason(shaped), purpose=purpose)
            if not shaped.well_formed:
                reason = _(
                    "{what} It could be uploaded as {purpose} with one object on each line and a "
                    "name that ends in .jsonl."
                ).format(what=_shape_reason(shaped), purpose=purpose)
            if head.startswith(_GZIP):
                reason = _("{what} It could be uploaded as {purpose} once unpacked.").format(
                    what=_shape_reason(shaped), purpose=purpose
                )
            return Suggestion("user_data", kind, reason)
    reason = _("It's neither an image nor a JSON Lines file for a job.")
    return Suggestion("user_data", FileKind.DOCUMENT, reason)


def suggested_purpose(file_name: str, head: bytes) -> str:
    """Return only the name of the suggested purpose."""
    return suggestion_for(file_name, head).purpose


_JSON_LINES_EXTENSIONS = frozenset({".ndjson", ".json", ".jsonlines", ".txt", ".gz", ""})
"""Extensions other than .jsonl that JSON Lines files have."""

_GZIP = b"\x1f\x8b"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_MAX_LINES = 10
_MAX_TOKENS = 2_000

_PURPOSES = {
    LineShape.BATCH_REQUEST: ("batch", FileKind.BATCH_REQUESTS),
    LineShape.BATCH_ANSWER: ("user_data", FileKind.BATCH_ANSWERS),
    LineShape.CHAT: ("fine-tune", FileKind.CHAT_EXAMPLES),
    LineShape.PREFERENCE: ("fine-tune", FileKind.PREFERENCE_EXAMPLES),
    LineShape.REINFORCEMENT: ("fine-tune", FileKind.REINFORCEMENT_EXAMPLES),
    LineShape.COMPLETION: ("fine-tune", FileKind.COMPLETION_EXAMPLES),
    LineShape.EVAL_ITEM: ("evals", FileKind.EVAL_ITEMS),
}


@dataclass(frozen=True, slots=True)
class _Shaped:
    """The most common shape of the first lines, and the keys of one of them."""

    shape: LineShape
    keys: frozenset[str]
    well_formed: bool = True
    """Whether the lines are valid JSON, one object per line."""


def _suggestion_for_lines(head: bytes) -> Suggestion:
    shaped = _shape_of_lines(_as_utf8(head))
    if shaped is None:
        reason = _("Its first lines don't fit any kind of job.")
        return Suggestion("user_data", FileKind.OTHER_LINES, reason)
    purpose, kind = _PURPOSES[shaped.shape]
    if not shaped.well_formed and purpose != "user_data":
        reason = _("{what} The file needs fixing first.").format(what=_shape_reason(shaped))
        return Suggestion(purpose, kind, reason)
    return Suggestion(purpose, kind, _shape_reason(shaped))


def _as_utf8(head: bytes) -> bytes:
    """Return the first bytes as UTF-8, even if the file is compressed or in UTF-16.

    The server rejects such files, but their purpose still shows.
    """
    if head.startswith(_GZIP):
        decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            head = decompressor.decompress(head, HEAD_SIZE)
        except zlib.error:
            return b""
    if head.startswith(_UTF16_BOMS):
        return head.decode("utf-16", "replace").encode("utf-8", "replace")
    return head.removeprefix(BOM_UTF8)


def _shape_of_lines(text: bytes) -> _Shaped | None:
    seen: Counter[LineShape] = Counter()
    keys: dict[LineShape, frozenset[str]] = {}
    well_formed = True
    *complete_lines, last = text.split(b"\n", _MAX_LINES)
    for line in (*complete_lines, last if len(complete_lines) < _MAX_LINES else b""):
        value = _object_in(line)
        if value is None:
            # The last line may have been cut off by the read.
            well_formed = well_formed and (line is last or not line.strip())
            continue
        shape = shape_of(value)
        if shape is not None:
            seen[shape] += 1
            keys.setdefault(shape, frozenset(value))
    if not seen:
        return _shape_of_object(text)
    [(shape, _count)] = seen.most_common(1)
    return _Shaped(shape, keys[shape], well_formed)


def _shape_of_object(text: bytes) -> _Shaped | None:
    """Return the shape of the first object if it isn't on its own line, or isn't valid JSON."""
    start = _BEFORE_OBJECT.match(text)
    assert start is not None  # it also matches nothing
    value = dict.fromkeys(_outermost_keys(text, start.end()))
    shape = shape_of(value)
    if shape is None:
        return None
    is_truncated = text.startswith(b"{") and b"\n" not in text
    return _Shaped(shape, frozenset(value), well_formed=is_truncated)


def _object_in(line: bytes) -> Mapping[str, object] | None:
    try:
        value: object = msgspec.json.decode(b"" if too_deep(line) else line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value if isinstance(value, dict) else None


# Atomic, because Python before 3.11.5 would keep the start of a line that has no end.
_BEFORE_OBJECT = re.compile(rb"(?:[\s\[]++|\xef\xbb\xbf|(?>(?:```|//|#)[^\n]*+\n))*+")
# A truncated string is one token too. Otherwise, every quotation mark in it would be tried.
_TOKEN = re.compile(
    rb'"((?:[^"\\]++|\\.)*+)(?:"(?=\s*+(:)?)|\\?\Z)'
    rb"|'((?:[^'\\]++|\\.)*+)(?:'(?=\s*+(:)?)|\\?\Z)"
    rb"|\xe2\x80[\x9c-\x9e](\w++)\xe2\x80[\x9c-\x9e](?=\s*+(:)?)"
    rb"|[{}\[\]]",
    re.DOTALL,
)


def _outermost_keys(text: bytes, start: int) -> Iterator[str]:
    """Yield the keys of an object, as far as the text goes, with any kind of quotation marks."""
    if not text.startswith(b"{", start):
        return
    depth = 0
    for count, token in enumerate(_TOKEN.finditer(text, start)):
        if count == _MAX_TOKENS:
            return
        symbol = token[0]
        if symbol in b"{[":
            depth += 1
        elif symbol in b"}]":
            depth -= 1
            if not depth:
                return
        elif depth == 1 and (token[2] or token[4] or token[6]):
            yield (token[1] or token[3] or token[5] or b"").decode("utf-8", "replace")


def _image_reason(extension: str, head: bytes) -> str:
    image = image_type(head)
    if image is None:
        return _("Its name ends in {suffix}.").format(suffix=extension)
    return _("It's a {type} image.").format(type=image.name)


def _shape_reason(shaped: _Shaped) -> str:
    match shaped.shape:
        case LineShape.BATCH_REQUEST if {"method", "url"} <= shaped.keys:
            return _("Its lines have custom_id, method and url.")
        case LineShape.BATCH_REQUEST:
            return _("Its lines have custom_id.")
        case LineShape.BATCH_ANSWER:
            return _("Its lines are batch answers.")
        case LineShape.CHAT:
            return _("Its lines have messages.")
        case LineShape.REINFORCEMENT:
            return _("Its lines have messages without an answer, and fields for a grader.")
        case LineShape.PREFERENCE:
            return _("Its lines have preferred and non-preferred output.")
        case LineShape.COMPLETION:
            return _("Its lines have prompt and completion.")
        case LineShape.EVAL_ITEM:
            return _("Its lines have item.")
