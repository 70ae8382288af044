"""Finds the first fault in JSON text, and explains it in a sentence.

JSON parsers report positions too, but they differ between parsers and versions. So text that a
parser rejected is scanned again here.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from services.checks.short_repr import short_repr
from services.problems.severity import Severity
from services.system.language import N_, _


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with JSON text."""

    rule: str
    text: str
    column: int | None
    """In characters, from 1."""
    severity: Severity = Severity.ERROR
    in_string: bool = False
    """Whether the text ended inside a string."""


def find_fault(text: str) -> Fault | None:
    """Return the first fault of the text, or None if it is valid. NaN and Infinity are accepted."""
    brackets: list[str] = []
    state = _State.VALUE
    at, last, end = 0, "", 0
    while (token := _TOKEN.match(text, at)) is not None:
        kind = '"' if token["string"] else token["mark"] or _LITERAL
        next_state = _TRANSITIONS[state].get(kind)
        if next_state is None:
            break
        at, last = token.end(), kind
        if kind in "{[":
            brackets.append(kind)
        elif kind in "}]":
            brackets.pop()
        if next_state is _State.AFTER_VALUE:
            next_state = _AFTER[brackets[-1]] if brackets else _State.END
        state = next_state
    end = at
    at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it also matches nothing
    if at == len(text):
        return None if state is _State.END else _unclosed(text)
    if text.startswith("\ufeff", at):
        message = _("There is a byte order mark here, perhaps from joining files. Remove it.")
        return Fault("line.inner_bom", message, at + 1)
    if _COMMENT.match(text, at):
        return Fault("line.comment", _("JSON doesn't allow comments. Remove this one."), at + 1)
    if not last and text.startswith("```", at):
        message = _("This line marks a code block. Remove it, and the one at the end.")
        return Fault("line.fence", message, at + 1)
    if state is _State.END:
        return _fault_after_end(text, end, at)
    if text[at] == '"' and '"' in _TRANSITIONS[state]:
        return _fault_in_string(text, at)
    if text[at] in "]}" and last == ",":
        message = _("Nothing follows the last comma. Remove it.")
        return Fault("json.comma", message, at + 1)
    if _string_ended_early(text, last, state, end, at):
        message = _('This quotation mark ends the string. Inside a string, write it as \\".')
        return Fault("json.unescaped_quote", message, end)
    if not last and text[at] > " " and text[at] not in (*_SIGNS, *_CURLY, "'"):
        message = _("This isn't JSON. Each line must be an object, in curly brackets.")
        return Fault("line.not_object", message, at + 1)
    return _unexpected(text[at], at)


class _State(Enum):
    """What is expected next."""

    VALUE = auto()
    FIRST_VALUE = auto()
    """Or the end of an empty list."""
    KEY = auto()
    FIRST_KEY = auto()
    """Or the end of an empty object."""
    COLON = auto()
    AFTER_VALUE = auto()
    """One of the three below, depending on the open brackets."""
    IN_OBJECT = auto()
    IN_LIST = auto()
    END = auto()


_LITERAL = "literal"
_VALUES = {
    '"': _State.AFTER_VALUE,
    _LITERAL: _State.AFTER_VALUE,
    "{": _State.FIRST_KEY,
    "[": _State.FIRST_VALUE,
}
_TRANSITIONS: dict[_State, dict[str, _State]] = {
    _State.VALUE: _VALUES,
    _State.FIRST_VALUE: _VALUES | {"]": _State.AFTER_VALUE},
    _State.KEY: {'"': _State.COLON},
    _State.FIRST_KEY: {'"': _State.COLON, "}": _State.AFTER_VALUE},
    _State.COLON: {":": _State.VALUE},
    _State.IN_OBJECT: {",": _State.KEY, "}": _State.AFTER_VALUE},
    _State.IN_LIST: {",": _State.VALUE, "]": _State.AFTER_VALUE},
    _State.END: {},
}
_AFTER = {"{": _State.IN_OBJECT, "[": _State.IN_LIST}

