"""Draws a transfer: direction, name, progress bar, status and action icons."""

from itertools import count

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from services.transfers.transfer import Transfer, TransferKind, TransferState
from ui.icons import paint_icon
from ui.selection_look import paint_selected_cell
from ui.theme import Role, color
from ui.transfers.row_actions import RowAction, RowButton, row_buttons
from ui.transfers.transfer_columns import Column
from ui.transfers.transfer_model import TRANSFER_ROLE
from ui.transfers.transfer_words import Tone, fraction, is_saved, name_in_words, tone

_Index = QModelIndex | QPersistentModelIndex

MARGIN = 14
ICON = 16
ACTION_WIDTH = 40
MAX_ACTIONS = 3
_BAR_HEIGHT = 6

_TEXT_ROLES = {
    Tone.CALM: Role.MUTED,
    Tone.GOOD: Role.SUCCESS,
    Tone.UNSURE: Role.WARNING,
    Tone.BAD: Role.DANGER,
}
_BAR_ROLES = {**_TEXT_ROLES, Tone.CALM: Role.ACCENT}
_INACTIVE = frozenset({TransferState.PAUSED, TransferState.CANCELLED})
_DIRECTION_ICONS = {
    TransferKind.UPLOAD: "arrow-up",
    TransferKind.DOWNLOAD: "arrow-down",
    TransferKind.DELETE: "trash",
    TransferKind.CLEAN_UP: "list-x",
    TransferKind.CHANGE: "rename",
    TransferKind.COPY: "copy",
}


