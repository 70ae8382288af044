"""How wide a text is in a monospaced font, and the pieces it is drawn in. No Qt."""

import re
from collections.abc import Sequence

_PIECE_CHARACTERS = 60
"""Characters drawn at once. Each piece starts in its column, so only visible ones are drawn."""
Piece = tuple[int, int, str]
"""The column it starts in, how many columns it has, and its text."""
_WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f"
    "\uff00-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd]"
)
"""Characters that take two columns."""
_WITHOUT_WIDTH = re.compile("[\u0300-\u036f\u200b-\u200d\u20d0-\u20ff\ufe00-\ufe0f]")


def columns_of(text: str) -> int:
    """How many columns a text takes in a monospaced font."""
    if text.isascii():
        return len(text)
    return len(text) + len(_WIDE.findall(text)) - len(_WITHOUT_WIDTH.findall(text))


def pieces_of(text: str) -> list[Piece]:
    """The pieces of a text, so that only those that are visible need to be drawn."""
    pieces = []
    column = 0
    for place in range(0, len(text), _PIECE_CHARACTERS):
        piece = text[place : place + _PIECE_CHARACTERS]
        columns = columns_of(piece)
        pieces.append((column, columns, piece))
        column += columns
    return pieces


def columns_in(pieces: Sequence[Piece]) -> int:
    """How many columns these pieces of a text take."""
    return pieces[-1][0] + pieces[-1][1] if pieces else 0
