"""Parses the search text: words, and filters such as `size:>10MB`. No Qt.

Parts are separated by spaces. A part is a word, a quoted text or a filter; a leading `-` excludes
what it matches. Words and quoted texts are searched for in name and ID, ignoring case. A quoted
text is literal, so `"-final"` and `"size:small"` find themselves. Quotes count only at the start
of a part, of a filter's value, and of each value after a comma. An unclosed quote extends to the
end.

A part with a colon that isn't a known filter is a word like `foo:bar`, as names can have colons.
Only what looks like a typo, such as `sise:>10MB`, is ignored and reported.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from services.browse.conditions import Condition, Not
from services.browse.file_filter import IgnoredPart, Query
from services.browse.filter_fields import FIELDS
from services.browse.filter_values import InvalidValue
from services.system.language import _
from services.system.name_matching import folded
from services.system.safe_text import one_line, shortened


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the search text: a word, a quoted text or a filter."""

    start: int
    end: int
    excludes: bool
    """Whether it starts with `-`."""
    field: str
    """The filter name before the colon, in lower case; empty for words and texts."""
    values: tuple[str, ...]
    """The comma-separated values, without quotes; for a word or text, just the one."""
    last_value: int
    """Where the last value starts, including its opening quote."""
    quoted: bool
    """Whether the last value is quoted."""


def parse(text: str) -> Query:
    """Parse a search text. Equal texts give equal queries."""
    words: list[str] = []
    excluded: list[str] = []
    conditions: list[Condition] = []
    ignored: list[IgnoredPart] = []
    for part in parts_of(text):
        if not part.field:
            word = folded(part.values[0])
            if word:
                (excluded if part.excludes else words).append(word)
            continue
        try:
            condition = _condition(part)
        except InvalidValue as why:
            piece = shortened(one_line(text[part.start : part.end]), _MAX_QUOTED)
            reason = _("“{part}” is ignored. {advice}").format(part=piece, advice=why)
            ignored.append(IgnoredPart(part.start, part.end, reason))
        else:
            conditions.append(condition)
    return Query(tuple(words), tuple(excluded), tuple(conditions), tuple(ignored))


def parts_of(text: str) -> Iterator[Part]:
    """Split a text into parts, each with its position."""
    index = 0
    while (found := _NON_SPACE.search(text, index)) is not None:
        part = _part_at(text, found.start())
        yield part
        index = part.end


_MAX_QUOTED = 40
_NON_SPACE = re.compile(r"\S")
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
"""Other names that people may try; not accepted, but used for suggestions."""


def _part_at(text: str, start: int) -> Part:
    index = start
    excludes = text.startswith("-", index)
    if excludes:
        index += 1
    if text.startswith('"', index):
        value, end = _quoted(text, index)
        return Part(start, end, excludes, "", (value,), index, quoted=True)
    field = _FIELD.match(text, index)
    if field is not None and _is_filter(text, field):
        return _filter_at(text, start, field, excludes=excludes)
    end = _end(_NOT_SPACE, text, index)
    return Part(start, end, excludes, "", (text[index:end],), index, quoted=False)


def _is_filter(text: str, field: re.Match[str]) -> bool:
    name = field.group(1).lower()
    return (
        name in FIELDS or _OPERATOR.match(text, field.end()) is not None or bool(_suggestion(name))
    )


def _filter_at(text: str, start: int, field: re.Match[str], *, excludes: bool) -> Part:
    name = field.group(1).lower()
    multiple = name not in FIELDS or FIELDS[name].multiple
    values = []
    index = field.end()
    while True:
        quoted = text.startswith('"', index)
        if quoted:
            value, end = _quoted(text, index)
        else:
            end = _end(_PLAIN_VALUE if multiple else _NOT_SPACE, text, index)
            value = text[index:end]
        if value or quoted:
            values.append(value)
        if not (multiple and text.startswith(",", end)):
            break
        index = end + 1
    # Text right after a closing quote belongs to the same part.
    after = _end(_NOT_SPACE, text, end)
    if after > end:
        values[-1] += text[end:after]
    return Part(start, after, excludes, name, tuple(values), index, quoted)


def _quoted(text: str, start: int) -> tuple[str, int]:
    """The text between the quote at `start` and the next one, and where it ends."""
    end = text.find('"', start + 1)
    return (text[start + 1 :], len(text)) if end < 0 else (text[start + 1 : end], end + 1)


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.match(text, start)
    return found.end() if found is not None else start


def _condition(part: Part) -> Condition:
    """Make a filter's condition. Raises InvalidValue with a sentence for the user."""
    field = FIELDS.get(part.field)
    if field is None:
        raise InvalidValue(_unknown_filter(part.field))
    try:
        if not part.values:
            raise InvalidValue
        condition = field.parse(part.values)
    except InvalidValue as why:
        raise InvalidValue(str(why) or field.advice) from None
    return Not(condition) if part.excludes else condition


def _unknown_filter(name: str) -> str:
    suggestion = _suggestion(name)
    if suggestion:
        return _(
            "Did you mean {suggestion}:, as in {example}? To search for the text itself, put it in "
            "quotes."
        ).format(suggestion=suggestion, example=FIELDS[suggestion].example)
    return _(
        "The filters are {fields}, as in {example}. To search for the text itself, put it in "
        "quotes."
    ).format(fields=", ".join(f"{known}:" for known in FIELDS), example=FIELDS["size"].example)


def _suggestion(name: str) -> str:
    """The filter that a name is probably a typo of; empty for none."""
    if name in _OTHER_NAMES:
        return _OTHER_NAMES[name]
    # Very short and very long names resemble nothing in particular.
    close = get_close_matches(name, FIELDS, 1, 0.75) if 4 <= len(name) <= 12 else []
    return close[0] if close else ""
