"""The model of the file table: sorted files as rows, updated without resets."""

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QItemSelection,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from services.api.remote_file import RemoteFile
from services.browse.file_list import FileFilter, FileList
from services.browse.ordering import Column, Order
from services.browse.row_change import (
    SEARCH,
    Range,
    RowChange,
    change_between,
    indexes_now,
    ranges_of,
)
from services.browse.shown_files import ShownFiles
from services.system.language import _
from ui.table.arranger import Arranger
from ui.table.columns import COLUMNS, SECTION_OF
from ui.wording import NOTHING, tool_tip

__all__ = ["FILE_ROLE", "FileTableModel", "ranges_of"]

FILE_ROLE = Qt.ItemDataRole.UserRole
"""The `RemoteFile` of a row."""

Index = QModelIndex | QPersistentModelIndex


class FileTableModel(QAbstractTableModel):
    """Shows the filtered and sorted files of a `FileList`.

    After a change to the list, its filter or its order, `refresh` updates the rows. Persistent
    indexes follow their files. Rows are inserted and removed only at the end; everything else is
    one layout change. Slow updates are done in slices of the event loop, with the old rows shown
    until they are finished.
    """

    about_to_change = Signal()
    """Rows are about to change; `files` is still the old state."""
    about_to_move = Signal()
    """Emitted after `about_to_change` if more will change than the end of the list."""
    has_changed = Signal()
    """The rows are up to date again, or time has passed; counts may differ. Not emitted if nothing
    changed."""

    def __init__(
        self,
        files: FileList,
        clock: Callable[[], float],
        parent: QObject | None = None,
        slice_ms: int | None = None,
    ) -> None:
        """`clock` returns a Unix timestamp, like `time.time`."""
        super().__init__(parent)
        self._list = files
        self._clock = clock
        self.needed_by: Callable[[RemoteFile], str] = lambda _file: NOTHING
        """Says what needs a file, for the column."""
        self.arranger = Arranger(files, slice_ms, self)
        """Filters and sorts the files."""
        self._files = ShownFiles.empty(files.order)
        self._count = 0
        self._change: RowChange | None = None
        self._arrangement = self.arrangement
        self._faded: frozenset[str] = frozenset()
        self.arranger.arranged.connect(self._show_arranged)

    @property
    def files(self) -> ShownFiles:
        """The shown files, an immutable snapshot that is replaced by each change."""
        return self._files

    @property
    def change(self) -> RowChange | None:
        """What changed; set only while `has_changed` is emitted."""
        return self._change

    @property
    def arrangement(self) -> tuple[Order, FileFilter]:
        """The wanted order and filter."""
        return self._list.order, self._list.file_filter

    @property
    def is_arranging(self) -> bool:
        """Whether the rows aren't up to date yet."""
        return self.arranger.is_arranging

    @property
    def any_status(self) -> bool:
        """Whether the Status column has anything to show."""
        return self._list.any_status

    def now(self) -> float:
        """The current time for relative dates, as a Unix timestamp."""
        return self._clock()

    def is_shown(self, file_id: str) -> bool:
        """Whether the table has a row for the file."""
        return self._row_of(file_id) is not None

    def rows_of(self, file_ids: Iterable[str]) -> list[int]:
        """The rows of those of these files that are shown, from top to bottom."""
        ids = set(file_ids)
        if len(ids) * SEARCH > len(self._files):
            return [row for row, file in enumerate(self._files) if file.id in ids]
        return sorted(row for row in map(self._row_of, ids) if row is not None)

    def is_faded(self, row: int) -> bool:
        """Whether the file is about to be deleted."""
        return bool(self._faded) and self._files[row].id in self._faded

    def is_new(self, row: int) -> bool:
        """Whether the file is new and hasn't been looked at yet."""
        return self._list.is_new(self._files[row].id)

    def selection_of(self, ranges: Iterable[Range]) -> QItemSelection:
        """A selection of entire rows."""
        selection = QItemSelection()
        last_column = len(COLUMNS) - 1
        for first, last in ranges:
            selection.select(self.createIndex(first, 0), self.createIndex(last, last_column))
        return selection

    def text(self, section: int, file: RemoteFile) -> str:
        """The text of a cell."""
        column = COLUMNS[section]
        if column.column is Column.NEEDED_BY:
            return self.needed_by(file)
        return column.text(file, self._clock())

    @Slot()
    def refresh_needed_by(self) -> None:
        """Show again what needs the files."""
        if self._count:
            section = SECTION_OF[Column.NEEDED_BY]
            self.dataChanged.emit(self.index(0, section), self.index(self._count - 1, section))

    # Changing

    def show_list(self, files: FileList) -> None:
        """Show another list, as it was shown last; `refresh` brings it up to date.

        All rows are removed before, so that none is taken for one of another account that happens
        to have the same ID.
        """
        self._list = files
        self.arranger.use(files)
        self.about_to_change.emit()
        if self._count:
            self.beginRemoveRows(QModelIndex(), 0, self._count - 1)
            self._files, self._count = ShownFiles.empty(files.order), 0
            self.endRemoveRows()
        shown = files.last_shown
        if len(shown):
            self.beginInsertRows(QModelIndex(), 0, len(shown) - 1)
            self._files, self._count = shown, len(shown)
            self.endInsertRows()
        else:
            self._files = shown
        self._arrangement = self.arrangement
        self._faded = files.deleting
        self.has_changed.emit()

    @Slot()
    def refresh(self) -> None:
        """Show the list's current state; at once, unless it takes too long."""
        self.arranger.arrange()

    @Slot()
    def refresh_soon(self) -> None:
        """Like `refresh`, but once for all calls within 0.1 s or more, as pages arrive."""
        self.arranger.arrange_soon()

    @Slot()
    def refresh_times(self) -> None:
        """Update relative dates such as “Today” and “in 3 days”."""
        if self._count:
            for section, column in enumerate(COLUMNS):
                if column.time_dependent:
                    first, last = self.index(0, section), self.index(self._count - 1, section)
                    self.dataChanged.emit(first, last)
        self.has_changed.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; called by the header."""
        if 0 <= column < len(COLUMNS):
            descending = order == Qt.SortOrder.DescendingOrder
            self._list.order = Order(COLUMNS[column].column, descending)
            self.refresh()

    # Reading

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """The number of shown files."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """All columns, even those that the view hides."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The same for every cell, which keeps “select all” fast."""
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The contents of a cell."""
        if not index.isValid() or not 0 <= index.row() < len(self._files):
            return None
        file = self._files[index.row()]
        column = COLUMNS[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return self.text(index.column(), file)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            # Not part of the text, so that a cell can be found by its file name.
            marked = column.column is Column.NAME and self.is_new(index.row())
            return _("New") if marked else None
        if role == Qt.ItemDataRole.ToolTipRole:
            if column.column is Column.NEEDED_BY:
                return tool_tip(self.needed_by(file))
            return tool_tip(column.tooltip(file, self._clock()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.alignment
        if role == FILE_ROLE:
            return file
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """The column headers."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return column.alignment
        if role == Qt.ItemDataRole.InitialSortOrderRole:
            down = column.largest_first
            return Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        return None

    # Applying changes

    @Slot()
    def _show_arranged(self) -> None:
        changed, arrangement = self._list.has_unshown_changes, self.arrangement
        arranged = self._list.pop_update()
        if changed or arrangement != self._arrangement or not arranged.files.same_as(self._files):
            self.about_to_change.emit()
            self._change = change = change_between(
                self._files, arranged.files, arranged.changed, self._list.row
            )
            self._arrangement = arrangement
            self._apply(change)
            self.has_changed.emit()
            self._change = None
        self._update_faded()

    def _apply(self, change: RowChange) -> None:
        rows = len(change.after)
        if change.moves:
            self.about_to_move.emit()
            # Qt keeps a selection of all rows across a layout change. One extra row prevents that,
            # so that rows that replace others don't become selected.
            spare = change.inserts and change.removes
            room = max(self._count, rows) + spare
            if room != self._count:
                self.beginInsertRows(QModelIndex(), self._count, room - 1)
                self._count = room
                self.endInsertRows()
            self._change_layout(change)
            if room != rows:
                self.beginRemoveRows(QModelIndex(), rows, room - 1)
                self._count = rows
                self.endRemoveRows()
        elif rows > self._count:
            self.beginInsertRows(QModelIndex(), self._count, rows - 1)
            self._set_files(change)
            self.endInsertRows()
        elif rows < self._count:
            self.beginRemoveRows(QModelIndex(), rows, self._count - 1)
            self._set_files(change)
            self.endRemoveRows()
        else:
            self._set_files(change)
        self._emit_changed(change.changed_rows)

    def _change_layout(self, change: RowChange) -> None:
        """Move rows and the persistent indexes on them."""
        self.layoutAboutToBeChanged[_LAYOUT].emit([], _ROWS_MOVE)  # type: ignore[index]
        persistent = self.persistentIndexList()
        current_rows = indexes_now(change, {index.row() for index in persistent})
        self._files = change.after
        self.changePersistentIndexList(
            persistent,
            [
                self.createIndex(current_rows[index.row()], index.column())
                if index.row() in current_rows
                else QModelIndex()
                for index in persistent
            ],
        )
        self.layoutChanged[_LAYOUT].emit([], _ROWS_MOVE)  # type: ignore[index]

    def _set_files(self, change: RowChange) -> None:
        self._files = change.after
        self._count = len(change.after)

    def _row_of(self, file_id: str) -> int | None:
        row = self._list.shown_row(file_id)
        return self._files.index_of(row) if row is not None else None

    def _update_faded(self) -> None:
        changed_ids = self._faded ^ self._list.deleting
        self._faded = self._list.deleting
        if changed_ids:
            self._emit_changed(self.rows_of(changed_ids))

    def _emit_changed(self, rows: list[int]) -> None:
        ranges = ranges_of(rows)
        if len(ranges) > _MANY_RANGES:
            # Reporting each range takes longer than repainting everything between them.
            ranges = [(ranges[0][0], ranges[-1][1])]
        for first, last in ranges:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))


_MANY_RANGES = 50
_LAYOUT = "QList<QPersistentModelIndex>", "QAbstractItemModel::LayoutChangeHint"
"""The full signatures of the signals, which the type stubs lack. If a selection knows that only
rows move, it holds one index per row instead of one per cell."""
_ROWS_MOVE = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
