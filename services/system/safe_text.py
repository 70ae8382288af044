"""Makes untrusted text safe to show. No Qt.

A server's file names, purposes and messages can have line breaks and other control characters,
bidirectional overrides or markup, or be ten thousand characters long.
"""

import unicodedata
from collections.abc import Iterator

from services.system.unsafe_characters import without_unsafe

ZERO_WIDTH_SPACE = "\u200b"
"""Allows a line break without being visible."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def one_line(text: str) -> str:
    """The text on one line, with control and direction characters replaced by “�”.

    A right-to-left override could make one name look like another.
    """
    return without_unsafe(text, "�")


def escaped(text: str) -> str:
    """Escape text for markup. `html.escape` isn't used because it loads a large entity table."""
    return text.translate(_ESCAPES)


def shortened(text: str, length: int) -> str:
    """The text cut to `length` characters, with `…` at the end."""
    return text if len(text) <= length else text[: length - 1] + "…"


def without_middle(text: str, length: int) -> str:
    """The text cut to `length` characters, with `…` in the middle; for names."""
    half = length // 2
    return (
        text if len(text) <= length else f"{text[: length - half]}…{text[len(text) - half + 1 :]}"
    )


def breakable(text: str, length: int, piece: int | None = None) -> str:
    """Insert invisible line break opportunities into words longer than `length`.

    Without them, long words would widen the widget. There is one after every `piece` characters, or
    after every `length` if `piece` isn't given.
    """
    if len(text) <= length:
        return text
    return " ".join(
        word if len(word) <= length else ZERO_WIDTH_SPACE.join(_pieces(word, piece or length))
        for word in text.split(" ")
    )


def _pieces(word: str, length: int) -> Iterator[str]:
    """Split a word into pieces of at most `length`, keeping accents with their letters."""
    start = 0
    while start < len(word):
        end = start + length
        while start < end < len(word) and unicodedata.category(word[end]).startswith("M"):
            end -= 1
        end = end if end > start else start + length  # nothing but accents
        yield word[start:end]
        start = end


def menu_entry(text: str) -> str:
    """The text for a menu entry: shortened, because a menu is as wide as its longest entry."""
    return without_middle(one_line(text), _LONGEST_ENTRY).replace("&", "&&")


def tool_tip(*lines: str) -> str:
    """The lines as a tooltip: wrapped, escaped, and short enough for any screen."""
    shown = [breakable(shortened(one_line(line), _LONGEST_TIP), _LINE) for line in lines if line]
    return f"<qt>{'<br>'.join(map(escaped, shown))}</qt>" if shown else ""


_LONGEST_TIP = 500
_LONGEST_ENTRY = 48
_LINE = 60
