"""A list of jobs as a table with two lines in a row."""

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from services.jobs.job_requests import Job
from services.system.language import _
from ui.icons import paint_icon
from ui.jobs.job_cell import Cell
from ui.jobs.job_header import JobHeader
from ui.jobs.job_model import JobModel
from ui.selection_look import paint_selected_cell
from ui.table.cell_look import ICON_GAP, INSET, CellLook
from ui.table.pointed_row import PointedRow
from ui.table.visible_cells import visible_rows
from ui.theme import Role, color, scaled

_SMALL = 0.9
"""The size of the second line."""
_PADDING = 18
"""Pixels above and below the lines of a row, together."""
_BAR_HEIGHT = 5
_GAP = 2.0
"""Pixels between the parts of a bar."""
_SMALLEST_PART = 3.0


class JobTable(QTableView):
    """Shows a `JobModel`; at most one job is selected."""

    job_changed = Signal(object)
    """Another `Job` is selected, or the selected one has changed; None for none."""
    opened = Signal(object)
    """Enter, Space or a double click on this `Job`."""
    menu_asked = Signal(QPoint)
    """A menu for the selected job is wanted at this place on the screen."""

    def __init__(self, model: JobModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._jobs = model
        self._kept: str | None = None
        """The ID of the selected job, also while other rows are shown."""
        self._look: CellLook | None = None
        self._small: CellLook | None = None
        self.setAccessibleName(_(model.look.name))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self._pointed = PointedRow(self, self._paint_row)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.heads = heads = JobHeader(self)
        """The heads of the columns."""
        self.setHorizontalHeader(heads)
        self.setModel(model)
        heads.setSortIndicator(*model.order)
        heads.sort_asked.connect(self._sort)
        heads.down_pressed.connect(self.setFocus)
        metrics = QFontMetrics(self.font())
        height = metrics.height() + QFontMetrics(scaled(self.font(), _SMALL)).height() + _PADDING
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)
        model.modelReset.connect(self._select_again)
        model.dataChanged.connect(self._tell_changed)
        model.rowsRemoved.connect(self._tell_changed)
        self.selectionModel().selectionChanged.connect(self._tell_selected)

    @property
    def job(self) -> Job | None:
        """The selected job, if it is shown."""
        rows = self.selectionModel().selectedRows()
        return self._jobs.job(rows[0].row()) if rows else None

    def select_id(self, job_id: str) -> bool:
        """Select a job and bring it into sight; return whether it is shown."""
        row = self._jobs.row_of(job_id)
        if row < 0:
            return False
        self._select(row)
        return True

    def forget_selection(self) -> None:
        """Select nothing, also after other rows are shown."""
        self._kept = None
        self.clearSelection()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all cells in one call; see `visible_cells`."""
        look, small = self._looks()
        painter = QPainter(self.viewport())
        for row, is_selected, cells in visible_rows(self, event.rect()):
            for section, place in cells:
                painter.setClipRect(place)
                if is_selected:
                    first = section == 0
                    paint_selected_cell(painter, place, self, self.palette(), first=first)
                elif row == self._pointed.row:
                    painter.fillRect(place, look.hover)
                self._paint_cell(painter, look, small, place, self._jobs.cell(row, section))
        self._paint_focus(painter)
        painter.end()

    def _looks(self) -> tuple[CellLook, CellLook]:
        font, palette = self.font(), self.palette()
        if self._look is None or self._small is None or not self._look.matches(font, palette):
            self._look = CellLook(font, palette)
            self._small = CellLook(scaled(font, _SMALL), palette)
        return self._look, self._small

    def _paint_cell(
        self, painter: QPainter, look: CellLook, small: CellLook, place: QRect, cell: Cell
    ) -> None:
        palette = self.palette()
        room = place.adjusted(INSET, 0, -INSET, 0)
        upper, lower = QRect(room), QRect(room)
        if cell.below or cell.bar is not None:
            upper.setHeight(look.icon_side)
            second = small.icon_side if cell.below else _BAR_HEIGHT + 3
            upper.moveTop(room.top() + (room.height() - look.icon_side - second) // 2)
            lower.setTop(upper.bottom() + 1)
            lower.setHeight(second)
        if cell.icon:
            side = look.icon_side
            square = QRect(upper.left(), upper.top() + (upper.height() - side) // 2, side, side)
            paint_icon(painter, square, cell.icon, color(cell.role, palette))
            upper.setLeft(upper.left() + side + ICON_GAP)
        for words, role in reversed(cell.aside):
            painter.setPen(color(role, palette))
            width = look.draw(painter, upper, words, right=True)
            upper.setRight(upper.right() - width - look.icon_side // 3)
        painter.setPen(color(cell.role, palette))
        look.draw(painter, upper, cell.text)
        if cell.below:
            painter.setPen(color(cell.below_role, palette))
            small.draw(painter, lower, cell.below)
        elif cell.bar is not None:
            lower.setTop(lower.bottom() + 1 - _BAR_HEIGHT)
            self._paint_bar(painter, lower, cell.bar)

    def _paint_bar(
        self, painter: QPainter, room: QRect, parts: tuple[tuple[Role, float], ...]
    ) -> None:
        palette = self.palette()
        painter.fillRect(room, color(Role.TRACK, palette))
        left, right = float(room.left()), float(room.right() + 1)
        for role, share in parts:
            if share <= 0:
                continue
            width = max(_SMALLEST_PART, room.width() * share)
            start = min(left, right - width)
            if start > room.left():  # a gap, also where the colors can't be told apart
                painter.fillRect(
                    QRectF(start, room.top(), _GAP, room.height()), color(Role.WINDOW, palette)
                )
                start += _GAP
            end = min(right, max(start + _SMALLEST_PART, left + width))
            painter.fillRect(
                QRectF(start, room.top(), end - start, room.height()), color(role, palette)
            )
            left = end

    def _paint_focus(self, painter: QPainter) -> None:
        """Frame the table while it has the focus, but nothing in it is selected."""
        if self.hasFocus() and not self.selectionModel().hasSelection():
            painter.setClipping(False)
            painter.setPen(QPen(color(Role.ACCENT, self.palette()), 1))
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def _paint_row(self, row: int) -> None:
        if row >= 0:
            top, height = self.rowViewportPosition(row), self.rowHeight(row)
            self.viewport().update(0, top, self.viewport().width(), height)

    # Keys and pointer

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with Enter or Space, copy the ID, go to the ends; the rest is as in any table."""
        job = self.job
        last = self._jobs.rowCount() - 1
        ends = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            if job is not None:
                self.opened.emit(job)
        elif event.matches(QKeySequence.StandardKey.Copy):
            if job is not None:
                QGuiApplication.clipboard().setText(job.id)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and job is None and last >= 0:
            # Qt makes the first row current with the focus, and would move on from there.
            self._select(max(0, self.currentIndex().row()))
        elif event.key() in ends and last >= 0:
            self._select(ends[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the job under the pointer."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self.opened.emit(self._jobs.job(index.row()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for a menu for the job under the pointer, or the selected one."""
        index = self.indexAt(self.viewport().mapFromGlobal(event.globalPos()))
        if event.reason() != QContextMenuEvent.Reason.Keyboard and index.isValid():
            self._select(index.row())
        if self.job is not None:
            self.menu_asked.emit(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Paint the selection as active."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Paint the selection as inactive."""
        super().focusOutEvent(event)
        self.viewport().update()

    # Widths

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the columns."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the columns to another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        """Share the width among the columns; the last ones are hidden if there is too little."""
        columns = self._jobs.look.columns
        # So that the columns stay in place when the scroll bar appears.
        room = self.contentsRect().width() - self.verticalScrollBar().sizeHint().width()
        unit = self.fontMetrics().averageCharWidth()
        shown = len(columns)
        while shown > 1 and sum(one.least for one in columns[:shown]) * unit > room:
            shown -= 1
        wanted = [one.width * unit for one in columns[:shown]]
        least = [one.least * unit for one in columns[:shown]]
        missing = sum(wanted) - room
        give = sum(one - low for one, low in zip(wanted, least, strict=True))
        if missing > 0 and give:
            wanted = [
                round(one - (one - low) * min(1.0, missing / give))
                for one, low in zip(wanted, least, strict=True)
            ]
        elif missing < 0:
            total = sum(wanted)
            wanted = [one + round(-missing * one / total) for one in wanted]
        wanted[-1] += room - sum(wanted)
        for section in range(len(columns)):
            self.setColumnHidden(section, section >= shown)
            if section < shown:
                self.setColumnWidth(section, wanted[section])

    # Selecting

    def _select(self, row: int) -> None:
        how = QItemSelectionModel.SelectionFlag
        index = self._jobs.index(row, 0)
        self.selectionModel().setCurrentIndex(index, how.ClearAndSelect | how.Rows)
        self.scrollTo(index)

    @Slot(object)
    def _sort(self, section: int) -> None:
        column, order = self._jobs.order
        down, up = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
        if section == column:
            order = up if order is down else down
        else:
            order = down if self._jobs.look.columns[section].newest_first else up
        self.heads.setSortIndicator(section, order)
        self._jobs.sort(section, order)

    @Slot()
    def _select_again(self) -> None:
        self.heads.setSortIndicator(*self._jobs.order)
        row = self._jobs.row_of(self._kept) if self._kept is not None else -1
        if row >= 0:
            self._select(row)
        else:
            self.scrollToTop()
            self.job_changed.emit(None)

    @Slot()
    def _tell_selected(self) -> None:
        job = self.job
        if job is not None:
            self._kept = job.id
        self.job_changed.emit(job)

    @Slot()
    def _tell_changed(self) -> None:
        """The selected job may have changed."""
        self.job_changed.emit(self.job)
