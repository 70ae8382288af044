"""Text from outside, made safe to show. No Qt.

Servers return any file name, purpose or message: with line ends and other controls, with marks that
turn the reading direction, with markup, or ten thousand characters long.
"""

import unicodedata
from collections.abc import Iterator

from services.system.unsafe_characters import without_unsafe

ZERO_WIDTH_SPACE = "\u200b"
"""Where a line may be broken though nothing is seen there."""
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def one_line(text: str) -> str:
    """On one line: line ends, other controls and direction marks made visible.

    A right-to-left override could make one name look like another.
    """
    return without_unsafe(text, "�")


def escaped(text: str) -> str:
    """As text in markup. The one of the standard library loads a table of two thousand names."""
    return text.translate(_ESCAPES)


def shortened(text: str, length: int) -> str:
    """Not longer than so many characters; `…` stands for what is left out at the end."""
    return text if len(text) <= length else text[: length - 1] + "…"


def without_middle(text: str, length: int) -> str:
    """Not longer than so many characters: a name tells most at its beginning and its end."""
    half = length // 2
    return (
        text if len(text) <= length else f"{text[: length - half]}…{text[len(text) - half + 1 :]}"
    )


def breakable(text: str, length: int, piece: int | None = None) -> str:
    """With invisible places to break in words longer than that, which would widen what shows it.

    There is one after every so many letters, the same number unless `piece` is another one.
    """
    if len(text) <= length:
        return text
    return " ".join(
        word if len(word) <= length else ZERO_WIDTH_SPACE.join(_pieces(word, piece or length))
        for word in text.split(" ")
    )


def _pieces(word: str, length: int) -> Iterator[str]:
    """The word in pieces of that length at most; an accent stays with its letter."""
    start = 0
    while start < len(word):
        end = start + length
        while start < end < len(word) and unicodedata.category(word[end]).startswith("M"):
            end -= 1
        end = end if end > start else start + length  # accents alone
        yield word[start:end]
        start = end


def menu_entry(text: str) -> str:
    """As an entry of a menu, which is as wide as its longest one and takes `&` for a mark."""
    return without_middle(one_line(text), _LONGEST_ENTRY).replace("&", "&&")


def tool_tip(*lines: str) -> str:
    """As a tool tip: wrapped, never read as markup, and never larger than a screen."""
    shown = [breakable(shortened(one_line(line), _LONGEST_TIP), _LINE) for line in lines if line]
    return f"<qt>{'<br>'.join(map(escaped, shown))}</qt>" if shown else ""


_LONGEST_TIP = 500
_LONGEST_ENTRY = 48
_LINE = 60
