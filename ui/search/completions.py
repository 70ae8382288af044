"""Completions for the part of a search that is being typed. No Qt."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from services.browse.filter_fields import FIELDS
from services.browse.query import Part, parts_of
from services.browse.seen_values import SeenValues
from services.providers.purposes import Side, purpose_named
from services.system.language import N_, _
from services.system.name_matching import folded
from services.system.safe_text import one_line


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion."""

    text: str
    """The text to insert."""
    note: str = ""
    """What it means."""


@dataclass(frozen=True, slots=True)
class Completions:
    """Completions for a range of the text."""

    start: int
    end: int
    items: tuple[Completion, ...] = ()
    before: str = ""
    """A separator to insert before any of them."""


def completions_at(
    text: str, cursor: int, seen: SeenValues, *, examples: bool = False
) -> Completions:
    """The completions for the part that ends at the cursor.

    Filter names are completed from their second letter on, and their values at once. Values that
    are already in the list aren't offered again. With `examples`, filter names are completed from
    their first letter on, and if nothing can be completed, entire filters are offered.
    """
    found = _complete(text, cursor, seen, min_letters=1 if examples else _MIN_LETTERS)
    return _examples_at(text, cursor, seen) if examples and not found.items else found


def _complete(text: str, cursor: int, seen: SeenValues, *, min_letters: int) -> Completions:
    part = next((one for one in parts_of(text[:cursor]) if one.end == cursor), None)
    if part is None:
        return Completions(cursor, cursor)
    if part.field in FIELDS:
        return _values_at(text, cursor, part, seen)
    word = part.values[0] if not part.field else ""
    start = part.start + part.excludes
    known = not part.quoted and len(word) >= min_letters
    return Completions(start, _end_of_value(text, cursor), _filters(word) if known else ())


def _examples_at(text: str, cursor: int, seen: SeenValues) -> Completions:
    """Example filters, to be inserted after the part at the cursor."""
    parts = list(parts_of(text))
    position = next((part.end for part in parts if part.start < cursor <= part.end), cursor)
    items = filter_examples(seen, {part.field for part in parts})
    return Completions(position, position, items, _separator(text[:position]))


def _separator(text: str) -> str:
    """What to insert after a text so that another part can follow."""
    if not text or text[-1].isspace():
        return ""
    *_others, last = parts_of(f"{text} x")
    return " " if last.start > len(text) else '" '


def filter_examples(seen: SeenValues, used: Collection[str] = ()) -> tuple[Completion, ...]:
    """Example filters with values from the account, except for filters in `used`."""
    purposes = [name for name in seen.common_purposes if _can_be_typed(name)] or ["batch"]
    ending = next(iter(seen.extensions), "jsonl")
    first, *others = (_in_quotes(_purpose(name)) for name in purposes)
    items = [
        ("purpose", first.text, first.note or _("files with this purpose")),
        *(("purpose", f"{first.text},{one.text}", _("either purpose")) for one in others[:1]),
        ("-purpose", first.text, _("all other purposes")),
        ("size", ">10MB", _("larger than 10 MB")),
        ("created", "<7d", _("less than 7 days old")),
        ("expires", "<3d", _("expiring in less than 3 days")),
        ("ext", ending, _("names ending in .{ending}").format(ending=ending)),
        ("status", "error", _("files with an error")),
        ("name", "", _("search the name only")),
        ("id", "", _("search the ID only")),
        ("batch", "", _("files of a batch, by its ID or name")),
        ("store", "", _("files in a vector store")),
        ("job", "", _("files of a fine-tuning job")),
        ("ref", "none", _("nothing is known to need them")),
    ]
    return tuple(
        Completion(f"{name}:{value}", note)
        for name, value, note in items
        if name.removeprefix("-") not in used
    )


def _filters(word: str) -> tuple[Completion, ...]:
    return tuple(
        Completion(
            f"{name}:", _("{what}, as in {example}").format(what=field.label, example=field.example)
        )
        for name, field in FIELDS.items()
        if name.startswith(word.lower())
    )


def _values_at(text: str, cursor: int, part: Part, seen: SeenValues) -> Completions:
    typed = folded(text[part.last_value : cursor].removeprefix('"'))
    others = {folded(value) for value in part.values} - {typed}
    items = [one for one in _values_of(part.field, seen) if folded(one.text) not in others]
    with_prefix = [one for one in items if folded(one.text).startswith(typed)]
    containing = [one for one in items if typed in folded(one.text) and one not in with_prefix]
    if any(folded(one.text) == typed for one in with_prefix):
        return Completions(cursor, cursor)
    return Completions(
        part.last_value,
        _end_of_quoted(text, cursor) if part.quoted else _end_of_value(text, cursor),
        tuple(_in_quotes(one) for one in with_prefix + containing)[:_MAX_ITEMS],
    )


def _values_of(field: str, seen: SeenValues) -> Iterable[Completion]:
    match field:
        case "purpose":
            return [_purpose(name) for name in seen.purposes if _can_be_typed(name)]
        case "status":
            return [Completion(status) for status in seen.statuses if _can_be_typed(status)]
        case "ext":
            return [Completion(ending) for ending in seen.extensions]
    return [Completion(one.text, _(one.note)) for one in _EXAMPLES.get(field, ())]


def _purpose(name: str) -> Completion:
    purpose = purpose_named(name)
    return Completion(name, "" if purpose.side is Side.UNKNOWN else purpose.description)


def _can_be_typed(value: str) -> bool:
    """Whether a value is short enough for the field and has no invisible characters."""
    return len(value) <= _MAX_LENGTH and '"' not in value and one_line(value) == value


def _in_quotes(item: Completion) -> Completion:
    plain = _PLAIN.fullmatch(item.text) is not None
    return item if plain else Completion(f'"{item.text}"', item.note)


def _end_of_value(text: str, cursor: int) -> int:
    found = _PLAIN.match(text, cursor)
    return found.end() if found is not None else cursor


def _end_of_quoted(text: str, cursor: int) -> int:
    return text.find('"', cursor) + 1 or cursor


_MIN_LETTERS = 2
_MAX_LENGTH = 60
_MAX_ITEMS = 50
_PLAIN = re.compile(r"[^\s,]*")
_EXAMPLES = {
    "ref": (Completion("none", N_("nothing is known to need them")),),
    "size": (
        Completion(">10MB", N_("larger than 10 MB")),
        Completion("<1KB", N_("smaller than 1 KB")),
        Completion("1MB..5MB", N_("from 1 to 5 MB")),
    ),
    "created": (
        Completion("today"),
        Completion("yesterday"),
        Completion("<7d", N_("less than 7 days ago")),
        Completion(">30d", N_("more than 30 days ago")),
        Completion("2026-11-01..", N_("on that day or later")),
        Completion("2026-11-01..2026-11-15", N_("between two dates")),
    ),
    "expires": (
        Completion("<3d", N_("in less than 3 days")),
        Completion(">30d", N_("in more than 30 days")),
        Completion("never", N_("doesn't expire")),
    ),
}
"""Example values for filters without a list of values."""
