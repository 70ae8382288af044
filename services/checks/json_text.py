"""Reading a line as JSON; where it is none, the place and the reason in a sentence.

The standard (RFC 8259) is kept to: NaN and half characters, which Python's own reader lets
through, are faults here.
"""

import json
import re
from dataclasses import dataclass
from math import isinf

import msgspec

from services.checks.finding import Severity
from services.checks.shown import shown
from services.language import _

LONG = 512 * 1024
"""Bytes of a line from which on it is read by a quicker way, which sees no repeated keys: Python's
own reader would hold the interpreter, and with it the window, for too long."""

MOST_VALUES = 150_000
"""Values in a long line that are read; likewise."""

_GREATEST_INTEGER = 2**64


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a JSON text."""

    rule: str
    text: str
    column: int | None
    """In characters, from 1."""
    severity: Severity = Severity.ERROR


class JsonReader:
    """Reads one JSON text after the other."""

    def __init__(self) -> None:
        self._text = ""
        self._faults: dict[str, Fault] = {}
        """By rule: the first of each is enough."""
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=self._float,
            parse_int=self._integer,
            parse_constant=self._constant,
        )

    def read(self, raw: bytes) -> tuple[object, tuple[Fault, ...]]:
        """The value of a JSON text in UTF-8, None when there is none, and its faults.

        Of a key that is there twice the last counts, as for the readers of servers.
        """
        if len(raw) > LONG:
            return _read_long(raw)
        self._text = raw.decode("utf-8")
        self._faults.clear()
        try:
            value: object = self._decoder.decode(self._text)
        except json.JSONDecodeError as error:
            return None, (_fault_of(error.doc, error.pos, error.msg),)
        except RecursionError:
            return None, (_TOO_DEEP,)
        if b"\\u" in raw and (at := _half_character(self._text)) is not None:
            self._note("json.half_character", _HALF_CHARACTER, at)
        return value, tuple(self._faults.values())

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            for key, _value in pairs:
                if key in seen:
                    text = _("{key} is there twice in one object and only the last one counts.")
                    text = text.format(key=shown(key))
                    self._note("json.repeated_key", text, None, Severity.WARNING)
                    break
                seen.add(key)
        return made

    def _float(self, text: str) -> float:
        number = float(text)
        if isinf(number):
            self._out_of_range(text)
        return number

    def _integer(self, text: str) -> int:
        # Python refuses to read an integer of thousands of digits.
        number = int(text) if len(text) < 30 else _GREATEST_INTEGER
        if abs(number) >= _GREATEST_INTEGER:
            self._out_of_range(text)
        return number

    def _constant(self, text: str) -> float:
        told = _("JSON has no {word}. Write null, or leave the key out.").format(word=text)
        self._note("json.constant", told, self._place_of(text))
        return float(text)

    def _out_of_range(self, text: str) -> None:
        self._note("json.number_range", _NUMBER_RANGE, self._place_of(text), Severity.WARNING)

    def _place_of(self, literal: str) -> int | None:
        tokens = _TOKEN.finditer(self._text)
        return next((token.start() for token in tokens if token[0] == literal), None)

    def _note(
        self, rule: str, text: str, at: int | None, severity: Severity = Severity.ERROR
    ) -> None:
        column = None if at is None else at + 1
        self._faults.setdefault(rule, Fault(rule, text, column, severity))


def more_values(raw: bytes, most: int) -> bool:
    """Whether a text holds more values than that, roughly."""
    return sum(map(raw.count, (b",", b"[", b"{"))) > most


_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|-?Infinity|NaN|-?\d[\d.eE+-]*+', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)

_TOO_DEEP = Fault(
    "json.too_deep", _("Objects and lists lie too deep in each other to be read."), None
)
_TOO_INVOLVED = Fault(
    "json.too_involved",
    _("This line holds too many values to be checked."),
    None,
    Severity.WARNING,
)
_NUMBER_RANGE = _("This number is larger than most programs can hold. Write it as text.")
_HALF_CHARACTER = _(
    "This \\u escape is only half a character, as when text was cut within an emoji. Remove it."
)


def _half_character(text: str) -> int | None:
    """Where an escape stands for half of a character without the other half."""
    first: re.Match[str] | None = None
    for escape in _ESCAPE.finditer(text):
        code = int(escape[1], 16) if escape[1] else 0
        if 0xDC00 <= code < 0xE000 and first is not None and first.end() == escape.start():
            first = None
            continue
        if first is not None or 0xDC00 <= code < 0xE000:
            return (first or escape).start()
        if 0xD800 <= code < 0xDC00:
            first = escape
    return None if first is None else first.start()


def _read_long(raw: bytes) -> tuple[object, tuple[Fault, ...]]:
    if more_values(raw, MOST_VALUES):
        return None, (_TOO_INVOLVED,)
    try:
        return msgspec.json.decode(raw), ()
    except RecursionError:
        return None, (_TOO_DEEP,)
    except msgspec.ValidationError:
        return None, (Fault("json.number_range", _NUMBER_RANGE, None, Severity.WARNING),)
    except msgspec.DecodeError as error:
        told = str(error)
    text = raw.decode("utf-8")
    place = re.search(r"\(byte (\d+)\)", told)
    if place is None or "escape" in told:
        # Half a character is a bad escape to this reader, or an end that comes too early.
        half = _half_character(text)
        if half is not None:
            return None, (Fault("json.half_character", _HALF_CHARACTER, half + 1),)
    if place is None:
        return None, (_fault_of(text, len(text), told),)
    at = len(raw[: int(place[1])].decode("utf-8", "ignore"))
    return None, (_fault_of(text, at - 1 if "trailing characters" in told else at, told),)


def _fault_of(text: str, at: int, reason: str) -> Fault:
    """From the place where a reader stopped, and its reason in its own words."""
    end = len(text.rstrip(" \t\r\n"))
    char = text[at : at + 1]
    if "escape" in reason:
        told = _("After this backslash no escape follows. To mean a backslash, write two.")
        return Fault("json.escape", told, min(at, max(end - 1, 0)) + 1)
    if reason.startswith("Unterminated"):
        told = _("The text that begins here has no closing quotation mark.")
        return Fault("json.unclosed", told, at + 1)
    if at >= end:
        told = _("The line ends before its JSON does. Every object goes on a line of its own.")
        return Fault("json.unclosed", told, max(end, 1))
    if reason.startswith("Extra data") or "trailing characters" in reason:
        told = _("Something follows after the end of the JSON. Every object goes on a line.")
        return Fault("json.more_behind", told, at + 1)
    if "trailing comma" in reason or (
        char in "]}" and text[max(0, at - 100) : at].rstrip()[-1:] == ","
    ):
        told = _("Nothing follows after the last comma. Remove the comma.")
        return Fault("json.comma", told, at + 1)
    return Fault(*_unexpected(char), at + 1)


def _unexpected(char: str) -> tuple[str, str]:
    if char == "\0":
        return "line.nul", _("A zero byte is in this line. Remove it.")
    if char < " ":
        told = _("A tab or another control character is in a text. Write it as an escape: \\t.")
        return "json.control_character", told
    if char == "'":
        return "json.quotation_mark", _("JSON has double quotation marks only, no single ones.")
    if char in "“”„":
        return "json.quotation_mark", _("JSON has straight quotation marks only, no curly ones.")
    told = _("{sign} can't follow here. A comma, colon, quotation mark or bracket may be missing.")
    return "json.invalid", told.format(sign=_SIGNS.get(char) or shown(char))


_SIGNS = {
    '"': _("A quotation mark"),
    ",": _("A comma"),
    ":": _("A colon"),
    "{": _("An opening curly bracket"),
    "}": _("A closing curly bracket"),
    "[": _("An opening square bracket"),
    "]": _("A closing square bracket"),
    "\\": _("A backslash"),
    "\u00a0": _("A no-break space"),
}
"""Those that can hardly be told apart, or seen, between quotation marks."""
