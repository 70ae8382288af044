"""What the part of a search that is being typed can be completed to. No Qt."""

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
class Offer:
    """One completion."""

    text: str
    """What is put in."""
    note: str = ""
    """What it means."""


@dataclass(frozen=True, slots=True)
class Completions:
    """What can stand in place of a piece of the text."""

    start: int
    end: int
    offers: tuple[Offer, ...] = ()
    before: str = ""
    """What must be put in before any of them."""


def completions_at(
    text: str, cursor: int, seen: SeenValues, *, examples: bool = False
) -> Completions:
    """The completions of the part that ends at the cursor.

    Filters are offered from the second letter of their name on, their values at once. A value that
    stands there already is not offered. With `examples`, filters are offered from their first letter
    on, and where nothing can be completed, whole filters to add.
    """
    found = _completing(text, cursor, seen, fewest_letters=1 if examples else _FEWEST_LETTERS)
    return _adding(text, cursor, seen) if examples and not found.offers else found


def _completing(text: str, cursor: int, seen: SeenValues, *, fewest_letters: int) -> Completions:
    part = next((one for one in parts_of(text[:cursor]) if one.end == cursor), None)
    if part is None:
        return Completions(cursor, cursor)
    if part.field in FIELDS:
        return _values_at(text, cursor, part, seen)
    word = part.values[0] if not part.field else ""
    start = part.start + part.excludes
    known = not part.quoted and len(word) >= fewest_letters
    return Completions(start, _end_of_value(text, cursor), _filters(word) if known else ())


def _adding(text: str, cursor: int, seen: SeenValues) -> Completions:
    """Examples of filters, to be put behind the part that the cursor is in."""
    parts = list(parts_of(text))
    place = next((part.end for part in parts if part.start < cursor <= part.end), cursor)
    offers = filter_examples(seen, {part.field for part in parts})
    return Completions(place, place, offers, _separator(text[:place]))


def _separator(text: str) -> str:
    """What ends the last part of a text, so that another one can follow."""
    if not text or text[-1].isspace():
        return ""
    *_others, last = parts_of(f"{text} x")
    return " " if last.start > len(text) else '" '


def filter_examples(seen: SeenValues, used: Collection[str] = ()) -> tuple[Offer, ...]:
    """Whole filters, with what the account has; none for those that are `used` already."""
    purposes = [name for name in seen.common_purposes if _can_be_typed(name)] or ["batch"]
    ending = next(iter(seen.extensions), "jsonl")
    first, *others = (_in_quotes(_purpose(name)) for name in purposes)
    offers = [
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
    ]
    return tuple(
        Offer(f"{name}:{value}", note)
        for name, value, note in offers
        if name.removeprefix("-") not in used
    )


def _filters(word: str) -> tuple[Offer, ...]:
    return tuple(
        Offer(
            f"{name}:", _("{what}, as in {example}").format(what=field.label, example=field.example)
        )
        for name, field in FIELDS.items()
        if name.startswith(word.lower())
    )


def _values_at(text: str, cursor: int, part: Part, seen: SeenValues) -> Completions:
    typed = folded(text[part.last_value : cursor].removeprefix('"'))
    others = {folded(value) for value in part.values} - {typed}
    offers = [one for one in _values_of(part.field, seen) if folded(one.text) not in others]
    beginning = [one for one in offers if folded(one.text).startswith(typed)]
    inside = [one for one in offers if typed in folded(one.text) and one not in beginning]
    if any(folded(one.text) == typed for one in beginning):
        return Completions(cursor, cursor)
    return Completions(
        part.last_value,
        _end_of_quoted(text, cursor) if part.quoted else _end_of_value(text, cursor),
        tuple(_in_quotes(one) for one in beginning + inside)[:_MOST],
    )


def _values_of(field: str, seen: SeenValues) -> Iterable[Offer]:
    match field:
        case "purpose":
            return [_purpose(name) for name in seen.purposes if _can_be_typed(name)]
        case "status":
            return [Offer(status) for status in seen.statuses if _can_be_typed(status)]
        case "ext":
            return [Offer(ending) for ending in seen.extensions]
    return [Offer(one.text, _(one.note)) for one in _EXAMPLES.get(field, ())]


def _purpose(name: str) -> Offer:
    purpose = purpose_named(name)
    return Offer(name, "" if purpose.side is Side.UNKNOWN else purpose.description)


def _can_be_typed(value: str) -> bool:
    """Not what is longer than the field is wide, or has characters that can't be seen."""
    return len(value) <= _LONGEST and '"' not in value and one_line(value) == value


def _in_quotes(offer: Offer) -> Offer:
    plain = _PLAIN.fullmatch(offer.text) is not None
    return offer if plain else Offer(f'"{offer.text}"', offer.note)


def _end_of_value(text: str, cursor: int) -> int:
    found = _PLAIN.match(text, cursor)
    return found.end() if found is not None else cursor


def _end_of_quoted(text: str, cursor: int) -> int:
    return text.find('"', cursor) + 1 or cursor


_FEWEST_LETTERS = 2
_LONGEST = 60
_MOST = 50
_PLAIN = re.compile(r"[^\s,]*")
_EXAMPLES = {
    "size": (
        Offer(">10MB", N_("larger than 10 MB")),
        Offer("<1KB", N_("smaller than 1 KB")),
        Offer("1MB..5MB", N_("from 1 to 5 MB")),
    ),
    "created": (
        Offer("today"),
        Offer("yesterday"),
        Offer("<7d", N_("less than 7 days ago")),
        Offer(">30d", N_("more than 30 days ago")),
        Offer("2026-11-01..", N_("on that day or later")),
        Offer("2026-11-01..2026-11-15", N_("between two dates")),
    ),
    "expires": (
        Offer("<3d", N_("in less than 3 days")),
        Offer(">30d", N_("in more than 30 days")),
        Offer("never", N_("doesn't expire")),
    ),
}
"""For what is not chosen from a list."""
