"""Paints the rows of the sidebar."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from services.browse.file_list import View
from services.jobs.job_kind import JobKind
from services.system.sizes import format_size
from ui.icons import icon, purpose_icon
from ui.selection_look import paint_selected_row
from ui.sidebar.sidebar_model import Kind, SidebarModel, SidebarRow, count_text
from ui.theme import Role, color, scaled
from ui.wording import count_in_words

Index = QModelIndex | QPersistentModelIndex

_HEADING_SIZE = 0.86
SIDE = 10
"""Pixels beside a row."""
ROW_INSET = 9
"""Pixels from the edge of a row to what is in it."""
_ICON_GAP = 8
_COLUMN_GAP = 14
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_VIEW_ICONS = {
    View.EXPIRING: "hourglass",
    View.LARGEST: "arrow-down-wide-narrow",
    View.NEW_OUTPUTS: "inbox",
}
_JOB_ICONS = {
    JobKind.BATCHES: "list-checks",
    JobKind.FINE_TUNING: "graduation-cap",
    JobKind.VECTOR_STORES: "database",
}


class SidebarDelegate(QStyledItemDelegate):
    """Paints icon, title, count, and the size if it fits; chosen rows get a rounded background."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._list = view
        self.max_count = 0
        """The widest count, to align the sizes."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """A line of text with space around it; all rows are as wide as the list."""
        return QSize(0, QFontMetrics(option.font).height() + 10)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a heading or a choice."""
        row = index.data(SidebarModel.ROW_ROLE)
        if not isinstance(row, SidebarRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.kind is Kind.HEADING:
            self._paint_heading(painter, option, row)
        else:
            self._paint_choice(painter, option, row)
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, row: SidebarRow
    ) -> None:
        words = option.rect.adjusted(SIDE + ROW_INSET, 3, -SIDE, 0)
        painter.setFont(scaled(option.font, _HEADING_SIZE, bold=True))
        painter.setPen(color(Role.MUTED, option.palette))
        painter.drawText(words, _LEFT, row.title)

    def _paint_choice(
        self, painter: QPainter, option: QStyleOptionViewItem, row: SidebarRow
    ) -> None:
        palette = option.palette
        background = option.rect.adjusted(SIDE, 1, -SIDE, 0)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            paint_selected_row(painter, background, self._list, palette, 5)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(Role.HOVER, palette))
            painter.drawRoundedRect(background, 5, 5)
        by_keyboard = option.state & QStyle.StateFlag.State_KeyboardFocusChange
        if option.state & QStyle.StateFlag.State_HasFocus and by_keyboard:
            painter.setPen(color(Role.ACCENT, palette))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(background.adjusted(0, 0, -1, -1), 5, 5)
        metrics = QFontMetrics(option.font)
        inside = background.adjusted(ROW_INSET, 0, -ROW_INSET, 0)
        side = metrics.height()
        icon_rect = QRect(inside.left(), 0, side, side)
        icon_rect.moveCenter(background.center())
        icon_rect.moveLeft(inside.left())
        _icon_of(row).paint(
            painter, icon_rect, mode=QIcon.Mode.Disabled if row.missing else QIcon.Mode.Normal
        )
        room = inside.adjusted(side + _ICON_GAP, 0, 0, 0)
        painter.setFont(option.font)
        painter.setPen(color(Role.MUTED, palette))
        count = count_text(row)
        painter.drawText(room, _RIGHT, count)
        used_width = metrics.horizontalAdvance(count)
        column = metrics.horizontalAdvance(count_in_words(self.max_count))
        if row.size is not None and room.width() > column + _width_for_sizes(metrics):
            size = format_size(row.size)
            painter.drawText(room.adjusted(0, 0, -column - _COLUMN_GAP, 0), _RIGHT, size)
            used_width = column + _COLUMN_GAP + metrics.horizontalAdvance(size)
        font = QFont(option.font)
        if chosen:
            font.setWeight(QFont.Weight.DemiBold)
        room = room.adjusted(0, 0, -used_width - 8, 0)
        painter.setFont(font)
        painter.setPen(color(Role.MUTED if row.missing else Role.TEXT, palette))
        title = QFontMetrics(font).elidedText(row.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, title)


def _width_for_sizes(metrics: QFontMetrics) -> int:
    """The width that fits the longest known purpose, so that all rows show sizes or none."""
    sample = f"assistants_output {format_size(888_800_000)}"
    return metrics.horizontalAdvance(sample) + _COLUMN_GAP + 8


def _icon_of(row: SidebarRow) -> QIcon:
    if row.kind is Kind.EVERYTHING:
        return icon("files", Role.ACCENT)
    if row.jobs is not None:
        return icon(_JOB_ICONS[row.jobs], Role.MUTED)
    if row.choice.view is not None:
        return icon(_VIEW_ICONS[row.choice.view], Role.MUTED)
    return purpose_icon("".join(row.choice.purposes))
