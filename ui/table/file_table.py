"""The table of files."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import (
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
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from services.api.remote_file import RemoteFile
from services.browse.row_change import Range, ranges_of
from services.system.language import _
from services.system.name_matching import folded
from ui.selected_rows import (
    are_few,
    move_by_key,
    replace_selection,
    selected_ranges,
    show_whole_rows,
)
from ui.table.cell_delegates import CellDelegate, row_height
from ui.table.columns import SECTION_OF
from ui.table.file_table_model import FileTableModel
from ui.table.kept_place import KeptPlace, TablePlace
from ui.table.pointed_row import PointedRow
from ui.table.table_header import TableHeader
from ui.table.visible_cells import visible_rows
from ui.widgets.typed_text import TypedText


class FileTable(QTableView):
    """Shows a `FileTableModel`. Selects whole rows, and keeps its place when the rows change."""

    selection_changed = Signal()
    """Other files are selected, or the selected files may have changed."""
    opened = Signal(object)
    """A `RemoteFile` was double-clicked, or Enter or Space was pressed on it."""
    clear_search_asked = Signal()
    """Escape was pressed with nothing selected: the search may be cleared."""
    drag_started = Signal()
    """The selected files are dragged out of the table."""
    menu_asked = Signal(QPoint)
    """Show a context menu for the selected files at this point of the screen."""

    def __init__(self, model: FileTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._files = model
        self._may_drag: Callable[[], bool] = lambda: False
        self._pressed: QPoint | None = None
        """Where a selected row was pressed, until that turns out to be a click or a drag."""
        self._typed = TypedText()
        self.setAccessibleName(_("Files"))
        show_whole_rows(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self._cells = CellDelegate(self, model, PointedRow(self, self._paint_row))
        self.setItemDelegate(self._cells)
        self._header = TableHeader(self)
        self.setHorizontalHeader(self._header)
        self._header.setSortIndicatorShown(True)  # setHorizontalHeader turns it off
        self.setModel(model)
        self._header.use_default_widths()
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._fit_rows()
        self._show_order()
        self._header.sortIndicatorChanged.connect(model.sort)
        self._header.section_focused.connect(self._scroll_to_section)
        self._header.down_pressed.connect(self.setFocus)
        self.doubleClicked.connect(self._open)
        model.has_changed.connect(self._refresh_header)
        KeptPlace(self, model).selection_changed.connect(self.selection_changed)

    def allow_drag(self, is_allowed: Callable[[], bool]) -> None:
        """Let selected files be dragged out of the table while the function returns True.

        Otherwise, dragging over rows selects them, as it always does from unselected ones.
        """
        self._may_drag = is_allowed

    def refresh_times(self) -> None:
        """Refresh everything that depends on the time."""
        self._files.refresh()
        self._files.refresh_times()

    # Selection

    def selected_files(self) -> list[RemoteFile]:
        """The selected files, from top to bottom."""
        files = self._files.files
        return [file for first, last in selected_ranges(self) for file in files[first : last + 1]]

    def select_ids(self, ids: Iterable[str]) -> None:
        """Select those of the files that are shown, and scroll to the first."""
        self.select_ranges(ranges_of(self._files.rows_of(ids)))

    def select_ranges(self, ranges: Sequence[Range]) -> None:
        """Select ranges of rows, each from first to last, and scroll to the first."""
        model, how = self.selectionModel(), QItemSelectionModel.SelectionFlag
        if not ranges:
            model.clearSelection()
            return
        replace_selection(self, self._files.selection_of(ranges))
        self.selection_changed.emit()
        first_index = self._files.index(ranges[0][0], self._current_column())
        model.setCurrentIndex(first_index, how.NoUpdate)
        self.scrollTo(first_index)

    def current_file(self) -> RemoteFile | None:
        """The file with the keyboard focus."""
        row = self.currentIndex().row()
        return self._files.files[row] if row >= 0 else None

    # Place

    @property
    def place(self) -> TablePlace:
        """Where the person is now."""
        current = self.currentIndex()
        return TablePlace(
            tuple(selected_ranges(self)),
            current.row(),
            max(0, current.column()),
            self.verticalScrollBar().value(),
            self.horizontalScrollBar().value(),
        )

    def leave_place(self) -> None:
        """Select nothing, and go to the top, as other files will be shown."""
        replace_selection(self, QItemSelection())
        self.selectionModel().clearCurrentIndex()
        self.verticalScrollBar().setValue(0)
        self.horizontalScrollBar().setValue(0)
        self.selection_changed.emit()

    def go_to(self, place: TablePlace) -> None:
        """Go to a place of the rows that are shown, which are the same as when it was left."""
        replace_selection(self, self._files.selection_of(place.selected))
        if place.current >= 0:
            index = self._files.index(place.current, place.column)
            how = QItemSelectionModel.SelectionFlag.NoUpdate
            self.selectionModel().setCurrentIndex(index, how)
        self.executeDelayedItemsLayout()
        self.updateGeometries()
        self.verticalScrollBar().setValue(place.top)
        self.horizontalScrollBar().setValue(place.left)
        self.selection_changed.emit()

    # Columns

    @property
    def header(self) -> TableHeader:
        """The header."""
        return self._header

    # Qt

    def minimumSizeHint(self) -> QSize:
        """The header and a few rows, so that neighbors can't take all the space."""
        rows = _LEAST_ROWS * self.verticalHeader().defaultSectionSize()
        around = self._header.sizeHint().height() + self.horizontalScrollBar().sizeHint().height()
        return QSize(super().minimumSizeHint().width(), rows + around)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all cells in one call; see `visible_cells`."""
        painter = QPainter(self.viewport())
        for row, is_selected, cells in visible_rows(self, event.rect()):
            self._cells.paint_row(painter, row, cells, selected=is_selected)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open the current file; Escape clears the selection, then the search."""
        self._show_frame(by_keyboard=True)
        if event.key() == Qt.Key.Key_Escape:
            if self.selectionModel().hasSelection():
                self.clearSelection()
            else:
                self.clear_search_asked.emit()
            event.accept()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or self._is_opening_space(event):
            self._open(self.currentIndex())
            event.accept()
            return
        move_by_key(self, event, super().keyPressEvent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hide the frame of an unselected current row: the mouse is in use."""
        self._show_frame(by_keyboard=False)
        at = event.position().toPoint()
        self._pressed = at if self._may_begin_drag(event, at) else None
        if self._pressed is None:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin to drag the selected files, if one of them was pressed."""
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        moved = event.position().toPoint() - self._pressed
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.drag_started.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Select the row that was pressed, as it wasn't dragged."""
        if self._pressed is not None:
            self._pressed = None
            at, left = event.position(), Qt.MouseButton.LeftButton
            kind, plain = QEvent.Type.MouseButtonPress, Qt.KeyboardModifier.NoModifier
            press = QMouseEvent(kind, at, event.globalPosition(), left, left, plain)
            super().mousePressEvent(press)
        super().mouseReleaseEvent(event)

    def _may_begin_drag(self, event: QMouseEvent, at: QPoint) -> bool:
        return (
            event.button() is Qt.MouseButton.LeftButton
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
            and self.selectionModel().isSelected(self.indexAt(at))
            and self._may_drag()
        )

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the frame of the current row when Tab leads here."""
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self._show_frame(by_keyboard=True)
        super().focusInEvent(event)

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and last file, not to the first and last column as in Qt."""
        how = QAbstractItemView.CursorAction
        if action in (how.MoveHome, how.MoveEnd):
            modifiers |= Qt.KeyboardModifier.ControlModifier
        return super().moveCursor(action, modifiers)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Repaint the changes and notify assistive technology.

        For large changes, this skips QTableView's method; see `are_few`.
        """
        if are_few(selected, deselected):
            super().selectionChanged(selected, deselected)
        else:
            QAbstractItemView.selectionChanged(self, selected, deselected)

    def keyboardSearch(self, search: str) -> None:
        """Go to the next file whose name starts with the typed text.

        Qt's own search would ask the model for the text of every row.
        """
        typed = folded(self._typed.add(search))
        current = self.currentIndex().row()
        # The first letter moves on from the current file; with more, it may still match.
        start = current + 1 if len(typed) == 1 else max(0, current)
        row = self._files.files.index_of_name(typed, start)
        if row is not None:
            self.setCurrentIndex(self._files.index(row, self._current_column()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request a menu at the pointer, or below the current row for the menu key."""
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
        """Repaint both rows: the frame of the current row surrounds all of its cells."""
        super().currentChanged(current, previous)
        for index in (current, previous):
            if index.isValid():
                self._paint_row(index.row())

    def changeEvent(self, event: QEvent) -> None:
        """Fit the row height to the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit_rows()

    # Appearance

    def _show_frame(self, *, by_keyboard: bool) -> None:
        if by_keyboard != self._cells.frames_current_row:
            self._cells.frames_current_row = by_keyboard
            self._paint_row(self.currentIndex().row())

    def _paint_row(self, row: int) -> None:
        """Repaint all cells of a row; -1 is ignored."""
        if row >= 0:
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            self.viewport().update(0, top, self.viewport().width(), height)

    def _is_opening_space(self, event: QKeyEvent) -> bool:
        """Whether it's Space alone, and not part of a name that is being typed."""
        is_space = event.key() == Qt.Key.Key_Space and not event.modifiers()
        return is_space and not self._typed.is_going_on

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self._files.files[index.row()])

    @Slot(object)
    def _scroll_to_section(self, section: int) -> None:
        bar, left = self.horizontalScrollBar(), self._header.sectionPosition(section)
        right = left + self._header.sectionSize(section) - self.viewport().width()
        bar.setValue(min(max(bar.value(), right), left))

    @Slot()
    def _refresh_header(self) -> None:
        self._header.show_status(self._files.any_status)
        self._show_order()

    def _show_order(self) -> None:
        order = self._files.arrangement[0]
        way = Qt.SortOrder.DescendingOrder if order.descending else Qt.SortOrder.AscendingOrder
        self._header.blockSignals(True)
        self._header.setSortIndicator(SECTION_OF[order.column], way)
        self._header.blockSignals(False)
        self._header.viewport().update()

    def _fit_rows(self) -> None:
        height = row_height(self.font())
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)

    def _current_column(self) -> int:
        return max(0, self.currentIndex().column())


_LEAST_ROWS = 4