class TransferDelegate(QStyledItemDelegate):
    """Draws all columns, and finds the icon or link at a position for the table."""

    def __init__(self, table: QAbstractItemView) -> None:
        super().__init__(table)
        self._table = table
        self.pointer: QPoint | None = None
        """The pointer's position in the table; None while it is outside."""

    def action_at(self, cell: QRect, transfer: Transfer, position: QPoint) -> RowAction | None:
        """The action of the enabled icon at a position; `cell` is the last column's rectangle."""
        button = self.button_at(cell, transfer, position)
        return None if button is None or button.why_not else button.action

    def button_at(self, cell: QRect, transfer: Transfer, position: QPoint) -> RowButton | None:
        """The icon at a position, even if it is disabled."""
        for button, place in _button_rects(cell, transfer):
            if place.contains(position):
                return button
        return None

    def link_at(
        self, cell: QRect, transfer: Transfer, metrics: QFontMetrics, position: QPoint
    ) -> bool:
        """Whether there is a link to a saved file at a position; `cell` is the name's cell."""
        name = name_in_words(transfer)
        return is_saved(transfer) and _link_rect(cell, name, metrics).contains(position)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """A line of text with padding."""
        return QSize(0, row_height(option.fontMetrics.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        transfer: Transfer = index.data(TRANSFER_ROLE)
        palette: QPalette = option.palette
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            first = index.column() == Column.NAME
            paint_selected_cell(painter, option.rect, self._table, palette, first=first)
        match index.column():
            case Column.NAME:
                self._paint_name(painter, option, transfer, str(index.data()))
            case Column.PROGRESS:
                _paint_bar(painter, option, transfer)
            case Column.STATUS:
                painter.setPen(color(_TEXT_ROLES[tone(transfer)], palette))
                _paint_text(painter, option, option.rect.adjusted(10, 0, -6, 0), str(index.data()))
            case Column.ACCOUNT:
                painter.setPen(color(Role.MUTED, palette))
                area = option.rect.adjusted(10, 0, -6, 0)
                _paint_text(painter, option, area, str(index.data()), Qt.TextElideMode.ElideMiddle)
            case Column.ACTIONS:
                self._paint_actions(painter, option, transfer)
        if option.state & QStyle.StateFlag.State_HasFocus:
            _paint_focus(painter, option)
        painter.restore()

    def _paint_name(
        self, painter: QPainter, option: QStyleOptionViewItem, transfer: Transfer, name: str
    ) -> None:
        icon = QRect(0, 0, ICON, ICON)
        icon.moveCenter(option.rect.center())
        icon.moveLeft(option.rect.left() + MARGIN)
        bad = tone(transfer) is Tone.BAD
        ink = color(Role.DANGER if bad else Role.MUTED, option.palette)
        paint_icon(painter, icon, _DIRECTION_ICONS[transfer.kind], ink)
        link = is_saved(transfer)
        if link:
            option.font.setUnderline(True)
        painter.setPen(color(Role.ACCENT if link else Role.TEXT, option.palette))
        _paint_text(painter, option, _name_rect(option.rect), name, Qt.TextElideMode.ElideMiddle)

    def _paint_actions(
        self, painter: QPainter, option: QStyleOptionViewItem, transfer: Transfer
    ) -> None:
        for button, place in _button_rects(option.rect, transfer):
            usable = not button.why_not
            lit = usable and self.pointer is not None and place.contains(self.pointer)
            if lit:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(_track(option))
                ground = QRect(0, 0, ICON + 12, ICON + 12)
                ground.moveCenter(place.center())
                painter.drawRoundedRect(ground, 6, 6)
            icon = QRect(0, 0, ICON, ICON)
            icon.moveCenter(place.center())
            ink = color(Role.TEXT if lit else Role.MUTED, option.palette)
            painter.setOpacity(1.0 if usable else 0.4)
            paint_icon(painter, icon, button.action.icon_name, ink)


def row_height(text_height: int) -> int:
    """The height in pixels of a row for a font of that height."""
    return max(text_height, ICON) + 16


def _name_rect(cell: QRect) -> QRect:
    return cell.adjusted(MARGIN + ICON + 10, 0, -10, 0)


def _link_rect(cell: QRect, name: str, metrics: QFontMetrics) -> QRect:
    place = _name_rect(cell)
    place.setWidth(min(place.width(), metrics.horizontalAdvance(name)))
    return place


def _button_rects(cell: QRect, transfer: Transfer) -> list[tuple[RowButton, QRect]]:
    """The icons with their rectangles, each at its fixed position."""
    return [
        (button, QRect(cell.left() + left, cell.top(), ACTION_WIDTH, cell.height()))
        for left, button in zip(count(0, ACTION_WIDTH), row_buttons(transfer), strict=False)
        if button is not None
    ]


def _track(option: QStyleOptionViewItem) -> QColor:
    """The color of a bar's empty part; the usual one is invisible on selected rows."""
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    return color(Role.WINDOW if selected else Role.TRACK, option.palette)


def _paint_bar(painter: QPainter, option: QStyleOptionViewItem, transfer: Transfer) -> None:
    cell, palette = option.rect, option.palette
    bar = QRectF(cell.left(), 0, cell.width(), _BAR_HEIGHT)
    bar.moveTop(cell.top() + (cell.height() - _BAR_HEIGHT) / 2)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_track(option))
    painter.drawRoundedRect(bar, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
    part = fraction(transfer)
    ink = QColor(color(_BAR_ROLES[tone(transfer)], palette))
    if transfer.state in _INACTIVE and tone(transfer) is Tone.CALM:
        ink = color(Role.MUTED, palette)
    if part is None:
        # Progress is unknown: draw a full, pale, static bar.
        ink.setAlphaF(0.4)
        part = 1.0
    if part <= 0:
        return
    bar.setWidth(max(bar.width() * part, _BAR_HEIGHT))
    painter.setBrush(ink)
    painter.drawRoundedRect(bar, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)


def _paint_text(
    painter: QPainter,
    option: QStyleOptionViewItem,
    room: QRect,
    text: str,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    painter.setFont(option.font)
    shown = option.fontMetrics.elidedText(text, elide, room.width())
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(room, flags | Qt.TextFlag.TextSingleLine, shown)


def _paint_focus(painter: QPainter, option: QStyleOptionViewItem) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(color(Role.ACCENT, option.palette))
    painter.drawRoundedRect(option.rect.adjusted(1, 1, -2, -2), 4, 4)
