"""The model behind the files of a vector store: as many as were listed so far."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from services.api.remote_file import RemoteFile
from services.api.vector_store import VectorStoreFile
from services.browse.row_change import ranges_of
from services.system.language import N_, _
from services.system.sizes import format_size
from ui.jobs.cell_table import CellModel
from ui.jobs.job_cell import Cell
from ui.jobs.stores.store_file_rows import StoreFileRows
from ui.jobs.stores.store_words import file_state_in_words, reason_in_words
from ui.theme import Role
from ui.wording import created_in_words, one_line, tool_tip

Index = QModelIndex | QPersistentModelIndex


class _Column:
    """The title and the widths of a column."""

    def __init__(self, title: str, width: int, least: int) -> None:
        self.title = title
        self.width = width
        self.least = least


_COLUMNS = (
    _Column(N_("File"), 34, 20),
    _Column(N_("Status"), 30, 18),
    _Column(N_("Size"), 12, 10),
    _Column(N_("Attached"), 18, 16),
)
_ICONS = {
    "in_progress": ("refresh-cw", Role.ACCENT),
    "completed": ("circle-check", Role.SUCCESS),
    "failed": ("circle-x", Role.DANGER),
}


class StoreFileModel(CellModel):
    """In the order of the server, the last attached first. Asks for more as one scrolls."""

    more_requested = Signal()
    """The end of what is known is in sight."""

    def __init__(
        self,
        find: Callable[[str], RemoteFile | None],
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        """`find` gives the account's file with an ID. `clock` gives seconds since 1970."""
        super().__init__(parent)
        self._find = find
        self._clock = clock
        self._files = StoreFileRows()
        self._dropped: list[StoreFileRows] = []
        """Files that aren't shown any longer, and are freed bit by bit."""
        self._freeing = QTimer(self)
        self._freeing.timeout.connect(self._free_some)
        self._can_have_more = False

    @property
    def columns(self) -> Sequence[_Column]:
        """The columns, in their order."""
        return _COLUMNS

    @property
    def files(self) -> StoreFileRows:
        """The files that are shown; others once others are shown instead."""
        return self._files

    def show_files(self, files: Sequence[VectorStoreFile]) -> None:
        """Show these files instead of others."""
        rows, before = StoreFileRows(files), self._files
        if before.has_same_ids(files):
            self._files = rows
            self.show_again()
        else:
            self.beginResetModel()
            self._files = rows
            self.endResetModel()
        self._dropped.append(before)
        self._freeing.start(0)

    def add_files(self, files: Sequence[VectorStoreFile]) -> None:
        """Add a page at the end."""
        if files:
            first = len(self._files)
            self.beginInsertRows(QModelIndex(), first, first + len(files) - 1)
            self._files.add(files)
            self.endInsertRows()

    def remove(self, file_ids: Iterable[str]) -> None:
        """Remove files that aren't in the store any more."""
        for first, last in reversed(ranges_of(self._files.rows_of(frozenset(file_ids)))):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._files.remove(first, last)
            self.endRemoveRows()

    @Slot()
    def _free_some(self) -> None:
        if self._dropped and not self._dropped[-1].drop_some():
            self._dropped.pop()
        if not self._dropped:
            self._freeing.stop()

    def set_can_have_more(self, *, can: bool) -> None:
        """Say whether `more_requested` may lead to more files."""
        self._can_have_more = can

    def name_of(self, file_id: str) -> str:
        """The name of a file on one line, or its ID."""
        file = self._find(file_id)
        return one_line(file_id if file is None else file.name)

    def show_again(self) -> None:
        """Show names and times anew."""
        if self._files:
            last = self.index(len(self._files) - 1, len(_COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def cell(self, row: int, section: int) -> Cell:
        """What a cell shows now."""
        file = self._files[row]
        match section:
            case 0:
                return self._name_cell(file)
            case 1:
                icon, role = _ICONS.get(file.status or "", ("", Role.MUTED))
                reason = reason_in_words(file)
                return Cell(
                    file_state_in_words(file), role, icon, below=reason, below_role=Role.DANGER
                )
            case 2:
                return Cell(format_size(file.usage_bytes), Role.MUTED)
        return Cell(created_in_words(file.created_at, self._clock()), Role.MUTED)

    def _name_cell(self, file: VectorStoreFile) -> Cell:
        known = self._find(file.id)
        if known is None:
            return Cell(one_line(file.id), Role.MUTED, below=_("not in the list"))
        return Cell(one_line(known.name), below=one_line(file.id))

    # As Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """How many files are known."""
        return 0 if parent.isValid() else len(self._files)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """How many columns there are."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether there may be more files than are known."""
        return not parent.isValid() and self._can_have_more

    def fetchMore(self, parent: Index) -> None:
        """Ask for them; they are added later."""
        if not parent.isValid() and self._can_have_more:
            self._can_have_more = False
            self.more_requested.emit()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles of the columns."""
        is_title = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        if is_title and 0 <= section < len(_COLUMNS):
            return _(_COLUMNS[section].title)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell as a text, for assistive technology and tool tips."""
        if not index.isValid() or not 0 <= index.row() < len(self._files):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cell(index.row(), index.column()).in_words
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(self.cell(index.row(), index.column()).in_words)
        return None
