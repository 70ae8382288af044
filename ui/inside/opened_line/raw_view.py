"""Shows a line as it is in the file."""

from collections.abc import Iterator

from PySide6.QtCore import QMimeData, Qt, Slot
from PySide6.QtGui import QFontDatabase, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from services.system.language import _
from services.system.unsafe_characters import with_escapes
from ui.inside.opened_line.turns import Turns
from ui.theme import Role, color
from ui.widgets.labels import label
from ui.widgets.qt_lengths import between, units

_PIECE = 2_000
"""Characters in a block of text: Qt lays out only the blocks that can be seen."""
_PIECES_AT_ONCE = 20
_ADDED = 1
"""The state of a block whose line end isn't in the file."""


class RawView(QWidget):
    """A line in a monospaced font, with a sentence above it if it can't be read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problem = label(look="error", wrap=True)
        self._problem.hide()
        self.text = RawText()
        self.setFocusProxy(self.text)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._problem)
        column.addWidget(self.text, 1)

    @property
    def problem(self) -> str:
        """The sentence above the line; empty if there is none."""
        return self._problem.text()

    def show_line(self, line: bytes, problem: str = "", position: int | None = None) -> None:
        """Show another line, and why it can't be read as JSON.

        `position` is the character to mark.
        """
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.text.show_line(line, position)


class RawText(QPlainTextEdit):
    """The text of a line. Line ends that Qt needs to lay it out quickly are never copied."""

    def __init__(self) -> None:
        super().__init__()
        self._source = ""
        self._added = 0
        self._marked: int | None = None
        self._turns = Turns(self)
        self.setProperty("look", "field")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName(_("Line"))

    @property
    def source(self) -> str:
        """The text as it is in the file; bytes that aren't UTF-8 are replaced."""
        return self._source

    @property
    def turns(self) -> Turns:
        """What adds the rest of a long line."""
        return self._turns

    def show_line(self, line: bytes, marked: int | None = None) -> None:
        """Show another line, with the character at a position marked."""
        self._turns.forget_all()
        self._marked = marked
        self.setExtraSelections([])
        self._source = line.decode("utf-8", "replace")
        self._added = 0
        self.clear()
        self._add_some()

    def createMimeDataFromSelection(self) -> QMimeData:
        """The selected part of the line, with escapes as they are shown."""
        data = QMimeData()
        data.setText("".join(self._selected_parts()))
        return data

    def _selected_parts(self) -> Iterator[str]:
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        block = self.document().findBlock(start)
        while block.isValid() and block.position() < end:
            first = max(0, start - block.position())
            last = min(block.length() - 1, end - block.position())
            yield between(block.text(), first, last - first)
            if block.position() + block.length() <= end and block.userState() != _ADDED:
                yield "\n"
            block = block.next()

    @Slot()
    def _add_some(self) -> None:
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        place = None
        for _number in range(_PIECES_AT_ONCE):
            if self._added >= len(self._source):
                break
            if self._added:
                cursor.block().setUserState(_ADDED)
                cursor.insertBlock()
            start, end = self._added, _end_of_piece(self._source, self._added)
            cursor.insertText(with_escapes(self._source[start:end]))
            self._added = end
            if self._marked is not None and start <= self._marked < end:
                before = units(with_escapes(self._source[start : self._marked]))
                place = cursor.block().position() + before
        cursor.endEditBlock()
        if place is not None:
            self._mark(place)
        if self._added < len(self._source):
            self._turns.add(self, self._add_some)

    def _mark(self, place: int) -> None:
        """Mark the character at a place in the document, and show it."""
        spot = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(place)
        self.setTextCursor(cursor)
        cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
        look = QTextCharFormat()
        look.setBackground(color(Role.DANGER, self.palette()))
        look.setForeground(color(Role.ON_DANGER, self.palette()))
        spot.cursor, spot.format = cursor, look
        self.setExtraSelections([spot])
        # After the layout of a page that wasn't shown before.
        self._turns.add(self.ensureCursorVisible, self.ensureCursorVisible)


def _end_of_piece(text: str, start: int) -> int:
    """The end of a block, after a comma or a space if possible."""
    most = start + _PIECE
    if most >= len(text):
        return len(text)
    near = max(text.rfind(sign, most - _PIECE // 4, most) for sign in ", ")
    return most if near < 0 else near + 1
