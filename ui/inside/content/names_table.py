"""The table of what is in an archive."""

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from services.previews.documents.archive_entries import ArchiveEntry
from services.system.language import N_, _
from services.system.sizes import format_size
from ui.copied_rows import copy_rows
from ui.icons import file_icon_name, icon
from ui.selected_rows import show_whole_rows
from ui.selection_look import paint_selected_cell
from ui.theme import Role, color
from ui.wording import NOTHING, exact_moment, one_line, tool_tip

_Index = QModelIndex | QPersistentModelIndex

_HEADS = (N_("Name"), N_("Size"), N_("Modified"))
_SIZE = 1
_PADDING = 20
"""Pixels beside the text of a cell."""
_INSET = 8
"""Pixels from the edge of a cell to its text."""
_SAMPLE = 200
"""Rows by which the width of a column is chosen."""


class _NamesModel(QAbstractTableModel):
    """The entries of an archive."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._entries: tuple[ArchiveEntry, ...] = ()

    @property
    def entries(self) -> tuple[ArchiveEntry, ...]:
        """The entries that are shown."""
        return self._entries

    def set_entries(self, entries: tuple[ArchiveEntry, ...]) -> None:
        """Show other entries, or more of the same."""
        known = len(self._entries)
        if known and entries[:known] == self._entries:
            if len(entries) > known:
                self.beginInsertRows(QModelIndex(), known, len(entries) - 1)
                self._entries = entries
                self.endInsertRows()
            return
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many entries there are."""
        return 0 if parent is not None and parent.isValid() else len(self._entries)

    def columnCount(self, parent: _Index | None = None) -> int:
        """Name, size and date."""
        return 0 if parent is not None and parent.isValid() else len(_HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The names of the columns."""
        if orientation is not Qt.Orientation.Horizontal or section >= len(_HEADS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(_HEADS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell, and how it looks."""
        entry = self._entries[index.row()]
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text_at(index.row(), column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ForegroundRole and column:
            return color(Role.MUTED, QGuiApplication.palette())
        if not column and role == Qt.ItemDataRole.DecorationRole:
            name = "folder" if entry.is_folder else file_icon_name(entry.name)
            return icon(name, Role.MUTED)
        if not column and role == Qt.ItemDataRole.ToolTipRole:
            encrypted = _("Encrypted") if entry.is_encrypted else ""
            return tool_tip(entry.name, encrypted)
        return None

    def text_at(self, row: int, column: int) -> str:
        """The text of a cell."""
        entry = self._entries[row]
        if column == 0:
            return one_line(entry.name) or _("(no name)")
        if column == _SIZE:
            return NOTHING if entry.is_folder else format_size(entry.size)
        return exact_moment(entry.modified)


class _CellDelegate(QStyledItemDelegate):
    """Paints cells with space beside their texts, as the heads have it."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Paint the selection, and the cell on it."""
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        if option.state & QStyle.StateFlag.State_Selected:
            is_first = index.column() == 0
            paint_selected_cell(painter, option.rect, self._table, option.palette, first=is_first)
        cell.state &= ~QStyle.StateFlag.State_Selected
        cell.rect = option.rect.adjusted(_INSET, 0, -_INSET, 0)
        style = self._table.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, self._table)


class NamesTable(QTableView):
    """The table of entries; copies names."""

    def __init__(self) -> None:
        super().__init__()
        self._model = _NamesModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_CellDelegate(self))
        self.setAccessibleName(_("Files in the archive"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        show_whole_rows(self)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(round(1.8 * self.fontMetrics().height()))
        heads = self.horizontalHeader()
        heads.setSectionsClickable(False)
        heads.setHighlightSections(False)
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setMinimumSectionSize(24)
        # To decide whether to highlight a title, Qt queries every cell below it.
        heads.setSelectionModel(QItemSelectionModel(self._model, heads))

    def show_entries(self, entries: tuple[ArchiveEntry, ...]) -> None:
        """Show other entries, or more of the same."""
        self._model.set_entries(entries)
        self._fit_columns()
        if entries and not self.currentIndex().isValid():
            self.setCurrentIndex(self._model.index(0, 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self._fit_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected names, one on each line."""
        if not event.matches(QKeySequence.StandardKey.Copy):
            super().keyPressEvent(event)
            return
        copy_rows(self, lambda row: one_line(self._model.entries[row].name))

    def _fit_columns(self) -> None:
        left = self.viewport().width()
        for column in range(1, len(_HEADS)):
            rows = range(min(_SAMPLE, self._model.rowCount()))
            texts = [self._model.text_at(row, column) for row in rows]
            widest = max(map(self.fontMetrics().horizontalAdvance, [*texts, _(_HEADS[column])]))
            self.setColumnWidth(column, widest + 2 * _PADDING)
            left -= widest + 2 * _PADDING
        self.setColumnWidth(0, max(left, left // 3, 80))


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == _SIZE else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
