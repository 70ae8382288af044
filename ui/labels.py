"""Texts and icons that only show something, in the looks of the style sheet."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import scaled
from ui.wording import tool_tip

_FACTORS = {"title": 2.0, "heading": 1.25, "section": 0.85, "small": 0.9}
_BOLD = ("title", "heading", "strong")


def label(text: str = "", look: str = "", *, wrap: bool = False) -> QLabel:
    """A label of plain text, as some of it comes from servers.

    `look` is one of the style sheet, or `small` (muted, a little smaller), or `strong` (bolder).
    """
    made = QLabel(text)
    _take_look(made, look)
    made.setWordWrap(wrap)
    return made


def set_look(widget: QWidget, look: str) -> None:
    """Change the look of a widget that is already shown."""
    widget.setProperty("look", look)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class ElidedLabel(QLabel):
    """One line that gives way where room is short; the whole text is the tool tip then."""

    def __init__(
        self, look: str = "muted", *, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        """`look` is one of those that `label` takes; `elide` is where words are left out."""
        super().__init__()
        _take_look(self, look)
        self._elide = elide

    def minimumSizeHint(self) -> QSize:
        """Some letters."""
        letters = 4 * self.fontMetrics().averageCharWidth()
        return QSize(min(letters, super().sizeHint().width()), super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of the text as there is room for."""
        text = self.text()
        room = self.contentsRect().width()
        shown = self.fontMetrics().elidedText(text, self._elide, room)
        self.setToolTip(tool_tip(text) if shown != text else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))  # by the style sheet
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()


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


def _take_look(made: QLabel, look: str) -> None:
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("look", "muted" if look == "small" else look)
    made.setFont(scaled(made.font(), _FACTORS.get(look, 1.0), bold=look in _BOLD))
