"""The lines around a finding, with its position marked."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QTextEdit, QWidget

from services.checks.lines_around import LineExcerpt
from services.system.language import _
from ui.theme import Role, color
from ui.uploads.line_numbers import LineNumbers
from ui.widgets.exact_copy import ExactText
from ui.widgets.qt_lengths import units
from ui.wording import count_in_words

_MAX_LINES = 7
_MIN_LINES = 3
_EXTRA_HEIGHT = 24
"""Pixels for the margins and the scroll bar."""


class LineView(ExactText):
    """Shows lines of a file, with line numbers on the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Surrounding lines"))
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        line = self.fontMetrics().lineSpacing()
        self.setMinimumHeight(_MIN_LINES * line + _EXTRA_HEIGHT)
        self.setMaximumHeight(_MAX_LINES * line + _EXTRA_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._numbers = LineNumbers(self)

    def sizeHint(self) -> QSize:
        """Room for all lines."""
        return QSize(super().sizeHint().width(), self.maximumHeight())

    def show_message(self, text: str) -> None:
        """Show why there are no lines."""
        self.setExtraSelections([])
        self.setPlainText(text)
        self._show_numbers(())

    def show_lines(self, lines: Sequence[LineExcerpt], marked: int, column: int | None) -> None:
        """Show lines with line `marked` marked, and also `column` in it, 1-based in characters."""
        texts: list[str] = []
        place = 0
        for line in lines:
            front = "… " if line.skipped else ""
            text = line.text.replace("\r", "␍").replace("\0", "␀")
            if line.number == marked:
                inside = min(max(0, column - 1 - line.skipped), len(text)) if column else 0
                place = sum(units(one) + 1 for one in texts)
                place += units(front) + units(text[:inside]) if column else 0
            texts.append(front + text + (" …" if line.more else ""))
        self.setPlainText("\n".join(texts))
        self._show_numbers([line.number for line in lines], marked)
        self._mark(place, whole_line=column is None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the line numbers next to the text."""
        super().resizeEvent(event)
        self._place_numbers()

    def _show_numbers(self, numbers: Sequence[int], marked: int | None = None) -> None:
        self._numbers.show_numbers(numbers, marked)
        self.setViewportMargins(self._numbers.room, 0, 0, 0)
        # Screen readers can't see the painted numbers.
        spoken = (
            _("Starting at line {line}").format(line=count_in_words(numbers[0])) if numbers else ""
        )
        self.setAccessibleDescription(spoken)
        self._place_numbers()

    def _place_numbers(self) -> None:
        text = self.viewport().geometry()
        self._numbers.setGeometry(0, text.top(), self._numbers.room, text.height())

    def _mark(self, place: int, *, whole_line: bool) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(place)
        line, spot = QTextEdit.ExtraSelection(), QTextEdit.ExtraSelection()
        line.cursor = cursor
        of_line = QTextCharFormat()
        of_line.setBackground(color(Role.INACTIVE_SELECTION, self.palette()))
        of_line.setProperty(QTextCharFormat.Property.FullWidthSelection, True)
        line.format = of_line
        marked = QTextCursor(cursor)
        marked.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor)
        spot.cursor = marked
        of_spot = QTextCharFormat()
        of_spot.setBackground(color(Role.DANGER, self.palette()))
        of_spot.setForeground(color(Role.ON_DANGER, self.palette()))
        spot.format = of_spot
        self.setExtraSelections([line] if whole_line else [line, spot])
        self.horizontalScrollBar().setValue(0)  # show as much of the line's start as possible
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
