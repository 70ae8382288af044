"""Draws selections: active in the list that has focus, inactive in all others.

This way only one selection stands out. An active selection also has an edge in the accent color,
because the two background colors differ only in hue.
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


def has_focus(view: QAbstractItemView) -> bool:
    """Whether the view or an editor in it has focus; False while its window is inactive."""
    widget, inside = QApplication.focusWidget(), view.viewport()
    while widget is not None and widget is not view:
        if widget is inside:
            return True
        widget = widget.parentWidget()  # even from the list of a combo box, which is a window
    return view.hasFocus()


def selection_role(view: QAbstractItemView) -> Role:
    """The background color of the view's selection."""
    return Role.SELECTION if has_focus(view) else Role.INACTIVE_SELECTION


def paint_selected_cell(
    painter: QPainter, rect: QRect, view: QAbstractItemView, palette: QPalette, *, first: bool
) -> None:
    """Draw the background of a cell in a selected row; `first` marks the leftmost cell."""
    role = selection_role(view)
    painter.fillRect(rect, color(role, palette))
    if first and role is Role.SELECTION:
        paint_edge(painter, rect, palette)


def paint_selected_row(
    painter: QPainter, rect: QRect, view: QAbstractItemView, palette: QPalette, radius: int
) -> None:
    """Draw the rounded background of a selected row. Changes the painter's pen and brush."""
    role = selection_role(view)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(role, palette))
    painter.drawRoundedRect(rect, radius, radius)
    if role is Role.SELECTION:
        paint_short_edge(painter, rect, palette)


def paint_edge(painter: QPainter, rect: QRect, palette: QPalette) -> None:
    """Draw the mark of an active selection along the left edge of a row."""
    painter.fillRect(rect.left(), rect.top(), EDGE, rect.height(), color(Role.ACCENT, palette))


def paint_short_edge(painter: QPainter, rect: QRect, palette: QPalette) -> None:
    """Draw the mark on a rounded row. Changes the painter's pen and brush."""
    height = rect.height() * 0.56
    edge = QRectF(rect.left(), 0, EDGE + 1, height)
    edge.moveTop(rect.top() + (rect.height() - height) / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color(Role.ACCENT, palette))
    painter.drawRoundedRect(edge, edge.width() / 2, edge.width() / 2)


EDGE = 2
"""The width of the mark in pixels; cell contents start further right."""


class SelectionDelegate(QStyledItemDelegate):
    """For lists drawn by the style sheet, where `:!active` is the inactive selection."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Treat the item as active only while the list has focus."""
        super().initStyleOption(option, index)
        if not has_focus(self._view):
            option.state &= ~QStyle.StateFlag.State_Active

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the item and the mark of an active selection."""
        super().paint(painter, option, index)
        if option.state & QStyle.StateFlag.State_Selected and has_focus(self._view):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint_short_edge(painter, option.rect, option.palette)
            painter.restore()
