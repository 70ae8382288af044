"""Shows a file name on at most two lines, elided in the middle."""

from itertools import islice

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Role, color, scaled
from ui.widgets.wrapped_text import wrapped_lines
from ui.wording import tool_tip


class TitleLabel(QWidget):
    """Wraps anywhere, as file names rarely have spaces; the tooltip has the full name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def text(self) -> str:
        """The full text."""
        return self._text

    def show_text(self, text: str) -> None:
        """Set the text, which must not have line breaks."""
        self._text = text
        self.setAccessibleName(text)
        self.setToolTip(tool_tip(text))
        self.updateGeometry()
        self.update()

    def shown_lines(self, width: int) -> list[str]:
        """The lines painted at a width in pixels."""
        font = self._title_font()
        lines = list(islice(wrapped_lines(self._text, font, width), _LINES + 1))
        if len(lines) > _LINES:
            above = lines[: _LINES - 1]
            rest = self._text[sum(map(len, above)) :]
            elided = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideMiddle, width)
            lines = [*above, elided]
        return [line.rstrip() for line in lines]

    def hasHeightForWidth(self) -> bool:
        """True: the number of lines depends on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of one or two lines, in pixels."""
        lines = max(1, len(self.shown_lines(width)))
        return lines * QFontMetrics(self._title_font()).lineSpacing()

    def sizeHint(self) -> QSize:
        """The height at the current width."""
        return QSize(0, self.heightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        """The height of one line."""
        return QSize(0, QFontMetrics(self._title_font()).lineSpacing())

    def changeEvent(self, event: QEvent) -> None:
        """Update the height when the font changes."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the lines."""
        painter = QPainter(self)
        painter.setFont(self._title_font())
        painter.setPen(color(Role.TEXT, self.palette()))
        metrics = painter.fontMetrics()
        for number, line in enumerate(self.shown_lines(self.width())):
            painter.drawText(0, number * metrics.lineSpacing() + metrics.ascent(), line)
        painter.end()

    def _title_font(self) -> QFont:
        return scaled(self.font(), 1.15, bold=True)


_LINES = 2
