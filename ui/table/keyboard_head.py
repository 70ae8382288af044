"""Heads of columns that the keyboard can reach."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from services.system.language import _
from ui.theme import Role, color


class KeyboardHead(QHeaderView):
    """Left and Right go from head to head, Space and Enter press one, Down leads to the rows."""

    pressed_by_key = Signal(object)
    """The section that was pressed."""
    walked = Signal(object)
    """The keyboard is at this section now."""
    down_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._here = 0
        self.setAccessibleName(_("Columns"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, press, or go down; other keys are for the window."""
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self._walk(1 if event.key() == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_Space | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.pressed_by_key.emit(self._here)
                self._explain()
            case Qt.Key.Key_Down:
                self.down_pressed.emit()
            case _:
                event.ignore()
                return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is."""
        super().focusInEvent(event)
        self._go_to(self._here)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """It is here no longer."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paint_focus(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw the frame of the head where the keyboard is."""
        if section == self._here and self.hasFocus():
            painter.setPen(QPen(color(Role.ACCENT, self.palette()), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))

    def _walk(self, step: int) -> None:
        places = range(self.count()) if step > 0 else reversed(range(self.count()))
        from_here = self.visualIndex(self._here)
        for place in places:
            section = self.logicalIndex(place)
            if (place - from_here) * step > 0 and not self.isSectionHidden(section):
                self._go_to(section)
                return

    def _go_to(self, section: int) -> None:
        self._here = section
        if self.isSectionHidden(section):
            shown = map(self.logicalIndex, range(self.count()))
            self._here = next((one for one in shown if not self.isSectionHidden(one)), section)
        self._explain()
        self.walked.emit(self._here)
        self.viewport().update()

    def _explain(self) -> None:
        """Tell assistive technology which head it is, and whether the rows are sorted by it."""
        title = self.model().headerData(self._here, Qt.Orientation.Horizontal)
        words = str(title)
        if self._here == self.sortIndicatorSection():
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            way = _("sorted descending") if down else _("sorted ascending")
            words = _("{column}, {way}").format(column=title, way=way)
        self.setAccessibleDescription(words)
