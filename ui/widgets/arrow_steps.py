"""Lets the arrow keys go from one text to the next, so that Tab needs to stop only once."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QTextEdit

_MOVES = {
    Qt.Key.Key_Down: (1, QTextCursor.MoveOperation.Down),
    Qt.Key.Key_Up: (-1, QTextCursor.MoveOperation.Up),
}


def step_out_of(text: QTextEdit, event: QKeyEvent) -> int:
    """1 if the key leads down from the last line of a text, -1 if up from the first, or else 0."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    step, move = _MOVES.get(Qt.Key(event.key()), (0, None))
    if move is None or modifiers != Qt.KeyboardModifier.NoModifier:
        return 0
    return 0 if text.textCursor().movePosition(move) else step
