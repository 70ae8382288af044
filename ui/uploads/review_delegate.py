"""Draws the rows of the review sheet and lets the purpose be chosen in place."""

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
    Slot,
)
from PySide6.QtGui import QPainter, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from services.api.purposes import UPLOAD_PURPOSES
from services.language import _
from ui.icons import paint_icon, purpose_icon
from ui.purpose_pill import paint_purpose_pill
from ui.theme import Role, colour
from ui.uploads.review_model import CHECK_ROLE, ReviewColumn
from ui.uploads.row_check import CheckKind, RowCheck

_Index = QModelIndex | QPersistentModelIndex

_ICON = 16
_PADDING = 10
_CHECK_LOOKS = {
    CheckKind.FITS: ("circle-check", Role.SUCCESS),
    CheckKind.DOUBTFUL: ("triangle-alert", Role.WARNING),
    CheckKind.LEFT_OUT: ("circle-x", Role.DANGER),
}


class ReviewDelegate(QStyledItemDelegate):
    """Pills, checks with their icons, and a combo box for the purpose.

    `purpose_chosen` carries the purpose picked in the combo box: the table gives it to all
    selected rows.
    """

    purpose_chosen = Signal(str)

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Room for a combo box."""
        return QSize(0, review_row_height(option.fontMetrics.height()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one cell."""
        palette = option.palette
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colour(Role.SELECTION, palette))
        room = option.rect.adjusted(_PADDING, 0, -_PADDING, 0)
        check: RowCheck = index.data(CHECK_ROLE)
        text = str(index.data())
        painter.setFont(option.font)
        if index.column() == ReviewColumn.PURPOSE:
            self._paint_purpose(painter, option, room, text)
        elif index.column() == ReviewColumn.CHECKS:
            icon_name, role = _CHECK_LOOKS[check.kind]
            ink = colour(role, palette)
            icon = QRect(room.left(), room.center().y() - _ICON // 2, _ICON, _ICON)
            paint_icon(painter, icon, icon_name, ink)
            painter.setPen(ink)
            _paint_text(painter, room.adjusted(_ICON + 8, 0, 0, 0), text, index)
        else:
            out = check.kind is CheckKind.LEFT_OUT
            painter.setPen(colour(Role.MUTED if out else Role.TEXT, palette))
            _paint_text(painter, room, text, index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colour(Role.ACCENT, palette))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -2, -2), 4, 4)
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        """A combo box that opens at once."""
        box = _PurposeBox(parent)
        box.activated.connect(self._picked)
        return box

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        """Stand on the row's purpose, also when it is none of those offered."""
        if not isinstance(editor, QComboBox):
            return
        purpose = str(index.data(Qt.ItemDataRole.EditRole))
        if editor.findData(purpose) < 0:
            editor.addItem(purpose_icon(purpose), purpose, purpose)
        editor.setCurrentIndex(editor.findData(purpose))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        """Nothing: what was picked has been told by `purpose_chosen` already."""

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        """Fill the cell; wider where the longest purpose needs it."""
        place = option.rect.adjusted(2, 1, -2, -1)
        place.setWidth(max(place.width(), editor.sizeHint().width()))
        editor.setGeometry(place)

    @Slot(int)
    def _picked(self, _index: int) -> None:
        box = self.sender()
        if isinstance(box, QComboBox):
            self.purpose_chosen.emit(str(box.currentData()))
            self.closeEditor.emit(box)

    def _paint_purpose(
        self, painter: QPainter, option: QStyleOptionViewItem, room: QRect, purpose: str
    ) -> None:
        arrow = QRect(room.right() - 12, room.center().y() - 6, 12, 12)
        paint_icon(painter, arrow, "chevron-down", colour(Role.MUTED, option.palette))
        room = room.adjusted(0, 0, -16, 0)
        paint_purpose_pill(painter, room, purpose, option.font, option.palette)


def review_row_height(text_height: int) -> int:
    """How high a row is for a font of that height, in pixels."""
    return text_height + 20


class _PurposeBox(QComboBox):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Purpose"))
        for purpose in UPLOAD_PURPOSES:
            self.addItem(purpose_icon(purpose.name), purpose.name, purpose.name)
            tip = Qt.ItemDataRole.ToolTipRole
            self.setItemData(self.count() - 1, purpose.description, tip)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The view places the box after showing it; the list must open below the right place.
        QTimer.singleShot(0, self, self.showPopup)


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
