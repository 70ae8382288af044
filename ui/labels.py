"""Texts and icons that only show something, in the looks of the style sheet."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import scaled

_FACTORS = {"title": 2.0, "heading": 1.25, "section": 0.85, "small": 0.9}
_BOLD = ("title", "heading", "strong")


def label(text: str = "", look: str = "", *, wrap: bool = False) -> QLabel:
    """A label of plain text, as some of it comes from servers.

    `look` is one of the style sheet, or `small` (muted, a little smaller), or `strong` (bolder).
    """
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("look", "muted" if look == "small" else look)
    made.setFont(scaled(made.font(), _FACTORS.get(look, 1.0), bold=look in _BOLD))
    made.setWordWrap(wrap)
    return made


def set_look(widget: QWidget, look: str) -> None:
    """Change the look of a widget that is already shown."""
    widget.setProperty("look", look)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class IconLabel(QWidget):
    """An icon that is drawn anew in each scheme and sharp on each screen."""

    def __init__(self, icon: QIcon, factor: float = 1.3, parent: QWidget | None = None) -> None:
        """`factor` is its side in heights of the font."""
        super().__init__(parent)
        self._icon = icon
        side = round(self.fontMetrics().height() * factor)
        self.setFixedSize(side, side)

    def show_icon(self, icon: QIcon) -> None:
        """Show another one."""
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it; the icon finds its colour by itself."""
        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()
