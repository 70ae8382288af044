"""Keeps the selection, current row and scroll position of the file table while its rows change."""

import msgspec
from PySide6.QtCore import QItemSelectionModel, QObject, Signal, Slot
from PySide6.QtWidgets import QTableView

from services.browse.row_change import Range, RowChange, map_ranges
from ui.selected_rows import replace_selection, selected_ranges
from ui.table.file_table_model import FileTableModel


class TablePlace(msgspec.Struct, frozen=True):
    """Where a person is in the table: what is selected, which row is current, what is in view."""

    selected: tuple[Range, ...]
    current: int
    """Row of the keyboard focus; -1 if there is none."""
    column: int
    top: int
    """Of the vertical scroll bar."""
    left: int
    """Of the horizontal one."""


class _Place(msgspec.Struct, frozen=True):
    """The table's position before its rows change."""

    top: int
    """The top row; negative if nothing was scrolled, so that new rows at the top are visible."""
    current: int
    column: int
    current_visible: bool


class KeptPlace(QObject):
    """Remembers the table's place before each change of the model, and restores it afterwards."""

    selection_changed = Signal()
    """Other files are selected, or the selected files may have changed."""

    def __init__(self, table: QTableView, model: FileTableModel) -> None:
        """`table` shows `model` already."""
        super().__init__(table)
        self._table = table
        self._model = model
        self._place: _Place | None = None
        self._selected: list[Range] | None = None
        """The selection, put aside while rows move."""
        self._selection_differs = False
        self._arrangement = model.arrangement
        table.selectionModel().selectionChanged.connect(self._note_selection)
        model.about_to_change.connect(self._remember)
        model.about_to_move.connect(self._set_selection_aside)
        model.has_changed.connect(self._restore)

    @Slot()
    def _note_selection(self) -> None:
        if self._place is not None:
            self._selection_differs = True
        else:
            self.selection_changed.emit()

    @Slot()
    def _remember(self) -> None:
        table = self._table
        top = table.rowAt(0)
        height = table.verticalHeader().defaultSectionSize()
        current = table.currentIndex().row()
        self._place = _Place(
            top if table.verticalScrollBar().value() > 0 else -1,
            current,
            table.currentIndex().column(),
            0 <= current - top < table.viewport().height() // height if top >= 0 else False,
        )

    @Slot()
    def _set_selection_aside(self) -> None:
        """Clear the selection while rows move: Qt would track each selected row."""
        self._selected = selected_ranges(self._table)
        if self._selected:
            replace_selection(self._table, self._model.selection_of(()))

    @Slot()
    def _restore(self) -> None:
        place, self._place = self._place, None
        selected, self._selected = self._selected, None
        change = self._model.change
        before, self._arrangement = self._arrangement, self._model.arrangement
        selection = self._table.selectionModel()
        if selected and change is not None:
            self._selection_differs = True
            ranges = map_ranges(change, selected)
            replace_selection(self._table, self._model.selection_of(ranges))
        if place is not None and change is not None:
            rearranged = before != self._arrangement
            # In a new order, only a file that was selected is worth scrolling to.
            chosen = selection.isSelected(self._table.currentIndex())
            self._restore_current(place, change, rearranged=rearranged)
            if rearranged:
                # After a click, Qt scrolls to the row a little later unless something scrolls
                # first.
                self._table.scrollContentsBy(0, 0)
            view, last_view = self._arrangement[1].view, before[1].view
            if view is not None and view is not last_view:
                # A view has its own order: what it is about comes first.
                self._table.verticalScrollBar().setValue(0)
            else:
                self._restore_scroll(place, change, rearranged=rearranged, chosen=chosen)
        if self._selection_differs or selection.hasSelection():
            self._selection_differs = False
            self.selection_changed.emit()

    def _restore_current(self, place: _Place, change: RowChange, *, rearranged: bool) -> None:
        if place.current < 0:
            return
        row = change.nearest_index(place.current)
        if row is not None and rearranged and change.index_now(place.current) is None:
            row = 0  # other files are shown now, which are read from the top
        if row is not None and row != self._table.currentIndex().row():
            index = self._model.index(row, place.column)
            how = QItemSelectionModel.SelectionFlag.NoUpdate
            self._table.selectionModel().setCurrentIndex(index, how)

    def _restore_scroll(
        self, place: _Place, change: RowChange, *, rearranged: bool, chosen: bool
    ) -> None:
        bar = self._table.verticalScrollBar()
        # Qt would do this by a timer and then paint all rows a second time: a search among 50,000
        # files took 31 ms of the window's thread instead of 23 ms.
        self._table.executeDelayedItemsLayout()
        self._table.updateGeometries()
        if rearranged:
            # The top row may be anywhere now; the current file is what the person was looking at.
            visible = chosen and place.current_visible
            current = change.index_now(place.current) if visible else None
            if current is not None:
                bar.setValue(max(0, current - (place.current - max(place.top, 0))))
            else:
                bar.setValue(0)
        elif place.top >= 0:
            bar.setValue(change.nearest_index(place.top) or 0)
