"""The files of a vector store as a table; any number of them can be selected."""

from bisect import bisect_right

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from services.api.vector_store import VectorStoreFile
from services.browse.row_change import ranges_of
from services.system.language import _
from ui.jobs.cell_table import CellTable
from ui.jobs.stores.store_file_model import StoreFileModel
from ui.jobs.stores.store_file_rows import StoreFileRows
from ui.selected_rows import selected_ranges

_ENDS = (Qt.Key.Key_Home, Qt.Key.Key_End)


class StoreFileTable(CellTable):
    """Shows a `StoreFileModel`."""

    selection_changed = Signal()
    """Other files are selected, or the selected ones have changed."""
    opened = Signal()
    """Enter, Space or a double click on the selected file."""
    delete_pressed = Signal()
    menu_asked = Signal(QPoint)
    """A menu for the selected files is wanted at this place on the screen."""

    def __init__(self, model: StoreFileModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._model = model
        self._before: tuple[StoreFileRows, list[tuple[int, int]]] = (model.files, [])
        """The files before all rows were replaced, and which of them were selected."""
        self.setAccessibleName(_("Files in the vector store"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        heads = self.horizontalHeader()
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        heads.setSectionsClickable(False)
        heads.setHighlightSections(False)
        heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setModel(model)
        # To decide whether to highlight a title, Qt queries every cell below: 8 s for 200,000 files.
        heads.setSelectionModel(QItemSelectionModel(model, heads))
        model.modelAboutToBeReset.connect(self._keep_selection)
        model.modelReset.connect(self._select_kept)
        model.dataChanged.connect(self.selection_changed)
        model.rowsRemoved.connect(self.selection_changed)
        self.selectionModel().selectionChanged.connect(self.selection_changed)

    @property
    def selected(self) -> list[VectorStoreFile]:
        """The selected files, from top to bottom."""
        files = self._model.files
        return [file for first, last in selected_ranges(self) for file in files[first : last + 1]]

    @property
    def selected_count(self) -> int:
        """How many files are selected; fast even for very many."""
        return sum(last - first + 1 for first, last in selected_ranges(self))

    @property
    def only_selected(self) -> VectorStoreFile | None:
        """The selected file, if it is one."""
        return self.selected[0] if self.selected_count == 1 else None

    def fetch_if_end_shows(self) -> None:
        """Ask for more files if the last row is in sight; scrolling does so by itself."""
        root = self.rootIndex()
        last = self._model.index(self._model.rowCount() - 1, 0)
        is_in_sight = self.visualRect(last).intersects(self.viewport().rect())
        if is_in_sight and self._model.canFetchMore(root):
            self._model.fetchMore(root)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter or Space, copy IDs, detach with Delete, go to the ends."""
        last = self._model.rowCount() - 1
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.delete_pressed.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            ids = "\n".join(file.id for file in self.selected)
            if ids:
                QGuiApplication.clipboard().setText(ids)
        elif event.key() in _ENDS and not event.modifiers() and last >= 0:
            self.selectRow(0 if event.key() == Qt.Key.Key_Home else last)
            self.scrollTo(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the file under the pointer, which the first click has selected."""
        if self.indexAt(event.position().toPoint()).isValid():
            self.opened.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu for the selected files, or for the one under the pointer."""
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        by_pointer = event.reason() != QContextMenuEvent.Reason.Keyboard and index.isValid()
        if by_pointer and not self.selectionModel().isSelected(index):
            self.selectRow(index.row())
        if self.selectionModel().hasSelection():
            self.menu_asked.emit(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the first file if none is, so that keys do something."""
        super().focusInEvent(event)
        if not self.selectionModel().hasSelection() and self._model.rowCount():
            self.selectRow(max(0, self.currentIndex().row()))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Paint the selection as inactive."""
        super().focusOutEvent(event)
        self.viewport().update()

    @Slot()
    def _keep_selection(self) -> None:
        self._before = self._model.files, selected_ranges(self)

    @Slot()
    def _select_kept(self) -> None:
        files, (before, ranges) = self._model.files, self._before
        self._before = files, []
        rows: list[int] = []
        if ranges:
            # Looked up by the few new files, because a million may have been selected.
            starts = [first for first, _last in ranges]
            was_selected = {
                before[row].id
                for row in before.rows_of([file.id for file in files])
                if row <= ranges[bisect_right(starts, row) - 1][1] and row >= starts[0]
            }
            rows = files.rows_of(was_selected)
        select = self.selectionModel()
        flags = select.SelectionFlag.Select | select.SelectionFlag.Rows
        chosen = QItemSelection()
        for first, last in ranges_of(rows):
            chosen.select(self._model.index(first, 0), self._model.index(last, 0))
        select.select(chosen, flags)
        if rows:
            select.setCurrentIndex(self._model.index(rows[0], 0), select.SelectionFlag.NoUpdate)
        else:
            self.scrollToTop()
        self.selection_changed.emit()
