"""Line numbers for a short text, which stay put when the text scrolls sideways."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from ui.theme import Role, color

_GAP = 10
"""Pixels between a number and its line."""


class LineNumbers(QWidget):
    """Draws a number in front of each line of a text."""

    def __init__(self, text: QPlainTextEdit) -> None:
        super().__init__(text)
        self._text = text
        self._numbers: tuple[int, ...] = ()
        self._marked: int | None = None
        # Clicks and wheel events here belong to the text.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        text.verticalScrollBar().valueChanged.connect(self.update)

    def show_numbers(self, numbers: Sequence[int], marked: int | None = None) -> None:
        """Set the numbers of the text's lines; `marked` is highlighted."""
        self._numbers = tuple(numbers)
        self._marked = marked
        self.update()

    @property
    def room(self) -> int:
        """The width of the numbers plus their gap from the text; 0 if there are none."""
        if not self._numbers:
            return 0
        digits = "9" * len(str(max(self._numbers)))
        return self._text.fontMetrics().horizontalAdvance(digits) + _GAP

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw all numbers; there are only a few lines."""
        painter = QPainter(self)
        painter.setFont(self._text.font())
        line = QTextCursor(self._text.document())
        for number in self._numbers:
            # Text coordinates work here because both widgets start at the same height.
            top = self._text.cursorRect(line).top()
            role = Role.TEXT if number == self._marked else Role.MUTED
            painter.setPen(color(role, self.palette()))
            place = QRect(0, top, self.width() - _GAP, self._text.fontMetrics().height())
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(number))
            line.movePosition(QTextCursor.MoveOperation.NextBlock)
        painter.end()
