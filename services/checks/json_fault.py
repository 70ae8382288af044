"""Where a text stops being JSON, and why, in a sentence.

The readers know that much too, but each tells another place for the same fault, and not the same
in each of their versions. So a text that a reader refused is walked once more here.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from services.checks.shown import shown
from services.problems.severity import Severity
from services.system.language import N_, _


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a JSON text."""

    rule: str
    text: str
    column: int | None
    """In characters, from 1."""
    severity: Severity = Severity.ERROR
    in_text: bool = False
    """Whether the end came in the middle of a text."""


def fault_in(text: str) -> Fault | None:
    """The first fault of a text, None where it is JSON. NaN and the infinities are let through."""
    brackets: list[str] = []
    state = _State.VALUE
    at, last, end = 0, "", 0
    while (token := _TOKEN.match(text, at)) is not None:
        kind = '"' if token["string"] else token["mark"] or _LITERAL
        following = _FOLLOWING[state].get(kind)
        if following is None:
            break
        at, last = token.end(), kind
        if kind in "{[":
            brackets.append(kind)
        elif kind in "}]":
            brackets.pop()
        if following is _State.AFTER_VALUE:
            following = _AFTER[brackets[-1]] if brackets else _State.END
        state = following
    end = at
    at = _SPACE.match(text, at).end()  # type: ignore[union-attr]  # it matches nothing too
    if at == len(text):
        return None if state is _State.END else _unclosed(text)
    if text.startswith("\ufeff", at):
        told = _("There is a byte order mark here, perhaps from joining files. Remove it.")
        return Fault("line.mark_inside", told, at + 1)
    if _COMMENT.match(text, at):
        return Fault("line.comment", _("JSON doesn't allow comments. Remove this one."), at + 1)
    if not last and text.startswith("```", at):
        told = _("This line marks a code block. Remove it, and the one at the end.")
        return Fault("line.fence", told, at + 1)
    if state is _State.END:
        return _behind_the_end(text, end, at)
    if text[at] == '"' and '"' in _FOLLOWING[state]:
        return _fault_in_string(text, at)
    if text[at] in "]}" and last == ",":
        told = _("Nothing follows the last comma. Remove it.")
        return Fault("json.comma", told, at + 1)
    if _ended_early(text, last, state, end, at):
        told = _('This quotation mark ends the string. Inside a string, write it as \\".')
        return Fault("json.quote", told, end)
    if not last and text[at] > " " and text[at] not in (*_SIGNS, *_CURLY, "'"):
        told = _("This isn't JSON. Each line must be an object, in curly brackets.")
        return Fault("line.not_object", told, at + 1)
    return _unexpected(text[at], at)


class _State(Enum):
    """What may come next."""

    VALUE = auto()
    FIRST_VALUE = auto()
    """Or the end of a list without any."""
    KEY = auto()
    FIRST_KEY = auto()
    """Or the end of an object without any."""
    COLON = auto()
    AFTER_VALUE = auto()
    """One of the three below, by the brackets that are open."""
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
_FOLLOWING: dict[_State, dict[str, _State]] = {
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

# Before Python 3.11.5, a part that fails within a possessive group keeps what it matched, unless
# it is atomic.
_GOOD = r""""(?:[^"\\\x00-\x1f]++|(?>\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})))*+"""
_MARKS = '"{}[]:,'
_CURLY = "“”„"
_COMMENT = re.compile(r"//|/\*|#")
_BEGUN_STRING = re.compile(_GOOD)
_SPACE = re.compile(r"[ \t\n\r]*+")
_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
_TOKEN = re.compile(
    rf'{_SPACE.pattern}(?:(?P<string>{_GOOD}")|(?P<mark>[{{}}\[\],:])'
    rf"|true|false|null|NaN|-?Infinity|{_NUMBER})"
)


def _fault_in_string(text: str, at: int) -> Fault:
    end = _BEGUN_STRING.match(text, at).end()  # type: ignore[union-attr]  # a quotation mark does
    char = text[end : end + 1]
    if not char or (char == "\\" and end + 1 == len(text)):
        told = _("The string that begins here has no closing quotation mark.")
        return Fault("json.unclosed", told, at + 1, in_text=True)
    if char in "\r\n":
        told = _("There is a line break inside a string. Write it as \\n.")
        return Fault("json.line_break", told, end + 1)
    if char == "\\":
        told = _("This backslash doesn't begin an escape. For a backslash, write two.")
        return Fault("json.escape", told, end + 1)
    return _unexpected(char, end)


def _behind_the_end(text: str, end: int, at: int) -> Fault:
    if text[at] == "," and not text[at + 1 :].strip():
        told = _("There is a comma after the object. Remove it; lines aren't separated by commas.")
        return Fault("json.comma", told, at + 1)
    if "\r" in text[end:at]:
        told = _("The line before this ends with CR alone. End it with LF.")
    elif text[at] in ",{[":
        told = _("There is another object on this line. Put each object on its own line.")
    else:
        told = _("There is something after the end of the JSON. Put each object on its own line.")
    return Fault("json.more_behind", told, at + 1)


def _ended_early(text: str, last: str, state: "_State", end: int, at: int) -> bool:
    """Whether a text seems to go on behind the quotation mark that ended it."""
    if last != '"' or state not in (_State.IN_OBJECT, _State.IN_LIST) or text[at] in _MARKS:
        return False
    return at == end or (_goes_on(text[at]) and not _TOKEN.match(text, at))


def _goes_on(char: str) -> bool:
    """Whether it is of a text in words, and no quotation mark or sign of some notation."""
    return char.isalnum() or not (char.isascii() or char.isspace() or char in _CURLY)


def _unclosed(text: str) -> Fault:
    told = _("The JSON isn't complete at the end of the line. Put each object on one line.")
    return Fault("json.unclosed", told, max(len(text.rstrip(" \t\r\n")), 1))


def _unexpected(char: str, at: int) -> Fault:
    rule, told = _words_for(char)
    return Fault(rule, told, at + 1)


def _words_for(char: str) -> tuple[str, str]:
    if char == "\0":
        return "line.nul", _("There is a zero byte in this line. Remove it.")
    if char < " ":
        told = _(
            "There is a tab or other control character inside a string. Write it as an escape, such as \\t."
        )
        return "json.control_character", told
    if char == "'":
        return "json.quotation_mark", _("JSON uses double quotation marks, not single ones.")
    if char in _CURLY:
        return "json.quotation_mark", _("JSON uses straight quotation marks, not curly ones.")
    told = _(
        "{sign} isn't allowed here. A comma, colon, quotation mark or bracket may be missing before it."
    )
    return "json.invalid", told.format(sign=_(_SIGNS.get(char, "")) or shown(char))


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
"""Those that can hardly be told apart, or seen, between quotation marks."""
