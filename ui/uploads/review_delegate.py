"""Draws and edits the rows of the review sheet."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from services.providers.purposes import Purpose
from services.system.language import _
from ui.icons import paint_icon, purpose_icon
from ui.purpose_pill import paint_purpose_pill
from ui.selection_look import paint_selected_cell
from ui.theme import Role, color
from ui.uploads.name_field import NameField
from ui.uploads.review_columns import ReviewColumn
from ui.uploads.review_model import CHECK_ROLE, ROW_ROLE
from ui.uploads.review_rows import FileRow, FolderRow, Row, sums_of
from ui.uploads.review_words import local_name_in_words
from ui.uploads.row_check import CheckKind, RowCheck
from ui.widgets.list_box import ListBox
from ui.widgets.wrapped_text import lines_needed, paint_wrapped

_Index = QModelIndex | QPersistentModelIndex

_ICON = 16
_PADDING = 10
_BESIDE_ICON = _ICON + 8
_CHECK_LOOKS = {
    CheckKind.OK: ("circle-check", Role.SUCCESS),
    CheckKind.WARNING: ("triangle-alert", Role.WARNING),
    CheckKind.ERROR: ("circle-x", Role.DANGER),
    CheckKind.UNUSABLE: ("circle-x", Role.DANGER),
    CheckKind.CHECKING: ("hourglass", Role.MUTED),
}
_ENDING_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab})
_STEP = 18
"""Indentation per folder level, in pixels."""


class ReviewDelegate(QStyledItemDelegate):
    """Draws purpose pills and check icons; edits purposes in a combo box and names in a field.

    `purpose_chosen` carries the purpose picked in the combo box. The table applies it to all
    selected rows.
    """

    purpose_chosen = Signal(str)
    name_problem_changed = Signal(str)
    """See `NameField.problem_changed`."""

    def __init__(self, table: QAbstractItemView, purposes: Callable[[], Sequence[Purpose]]) -> None:
        """`purposes` returns those that can be chosen."""
        super().__init__(table)
        self._table = table
        self._purposes = purposes

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Room for a combo box."""
        return QSize(0, review_row_height(option.fontMetrics.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        palette = option.palette
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            first = index.column() == ReviewColumn.FILE
            paint_selected_cell(painter, option.rect, self._table, palette, first=first)
        room = option.rect.adjusted(_PADDING, 0, -_PADDING, 0)
        check: RowCheck = index.data(CHECK_ROLE)
        row: Row = index.data(ROW_ROLE)
        text = str(index.data())
        painter.setFont(option.font)
        if index.column() == ReviewColumn.PURPOSE:
            if index.flags() & Qt.ItemFlag.ItemIsEditable:
                room = _paint_arrow(painter, room, option.palette)
            self._paint_purpose(painter, option, room, row, text)
        elif index.column() == ReviewColumn.CHECKS:
            icon_name, role = _CHECK_LOOKS[check.kind]
            ink = color(role, palette)
            icon = QRect(room.left(), room.center().y() - _ICON // 2, _ICON, _ICON)
            paint_icon(painter, icon, icon_name, ink)
            painter.setPen(ink)
            paint_wrapped(painter, room.adjusted(_BESIDE_ICON, 0, 0, 0), text)
        else:
            muted = isinstance(row, FileRow) and not row.will_upload
            painter.setPen(color(Role.MUTED if muted else Role.TEXT, palette))
            if index.column() == ReviewColumn.FILE:
                room = _paint_folder_icon(painter, room, row, palette)
                if index.flags() & Qt.ItemFlag.ItemIsEditable:
                    room = _paint_pencil(painter, room, option)
            local_name = local_name_in_words(row) if index.column() == ReviewColumn.FILE else ""
            if local_name:
                upper, room = _halves(room, option.fontMetrics.height())
                _paint_text(painter, upper, text, index)
                painter.setPen(color(Role.MUTED, palette))
                text = local_name
            _paint_text(painter, room, text, index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(color(Role.ACCENT, palette))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -2, -2), 4, 4)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """A combo box that opens at once, or a field for the name."""
        if index.column() == ReviewColumn.FILE:
            field = NameField(parent)
            field.problem_changed.connect(self.name_problem_changed)
            return field
        box = _PurposeBox(parent, self._purposes())
        box.activated.connect(self._picked)
        box.closed.connect(self._closed)
        return box

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Load the row's name or purpose, adding the purpose if it isn't in the list."""
        if isinstance(editor, NameField):
            editor.set_initial_name(str(index.data(Qt.ItemDataRole.EditRole)))
        if not isinstance(editor, QComboBox):
            return
        row: Row = index.data(ROW_ROLE)
        if isinstance(row, FolderRow) and len(sums_of(row).purposes) > 1:
            editor.setCurrentIndex(-1)  # the cell lists several purposes
            return
        purpose = str(index.data(Qt.ItemDataRole.EditRole))
        if editor.findData(purpose) < 0:
            editor.addItem(purpose_icon(purpose), purpose, purpose)
        editor.setCurrentIndex(editor.findData(purpose))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Apply the typed name. A purpose has already been sent with `purpose_chosen`."""
        if not isinstance(editor, NameField) or not editor.isModified():
            return
        if editor.problem:
            self.name_problem_changed.emit(
                _("{problem} The name was not changed.").format(problem=editor.problem)
            )
        else:
            model.setData(index, editor.text())

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """Fill the cell, or more if the longest purpose needs it."""
        if isinstance(editor, NameField):
            row: Row = index.data(ROW_ROLE)
            field = QRect(option.rect.adjusted(row.depth * _STEP, 0, -2, 0))
            field.setHeight(min(editor.sizeHint().height(), option.rect.height()))
            field.moveCenter(QPoint(field.center().x(), option.rect.center().y()))
            editor.setGeometry(field)
            return
        place = option.rect.adjusted(2, 1, -2, -1)
        place.setWidth(max(place.width(), editor.sizeHint().width()))
        editor.setGeometry(place)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Let Enter and Tab finish a rename, but only with a valid name."""
        if isinstance(editor, NameField) and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.KeyPress and event.key() in _ENDING_KEYS:
                if not editor.problem:
                    self.commitData.emit(editor)
                    self.closeEditor.emit(editor)
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
                self.name_problem_changed.emit("")
        return super().eventFilter(editor, event)

    @Slot(int)
    def _picked(self, _index: int) -> None:
        box = self.sender()
        if isinstance(box, QComboBox):
            self.purpose_chosen.emit(str(box.currentData()))

    @Slot()
    def _closed(self) -> None:
        self._table.setFocus()  # Qt closes an editor that loses focus

    def _paint_purpose(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        room: QRect,
        row: Row,
        purpose: str,
    ) -> None:
        if isinstance(row, FolderRow) and len(sums_of(row).purposes) > 1:
            painter.setPen(color(Role.MUTED, option.palette))
            shown = painter.fontMetrics().elidedText(
                purpose, Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
            return
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        rim = color(Role.CARD, option.palette) if selected else None
        paint_purpose_pill(painter, room, purpose, option.font, option.palette, rim)


def pencil_at(cell: QRect) -> QRect:
    """The rectangle of the rename icon; `cell` is the row's first cell."""
    place = QRect(0, 0, _ICON, _ICON)
    place.moveCenter(QPoint(cell.right() - _PADDING - _ICON // 2, cell.center().y()))
    return place


def chevron_at(cell: QRect, row: Row) -> QRect:
    """The rectangle of the icon that expands a folder; `cell` is the row's first cell."""
    left = cell.left() + _PADDING + row.depth * _STEP
    return QRect(left, cell.center().y() - _ICON // 2, _ICON, _ICON)


def review_row_height(text_height: int, lines: int = 2) -> int:
    """The height in pixels of a row with `lines` lines of check results."""
    return lines * text_height + 8


def lines_of_check(text: str, font: QFont, column_width: int) -> int:
    """How many lines a check result takes in a column of that width."""
    return lines_needed(text, font, column_width - 2 * _PADDING - _BESIDE_ICON)


class _PurposeBox(ListBox):
    closed = Signal()
    """Emitted when the list closes, whether or not an item was picked."""

    def __init__(self, parent: QWidget, purposes: Sequence[Purpose]) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Purpose"))
        self.setPlaceholderText(_("Multiple"))
        for purpose in purposes:
            self.addItem(purpose_icon(purpose.name), purpose.name, purpose.name)
            tip = Qt.ItemDataRole.ToolTipRole
            self.setItemData(self.count() - 1, purpose.description, tip)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The view positions the box only after showing it, so open the list later.
        QTimer.singleShot(0, self, self._show_list)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self.view().window():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._emit_closed)  # after `activated`
        return super().eventFilter(watched, event)

    @Slot()
    def _show_list(self) -> None:
        self.showPopup()
        # Whatever closes the list, a key or a click elsewhere, hides it.
        self.view().window().installEventFilter(self)

    @Slot()
    def _emit_closed(self) -> None:
        self.closed.emit()


def _paint_folder_icon(painter: QPainter, room: QRect, row: Row, palette: QPalette) -> QRect:
    """Draw a folder's chevron and icon; return the space left for the name."""
    room = room.adjusted(row.depth * _STEP, 0, 0, 0)
    if isinstance(row, FileRow):
        # Align with the folder's name.
        return room.adjusted(_ICON + 4, 0, 0, 0) if row.depth else room
    ink = color(Role.MUTED, palette)
    place = QRect(room.left(), room.center().y() - _ICON // 2, _ICON, _ICON)
    paint_icon(painter, place, "chevron-down" if row.open else "chevron-right", ink)
    paint_icon(painter, place.translated(_ICON + 4, 0), "folder", ink)
    return room.adjusted(2 * _ICON + 10, 0, 0, 0)


def _paint_arrow(painter: QPainter, room: QRect, palette: QPalette) -> QRect:
    """Draw the arrow of a list to choose from; return the space left for the text."""
    arrow = QRect(room.right() - 12, room.center().y() - 6, 12, 12)
    paint_icon(painter, arrow, "chevron-down", color(Role.MUTED, palette))
    return room.adjusted(0, 0, -16, 0)


def _paint_pencil(painter: QPainter, room: QRect, option: QStyleOptionViewItem) -> QRect:
    """Draw the rename icon if the row is selected or hovered; return the space for the name."""
    active = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
    if option.state & active:
        paint_icon(painter, pencil_at(option.rect), "rename", color(Role.MUTED, option.palette))
    return room.adjusted(0, 0, -_BESIDE_ICON, 0)


def _halves(room: QRect, line: int) -> tuple[QRect, QRect]:
    """Two lines, above and below the vertical center."""
    upper = QRect(room.left(), room.center().y() - line + 1, room.width(), line)
    return upper, upper.translated(0, line)


def _paint_text(painter: QPainter, room: QRect, text: str, index: _Index) -> None:
    elide = (
        Qt.TextElideMode.ElideMiddle
        if index.column() == ReviewColumn.FILE
        else Qt.TextElideMode.ElideRight
    )
    side = (
        Qt.AlignmentFlag.AlignRight
        if index.column() == ReviewColumn.SIZE
        else Qt.AlignmentFlag.AlignLeft
    )
    shown = painter.fontMetrics().elidedText(text, elide, room.width())
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, shown)
