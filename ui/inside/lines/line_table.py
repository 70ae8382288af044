"""The table of lines, at the left of an open file."""

from functools import partial

from PySide6.QtCore import (
    QItemSelectionModel,
    QModelIndex,
    QRect,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QTableView,
    QWidget,
)

from services.previews.batches.batch_result import Outcome
from services.previews.rows.line_rows import LineRow
from services.problems.severity import Severity
from services.system.language import _
from ui.copied_rows import copy_rows
from ui.icons import paint_icon
from ui.inside.lines.column_header import ColumnHeader
from ui.inside.lines.column_widths import ColumnWidths
from ui.inside.lines.line_model import LINE_COLUMN, LineModel
from ui.selected_rows import show_whole_rows
from ui.selection_look import paint_selected_cell
from ui.table.cell_look import ICON_GAP, INSET, CellLook
from ui.table.pointed_row import PointedRow
from ui.table.visible_cells import visible_rows
from ui.theme import Role

_TOO_MANY_REQUESTS = 429
_SMALLEST = 5
"""In characters."""


class LineTable(QTableView):
    """Shows a `LineModel`, one line at a time being current."""

    line_changed = Signal(object)
    """Another row is current; None if there is none."""
    selection_changed = Signal()
    """Other lines are selected."""
    end_reached = Signal()
    """The last row that is there so far has come into sight."""

    def __init__(self, model: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = model
        self._widths = ColumnWidths(self, model)
        self.setAccessibleName(_("Lines"))
        show_whole_rows(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        self._pointed = PointedRow(self, self._paint_row)
        self._look: CellLook | None = None
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.heads = heads = ColumnHeader(self)
        """The heads of the columns."""
        self.setHorizontalHeader(heads)
        heads.setMinimumSectionSize(_SMALLEST * self.fontMetrics().averageCharWidth())
        heads.setTextElideMode(Qt.TextElideMode.ElideRight)
        heads.setStretchLastSection(False)
        heads.section_focused.connect(self._scroll_to_section)
        self.setModel(model)
        height = QFontMetrics(self.font()).height() + 14
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)
        model.modelReset.connect(self._begin)
        model.rows_left.connect(self.viewport().update)
        model.rowsInserted.connect(self._fit_first)
        model.columnsInserted.connect(self._begin)
        self.verticalScrollBar().valueChanged.connect(self._look_for_end)
        self.verticalScrollBar().rangeChanged.connect(self._look_for_end)
        self.selectionModel().currentRowChanged.connect(self._tell_line)
        self.selectionModel().selectionChanged.connect(self.selection_changed)

    def current_number(self) -> int | None:
        """The number of the current line; None if there is none."""
        row = self.currentIndex().row()
        return self._lines.line_number(row) if 0 <= row < self._lines.rowCount() else None

    def go_to_row(self, row: int) -> None:
        """Make a row current and bring it into sight, whatever keys are held."""
        index = self._lines.index(row, LINE_COLUMN)
        how = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, how.ClearAndSelect | how.Rows)
        self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    def show_filtered(self, sections: frozenset[int]) -> None:
        """Show which columns filter the lines, with room for their icons."""
        if self.heads.show_filtered(sections):
            self._begin()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all cells in one call; see `visible_cells`."""
        look = self._look
        if look is None or not look.matches(self.font(), self.palette()):
            look = self._look = CellLook(self.font(), self.palette())
        painter = QPainter(self.viewport())
        for row, is_selected, cells in visible_rows(self, event.rect()):
            for section, cell in cells:
                self._paint_cell(painter, look, cell, row, section, selected=is_selected)
        painter.end()

    def _paint_cell(
        self,
        painter: QPainter,
        look: CellLook,
        cell: QRect,
        row: int,
        section: int,
        *,
        selected: bool,
    ) -> None:
        """Numbers stand at the right; the status and failures are in color."""
        if selected:
            first = section == LINE_COLUMN
            paint_selected_cell(painter, cell, self, self.palette(), first=first)
        elif row == self._pointed.row:
            painter.fillRect(cell, look.hover)
        role = _role_of(self._lines, row, section, selected=selected)
        painter.setPen(look.color(role))
        room = cell.adjusted(INSET, 0, -INSET, 0)
        text = self._lines.text_at(row, section)
        if section == self._lines.problem_section and text:
            side = look.icon_side
            square = QRect(room.left(), room.top() + (room.height() - side) // 2, side, side)
            name = "circle-x" if role is Role.DANGER else "triangle-alert"
            paint_icon(painter, square, name, look.color(role))
            room.setLeft(room.left() + side + ICON_GAP)
        look.draw(painter, room, text, right=self._lines.is_number(section))

    def resizeEvent(self, event: object) -> None:
        """Give the widest column what is left."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the columns, which nobody saw until now."""
        super().showEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the selected lines, with tabs between the cells; Home and End go to the ends.

        Qt would move along the row, or with Ctrl to a line that isn't selected.
        """
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self._lines.rowCount() - 1}
        has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in ends and not has_shift:
            self.go_to_row(ends[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to copy the cell under the pointer, the lines as they are, or their cells."""
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        if event.reason() == QContextMenuEvent.Reason.Keyboard or not index.isValid():
            index = self.currentIndex()
        if not index.isValid():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = _("Copy {column}").format(column=self._lines.head(index.column()))
        menu.addAction(words).triggered.connect(
            partial(self._copy_cell, index.row(), index.column())
        )
        menu.addAction(_("Copy as it is in the file")).triggered.connect(self.copy_raw)
        menu.addAction(_("Copy as a table")).triggered.connect(self.copy)
        menu.popup(event.globalPos())

    @Slot()
    def copy_raw(self) -> None:
        """Copy the selected lines as they are in the file."""
        copy_rows(self, self._lines.raw)

    def _copy_cell(self, row: int, section: int) -> None:
        QGuiApplication.clipboard().setText(self._lines.whole_text_at(row, section))

    @Slot()
    def copy(self) -> None:
        """Copy the selected rows, with tabs between the cells."""
        copy_rows(self, self._lines.row_text)

    def selected_count(self) -> int:
        """How many lines are selected."""
        selection = self.selectionModel().selection()
        return sum(selection.at(place).height() for place in range(selection.count()))

    @Slot(object)
    def _scroll_to_section(self, section: int) -> None:
        bar, left = self.horizontalScrollBar(), self.heads.sectionPosition(section)
        right = left + self.heads.sectionSize(section) - self.viewport().width()
        bar.setValue(min(max(bar.value(), right), left))

    @Slot()
    def _begin(self) -> None:
        self._widths.forget()
        self._fit()

    @Slot()
    def _fit_first(self) -> None:
        if self._widths.may_have_changed:
            self._begin()

    def _fit(self) -> None:
        if self._lines.columnCount() and self.isVisible():
            for column, width in enumerate(self._widths.fitted()):
                self.setColumnWidth(column, width)

    @Slot()
    def _look_for_end(self) -> None:
        last = self._lines.rowCount() - 1
        if last >= 0 and self.rowAt(self.viewport().height() - 1) in (-1, last):
            self.end_reached.emit()

    @Slot(QModelIndex, QModelIndex)
    def _tell_line(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.line_changed.emit(current.row() if current.isValid() else None)

    def _paint_row(self, row: int) -> None:
        if row >= 0:
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            self.viewport().update(0, top, self.viewport().width(), height)


def _role_of(model: LineModel, row: int, section: int, *, selected: bool) -> Role:
    if section == LINE_COLUMN:
        return Role.TEXT if selected else Role.MUTED
    if section == model.problem_section:
        found = model.finding_at(row)
        is_error = found is not None and found[0] is Severity.ERROR
        return Role.DANGER if is_error else Role.WARNING
    reader = model.reader
    key = reader.columns[section - 1].key if reader is not None else ""
    shown = model.row_in_time(row)
    if shown.problem is not None or (key == "answer" and not _has_succeeded(shown)):
        return _failure_role(shown)
    if key == "status":
        return Role.SUCCESS if _has_succeeded(shown) else _failure_role(shown)
    return Role.MUTED if key in ("model", "endpoint") and not selected else Role.TEXT


def _has_succeeded(row: LineRow) -> bool:
    return row.state is None or row.state.outcome is Outcome.SUCCEEDED


def _failure_role(row: LineRow) -> Role:
    state = row.state
    soft = state is not None and (
        state.outcome in (Outcome.EXPIRED, Outcome.CANCELLED)
        or state.status_code == _TOO_MANY_REQUESTS
    )
    return Role.WARNING if soft else Role.DANGER
