"""Parses a line as JSON. If it isn't valid, says where and why in a sentence.

Follows RFC 8259 strictly: NaN and lone surrogates, which Python's own parser accepts, are faults
here.
"""

import json
import re
from math import isinf

import msgspec

from services.checks.json_fault import Fault, find_fault
from services.checks.json_nesting import MAX_DEPTH, too_deep
from services.checks.short_repr import short_repr
from services.problems.severity import Severity
from services.system.language import _
from services.system.locale_format import whole

LONG_LINE_BYTES = 512 * 1024
"""Longer lines, in bytes, are parsed by a faster parser that doesn't notice repeated keys.

Python's own parser would hold the GIL, and with it the window, for too long.
"""

MAX_VALUES = 150_000
"""A longer line with more values than this isn't parsed, for the same reason."""

_MAX_INTEGER = 2**64


class JsonReader:
    """Parses one JSON text after another."""

    def __init__(self) -> None:
        self._text = ""
        self._faults: dict[str, Fault] = {}
        """By rule. The first fault of each rule is enough."""
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_float=self._float,
            parse_int=self._integer,
            parse_constant=self._constant,
        )

    def read(self, raw: bytes) -> tuple[object, tuple[Fault, ...]]:
        """Parse a JSON text in UTF-8. Return its value, or None if it has none, and its faults.

        If a key is repeated, the last one counts, as it does for servers.
        """
        if too_deep(raw):
            return None, (_too_deep(),)
        if len(raw) > LONG_LINE_BYTES:
            return _parse_long(raw)
        self._text = raw.decode("utf-8")
        self._faults.clear()
        try:
            value: object = self._decoder.decode(self._text)
        except json.JSONDecodeError:
            return None, (find_fault(self._text) or _not_json(),)
        if b"\\u" in raw and (at := _find_lone_surrogate(self._text)) is not None:
            self._note("json.lone_surrogate", _lone_surrogate_text(), at)
        return value, tuple(self._faults.values())

    def _object(self, pairs: list[tuple[str, object]]) -> dict[str, object]:
        parsed = dict(pairs)
        if len(parsed) != len(pairs):
            seen: set[str] = set()
            for key, _value in pairs:
                if key in seen:
                    text = _("{key} appears twice in one object; only the last one counts.")
                    text = text.format(key=short_repr(key))
                    self._note("json.repeated_key", text, None, Severity.WARNING)
                    break
                seen.add(key)
        return parsed

    def _float(self, text: str) -> float:
        number = float(text)
        if isinf(number):
            self._out_of_range(text)
        return number

    def _integer(self, text: str) -> int:
        # Python refuses to parse integers with thousands of digits.
        number = int(text) if len(text) < 30 else _MAX_INTEGER
        if abs(number) >= _MAX_INTEGER:
            self._out_of_range(text)
        return number

    def _constant(self, text: str) -> float:
        if "json.constant" not in self._faults:  # one search of the text is enough
            at = _position_of(text, self._text)
            self._note("json.constant", _constant_text(text), at)
        return float(text)

    def _out_of_range(self, text: str) -> None:
        if "json.number_range" not in self._faults:
            at = _position_of(text, self._text)
            self._note("json.number_range", _number_range_text(), at, Severity.WARNING)

    def _note(
        self, rule: str, text: str, at: int | None, severity: Severity = Severity.ERROR
    ) -> None:
        column = None if at is None else at + 1
        self._faults.setdefault(rule, Fault(rule, text, column, severity))


def has_more_values(raw: bytes, limit: int) -> bool:
    """Whether a text holds more values than `limit`. This is an estimate."""
    return sum(map(raw.count, (b",", b"[", b"{"))) > limit


_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|-?Infinity|NaN|-?\d[\d.eE+-]*+', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)

_CONSTANTS = {"NaN", "Infinity", "-Infinity"}


def _too_deep() -> Fault:
    message = _("Objects and lists are nested more than {number} levels deep.").format(
        number=whole(MAX_DEPTH)
    )
    return Fault("json.too_deep", message, None)


def _not_json() -> Fault:
    return Fault("json.invalid", _("This isn't valid JSON."), None)


def _too_many_values() -> Fault:
    message = _("This line has too many values to check.")
    return Fault("json.too_many_values", message, None, Severity.WARNING)


def _constant_text(word: str) -> str:
    return _("JSON doesn't allow {word}. Use null, or leave the key out.").format(word=word)


def _number_range_text() -> str:
    return _("This number is too large for most programs. Write it as a string.")


def _lone_surrogate_text() -> str:
    return _("This \\u escape is half a character, perhaps a cut-off emoji. Remove it.")


def _find_lone_surrogate(text: str) -> int | None:
    """Return where a lone surrogate escape is, if there is one."""
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


def _position_of(literal: str, text: str) -> int | None:
    tokens = _TOKEN.finditer(text)
    return next((token.start() for token in tokens if token[0] == literal), None)


def _parse_long(raw: bytes) -> tuple[object, tuple[Fault, ...]]:
    if has_more_values(raw, MAX_VALUES):
        return None, (_too_many_values(),)
    try:
        return msgspec.json.decode(raw), ()
    except msgspec.ValidationError:
        return None, (Fault("json.number_range", _number_range_text(), None, Severity.WARNING),)
    except msgspec.DecodeError:
        text = raw.decode("utf-8")
    return None, (find_fault(text) or _fault_in_long(text),)


def _fault_in_long(text: str) -> Fault:
    """Return the fault that only the faster parser objects to."""
    half = _find_lone_surrogate(text)
    if half is not None:
        return Fault("json.lone_surrogate", _lone_surrogate_text(), half + 1)
    for token in _TOKEN.finditer(text):
        if token[0] in _CONSTANTS:
            message = _constant_text(token[0])
            return Fault("json.constant", message, token.start() + 1)
    return _not_json()
