"""A table header that can be used with the keyboard."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QHeaderView, QWidget

from services.system.language import _
from ui.icons import paint_icon
from ui.table.cell_look import INSET
from ui.theme import Role, color

_ARROW_GAP = 4
"""Pixels between a title and its arrow."""


class KeyboardHeader(QHeaderView):
    """Left and Right move between sections, Space and Enter press one, Down goes to the rows."""

    pressed_by_key = Signal(object)
    """A section was pressed with the keyboard."""
    section_focused = Signal(object)
    """The keyboard moved to this section."""
    down_pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._section = 0
        self.setAccessibleName(_("Columns"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, press or go down; other keys are left to the window."""
        match event.key():
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self._move(1 if event.key() == Qt.Key.Key_Right else -1)
            case Qt.Key.Key_Space | Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.pressed_by_key.emit(self._section)
                self._update_description()
            case Qt.Key.Key_Down:
                self.down_pressed.emit()
            case _:
                event.ignore()
                return
        event.accept()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focused section."""
        super().focusInEvent(event)
        self._focus_section(self._section)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus frame."""
        super().focusOutEvent(event)
        self.viewport().update()

    def paint_title(
        self,
        painter: QPainter,
        rect: QRect,
        section: int,
        title: str,
        alignment: Qt.AlignmentFlag,
        ground: Role,
    ) -> None:
        """Draw a section with its title and the sort arrow, aligned with the cells."""
        palette = self.palette()
        painter.fillRect(rect, color(ground, palette))
        painter.setPen(color(Role.BORDER, palette))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        sorted_by = self.sortIndicatorSection() == section
        metrics = self.fontMetrics()
        side = round(metrics.height() * 0.85)
        room = rect.adjusted(INSET, 0, -INSET, 0)
        arrow_room = side + _ARROW_GAP if sorted_by else 0
        title = metrics.elidedText(
            title, Qt.TextElideMode.ElideRight, max(0, room.width() - arrow_room)
        )
        width = metrics.horizontalAdvance(title)
        if alignment & Qt.AlignmentFlag.AlignRight:
            arrow_left = room.right() + 1 - width - arrow_room
        else:
            arrow_left = room.left() + width + _ARROW_GAP
        role = Role.TEXT if sorted_by else Role.MUTED
        painter.setPen(color(role, palette))
        painter.drawText(room, alignment | Qt.TextFlag.TextSingleLine, title)
        if sorted_by:
            arrow = QRect(0, 0, side, side)
            arrow.moveCenter(rect.center())
            arrow.moveLeft(arrow_left)
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            paint_icon(painter, arrow, "arrow-down" if down else "arrow-up", color(role, palette))
        self.paint_focus(painter, rect, section)

    def paint_focus(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw the focus frame, if the section has the focus."""
        if section == self._section and self.hasFocus():
            painter.setPen(QPen(color(Role.ACCENT, self.palette()), 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))

    def _move(self, step: int) -> None:
        visual_indexes = range(self.count()) if step > 0 else reversed(range(self.count()))
        current = self.visualIndex(self._section)
        for visual_index in visual_indexes:
            section = self.logicalIndex(visual_index)
            if (visual_index - current) * step > 0 and not self.isSectionHidden(section):
                self._focus_section(section)
                return

    def _focus_section(self, section: int) -> None:
        self._section = section
        if self.isSectionHidden(section):
            shown = map(self.logicalIndex, range(self.count()))
            self._section = next((one for one in shown if not self.isSectionHidden(one)), section)
        self._update_description()
        self.section_focused.emit(self._section)
        self.viewport().update()

    def _update_description(self) -> None:
        """Describe the section and its sort order to assistive technology."""
        title = self.model().headerData(self._section, Qt.Orientation.Horizontal)
        words = str(title)
        if self._section == self.sortIndicatorSection():
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            direction = _("sorted descending") if down else _("sorted ascending")
            words = _("{column}, {way}").format(column=title, way=direction)
        self.setAccessibleDescription(words)
