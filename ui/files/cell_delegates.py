"""How the cells of the table are painted: icon and name, the purpose as a pill, muted columns."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from services.api.remote_file import RemoteFile
from ui.files.columns import COLUMNS
from ui.files.file_table_model import FileTableModel
from ui.files.ordering import Column
from ui.icons import file_icon_name, paint_icon
from ui.purpose_pill import paint_purpose_pill, pill_font
from ui.theme import Role, colour
from ui.wording import expires_soon

INSET = 10
"""Pixels between the edge of a column and its words, in heads and cells."""

Index = QModelIndex | QPersistentModelIndex


def row_height(font: QFont) -> int:
    """Pixels for a row of the table: dense, with room around the pill."""
    return QFontMetrics(font).height() + 20


class CellDelegate(QStyledItemDelegate):
    """Paints every cell of the table of files."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground, words, and a frame around the current row where the keyboard is."""
        model = index.model()
        if not isinstance(model, FileTableModel):
            return
        file = model.files[index.row()]
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, colour(Role.SELECTION, option.palette))
        if model.is_faded(index.row()):
            painter.setOpacity(_FADED)
        column = COLUMNS[index.column()].column
        if column is Column.NAME:
            self._paint_name(painter, option, file, _text(index))
        elif column is Column.PURPOSE and file.purpose:
            room = option.rect.adjusted(INSET, 0, -INSET, 0)
            paint_purpose_pill(painter, room, file.purpose, option.font, option.palette)
        else:
            self._paint_words(painter, option, index, file, model.now())
        painter.setOpacity(1)
        _paint_focus(painter, option, index)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the words, for a double click on the edge of a head."""
        width = QFontMetrics(option.font).horizontalAdvance(_text(index)) + 2 * INSET
        if index.column() == _NAME_SECTION:
            width += _icon_side(option.font) + _ICON_GAP
        elif index.column() == _PURPOSE_SECTION:
            width = QFontMetrics(pill_font(option.font)).horizontalAdvance(_text(index))
            width += 4 * INSET
        return QSize(width, row_height(option.font))

    def _paint_name(
        self, painter: QPainter, option: QStyleOptionViewItem, file: RemoteFile, text: str
    ) -> None:
        side = _icon_side(option.font)
        icon = QRect(0, 0, side, side)
        icon.moveCenter(option.rect.center())
        icon.moveLeft(option.rect.left() + INSET)
        if icon.right() < option.rect.right():
            muted = colour(Role.MUTED, option.palette)
            paint_icon(painter, icon, file_icon_name(file.name), muted)
        words = option.rect.adjusted(INSET + side + _ICON_GAP, 0, -INSET, 0)
        painter.setPen(colour(Role.TEXT, option.palette))
        painter.setFont(option.font)
        shown = QFontMetrics(option.font).elidedText(
            text, Qt.TextElideMode.ElideMiddle, words.width()
        )
        painter.drawText(words, _LEFT, shown)

    def _paint_words(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: Index,
        file: RemoteFile,
        now: float,
    ) -> None:
        column = COLUMNS[index.column()]
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        primary = column.column is Column.SIZE and file.size is not None
        role = Role.TEXT if selected or primary else Role.MUTED
        if column.column is Column.EXPIRES and expires_soon(file.expires_at, now):
            role = Role.WARNING
        elif column.column is Column.STATUS and file.status == "error":
            role = Role.DANGER
        words = option.rect.adjusted(INSET, 0, -INSET, 0)
        painter.setPen(colour(role, option.palette))
        painter.setFont(option.font)
        shown = QFontMetrics(option.font).elidedText(
            _text(index), Qt.TextElideMode.ElideRight, words.width()
        )
        painter.drawText(words, column.alignment | Qt.TextFlag.TextSingleLine, shown)


_FADED = 0.4
_ICON_GAP = 6
_NAME_SECTION = next(s for s, column in enumerate(COLUMNS) if column.column is Column.NAME)
_PURPOSE_SECTION = next(s for s, column in enumerate(COLUMNS) if column.column is Column.PURPOSE)
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine


def _text(index: Index) -> str:
    return str(index.data())


def _icon_side(font: QFont) -> int:
    return QFontMetrics(font).height()


def _paint_focus(painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
    """A frame around the current row, where the selection's ground alone would not show it."""
    table = option.widget
    if not isinstance(table, QTableView) or not table.hasFocus():
        return
    if table.currentIndex().row() != index.row():
        return
    by_keyboard = option.state & QStyle.StateFlag.State_KeyboardFocusChange
    if option.state & QStyle.StateFlag.State_Selected and not by_keyboard:
        return
    accent = QColor(colour(Role.ACCENT, option.palette))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(accent, 1))
    rect = option.rect
    painter.drawLine(rect.topLeft(), rect.topRight())
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())
    head = table.horizontalHeader()
    shown = [s for s in range(head.count()) if not head.isSectionHidden(s)]
    places = [head.visualIndex(section) for section in shown]
    here = head.visualIndex(index.column())
    if here == min(places):
        painter.drawLine(QPointF(rect.topLeft()), QPointF(rect.bottomLeft()))
    if here == max(places):
        painter.drawLine(QPointF(rect.topRight()), QPointF(rect.bottomRight()))
