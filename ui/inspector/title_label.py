"""The name of a file on at most two lines, elided in the middle of what is too long."""

from itertools import islice

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Role, color, scaled
from ui.widgets.wrapped_text import wrapped_lines
from ui.wording import tool_tip


class TitleLabel(QWidget):
    """Wraps anywhere, as file names seldom have spaces; the whole name is the tool tip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def show_text(self, text: str) -> None:
        """Show this text, which has no line ends."""
        self._text = text
        self.setAccessibleName(text)
        self.setToolTip(tool_tip(text))
        self.updateGeometry()
        self.update()

    def shown_lines(self, width: int) -> list[str]:
        """The lines as they are painted at a width in pixels."""
        font = self._title_font()
        lines = list(islice(wrapped_lines(self._text, font, width), _LINES + 1))
        if len(lines) > _LINES:
            above = lines[: _LINES - 1]
            rest = self._text[sum(map(len, above)) :]
            elided = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideMiddle, width)
            lines = [*above, elided]
        return [line.rstrip() for line in lines]

    def hasHeightForWidth(self) -> bool:
        """One line or two, by the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels for one line or two."""
        lines = max(1, len(self.shown_lines(width)))
        return lines * QFontMetrics(self._title_font()).lineSpacing()

    def sizeHint(self) -> QSize:
        """As high as at the width it has."""
        return QSize(0, self.heightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        """One line."""
        return QSize(0, QFontMetrics(self._title_font()).lineSpacing())

    def changeEvent(self, event: QEvent) -> None:
        """Another font needs another height."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The lines, one below the other."""
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
