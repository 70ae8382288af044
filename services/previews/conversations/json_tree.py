"""A JSON value as a tree whose parts are decoded only when they are looked at.

Each part keeps its own text, so numbers have all their digits however many there are.
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence

import msgspec

from services.previews.json_parts import as_text

JsonPath = tuple[str | int, ...]
"""Keys and positions that lead from the top to a part."""

BLOCK = 1_000
"""More children than this are divided into blocks."""
_PREVIEW_BYTES = 1_200
_PREVIEW_CHARACTERS = 300
_NAME = re.compile(r"[^\W\d]\w*")
_INDENTED = re.compile(rb"\s*[\r\n]\s*")
"""A line break between values; there are none within texts, which have them escaped."""
_EMPTY = re.compile(rb"[\[{]\s*[\]}]")
_PARTS_PER_STEP = 200


class Part(msgspec.Struct, frozen=True):
    """A value somewhere in the tree, or a block of the children of one."""

    path: JsonPath
    raw: bytes
    """Its JSON in UTF-8."""
    start: int = 0
    end: int | None = None
    """If this is a block, the positions of its first child and after its last."""

    @property
    def has_children(self) -> bool:
        """Whether it's a list or an object that isn't empty, or a block of one."""
        return self.raw[:1] in (b"[", b"{") and not _EMPTY.fullmatch(self.raw)

    @property
    def is_object(self) -> bool:
        """Whether it's an object, or a block of one."""
        return self.raw[:1] == b"{"

    @property
    def is_block(self) -> bool:
        """Whether it's a block of the children of a value."""
        return self.end is not None

    @property
    def preview(self) -> str:
        """The first characters of its JSON, on one line."""
        start = _INDENTED.sub(b" ", self.raw[:_PREVIEW_BYTES])
        text = start.decode("utf-8", "replace")
        if len(self.raw) > _PREVIEW_BYTES or len(text) > _PREVIEW_CHARACTERS:
            return text[: _PREVIEW_CHARACTERS - 1] + "…"
        return text

    @property
    def text(self) -> str:
        """A text as it is, anything else as its JSON."""
        if self.raw[:1] == b'"':
            return as_text(_decoded(self.raw))
        return self.raw.decode("utf-8", "replace")

    def children(self) -> list["Part"]:
        """The values in a list or object, or blocks of them if there are many."""
        if not self.has_children:
            return []
        keys, members = _members(self.raw)
        if not self.is_block and len(members) > BLOCK:
            return [
                Part(self.path, self.raw, start, min(start + BLOCK, len(members)))
                for start in range(0, len(members), BLOCK)
            ]
        chosen = zip(keys[self.start : self.end], members[self.start : self.end], strict=True)
        return [Part((*self.path, key), bytes(member)) for key, member in chosen]


def top_of(line: bytes) -> Part:
    """The whole value of a line, which must be valid JSON."""
    return Part((), line.removeprefix(BOM_UTF8).strip())


def path_in_words(path: JsonPath) -> str:
    """A path as programs write it: `response.body.choices[0].message.content`."""
    words = ""
    for step in path:
        if isinstance(step, str) and _NAME.fullmatch(step):
            words += f".{step}" if words else step
        else:
            words += f"[{json.dumps(step, ensure_ascii=False)}]"
    return words


def search_tree(top: Part, text: str) -> Iterator[tuple[int, ...] | None]:
    """Search the keys and the values, in order, without regard to case.

    Yield the positions that lead to each part found, each counted among all children of its parent.
    Yield None in between, so that the caller can do something else or stop.
    """
    wanted = text.casefold()
    waiting = [_numbered(top)]
    way: list[int] = []
    seen = 0
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
            if way:
                way.pop()
            continue
        position, key, raw = found
        way.append(position)
        is_parent = raw[:1] in (b"[", b"{")
        value = "" if is_parent else Part((), raw).text
        if (isinstance(key, str) and wanted in key.casefold()) or wanted in value.casefold():
            yield tuple(way)
        seen += 1
        if seen % _PARTS_PER_STEP == 0 or len(raw) > _PREVIEW_BYTES:
            yield None
        if is_parent:
            waiting.append(_numbered(Part((), raw)))
        else:
            way.pop()


def _numbered(part: Part) -> Iterator[tuple[int, str | int, bytes]]:
    if part.has_children:
        keys, members = _members(part.raw)
        for position, member in enumerate(members):
            yield position, keys[position], bytes(member)


def _members(raw: bytes) -> tuple[Sequence[str | int], Sequence[msgspec.Raw | bytes]]:
    """The keys or positions in an object or list, and the values."""
    try:
        if raw[:1] == b"{":
            by_key = _decode_object(raw)
            return list(by_key), list(by_key.values())
        members = _decode_list(raw)
        return range(len(members)), members
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _members_leniently(raw)


def _members_leniently(raw: bytes) -> tuple[Sequence[str | int], Sequence[bytes]]:
    """As `_members`, with Python's own parser, which accepts half characters and NaN."""
    value = _decoded(raw)
    if isinstance(value, dict):
        return list(value), [json.dumps(one).encode() for one in value.values()]
    if isinstance(value, list):
        return range(len(value)), [json.dumps(one).encode() for one in value]
    return (), ()


_decode_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_decode_list = msgspec.json.Decoder(list[msgspec.Raw]).decode


def _decoded(raw: bytes) -> object:
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "replace")
