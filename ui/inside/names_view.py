"""Shows the names of what is in an archive."""

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from services.previews.archive_entries import ArchiveEnd, ArchiveEntry
from services.previews.archive_names import ArchiveForm, ArchiveNames
from services.system.language import N_, _, ngettext
from services.system.sizes import format_size
from ui.icons import file_icon_name, icon
from ui.selection_look import paint_selected_cell
from ui.theme import Role, color
from ui.widgets.labels import ElidedLabel, label
from ui.wording import NOTHING, count_in_words, exact_moment, one_line, tool_tip

_Index = QModelIndex | QPersistentModelIndex

_HEADS = (N_("Name"), N_("Size"), N_("Modified"))
_SIZE = 1
_FORMS = {
    ArchiveForm.ZIP: "ZIP",
    ArchiveForm.TAR: "TAR",
    ArchiveForm.GZIP: "GZIP",
    ArchiveForm.BZIP2: "BZIP2",
    ArchiveForm.XZ: "XZ",
    ArchiveForm.SEVEN_ZIP: "7Z",
}
_PADDING = 20
"""Pixels beside the text of a cell."""
_INSET = 8
"""Pixels from the edge of a cell to its text."""
_SAMPLE = 200
"""Rows by which the width of a column is chosen."""


class NamesView(QWidget):
    """A table of the names, sizes and dates in an archive, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = _NamesTable()
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._message)
        self._pages.addWidget(self._table)
        self._words = ElidedLabel("muted")
        self._warning = ElidedLabel("warning")
        footer = QFrame()
        row = QHBoxLayout(footer)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(16)
        row.addWidget(self._words)
        row.addWidget(self._warning, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(footer)
        self.setFocusProxy(self._table)

    def show_names(self, names: ArchiveNames | None) -> None:
        """Show the names read so far, or nothing."""
        if names is None:
            self._table.show_entries(())
            self.show_message("")
        elif not names.entries and names.end is not ArchiveEnd.NOT_YET:
            self._table.show_entries(())
            self.show_message(_nothing_in_words(names))
        else:
            self._table.show_entries(names.entries)
            self._pages.setCurrentWidget(self._table)
            self._words.setText(_sum_in_words(names))
            self._warning.setText(_shortcoming_in_words(names))

    def show_message(self, text: str) -> None:
        """Show a text in place of the names."""
        self._message.setText(text)
        self._pages.setCurrentWidget(self._message)
        self._words.setText("")
        self._warning.setText("")


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


class _NamesTable(QTableView):
    """The table of entries; copies names."""

    def __init__(self) -> None:
        super().__init__()
        self._model = _NamesModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_CellDelegate(self))
        self.setAccessibleName(_("Files in the archive"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
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
        rows = sorted({index.row() for index in self.selectedIndexes()})
        if rows:
            names = (one_line(self._model.entries[row].name) for row in rows)
            QGuiApplication.clipboard().setText("\n".join(names))

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


def _sum_in_words(names: ArchiveNames) -> str:
    files = [entry for entry in names.entries if not entry.is_folder]
    words = ngettext("{number} file", "{number} files", len(files)).format(
        number=count_in_words(len(files))
    )
    parts = [_FORMS.get(names.form, ""), words]
    sizes = [entry.size for entry in files]
    if sizes and None not in sizes:
        total = sum(size for size in sizes if size is not None)
        parts.append(_("{size} unpacked").format(size=format_size(total)))
    if names.end is ArchiveEnd.NOT_YET:
        parts.append(_("reading…"))
    return " · ".join(filter(None, parts))


def _shortcoming_in_words(names: ArchiveNames) -> str:
    match names.end:
        case ArchiveEnd.DAMAGED:
            return _("The archive is damaged or cut off. There may be more files.")
        case ArchiveEnd.TOO_MANY:
            return _("There are more files, which aren't shown.")
        case ArchiveEnd.TOO_LARGE:
            return _("There may be more files: the archive is too large to look through.")
    if any(entry.is_encrypted for entry in names.entries):
        return _("Encrypted: the files can't be opened without the password.")
    return ""


def _nothing_in_words(names: ArchiveNames) -> str:
    if names.end is not ArchiveEnd.WHOLE:
        return _("This archive is damaged, and no names could be read.")
    if names.form is ArchiveForm.SEVEN_ZIP:
        return _("The names in a 7z archive can't be shown.")
    if names.form is ArchiveForm.UNKNOWN:
        return _("The names in this archive can't be shown.")
    return _("The archive is empty.")