# Before Python 3.11.5, a possessive group keeps what a failed part of it matched, unless that part
# is atomic.
_STRING_PREFIX = r""""(?:[^"\\\x00-\x1f]++|(?>\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})))*+"""
_PUNCTUATION = '"{}[]:,'
_CURLY = "“”„"
_COMMENT = re.compile(r"//|/\*|#")
_OPEN_STRING = re.compile(_STRING_PREFIX)
_SPACE = re.compile(r"[ \t\n\r]*+")
_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
_TOKEN = re.compile(
    rf'{_SPACE.pattern}(?:(?P<string>{_STRING_PREFIX}")|(?P<mark>[{{}}\[\],:])'
    rf"|true|false|null|NaN|-?Infinity|{_NUMBER})"
)


def _fault_in_string(text: str, at: int) -> Fault:
    end = _OPEN_STRING.match(text, at).end()  # type: ignore[union-attr]  # it begins with one
    char = text[end : end + 1]
    if not char or (char == "\\" and end + 1 == len(text)):
        message = _("The string that begins here has no closing quotation mark.")
        return Fault("json.unclosed", message, at + 1, in_string=True)
    if char in "\r\n":
        message = _("There is a line break inside a string. Write it as \\n.")
        return Fault("json.line_break", message, end + 1)
    if char == "\\":
        message = _("This backslash doesn't begin an escape. For a backslash, write two.")
        return Fault("json.escape", message, end + 1)
    return _unexpected(char, end)


def _fault_after_end(text: str, end: int, at: int) -> Fault:
    if text[at] == "," and not text[at + 1 :].strip():
        message = _(
            "There is a comma after the object. Remove it; lines aren't separated by commas."
        )
        return Fault("json.comma", message, at + 1)
    if "\r" in text[end:at]:
        message = _("The line before this ends with CR alone. End it with LF.")
    elif text[at] in ",{[":
        message = _("There is another object on this line. Put each object on its own line.")
    else:
        message = _(
            "There is something after the end of the JSON. Put each object on its own line."
        )
    return Fault("json.trailing_data", message, at + 1)


def _string_ended_early(text: str, last: str, state: "_State", end: int, at: int) -> bool:
    """Whether a string seems to continue after the quotation mark that ended it."""
    if last != '"' or state not in (_State.IN_OBJECT, _State.IN_LIST) or text[at] in _PUNCTUATION:
        return False
    return at == end or (_is_text(text[at]) and not _TOKEN.match(text, at))


def _is_text(char: str) -> bool:
    """Whether this belongs to ordinary text, rather than being a quotation mark or other symbol."""
    return char.isalnum() or not (char.isascii() or char.isspace() or char in _CURLY)


def _unclosed(text: str) -> Fault:
    message = _("The JSON isn't complete at the end of the line. Put each object on one line.")
    return Fault("json.unclosed", message, max(len(text.rstrip(" \t\r\n")), 1))


def _unexpected(char: str, at: int) -> Fault:
    rule, message = _describe(char)
    return Fault(rule, message, at + 1)


def _describe(char: str) -> tuple[str, str]:
    if char == "\0":
        return "line.null_byte", _("There is a null byte in this line. Remove it.")
    if char < " ":
        message = _(
            "There is a tab or other control character inside a string. Write it as an escape, such as \\t."
        )
        return "json.control_character", message
    if char == "'":
        return "json.quotation_mark", _("JSON uses double quotation marks, not single ones.")
    if char in _CURLY:
        return "json.quotation_mark", _("JSON uses straight quotation marks, not curly ones.")
    message = _(
        "{sign} isn't allowed here. A comma, colon, quotation mark or bracket may be missing before it."
    )
    return "json.invalid", message.format(sign=_(_SIGNS.get(char, "")) or short_repr(char))


_SIGNS = {
    '"': N_("A quotation mark"),
    ",": N_("A comma"),
    ":": N_("A colon"),
    "{": N_("An opening curly bracket"),
    "}": N_("A closing curly bracket"),
    "[": N_("An opening square bracket"),
    "]": N_("A closing square bracket"),
    "\\": N_("A backslash"),
    "\u00a0": N_("A no-break space"),
}
"""Characters that are hard to see, or to tell apart, in quotation marks."""
