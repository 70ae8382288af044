"""Tracks the row under the mouse pointer."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QHoverEvent
from PySide6.QtWidgets import QTableView


class PointedRow(QObject):
    """Repaints the entire row under the pointer; Qt itself highlights only a cell."""

    def __init__(self, table: QTableView, repaint: Callable[[int], None]) -> None:
        """`repaint` repaints a whole row; it ignores -1."""
        super().__init__(table)
        self._table = table
        self._repaint = repaint
        self.row = -1
        """The row under the pointer, or -1."""
        table.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pointer; while scrolling, no row counts as pointed at."""
        if isinstance(event, QHoverEvent) and event.type() != QEvent.Type.HoverLeave:
            self._go_to(self._table.rowAt(round(event.position().y())))
        elif event.type() in (QEvent.Type.HoverLeave, QEvent.Type.Wheel):
            self._go_to(-1)
        return False

    def _go_to(self, row: int) -> None:
        if row != self.row:
            before, self.row = self.row, row
            self._repaint(before)
            self._repaint(row)
