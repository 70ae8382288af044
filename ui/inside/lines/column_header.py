"""The heads of the columns of lines: each opens what its column holds."""

from collections.abc import Mapping

from PySide6.QtCore import QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

from services.system.language import _
from ui.icons import paint_icon
from ui.table.cell_look import INSET
from ui.table.keyboard_header import KeyboardHeader
from ui.theme import Role, color

_ICON_GAP = 4
_BAR_HEIGHT = 2
_LONGEST_BAR = 80
_PADDING = 8
"""Pixels above and below a name."""


class ColumnHeader(KeyboardHeader):
    """Shows which columns are filtered, and how much is missing in each.

    A click, or Space, Enter or Down on a focused head, opens it.
    """

    head_pressed = Signal(object)
    """The head of this column was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._missing: Mapping[int, float] = {}
        self._filtered: frozenset[int] = frozenset()
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setToolTip(_("Show what this column holds"))
        self.pressed_by_key.connect(self._press)
        self.sectionClicked.connect(self._press)

    def show_missing(self, missing: Mapping[int, float]) -> None:
        """Show the share missing, from 0 to 1, by section."""
        self._missing = missing
        self.viewport().update()

    def show_filtered(self, filtered: frozenset[int]) -> bool:
        """Show which sections filter the lines; return whether others did before."""
        is_new, self._filtered = filtered != self._filtered, filtered
        self.viewport().update()
        return is_new

    def head_rect(self, section: int) -> QRect:
        """Where a head is, in this widget."""
        left = self.sectionViewportPosition(section)
        return QRect(left, 0, self.sectionSize(section), self.viewport().height())

    def sizeHint(self) -> QSize:
        """One line of text, with a bar below."""
        height = self.fontMetrics().height() + 2 * _PADDING + _BAR_HEIGHT
        return QSize(super().sizeHint().width(), height)

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:
        """The name, and room for the icon of a filter."""
        title = str(self.model().headerData(logicalIndex, Qt.Orientation.Horizontal))
        width = self.fontMetrics().horizontalAdvance(title) + 2 * INSET
        if logicalIndex in self._filtered:
            width += self._icon_side() + _ICON_GAP
        return QSize(width, self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down opens the head, too."""
        if event.key() == Qt.Key.Key_Down:
            self._press(self._section)
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        """Draw the name, aligned with the cells, and the state of the column."""
        palette = self.palette()
        painter.fillRect(rect, color(Role.WINDOW, palette))
        painter.setPen(color(Role.BORDER, palette))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        model, side = self.model(), self._icon_side()
        orientation = Qt.Orientation.Horizontal
        is_filtered = logicalIndex in self._filtered
        room = rect.adjusted(INSET, 0, -INSET, 0)
        icon_room = side + _ICON_GAP if is_filtered else 0
        title = self.fontMetrics().elidedText(
            str(model.headerData(logicalIndex, orientation)),
            Qt.TextElideMode.ElideRight,
            max(0, room.width() - icon_room),
        )
        width = self.fontMetrics().horizontalAdvance(title)
        alignment = model.headerData(logicalIndex, orientation, Qt.ItemDataRole.TextAlignmentRole)
        is_right = bool(Qt.AlignmentFlag(alignment) & Qt.AlignmentFlag.AlignRight)
        left = room.right() + 1 - width if is_right else room.left()
        role = Role.ACCENT if is_filtered else Role.MUTED
        painter.setPen(color(role, palette))
        text_room = QRect(left, rect.top(), width + 1, rect.height())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(text_room, flags | Qt.TextFlag.TextSingleLine, title)
        if is_filtered:
            square = QRect(0, 0, side, side)
            square.moveCenter(rect.center())
            square.moveLeft(left - icon_room if is_right else left + width + _ICON_GAP)
            paint_icon(painter, square, "list-filter", color(role, palette))
        self._paint_missing(painter, room, logicalIndex, is_right=is_right)
        self.paint_focus(painter, rect, logicalIndex)

    def _paint_missing(
        self, painter: QPainter, room: QRect, section: int, *, is_right: bool
    ) -> None:
        share = self._missing.get(section, 0.0)
        if not share:
            return
        width = min(room.width(), _LONGEST_BAR)
        bar = QRect(room.left(), room.bottom() - _BAR_HEIGHT - 3, width, _BAR_HEIGHT)
        if is_right:
            bar.moveRight(room.right())
        painter.fillRect(bar, color(Role.TRACK, self.palette()))
        bar.setWidth(max(2, round(share * bar.width())))
        painter.fillRect(bar, color(Role.WARNING, self.palette()))

    def _icon_side(self) -> int:
        return round(self.fontMetrics().height() * 0.85)

    @Slot(object)
    def _press(self, section: int) -> None:
        if 0 <= section < self.count():
            self.head_pressed.emit(section)
