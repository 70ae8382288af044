"""How a selection looks: active in the one list that the keyboard is in, at rest in all others.

So one never sees two equally strong selections. What is active has another ground and an edge in
the accent color, as the two grounds are told apart by their hue alone.
"""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from ui.theme import Role, color


def has_keyboard(view: QAbstractItemView) -> bool:
    """Whether keys go to the view or to an editor in it; to none while its window is inactive."""
    widget, inside = QApplication.focusWidget(), view.viewport()
    while widget is not None and widget is not view:
        if widget is inside:
            return True
        widget = widget.parentWidget()  # also out of the list of a combo box, a window of its own
    return view.hasFocus()


def selection_role(view: QAbstractItemView) -> Role:
    """The ground of what is selected in the view."""
    return Role.SELECTION if has_keyboard(view) else Role.RESTING


def paint_selected_cell(
    painter: QPainter, rect: QRect, view: QAbstractItemView, palette: QPalette, *, first: bool
) -> None:
    """The ground of a cell in a selected row; `first` is the one at the left edge."""
    role = selection_role(view)
    painter.fillRect(rect, color(role, palette))
    if first and role is Role.SELECTION:
        paint_edge(painter, rect, palette)


def paint_selected_row(
    painter: QPainter, rect: QRect, view: QAbstractItemView, palette: QPalette, radius: int
) -> None:
    """The ground of a selected row with round corners. Changes pen and brush."""
    role = selection_role(view)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(role, palette))
    painter.drawRoundedRect(rect, radius, radius)
    if role is Role.SELECTION:
        paint_short_edge(painter, rect, palette)


def paint_edge(painter: QPainter, rect: QRect, palette: QPalette) -> None:
    """The mark of an active selection, along the left of a row."""
    painter.fillRect(rect.left(), rect.top(), EDGE, rect.height(), color(Role.ACCENT, palette))


def paint_short_edge(painter: QPainter, rect: QRect, palette: QPalette) -> None:
    """The same where the corners are round. Changes pen and brush."""
    height = rect.height() * 0.56
    edge = QRectF(rect.left(), 0, EDGE + 1, height)
    edge.moveTop(rect.top() + (rect.height() - height) / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(Role.ACCENT, palette))
    painter.drawRoundedRect(edge, edge.width() / 2, edge.width() / 2)


EDGE = 2
"""Pixels from the left; what stands in a cell begins further right."""


class SelectionDelegate(QStyledItemDelegate):
    """For a list that is drawn by the style sheet: `:!active` is what rests."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Count the item as active only while the keyboard is in the list."""
        super().initStyleOption(option, index)
        if not has_keyboard(self._view):
            option.state &= ~QStyle.StateFlag.State_Active

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Add the edge."""
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_Selected and has_keyboard(self._view):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_short_edge(painter, option.rect, option.palette)
            painter.restore()
