"""Reading a line as JSON; where it is none, the place and the reason in a sentence.

The standard (RFC 8259) is kept to: NaN and half characters, which Python's own reader lets
through, are faults here.
"""

import json
import re
from math import isinf

import msgspec

from services.checks.json_fault import Fault, fault_in
from services.checks.json_nesting import DEEPEST, too_deep
from services.checks.shown import shown
from services.problems.severity import Severity
from services.system.language import _
from services.system.locale_format import whole

LONG = 512 * 1024
"""Bytes of a line from which on it is read by a quicker way, which sees no repeated keys: Python's
own reader would hold the interpreter, and with it the window, for too long."""

MOST_VALUES = 150_000
"""Values in a long line that are read; likewise."""

_GREATEST_INTEGER = 2**64


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
        if too_deep(raw):
            return None, (_too_deep(),)
        if len(raw) > LONG:
            return _read_long(raw)
        self._text = raw.decode("utf-8")
        self._faults.clear()
        try:
            value: object = self._decoder.decode(self._text)
        except json.JSONDecodeError:
            return None, (fault_in(self._text) or _not_json(),)
        if b"\\u" in raw and (at := _half_character(self._text)) is not None:
            self._note("json.half_character", _half_a_character(), at)
        return value, tuple(self._faults.values())

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        made = dict(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            for key, _value in pairs:
                if key in seen:
                    text = _("{key} appears twice in one object; only the last one counts.")
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
        if "json.constant" not in self._faults:  # else each would be looked for in all the text
            at = _place_of(text, self._text)
            self._note("json.constant", _no_constant(text), at)
        return float(text)

    def _out_of_range(self, text: str) -> None:
        if "json.number_range" not in self._faults:
            at = _place_of(text, self._text)
            self._note("json.number_range", _number_range(), at, Severity.WARNING)

    def _note(
        self, rule: str, text: str, at: int | None, severity: Severity = Severity.ERROR
    ) -> None:
        column = None if at is None else at + 1
        self._faults.setdefault(rule, Fault(rule, text, column, severity))


def more_values(raw: bytes, most: int) -> bool:
    """Whether a text holds more values than that, roughly."""
    return sum(map(raw.count, (b",", b"[", b"{"))) > most


_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|-?Infinity|NaN|-?\d[\d.eE+-]*+', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)

_CONSTANTS = {"NaN", "Infinity", "-Infinity"}


def _too_deep() -> Fault:
    told = _("Objects and lists are nested more than {number} levels deep.").format(
        number=whole(DEEPEST)
    )
    return Fault("json.too_deep", told, None)


def _not_json() -> Fault:
    return Fault("json.invalid", _("This isn't valid JSON."), None)


def _too_involved() -> Fault:
    told = _("This line has too many values to check.")
    return Fault("json.too_involved", told, None, Severity.WARNING)


def _no_constant(word: str) -> str:
    return _("JSON doesn't have {word}. Use null, or leave the key out.").format(word=word)


def _number_range() -> str:
    return _("This number is too large for most programs. Write it as a string.")


def _half_a_character() -> str:
    return _("This \\u escape is half a character, perhaps a cut-off emoji. Remove it.")


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


def _place_of(literal: str, text: str) -> int | None:
    tokens = _TOKEN.finditer(text)
    return next((token.start() for token in tokens if token[0] == literal), None)


def _read_long(raw: bytes) -> tuple[object, tuple[Fault, ...]]:
    if more_values(raw, MOST_VALUES):
        return None, (_too_involved(),)
    try:
        return msgspec.json.decode(raw), ()
    except msgspec.ValidationError:
        return None, (Fault("json.number_range", _number_range(), None, Severity.WARNING),)
    except msgspec.DecodeError:
        text = raw.decode("utf-8")
    return None, (fault_in(text) or _fault_of_long(text),)


def _fault_of_long(text: str) -> Fault:
    """What only the quicker reader takes for a fault."""
    half = _half_character(text)
    if half is not None:
        return Fault("json.half_character", _half_a_character(), half + 1)
    for token in _TOKEN.finditer(text):
        if token[0] in _CONSTANTS:
            told = _no_constant(token[0])
            return Fault("json.constant", told, token.start() + 1)
    return _not_json()
