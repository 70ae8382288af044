"""Finds a secret in text: verbatim, line-wrapped, escaped, in base64 or in hex.

The text is unescaped repeatedly, because several programs along the way may each have escaped it.
Positions refer to the original text.
"""

import base64
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal

SHORTEST_SECRET = 8
"""Shorter secrets are placeholders (`none`, `EMPTY`), and only found as whole words."""

_MOST_LEVELS = 6

_ESCAPED = re.compile(
    r"\\(?:u00|x)(?P<slash>[0-9a-f]{2})|%(?P<percent>[0-9a-f]{2})"
    r"|&#(?:x0{0,6}(?P<entity_hex>[0-9a-f]{1,2})|0{0,6}(?P<entity>[0-9]{1,3}));"
    r"|&(?P<ampersand>amp;)|\\(?P<white>[nrtf])|\\(?P<itself>[^\w\s])",
    re.IGNORECASE,
)
_BLANK = re.compile(
    r"[\s\x00-\x1f\u00ad\u200b-\u200d\u2060\ufeff]+|=\r?\n|<br\s?/?>", re.IGNORECASE
)
_BETWEEN_HEX = re.compile(r"[:,-]|0x|\\x", re.IGNORECASE)

_TO_LOWER: Mapping[int, int | str] = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
"""Not `str.lower`, which turns some characters into two."""
_TO_BASE64: Mapping[int, int | str] = {**_TO_LOWER, ord("-"): "+", ord("_"): "/"}
_END_OF_BASE64 = re.compile(r"[A-Za-z0-9+/_-]?(?:=|%3d){0,2}", re.IGNORECASE)


_Spans = tuple[Sequence[int], Sequence[int]]
"""Where each character of a transformed text starts and ends in the original."""


class _View:
    """A transformed text.

    Where its characters come from is only found out if a secret is found: in nearly all texts there
    is none, and every request has several.
    """

    def __init__(self, text: str, find_spans: Callable[[], _Spans]) -> None:
        self.text = text
        self._find_spans = find_spans

    @functools.cached_property
    def spans(self) -> _Spans:
        """Where each character starts and ends in the original."""
        return self._find_spans()

    def replaced(
        self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str] | Literal[""]
    ) -> "_View":
        """Replace each match with one character or none."""
        text, count = pattern.subn(replace, self.text)
        return _View(text, lambda: self._spans_after(pattern, replace)) if count else self

    def _spans_after(
        self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str] | Literal[""]
    ) -> _Spans:
        all_starts, all_ends = self.spans
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            begin, end = match.span()
            starts += all_starts[done:begin]
            ends += all_ends[done:begin]
            if replace and replace(match):
                starts += all_starts[begin : begin + 1]
                ends += all_ends[end - 1 : end]
            done = end
        return starts + list(all_starts[done:]), ends + list(all_ends[done:])

    def places(
        self, needles: Iterable[str], table: Mapping[int, int | str]
    ) -> Iterator[tuple[int, int]]:
        """Where the needles occur, after a translation that keeps the length."""
        text = self.text.translate(table)
        for needle in needles:
            found = text.find(needle)
            while found >= 0:
                end = found + len(needle)
                yield self.span(found, end)
                found = text.find(needle, end)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of the text starts and ends in the original."""
        starts, ends = self.spans
        return starts[start], ends[end - 1]


class Echoes:
    """Finds one secret in text."""

    def __init__(self, secret: str, encoded: bytes | None = None) -> None:
        """`encoded` is the bytes that base64 and hex encode; the secret in UTF-8 by default.

        An empty secret is never found.
        """
        self._secret = secret
        self._encoded = secret.encode() if encoded is None else encoded
        self.longest = 16 * len(secret)
        """Bytes that the secret takes up in its longest common form."""
        self._lower = _BLANK.sub("", secret).translate(_TO_LOWER)
        self.is_short = len(self._lower) < SHORTEST_SECRET
        self.hex_digits = self._encoded.hex()
        """The secret in hexadecimal, without separators."""
        self._base64 = tuple(core.translate(_TO_BASE64) for core in _base64_cores(self._encoded))

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where the secret starts and ends in the text, in order and without overlaps."""
        if not self._lower or len(text) < len(self._lower):
            return []
        found: list[tuple[int, int]] = []
        view = _View(text, lambda: (range(len(text)), range(1, len(text) + 1)))
        for _level in range(_MOST_LEVELS):
            found += self._whole_words(view) if self.is_short else self._anywhere(view, text)
            unescaped = view.replaced(_ESCAPED, _unescape)
            if unescaped is view:
                break
            view = unescaped
        return merge_overlapping(found)

    def needles(self) -> tuple[bytes, ...]:
        """Its common forms, for a quick search in large data; none for a short secret."""
        if self.is_short:
            return ()
        cores = _base64_cores(self._encoded)
        forms = {self._secret, self.hex_digits, self.hex_digits.upper(), *cores}
        forms |= {core.replace("+", "-").replace("/", "_") for core in cores}
        return tuple(form.encode() for form in forms)

    def _whole_words(self, view: _View) -> Iterator[tuple[int, int]]:
        for match in re.finditer(rf"(?<!\w){re.escape(self._secret)}(?!\w)", view.text):
            yield view.span(*match.span())

    def _anywhere(self, view: _View, text: str) -> Iterator[tuple[int, int]]:
        """`text` is the original of the view."""
        dense = view.replaced(_BLANK, "")
        yield from dense.places((self._lower,), _TO_LOWER)
        for start, end in dense.places(self._base64, _TO_BASE64):
            rest = _END_OF_BASE64.match(text, end)
            yield start, rest.end() if rest else end
        digits = dense.replaced(_BETWEEN_HEX, "")
        yield from digits.places((self.hex_digits,), _TO_LOWER)


def _base64_cores(secret: bytes) -> tuple[str, ...]:
    """The base64 characters that depend only on the secret, for each possible alignment."""
    cores = []
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + secret).decode()
        cores.append(encoded[-(-before * 8 // 6) : 8 * (before + len(secret)) // 6])
    return tuple(cores)


def _unescape(match: re.Match[str]) -> str:
    code = match["slash"] or match["percent"] or match["entity_hex"]
    if code:
        return chr(int(code, 16))
    if match["entity"]:
        return chr(int(match["entity"]))
    if match["ampersand"]:
        return "&"
    return match["itself"] or ""


def merge_overlapping(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The places in order, with overlapping ones merged."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(set(places)):
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged
