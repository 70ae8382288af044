"""Which purpose fits a local file, by its name and its first lines, and why."""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import msgspec

from services.checks.image_type import image_type
from services.checks.json_nesting import too_deep
from services.checks.line_shape import LineShape, shape_of
from services.checks.pointer import pointer_in
from services.disk.local_file import FileKind
from services.providers.purposes import IMAGE_SUFFIXES
from services.system.language import _

BEGINNING = 64 * 1024
"""How many bytes of a file are looked at."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A purpose for a file."""

    purpose: str
    """The name of an upload purpose; `user_data` takes anything."""
    kind: FileKind
    reason: str
    """A sentence for the person."""


def suggestion_for(file_name: str, beginning: bytes) -> Suggestion:
    """What fits a file, by its name and its first `BEGINNING` bytes.

    Purposes that take only some endings are suggested only for these: who names a file otherwise
    is told what would have to change.
    """
    ending = PurePath(file_name).suffix.lower()
    if ending in IMAGE_SUFFIXES:
        return Suggestion("vision", FileKind.IMAGE, _why_image(ending, beginning))
    if pointer := pointer_in(beginning):
        return Suggestion("user_data", FileKind.DOCUMENT, pointer)
    if image := image_type(beginning):
        reason = _("It's a {type} image, but its name doesn't end in {suffix}.").format(
            type=image.name, suffix=image.suffixes[0]
        )
        return Suggestion("user_data", FileKind.IMAGE, reason)
    if ending == ".jsonl":
        return _by_lines(beginning)
    if ending in _ALSO_LINES and (shaped := _seen_shape(_text(beginning))):
        purpose, kind = _MEANINGS[shaped.shape]
        if purpose != "user_data":
            reason = _(
                "{what} It could be uploaded as {purpose} if its name ended in .jsonl."
            ).format(what=_why_shape(shaped), purpose=purpose)
            if not shaped.fit:
                reason = _(
                    "{what} It could be uploaded as {purpose} with one object on each line and a "
                    "name that ends in .jsonl."
                ).format(what=_why_shape(shaped), purpose=purpose)
            if beginning.startswith(_GZIP):
                reason = _("{what} It could be uploaded as {purpose} once unpacked.").format(
                    what=_why_shape(shaped), purpose=purpose
                )
            return Suggestion("user_data", kind, reason)
    reason = _("It's neither an image nor a JSON Lines file for a job.")
    return Suggestion("user_data", FileKind.DOCUMENT, reason)


def suggested_purpose(file_name: str, beginning: bytes) -> str:
    """The name of an upload purpose; `user_data` takes anything."""
    return suggestion_for(file_name, beginning).purpose


_ALSO_LINES = frozenset({".ndjson", ".json", ".jsonlines", ".txt", ".gz", ""})
"""Endings under which lines of JSON are met besides .jsonl."""

_GZIP = b"\x1f\x8b"
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LINES = 10
_TOKENS = 2_000

_MEANINGS = {
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
    """The shape that most of the first lines have, and the keys of one of them."""

    shape: LineShape
    keys: frozenset[str]
    fit: bool = True
    """Whether they are JSON, one object on each line."""


def _by_lines(beginning: bytes) -> Suggestion:
    shaped = _seen_shape(_text(beginning))
    if shaped is None:
        reason = _("Its first lines don't fit any kind of job.")
        return Suggestion("user_data", FileKind.OTHER_LINES, reason)
    purpose, kind = _MEANINGS[shaped.shape]
    if not shaped.fit and purpose != "user_data":
        reason = _("{what} The file needs fixing first.").format(what=_why_shape(shaped))
        return Suggestion(purpose, kind, reason)
    return Suggestion(purpose, kind, _why_shape(shaped))


def _text(beginning: bytes) -> bytes:
    """The beginning as UTF-8, also of a file that is compressed or in UTF-16.

    The server refuses such files; what they are meant for is seen even so.
    """
    if beginning.startswith(_GZIP):
        unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
        try:
            beginning = unpacking.decompress(beginning, BEGINNING)
        except zlib.error:
            return b""
    if beginning.startswith(_UTF16_MARKS):
        return beginning.decode("utf-16", "replace").encode("utf-8", "replace")
    return beginning.removeprefix(_UTF8_MARK)


def _seen_shape(text: bytes) -> _Shaped | None:
    seen: Counter[LineShape] = Counter()
    keys: dict[LineShape, frozenset[str]] = {}
    fit = True
    *ended, last = text.split(b"\n", _LINES)
    for line in (*ended, last if len(ended) < _LINES else b""):
        value = _object_in(line)
        if value is None:
            # The last one may be cut off where the reading stopped.
            fit = fit and (line is last or not line.strip())
            continue
        shape = shape_of(value)
        if shape is not None:
            seen[shape] += 1
            keys.setdefault(shape, frozenset(value))
    if not seen:
        return _raw_shape(text)
    [(shape, _count)] = seen.most_common(1)
    return _Shaped(shape, keys[shape], fit)


def _raw_shape(text: bytes) -> _Shaped | None:
    """The shape of the first object, where it is on no line of its own, or no JSON."""
    begun = _BEFORE_OBJECT.match(text)
    assert begun is not None  # it matches nothing too
    value = dict.fromkeys(_outermost_keys(text, begun.end()))
    shape = shape_of(value)
    if shape is None:
        return None
    longer = text.startswith(b"{") and b"\n" not in text
    return _Shaped(shape, frozenset(value), fit=longer)


def _object_in(line: bytes) -> Mapping[str, object] | None:
    try:
        value: object = msgspec.json.decode(b"" if too_deep(line) else line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return value if isinstance(value, dict) else None


# Atomic, as Python before 3.11.5 else keeps the beginning of a line that has no end.
_BEFORE_OBJECT = re.compile(rb"(?:[\s\[]++|\xef\xbb\xbf|(?>(?:```|//|#)[^\n]*+\n))*+")
# A text that is cut off is one token too: else each quotation mark in it would be tried in vain.
_TOKEN = re.compile(
    rb'"((?:[^"\\]++|\\.)*+)(?:"(?=\s*+(:)?)|\\?\Z)'
    rb"|'((?:[^'\\]++|\\.)*+)(?:'(?=\s*+(:)?)|\\?\Z)"
    rb"|\xe2\x80[\x9c-\x9e](\w++)\xe2\x80[\x9c-\x9e](?=\s*+(:)?)"
    rb"|[{}\[\]]",
    re.DOTALL,
)


def _outermost_keys(text: bytes, begin: int) -> Iterator[str]:
    """The keys of an object as far as it is seen, in whatever quotation marks they are."""
    if not text.startswith(b"{", begin):
        return
    depth = 0
    for count, token in enumerate(_TOKEN.finditer(text, begin)):
        if count == _TOKENS:
            return
        mark = token[0]
        if mark in b"{[":
            depth += 1
        elif mark in b"}]":
            depth -= 1
            if not depth:
                return
        elif depth == 1 and (token[2] or token[4] or token[6]):
            yield (token[1] or token[3] or token[5] or b"").decode("utf-8", "replace")


def _why_image(ending: str, beginning: bytes) -> str:
    image = image_type(beginning)
    if image is None:
        return _("Its name ends in {suffix}.").format(suffix=ending)
    return _("It's a {type} image.").format(type=image.name)


def _why_shape(shaped: _Shaped) -> str:
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
