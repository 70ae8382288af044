"""The table's model: the arranged files as rows, brought up to date without ever a reset."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from operator import attrgetter
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from services.api.remote_file import RemoteFile
from ui.files.columns import COLUMNS
from ui.files.file_list import FileFilter, FileList
from ui.files.ordering import Order

FILE_ROLE = Qt.ItemDataRole.UserRole
"""The `RemoteFile` of a row."""

Index = QModelIndex | QPersistentModelIndex


def ranges_of(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Rows in order as ranges of first and last."""
    ranges: list[tuple[int, int]] = []
    for row in rows:
        if ranges and ranges[-1][1] == row - 1:
            ranges[-1] = ranges[-1][0], row
        else:
            ranges.append((row, row))
    return ranges


class FileTableModel(QAbstractTableModel):
    """Shows what `FileList.arranged` gives.

    After a change of the list, its filter or its order, `refresh` leads from the rows that are
    shown to those that should be, so that selection, current row and scroll stay where they are.
    """

    about_to_change = Signal()
    """Rows will come, go or move; `files` is still what was shown."""
    has_changed = Signal()
    """Rows, filter and order are again as the list has them, or time has passed; counts may differ.
    Not told when nothing was different."""

    def __init__(
        self, files: FileList, clock: Callable[[], float], parent: QObject | None = None
    ) -> None:
        """`clock` gives the seconds since 1970, as `time.time`."""
        super().__init__(parent)
        self._list = files
        self._clock = clock
        self._files: list[RemoteFile] = []
        self._ids: set[str] = set()
        self._ids_in_order: list[str] | None = []
        self._shown_arrangement = self.arrangement
        self._faded: frozenset[str] = frozenset()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SOON_MS)
        self._soon.timeout.connect(self.refresh)

    @property
    def files(self) -> Sequence[RemoteFile]:
        """The files as they are shown. A new list after each change; the old one stays as it is."""
        return self._files

    @property
    def arrangement(self) -> tuple[Order, FileFilter]:
        """How the files stand, and which of them are shown."""
        return self._list.order, self._list.shown

    @property
    def any_status(self) -> bool:
        """Whether the column Status says anything."""
        return self._list.any_status

    def now(self) -> float:
        """The moment that the words are told for, in seconds since 1970."""
        return self._clock()

    def shows(self, file_id: str) -> bool:
        """Whether the file is among the rows."""
        return file_id in self._ids

    def rows_of(self, file_ids: Iterable[str]) -> list[int]:
        """Where these files stand, from top to bottom, as far as they are shown."""
        return sorted(self._places(self._ids.intersection(file_ids)).values())

    def is_faded(self, row: int) -> bool:
        """Whether the file waits for its deletion."""
        return self._files[row].id in self._faded

    # Changing

    @Slot()
    def refresh(self) -> None:
        """Show what the list has now."""
        self._soon.stop()
        wanted = self._list.arranged()
        touched = self._list.take_touched()
        arrangement = self.arrangement
        changed = {file.id: file for file in map(self._list.get, touched & self._ids) if file}
        if touched or wanted != self._files or arrangement != self._shown_arrangement:
            self.about_to_change.emit()
            if changed:
                self._replace(changed)
            if touched or not self._is_reordered(wanted):
                ids = set(map(_id_of, wanted))
                if not ids >= self._ids:
                    self._take_out(ids)
                if not self._ids >= ids:
                    self._put_in(wanted, ids)
            if wanted != self._files:
                self._lay_out(wanted)
            self._files = wanted
            self._shown_arrangement = arrangement
            self.has_changed.emit()
        self._fade()

    @Slot()
    def refresh_soon(self) -> None:
        """As `refresh`, once for all calls within a tenth of a second, as pages come in."""
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def refresh_words(self) -> None:
        """Time has passed: tell “Today” and “in 3 days” anew."""
        if self._files:
            for section, column in enumerate(COLUMNS):
                if column.tells_time:
                    self.dataChanged.emit(
                        self.index(0, section), self.index(len(self._files) - 1, section)
                    )
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
        return 0 if parent.isValid() else len(self._files)

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
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return column.text(file, self._clock())
        if role == Qt.ItemDataRole.ToolTipRole:
            # Qt reads a tool tip as HTML where it looks like it; a file name may.
            return f"<span>{escape(column.tooltip(file, self._clock()))}</span>"
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

    def _is_reordered(self, wanted: list[RemoteFile]) -> bool:
        """Whether nothing but the order differs, where the list itself has not changed."""
        before, now = self._shown_arrangement[1], self.arrangement[1]
        return now.view is None and now == before and len(wanted) == len(self._files)

    def _replace(self, changed: dict[str, RemoteFile]) -> None:
        self._files = [changed.get(file.id, file) for file in self._files]
        self._tell_changed(changed)

    def _take_out(self, ids: set[str]) -> None:
        staying = [file for file in self._files if file.id in ids]
        leaving = [file for file in self._files if file.id not in ids]
        if staying != self._files[: len(staying)]:
            self._lay_out(staying + leaving)
        self.beginRemoveRows(QModelIndex(), len(staying), len(self._files) - 1)
        self._set_rows(staying, self._ids & ids)
        self.endRemoveRows()

    def _put_in(self, wanted: list[RemoteFile], ids: set[str]) -> None:
        here = self._ids
        # In their final order, so that a page that belongs at the end needs no other step.
        coming = [file for file in wanted if file.id not in here]
        self.beginInsertRows(QModelIndex(), len(self._files), len(self._files) + len(coming) - 1)
        self._set_rows(self._files + coming, ids)
        self.endInsertRows()

    def _lay_out(self, wanted: list[RemoteFile]) -> None:
        """Move rows, and with them the indexes that somebody holds on to."""
        self.layoutAboutToBeChanged[_LAYOUT].emit([], _ROWS_MOVE)  # type: ignore[index]
        held = self.persistentIndexList()
        ids = [self._files[index.row()].id for index in held]
        self._set_rows(wanted, self._ids)
        places = self._places(set(ids))
        self.changePersistentIndexList(
            held,
            [
                self.index(places[file_id], index.column())
                for file_id, index in zip(ids, held, strict=True)
            ],
        )
        self.layoutChanged[_LAYOUT].emit([], _ROWS_MOVE)  # type: ignore[index]

    def _set_rows(self, files: list[RemoteFile], ids: set[str]) -> None:
        self._files = files
        self._ids = ids
        self._ids_in_order = None

    def _places(self, ids: set[str]) -> dict[str, int]:
        if not ids:
            return {}
        if self._ids_in_order is None:
            self._ids_in_order = list(map(_id_of, self._files))
        if len(ids) <= _FEW:
            return {file_id: self._ids_in_order.index(file_id) for file_id in ids}
        return {file_id: row for row, file_id in enumerate(self._ids_in_order) if file_id in ids}

    def _fade(self) -> None:
        different = self._faded ^ self._list.leaving
        self._faded = self._list.leaving
        if different:
            self._tell_changed(different)

    def _tell_changed(self, ids: Iterable[str]) -> None:
        ranges = ranges_of(self.rows_of(ids))
        if len(ranges) > _MANY_RANGES:
            # Telling them one by one would take longer than painting what lies between.
            ranges = [(ranges[0][0], ranges[-1][1])]
        for first, last in ranges:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))


_SOON_MS = 100
_FEW = 8
"""So many rows are found one by one quicker than by going through all."""
_MANY_RANGES = 50
_LAYOUT = "QList<QPersistentModelIndex>", "QAbstractItemModel::LayoutChangeHint"
"""The full form of the signals, which the type stubs do not know. A selection that is told that only
rows move holds on to one index a row instead of one a cell."""
_ROWS_MOVE = QAbstractItemModel.LayoutChangeHint.VerticalSortHint
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_id_of = attrgetter("id")
