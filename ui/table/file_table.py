"""The table of files: keeps its place through every change of the rows."""

from collections.abc import Iterable, Sequence

import msgspec
from PySide6.QtCore import (
    QElapsedTimer,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from services.api.remote_file import RemoteFile
from services.browse.row_change import Range, RowChange, map_ranges, ranges_of
from services.system.language import _
from services.system.name_matching import folded
from ui.selected_rows import move_by_key, selected_ranges
from ui.table.cell_delegates import CellDelegate, row_height
from ui.table.columns import SECTION_OF
from ui.table.file_table_model import FileTableModel
from ui.table.pointed_row import PointedRow
from ui.table.table_head import TableHead


class FileTable(QTableView):
    """Shows a `FileTableModel`; whole rows are selected."""

    selection_changed = Signal()
    """Other files are selected, or the selected ones say something else now."""
    opened = Signal(object)
    """Double click or Enter on a `RemoteFile`."""
    all_wanted = Signal()
    """Escape without a selection: the search may end."""
    menu_asked = Signal(QPoint)
    """A menu for the selected files is wanted at this point of the screen."""

    def __init__(self, model: FileTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files = model
        self._place: _Place | None = None
        self._held: list[Range] | None = None
        self._selection_differs = False
        self.framed = False
        """Whether the current row has a frame though it is not selected: the keyboard is used."""
        self._typed = ""
        self._since_typed = QElapsedTimer()
        self._arrangement = model.arrangement
        self.setAccessibleName(_("Files"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.pointed = PointedRow(self)
        self.setItemDelegate(CellDelegate(self))
        self._head = TableHead(self)
        self.setHorizontalHeader(self._head)
        self._head.setSortIndicatorShown(True)  # taking a head over switches it off
        self.setModel(model)
        self._head.use_default_widths()
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._take_font()
        self._show_order()
        self._head.sortIndicatorChanged.connect(model.sort)
        self._head.section_focused.connect(self._show_section)
        self._head.down_pressed.connect(self.setFocus)
        self.doubleClicked.connect(self._open)
        self.selectionModel().selectionChanged.connect(self._note_selection)
        model.about_to_change.connect(self._remember_place)
        model.about_to_move.connect(self._hold_selection)
        model.has_changed.connect(self._return_to_place)

    def pass_time(self) -> None:
        """Time has passed: show what is to be shown now, with the words for it."""
        self._files.refresh()
        self._files.refresh_times()

    # Selection

    def selected_files(self) -> list[RemoteFile]:
        """The selected files, from top to bottom."""
        files = self._files.files
        return [file for first, last in selected_ranges(self) for file in files[first : last + 1]]

    def select_ids(self, ids: Iterable[str]) -> None:
        """Select these files, as far as they are shown, and go to the first of them."""
        self.select_ranges(ranges_of(self._files.rows_of(ids)))

    def select_ranges(self, ranges: Sequence[Range]) -> None:
        """Select rows from the first to the last of each range, and go to the first of all."""
        model, how = self.selectionModel(), QItemSelectionModel.SelectionFlag
        if not ranges:
            model.clearSelection()
            return
        self._select_silently(ranges)
        self.selection_changed.emit()
        first_index = self._files.index(ranges[0][0], self._current_column())
        model.setCurrentIndex(first_index, how.NoUpdate)
        self.scrollTo(first_index)

    def current_file(self) -> RemoteFile | None:
        """The file that the keyboard is at."""
        row = self.currentIndex().row()
        return self._files.files[row] if row >= 0 else None

    # Columns

    @property
    def head(self) -> TableHead:
        """The heads of the columns."""
        return self._head

    def save_columns(self) -> bytes:
        """Order, widths and choice of the columns."""
        return self._head.save()

    def restore_columns(self, saved: bytes) -> bool:
        """Take what `save_columns` gave; anything else changes nothing and answers False."""
        return self._head.restore(saved)

    # Qt

    def minimumSizeHint(self) -> QSize:
        """The head and a few rows, so that nothing beside the table takes all of its room."""
        rows = _LEAST_ROWS * self.verticalHeader().defaultSectionSize()
        around = self._head.sizeHint().height() + self.horizontalScrollBar().sizeHint().height()
        return QSize(super().minimumSizeHint().width(), rows + around)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the current file, Escape ends the selection, then the search."""
        self._show_frame(by_keyboard=True)
        if event.key() == Qt.Key.Key_Escape:
            if self.selectionModel().hasSelection():
                self.clearSelection()
            else:
                self.all_wanted.emit()
            event.accept()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
            event.accept()
            return
        move_by_key(self, event, super().keyPressEvent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """While only the mouse is used, a row that is not selected has no frame."""
        self._show_frame(by_keyboard=False)
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The Tab key is a way to use the keyboard, too."""
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._show_frame(by_keyboard=True)
        super().focusInEvent(event)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and last file; Qt would go to the first and last column."""
        how = QAbstractItemView.CursorAction
        if action in (how.MoveHome, how.MoveEnd):
            modifiers |= Qt.KeyboardModifier.ControlModifier
        return super().moveCursor(action, modifiers)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Paint what changed, and tell assistive technology of it.

        While some of that is active, Qt's own way makes a list of all the cells: 7 millions.
        """
        if _rows_in(selected) + _rows_in(deselected) <= _FEW:
            super().selectionChanged(selected, deselected)
        else:
            QAbstractItemView.selectionChanged(self, selected, deselected)

    def keyboardSearch(self, search: str) -> None:
        """Go to the next file whose name begins with what is typed.

        Qt's own search would ask the model for the words of every row.
        """
        pause = self._since_typed.elapsed() if self._since_typed.isValid() else _LONG_AGO
        if pause < QApplication.keyboardInputInterval():
            self._typed = folded(self._typed + search)
        else:
            self._typed = folded(search)
        self._since_typed.start()
        current = self.currentIndex().row()
        # One letter leads on from the current file, more may still mean it.
        start = current + 1 if len(self._typed) == 1 else max(0, current)
        row = self._files.files.index_of_name(self._typed, start)
        if row is not None:
            self.setCurrentIndex(self._files.index(row, self._current_column()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu: at the pointer, or below the current row for the menu key."""
        point = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            rect = self.visualRect(self.currentIndex())
            point = self.viewport().mapToGlobal(rect.bottomLeft())
        self.menu_asked.emit(point)
        event.accept()

    def currentChanged(
        self,
        current: QModelIndex | QPersistentModelIndex,
        previous: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint both rows anew: the frame of the current one goes around all of its cells."""
        super().currentChanged(current, previous)
        for index in (current, previous):
            if index.isValid():
                self.paint_row(index.row())

    def changeEvent(self, event: QEvent) -> None:
        """Rows are as high as the font wants."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._take_font()

    # Keeping the place

    @Slot()
    def _remember_place(self) -> None:
        top = self.rowAt(0)
        height = self.verticalHeader().defaultSectionSize()
        current = self.currentIndex().row()
        self._place = _Place(
            top if self.verticalScrollBar().value() > 0 else -1,
            current,
            self.currentIndex().column(),
            0 <= current - top < self.viewport().height() // height if top >= 0 else False,
        )

    @Slot()
    def _hold_selection(self) -> None:
        """Take the selection away while rows move: Qt would follow each of the selected ones."""
        self._held = selected_ranges(self)
        if self._held:
            self._select_silently(())

    @Slot()
    def _return_to_place(self) -> None:
        place, self._place = self._place, None
        held, self._held = self._held, None
        change = self._files.change
        self._head.show_status(self._files.any_status)
        before, now = self._arrangement, self._files.arrangement
        rearranged = before != now
        viewed = now[1].view is not None and now[1].view is not before[1].view
        self._show_order()
        if held and change is not None:
            self._selection_differs = True
            self._select_silently(map_ranges(change, held))
        if place is not None and change is not None:
            # Only who has selected a file wants to see that one again in another order.
            chosen = self.selectionModel().isSelected(self.currentIndex())
            self._return_to_current(place, change, rearranged=rearranged)
            if rearranged:
                # Qt goes to a clicked row a little later, unless somebody scrolls before.
                self.scrollContentsBy(0, 0)
            if viewed:
                self.verticalScrollBar().setValue(0)  # it tells by its order: what is most is first
            else:
                self._return_to_scroll(place, change, rearranged=rearranged, chosen=chosen)
        if self._selection_differs or self.selectionModel().hasSelection():
            self._selection_differs = False
            self.selection_changed.emit()

    def _return_to_current(self, place: "_Place", change: RowChange, *, rearranged: bool) -> None:
        if place.current < 0:
            return
        row = change.nearest_index(place.current)
        if row is not None and rearranged and change.index_now(place.current) is None:
            row = 0  # other files were asked for, which are read from the top
        if row is not None and row != self.currentIndex().row():
            index = self._files.index(row, place.column)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _return_to_scroll(
        self, place: "_Place", change: RowChange, *, rearranged: bool, chosen: bool
    ) -> None:
        bar = self.verticalScrollBar()
        # Qt left this to a timer, after which it would paint all rows a second time: a search among
        # 50,000 files took 31 ms of the window's thread instead of 23 ms.
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        if rearranged:
            # Following the top row would lead anywhere; the current file is what was looked at.
            seen = chosen and place.current_visible
            current = change.index_now(place.current) if seen else None
            if current is not None:
                bar.setValue(max(0, current - (place.current - max(place.top, 0))))
            else:
                bar.setValue(0)
        elif place.top >= 0:
            bar.setValue(change.nearest_index(place.top) or 0)

    def _select_silently(self, ranges: Sequence[Range]) -> None:
        """Select these rows and no others, and tell nobody.

        Qt compares every range of before with every new one, and works out the place on the screen
        of each; for some ten thousand that is seconds. From nothing, and painted as a whole, it is
        none.
        """
        model, how = self.selectionModel(), QItemSelectionModel.SelectionFlag
        model.blockSignals(True)
        model.clearSelection()
        if ranges:
            model.select(self._files.selection_of(ranges), how.Select)
        model.blockSignals(False)
        self.viewport().update()

    # Small things

    def _show_frame(self, *, by_keyboard: bool) -> None:
        if by_keyboard != self.framed:
            self.framed = by_keyboard
            self.paint_row(self.currentIndex().row())

    def paint_row(self, row: int) -> None:
        """Paint all cells of a row anew; nothing for -1."""
        if row >= 0:
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            self.viewport().update(0, top, self.viewport().width(), height)

    @Slot(QItemSelection, QItemSelection)
    def _note_selection(self, _new: QItemSelection, _old: QItemSelection) -> None:
        if self._place is not None:
            self._selection_differs = True
        else:
            self.selection_changed.emit()

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._files.files[index.row()])

    @Slot(object)
    def _show_section(self, section: int) -> None:
        bar, left = self.horizontalScrollBar(), self._head.sectionPosition(section)
        right = left + self._head.sectionSize(section) - self.viewport().width()
        bar.setValue(min(max(bar.value(), right), left))

    def _show_order(self) -> None:
        self._arrangement = self._files.arrangement
        order = self._arrangement[0]
        way = Qt.SortOrder.DescendingOrder if order.descending else Qt.SortOrder.AscendingOrder
        self._head.blockSignals(True)
        self._head.setSortIndicator(SECTION_OF[order.column], way)
        self._head.blockSignals(False)
        self._head.viewport().update()

    def _take_font(self) -> None:
        height = row_height(self.font())
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)

    def _current_column(self) -> int:
        return max(0, self.currentIndex().column())


_LONG_AGO = 1 << 30
"""Milliseconds."""
_LEAST_ROWS = 4
_FEW = 100
"""Rows."""


def _rows_in(selection: QItemSelection) -> int:
    return sum(selection.at(place).height() for place in range(selection.count()))


class _Place(msgspec.Struct, frozen=True):
    """What was where before the rows change."""

    top: int
    """The row at the top; negative when nothing was scrolled, so that new rows come into sight."""
    current: int
    column: int
    current_visible: bool
