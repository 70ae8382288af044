"""Paints the cells of the file table: icon and name, purpose pill, muted columns."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from services.api.remote_file import RemoteFile
from services.browse.ordering import Column
from ui.icons import file_icon_name, paint_icon
from ui.purpose_pill import paint_purpose_pill, pill_font
from ui.selection_look import paint_edge
from ui.table.cell_look import ICON_GAP, INSET, CellLook
from ui.table.columns import COLUMNS, SECTION_OF
from ui.table.file_table_model import FileTableModel
from ui.table.pointed_row import PointedRow
from ui.wording import Urgency, urgency_of

Index = QModelIndex | QPersistentModelIndex


def row_height(font: QFont) -> int:
    """The row height in pixels: dense, with space around the pill."""
    return QFontMetrics(font).height() + 20


class CellDelegate(QStyledItemDelegate):
    """Paints the rows of the file table, and measures its cells for Qt.

    A screen holds hundreds of cells, and every scrolled frame paints most of them. So unchanging
    values are cached in a `CellLook`, and the model is read directly instead of through Qt.
    """

    def __init__(self, table: QTableView, files: FileTableModel, pointed: PointedRow) -> None:
        """`files` is the model of `table`, and `pointed` its row under the pointer."""
        super().__init__(table)
        self._table = table
        self._files = files
        self._pointed = pointed
        self.frames_current_row = False
        """Whether the current row has a frame even if it isn't selected: the keyboard is in use."""
        self._look: CellLook | None = None

    def paint_row(
        self, painter: QPainter, row: int, cells: list[tuple[int, QRect]], *, selected: bool
    ) -> None:
        """Paint cells of a row, each given as section and place.

        If the table has the focus, the current row has a frame.
        """
        table, files = self._table, self._files
        look = self._look
        if look is None or not look.matches(table.font(), table.palette()):
            look = self._look = CellLook(table.font(), table.palette())
        file, now = files.files[row], files.now()
        faded, new = files.is_faded(row), files.is_new(row)
        active = table.hasFocus()  # enough, as the table has no editors
        is_framed = active and table.currentIndex().row() == row
        if is_framed and (selected or not self.frames_current_row):
            is_framed = table.window().testAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
        edge = -table.horizontalHeader().offset()
        for section, cell in cells:
            if selected:
                painter.fillRect(cell, look.selection if active else look.resting)
                if active and cell.left() == edge:
                    paint_edge(painter, cell, table.palette())
            elif row == self._pointed.row:
                painter.fillRect(cell, look.hover)
            if faded:
                painter.setOpacity(_FADED)
            room = cell.adjusted(INSET, 0, -INSET, 0)
            if section == _NAME:
                words = COLUMNS[section].text(file, now)
                _paint_name(painter, look, room, words, file, new=new)
            elif section == _PURPOSE and file.purpose:
                rim = look.window if selected else None
                paint_purpose_pill(painter, room, file.purpose, table.font(), table.palette(), rim)
            elif section == _EXPIRES:
                _paint_expiry(painter, look, room, file, now, selected=selected)
            else:
                _paint_words(
                    painter, look, room, section, file, files.text(section, file), selected=selected
                )
            if faded:
                painter.setOpacity(1)
            if is_framed:
                _paint_focus(painter, cell, look.accent, table, section)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As wide as the text, for a double-click on the edge of a header section."""
        words = str(index.data())
        width = QFontMetrics(option.font).horizontalAdvance(words) + 2 * INSET
        if index.column() in (_NAME, _EXPIRES):
            # With space for the bold text of new or soon expiring files.
            width += width // 16 + QFontMetrics(option.font).height() + ICON_GAP
        elif index.column() == _PURPOSE:
            width = QFontMetrics(pill_font(option.font)).horizontalAdvance(words)
            width += 4 * INSET
        return QSize(width, row_height(option.font))


_FADED = 0.4
_NAME = SECTION_OF[Column.NAME]
_PURPOSE = SECTION_OF[Column.PURPOSE]
_SIZE = SECTION_OF[Column.SIZE]
_EXPIRES = SECTION_OF[Column.EXPIRES]
_STATUS = SECTION_OF[Column.STATUS]
_DOT_RADIUS = 3.0
"""The radius of a new file's dot, in pixels."""


def _paint_name(
    painter: QPainter, look: CellLook, room: QRect, words: str, file: RemoteFile, *, new: bool
) -> None:
    side = look.icon_side
    icon = QRect(room.left(), room.top() + (room.height() - side) // 2, side, side)
    if icon.right() < room.right() + INSET:
        paint_icon(painter, icon, file_icon_name(file.name), look.accent if new else look.muted)
    if new:
        _paint_dot(
            painter, QPointF(room.left() - _DOT_RADIUS - 1, icon.center().y() + 0.5), look.accent
        )
    painter.setPen(look.text)
    room.setLeft(icon.right() + 1 + ICON_GAP)
    look.draw(painter, room, words, strong=new, elide=Qt.TextElideMode.ElideMiddle)


def _paint_dot(painter: QPainter, center: QPointF, color: QColor) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(center, _DOT_RADIUS, _DOT_RADIUS)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_words(
    painter: QPainter,
    look: CellLook,
    room: QRect,
    section: int,
    file: RemoteFile,
    words: str,
    *,
    selected: bool,
) -> None:
    column = COLUMNS[section]
    if section == _STATUS and file.status == "error":
        painter.setPen(look.danger)
    elif selected or (section == _SIZE and file.size is not None):
        painter.setPen(look.text)
    else:
        painter.setPen(look.muted)
    look.draw(painter, room, words, right=column.right_aligned)


def _paint_expiry(
    painter: QPainter,
    look: CellLook,
    room: QRect,
    file: RemoteFile,
    now: float,
    *,
    selected: bool,
) -> None:
    """Mark files that expire soon with color and an hourglass, and bold text on the last day.

    If there isn't enough space for both, the text takes priority.
    """
    words = COLUMNS[_EXPIRES].text(file, now)
    urgency = urgency_of(file.expires_at, now)
    if urgency is Urgency.NONE:
        painter.setPen(look.text if selected else look.muted)
        look.draw(painter, room, words)
        return
    color = look.warning if urgency is Urgency.SOON else look.danger
    painter.setPen(color)
    side = round(look.icon_side * 0.8)
    with_icon = room.width() >= 4 * side
    if with_icon:
        room.setRight(room.right() - side - ICON_GAP)
    width = look.draw(painter, room, words, strong=urgency is not Urgency.SOON)
    if with_icon:
        icon = QRect(0, room.top() + (room.height() - side) // 2, side, side)
        icon.moveLeft(room.left() + width + ICON_GAP)
        name = "circle-x" if urgency is Urgency.PAST else "hourglass"
        paint_icon(painter, icon, name, color)


def _paint_focus(
    painter: QPainter, rect: QRect, color: QColor, table: QTableView, section: int
) -> None:
    """Frame the current row, where the selection's background alone wouldn't show it."""
    painter.setPen(QPen(color, 1))
    painter.drawLine(rect.topLeft(), rect.topRight())
    painter.drawLine(rect.bottomLeft(), rect.bottomRight())
    head = table.horizontalHeader()
    visual_indexes = [
        head.visualIndex(s) for s in range(head.count()) if not head.isSectionHidden(s)
    ]
    visual_index = head.visualIndex(section)
    if visual_index == min(visual_indexes):
        painter.drawLine(rect.topLeft(), rect.bottomLeft())
    if visual_index == max(visual_indexes):
        painter.drawLine(rect.topRight(), rect.bottomRight())
