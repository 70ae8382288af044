"""The heads of the columns of a list of jobs: each sorts the list."""

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from ui.icons import paint_icon
from ui.table.cell_look import INSET
from ui.table.keyboard_header import KeyboardHeader
from ui.theme import Role, color

_PADDING = 9
"""Pixels above and below a title."""
_ICON_GAP = 4


class JobHeader(KeyboardHeader):
    """Shows how the list is sorted."""

    sort_asked = Signal(object)
    """A section was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSortIndicatorShown(True)
        self.setSectionResizeMode(KeyboardHeader.ResizeMode.Fixed)
        self.pressed_by_key.connect(self._press)
        self.sectionClicked.connect(self._press)

    @Slot(object)
    def _press(self, section: int) -> None:
        self.sort_asked.emit(section)

    def sizeHint(self) -> QSize:
        """One line of text."""
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 2 * _PADDING)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Draw the title, aligned with the cells, and an arrow if the list is sorted by it."""
        palette = self.palette()
        painter.fillRect(rect, color(Role.WINDOW, palette))
        painter.setPen(color(Role.BORDER, palette))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        is_sorted = logicalIndex == self.sortIndicatorSection()
        ink = color(Role.TEXT if is_sorted else Role.MUTED, palette)
        side = round(self.fontMetrics().height() * 0.9)
        room = rect.adjusted(INSET, 0, -INSET - (side + _ICON_GAP if is_sorted else 0), 0)
        title = self.fontMetrics().elidedText(
            str(self.model().headerData(logicalIndex, Qt.Orientation.Horizontal)),
            Qt.TextElideMode.ElideRight,
            max(0, room.width()),
        )
        painter.setPen(ink)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(room, flags | Qt.TextFlag.TextSingleLine, title)
        if is_sorted:
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            square = QRect(0, 0, side, side)
            square.moveCenter(rect.center())
            square.moveLeft(room.left() + self.fontMetrics().horizontalAdvance(title) + _ICON_GAP)
            paint_icon(painter, square, "arrow-down" if down else "arrow-up", ink)
        self.paint_focus(painter, rect, logicalIndex)
