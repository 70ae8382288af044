"""A line of text that is cut short where there is no room for it."""

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy

from ui.theme import scaled


class ElidedLabel(QLabel):
    """Takes no more room than there is; the whole text is its tool tip, and what is read out.

    An ordinary label is never narrower than its text: a long file name would widen the window.
    """

    def __init__(self, look: str = "", *, bold: bool = False) -> None:
        """`look` is one of the style sheet."""
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("look", look)
        self.setFont(scaled(self.font(), 1.0, bold=bold))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Show this text, which has no line ends."""
        self.setText(text)
        self.setToolTip(f"<span>{escape(text)}</span>" if text else "")

    def minimumSizeHint(self) -> QSize:
        """As high as a line, and as narrow as need be."""
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what there is room for."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        room = self.contentsRect()
        middle = Qt.TextElideMode.ElideMiddle
        shown = painter.fontMetrics().elidedText(self.text(), middle, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()
