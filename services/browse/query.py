"""What the search field understands: words, and small filters such as `size:>10MB`. No Qt.

Parts stand between spaces. A part is a word, a text in double quotes, or a filter, with a `-`
before it to exclude. Words and texts are looked for in name and id, in any case. A text in quotes
has nothing special in it, so it finds `"-final"` and `"size:small"` as they stand; a quote is
special at the beginning of a part, of a filter's value and of each value after a comma, and one
that is not closed goes to the end.

What has a colon and is no filter known here is a word like `foo:bar`, as names have colons too;
only what looks like a slip, such as `sise:>10MB`, is left out and told.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from services.browse.conditions import Condition, Not
from services.browse.file_filter import Query, Unclear
from services.browse.filter_fields import FIELDS
from services.browse.filter_values import NotUnderstood
from services.system.language import _
from services.system.name_matching import folded
from services.system.safe_text import one_line, shortened


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of what was typed: a word, a text in quotes, or a filter."""

    start: int
    end: int
    excludes: bool
    """It begins with a `-`."""
    field: str
    """What stands before the colon, lower case; empty for words and texts."""
    values: tuple[str, ...]
    """What is between commas, without quotes; words and texts are one value."""
    last_value: int
    """Where the last value begins, with its quote if it has one."""
    quoted: bool
    """Its last value is in quotes."""


def parse(text: str) -> Query:
    """Read what a person typed; equal texts give equal queries."""
    words: list[str] = []
    unwanted: list[str] = []
    conditions: list[Condition] = []
    unclear: list[Unclear] = []
    for part in parts_of(text):
        if not part.field:
            word = folded(part.values[0])
            if word:
                (unwanted if part.excludes else words).append(word)
            continue
        try:
            condition = _condition(part)
        except NotUnderstood as why:
            piece = shortened(one_line(text[part.start : part.end]), _LONGEST_TOLD)
            reason = _("“{part}” is ignored. {advice}").format(part=piece, advice=why)
            unclear.append(Unclear(part.start, part.end, reason))
        else:
            conditions.append(condition)
    return Query(tuple(words), tuple(unwanted), tuple(conditions), tuple(unclear))


def parts_of(text: str) -> Iterator[Part]:
    """Take a text apart; every part says where it stands."""
    place = 0
    while (found := _SOMETHING.search(text, place)) is not None:
        part = _part_at(text, found.start())
        yield part
        place = part.end


_LONGEST_TOLD = 40
_SOMETHING = re.compile(r"\S")
_NOT_SPACE = re.compile(r"\S*")
_PLAIN_VALUE = re.compile(r"[^\s,]*")
_FIELD = re.compile(r"([^\W\d][\w]*):")
_OPERATOR = re.compile(r"[<>=≤≥]")
_OTHER_NAMES = {
    "age": "created",
    "bytes": "size",
    "date": "created",
    "expiry": "expires",
    "extension": "ext",
    "filename": "name",
    "state": "status",
    "type": "ext",
}
"""What people may call the filters; not taken, but told."""


def _part_at(text: str, start: int) -> Part:
    place = start
    excludes = text.startswith("-", place)
    if excludes:
        place += 1
    if text.startswith('"', place):
        value, end = _quoted(text, place)
        return Part(start, end, excludes, "", (value,), place, quoted=True)
    field = _FIELD.match(text, place)
    if field is not None and _is_filter(text, field):
        return _filter_at(text, start, field, excludes=excludes)
    end = _end(_NOT_SPACE, text, place)
    return Part(start, end, excludes, "", (text[place:end],), place, quoted=False)


def _is_filter(text: str, field: re.Match[str]) -> bool:
    name = field.group(1).lower()
    return name in FIELDS or _OPERATOR.match(text, field.end()) is not None or bool(_meant(name))


def _filter_at(text: str, start: int, field: re.Match[str], *, excludes: bool) -> Part:
    name = field.group(1).lower()
    several = name not in FIELDS or FIELDS[name].several
    values = []
    place = field.end()
    while True:
        quoted = text.startswith('"', place)
        if quoted:
            value, end = _quoted(text, place)
        else:
            end = _end(_PLAIN_VALUE if several else _NOT_SPACE, text, place)
            value = text[place:end]
        if value or quoted:
            values.append(value)
        if not (several and text.startswith(",", end)):
            break
        place = end + 1
    # What sticks to a closing quote belongs to the part, so that no piece of it is a word.
    after = _end(_NOT_SPACE, text, end)
    if after > end:
        values[-1] += text[end:after]
    return Part(start, after, excludes, name, tuple(values), place, quoted)


def _quoted(text: str, start: int) -> tuple[str, int]:
    """The text between the quote at `start` and the next, and where it ends."""
    end = text.find('"', start + 1)
    return (text[start + 1 :], len(text)) if end < 0 else (text[start + 1 : end], end + 1)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found is not None else start


def _condition(part: Part) -> Condition:
    """What a filter asks for. Raise NotUnderstood with a sentence."""
    field = FIELDS.get(part.field)
    if field is None:
        raise NotUnderstood(_no_such_filter(part.field))
    try:
        if not part.values:
            raise NotUnderstood
        condition = field.read(part.values)
    except NotUnderstood as why:
        raise NotUnderstood(str(why) or field.advice) from None
    return Not(condition) if part.excludes else condition


def _no_such_filter(name: str) -> str:
    meant = _meant(name)
    if meant:
        return _(
            "Did you mean {meant}:, as in {example}? To search for the text itself, put it in "
            "quotes."
        ).format(meant=meant, example=FIELDS[meant].example)
    return _(
        "The filters are {fields}, as in {example}. To search for the text itself, put it in "
        "quotes."
    ).format(fields=", ".join(f"{known}:" for known in FIELDS), example=FIELDS["size"].example)


def _meant(name: str) -> str:
    """The filter that a name is probably a slip of; empty for none."""
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    # Short ones and very long ones are like nothing in particular.
    close = get_close_matches(name, FIELDS, 1, 0.75) if 4 <= len(name) <= 12 else []
    return close[0] if close else ""
