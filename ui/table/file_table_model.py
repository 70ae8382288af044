"""The table's model: the arranged files as rows, brought up to date without ever a reset."""

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
from ui.table.columns import COLUMNS
from ui.wording import tool_tip

__all__ = ["FILE_ROLE", "FileTableModel", "ranges_of"]

FILE_ROLE = Qt.ItemDataRole.UserRole
"""The `RemoteFile` of a row."""

Index = QModelIndex | QPersistentModelIndex


class FileTableModel(QAbstractTableModel):
    """Shows what a `FileList` arranges.

    After a change of the list, its filter or its order, `refresh` leads from the rows that are
    shown to those that should be. Held indexes follow their files; rows come and go at the end
    only, and what lies between is one change of the layout. What takes longer than a moment is
    done in turns of the event loop, and the rows from before stay until it is through.
    """

    about_to_change = Signal()
    """Rows will come, go or move; `files` is still what was shown."""
    about_to_move = Signal()
    """Told after `about_to_change` when rows will not just come or go at the end."""
    has_changed = Signal()
    """Rows, filter and order are again as the list has them, or time has passed; counts may differ.
    Not told when nothing was different."""

    def __init__(
        self,
        files: FileList,
        clock: Callable[[], float],
        parent: QObject | None = None,
        patience_ms: int | None = None,
    ) -> None:
        """`clock` gives the seconds since 1970, as `time.time`."""
        super().__init__(parent)
        self._list = files
        self._clock = clock
        self.arranger = Arranger(files, patience_ms, self)
        """Puts the files in order, in turns where that takes longer than a moment."""
        self._files = ShownFiles.none(files.order)
        self._count = 0
        self._change: RowChange | None = None
        self._arrangement = self.arrangement
        self._faded: frozenset[str] = frozenset()
        self.arranger.arranged.connect(self._show_arranged)

    @property
    def files(self) -> ShownFiles:
        """The files as they are shown. Another one after each change; the old one stays as it is."""
        return self._files

    @property
    def change(self) -> RowChange | None:
        """What was different at the last change; told while `has_changed` is."""
        return self._change

    @property
    def arrangement(self) -> tuple[Order, FileFilter]:
        """How the files are to stand, and which of them are to be shown."""
        return self._list.order, self._list.file_filter

    @property
    def is_arranging(self) -> bool:
        """Whether the rows are not yet as the list wants them."""
        return self.arranger.is_arranging

    @property
    def any_status(self) -> bool:
        """Whether the column Status says anything."""
        return self._list.any_status

    def now(self) -> float:
        """The moment that the words are told for, in seconds since 1970."""
        return self._clock()

    def shows(self, file_id: str) -> bool:
        """Whether the file is among the rows."""
        return self._place(file_id) is not None

    def rows_of(self, file_ids: Iterable[str]) -> list[int]:
        """Where these files stand, from top to bottom, as far as they are shown."""
        ids = set(file_ids)
        if len(ids) * SEARCH > len(self._files):
            return [row for row, file in enumerate(self._files) if file.id in ids]
        return sorted(row for row in map(self._place, ids) if row is not None)

    def is_faded(self, row: int) -> bool:
        """Whether the file waits for its deletion."""
        return bool(self._faded) and self._files[row].id in self._faded

    def is_new(self, row: int) -> bool:
        """Whether watching found the file, and nobody has looked at it yet."""
        return self._list.is_new(self._files[row].id)

    def selection_of(self, ranges: Iterable[Range]) -> QItemSelection:
        """Whole rows, for a selection model."""
        selection = QItemSelection()
        last_column = len(COLUMNS) - 1
        for first, last in ranges:
            selection.select(self.createIndex(first, 0), self.createIndex(last, last_column))
        return selection

    # Changing

    @Slot()
    def refresh(self) -> None:
        """Show what the list has now; at once, unless it takes longer than a moment."""
        self.arranger.arrange()

    @Slot()
    def refresh_soon(self) -> None:
        """As `refresh`, once for all calls within a tenth of a second or more, as pages come in."""
        self.arranger.arrange_soon()

    @Slot()
    def refresh_words(self) -> None:
        """Time has passed: tell “Today” and “in 3 days” anew."""
        if self._count:
            for section, column in enumerate(COLUMNS):
                if column.tells_time:
                    first, last = self.index(0, section), self.index(self._count - 1, section)
                    self.dataChanged.emit(first, last)
        self.has_changed.emit()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; called by the head of the table."""
        if 0 <= column < len(COLUMNS):
            descending = order == Qt.SortOrder.DescendingOrder
            self._list.order = Order(COLUMNS[column].column, descending)
            self.refresh()

    # Reading

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """As many as are shown."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """Always all columns; which are hidden is the view's matter."""
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The same for every cell, so that selecting all asks nothing."""
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a cell."""
        if not index.isValid() or not 0 <= index.row() < len(self._files):
            return None
        file = self._files[index.row()]
        column = COLUMNS[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return column.text(file, self._clock())
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            # Not in the text: a cell is found by the name of its file.
            marked = column.column is Column.NAME and self.is_new(index.row())
            return _("New") if marked else None
        if role == Qt.ItemDataRole.ToolTipRole:
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
        """The heads of the columns."""
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

    # The steps from old rows to new ones

    @Slot()
    def _show_arranged(self) -> None:
        untold, arrangement = self._list.has_unshown_changes, self.arrangement
        arranged = self._list.pop_update()
        if untold or arrangement != self._arrangement or not arranged.files.same_as(self._files):
            self.about_to_change.emit()
            self._change = change = change_between(
                self._files, arranged.files, arranged.changed, self._list.row
            )
            self._arrangement = arrangement
            self._take(change)
            self.has_changed.emit()
            self._change = None
        self._fade()

    def _take(self, change: RowChange) -> None:
        rows = len(change.after)
        if change.moves:
            self.about_to_move.emit()
            # A selection of everything stays one when the layout changes; with a row more it is
            # none, so that what comes in place of something else is not taken for selected.
            spare = change.inserts and change.removes
            room = max(self._count, rows) + spare
            if room != self._count:
                self.beginInsertRows(QModelIndex(), self._count, room - 1)
                self._count = room
                self.endInsertRows()
            self._lay_out(change)
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
        self._tell_changed(change.changed_rows)

    def _lay_out(self, change: RowChange) -> None:
        """Move rows, and with them the indexes that somebody holds on to."""
        self.layoutAboutToBeChanged[_LAYOUT].emit([], _ROWS_MOVE)  # type: ignore[index]
        held = self.persistentIndexList()
        places = indexes_now(change, {index.row() for index in held})
        self._files = change.after
        self.changePersistentIndexList(
            held,
            [
                self.createIndex(places[index.row()], index.column())
                if index.row() in places
                else QModelIndex()
                for index in held
            ],
        )
        self.layoutChanged[_LAYOUT].emit([], _ROWS_MOVE)  # type: ignore[index]

    def _set_files(self, change: RowChange) -> None:
        self._files = change.after
        self._count = len(change.after)

    def _place(self, file_id: str) -> int | None:
        row = self._list.shown_row(file_id)
        return self._files.index_of(row) if row is not None else None

    def _fade(self) -> None:
        different = self._faded ^ self._list.deleting
        self._faded = self._list.deleting
        if different:
            self._tell_changed(self.rows_of(different))

    def _tell_changed(self, rows: list[int]) -> None:
        ranges = ranges_of(rows)
        if len(ranges) > _MANY_RANGES:
            # Telling them one by one would take longer than painting what lies between.
            ranges = [(ranges[0][0], ranges[-1][1])]
        for first, last in ranges:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))


_MANY_RANGES = 50
_LAYOUT = "QList<QPersistentModelIndex>", "QAbstractItemModel::LayoutChangeHint"
"""The full form of the signals, which the type stubs do not know. A selection that is told that only
rows move holds on to one index a row instead of one a cell."""
_ROWS_MOVE = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
