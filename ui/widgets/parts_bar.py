"""A bar of colored parts, such as the requests that succeeded and failed."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.theme import Role, color

Part = tuple[Role, int]
"""The color and the number of a part."""

_BAR_HEIGHT = 8
_GAP = 2.0
"""Pixels between the parts of the bar."""
_SMALLEST_PART = 3.0


class PartsBar(QWidget):
    """Parts of a whole, side by side."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: Sequence[Part] = ()
        self.setFixedHeight(_BAR_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show other parts, each with its color and number."""
        self._parts = parts
        self.update()

    def sizeHint(self) -> QSize:
        """Any width."""
        return QSize(80, _BAR_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the parts. Even the smallest can be seen."""
        total = sum(number for _role, number in self._parts)
        painter = QPainter(self)
        if not total:
            painter.fillRect(self.rect(), color(Role.TRACK, self.palette()))
        room = self.width() - _GAP * (len(self._parts) - 1)
        widths = [max(_SMALLEST_PART, room * number / total) for _role, number in self._parts]
        if widths:
            # The largest makes room for the smallest.
            widths[widths.index(max(widths))] -= sum(widths) - room
        left = 0.0
        for (role, _number), width in zip(self._parts, widths, strict=True):
            part = QRectF(left, 0, width, self.height())
            painter.fillRect(part, color(role, self.palette()))
            left += width + _GAP
        painter.end()
