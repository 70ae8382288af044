"""A list of jobs as a table with two lines in a row."""

from PySide6.QtCore import (
    QItemSelectionModel,
    QPoint,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from services.jobs.job_requests import Job
from services.system.language import _
from ui.jobs.cell_table import CellTable
from ui.jobs.job_header import JobHeader
from ui.jobs.job_model import JobModel


class JobTable(CellTable):
    """Shows a `JobModel`; at most one job is selected."""

    job_changed = Signal(object)
    """Another `Job` is selected, or the selected one has changed; None for none."""
    opened = Signal(object)
    """Enter, Space or a double click on this `Job`."""
    menu_asked = Signal(QPoint)
    """A menu for the selected job is wanted at this place on the screen."""

    def __init__(self, model: JobModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._jobs = model
        self._kept: str | None = None
        """The ID of the selected job, also while other rows are shown."""
        self.setAccessibleName(_(model.look.name))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.heads = heads = JobHeader(self)
        """The heads of the columns."""
        self.setHorizontalHeader(heads)
        self.setModel(model)
        heads.setSortIndicator(*model.order)
        heads.sort_asked.connect(self._sort)
        heads.down_pressed.connect(self.setFocus)
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
