"""The sidebar: purposes, lists of jobs and views to choose from, and the storage used."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QVBoxLayout,
    QWidget,
)

from services.browse.file_list import Counts, FileFilter
from services.jobs.job_kind import JobKind
from services.providers.purposes import UPLOAD_PURPOSES, Purpose
from services.system.language import _
from services.system.locale_format import whole
from ui.sidebar.sidebar_delegate import ROW_INSET, SIDE, SidebarDelegate
from ui.sidebar.sidebar_model import (
    NO_JOBS,
    JobsCount,
    SidebarModel,
    SidebarRow,
    filter_for,
    sidebar_rows,
)
from ui.sidebar.storage_meter import StorageMeter

Index = QModelIndex | QPersistentModelIndex


class Sidebar(QFrame):
    """Lets the user choose purposes, one view, all files, or a list of jobs."""

    chosen = Signal(object)
    """The user made a choice of files: a `FileFilter` without text."""
    jobs_chosen = Signal(object)
    """The user chose a list of jobs: a `JobKind`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "sidebar")
        self._counts: Counts | None = None
        self._choice = FileFilter()
        self._jobs: JobKind | None = None
        """The list of jobs that is chosen instead of files."""
        self._job_counts: Mapping[JobKind, JobsCount] = NO_JOBS
        self._purposes: Sequence[Purpose] = UPLOAD_PURPOSES
        self._updating = False
        self._model = SidebarModel(self)
        self._list = _SidebarList(self)
        self._list.setModel(self._model)
        self._delegate = SidebarDelegate(self._list)
        self._list.setItemDelegate(self._delegate)
        self._storage = StorageMeter()
        foot = QVBoxLayout()
        foot.setContentsMargins(SIDE + ROW_INSET, 8, SIDE + ROW_INSET, 10)
        foot.addWidget(self._storage)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 1, 0)
        layout.setSpacing(0)
        layout.addWidget(self._list, 1)
        layout.addLayout(foot)
        self.setMinimumWidth(QFontMetrics(self.font()).averageCharWidth() * 22)
        self.setFocusProxy(self._list)
        self.choose(FileFilter())
        self._list.selectionModel().selectionChanged.connect(self._update_choice)

    @property
    def choice(self) -> FileFilter:
        """The current choice of files, without text."""
        return self._choice

    def choose(self, choice: FileFilter) -> None:
        """Set the choice of files without emitting `chosen`; its text is ignored."""
        self._choice = FileFilter(choice.purposes, choice.view)
        self._show_rows()
        self._mark_current()

    def choose_jobs(self, kind: JobKind | None) -> None:
        """Set the list of jobs, None for the files chosen last; emits nothing."""
        if kind is not self._jobs:
            self._jobs = kind
            self._show_rows()
            self._mark_current()

    def show_purposes(self, purposes: Sequence[Purpose]) -> None:
        """Show the purposes of uploads even if no file has them."""
        self._purposes = purposes
        self._show_rows()

    def show_jobs(self, counts: Mapping[JobKind, JobsCount]) -> None:
        """Update what is known of the lists of jobs."""
        self._job_counts = counts
        self._show_rows()

    def show_counts(self, counts: Counts | None) -> None:
        """Update rows, counts and sizes, keeping the choice.

        Pass None if the files aren't known.
        """
        self._counts = counts
        self._show_rows()

    def show_storage(self, used: int | None, limit: int | None) -> None:
        """Show the bytes used, if known, and the account's limit, if it has one."""
        self._storage.show_used(used, limit)

    def sizeHint(self) -> QSize:
        """Wide enough for the longest known purpose and a count."""
        width = QFontMetrics(self.font()).horizontalAdvance(f"fine-tune-results  {whole(12_408)}")
        return QSize(width + 2 * (SIDE + ROW_INSET) + 40, super().sizeHint().height())

    @Slot(QItemSelection, QItemSelection)
    def _update_choice(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        # While rows are updated, the list changes the selection by itself.
        if self._updating:
            return
        rows = self._list.selectionModel().selectedIndexes()
        current = self._current_row()
        had_jobs = self._jobs
        if current is not None and current.jobs is not None:
            self._jobs = current.jobs
            self._show_rows()
            if self._jobs is not had_jobs:
                self.jobs_chosen.emit(self._jobs)
            return
        choice = filter_for([self._model.row(index.row()) for index in rows], current)
        before, self._choice = self._choice, choice
        self._jobs = None
        # The list may have selected rows that can't be combined.
        self._show_rows()
        if choice != before or had_jobs is not None:
            self.chosen.emit(choice)

    def _current_row(self) -> SidebarRow | None:
        current = self._list.currentIndex()
        return self._model.row(current.row()) if current.isValid() else None

    def _show_rows(self) -> None:
        self._updating = True
        self._model.show_rows(
            sidebar_rows(self._counts, self._choice, self._job_counts, self._purposes)
        )
        self._delegate.max_count = self._counts.everything.count if self._counts else 0
        rows = self._chosen_rows()
        selection = self._list.selectionModel()
        if sorted(index.row() for index in selection.selectedIndexes()) != rows:
            wanted = QItemSelection()
            for index in rows:
                wanted.select(self._model.index(index), self._model.index(index))
            selection.select(wanted, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._updating = False

    def _chosen_rows(self) -> list[int]:
        if self._jobs is not None:
            return self._model.row_of_jobs(self._jobs)
        return self._model.rows_of(self._choice)

    def _mark_current(self) -> None:
        self._list.selectionModel().setCurrentIndex(
            self._model.index(self._chosen_rows()[0]), QItemSelectionModel.SelectionFlag.NoUpdate
        )


class _SidebarList(QListView):
    """The list of rows; a click next to them changes nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Purposes"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewportMargins(0, 12, 0, 0)
        self.setProperty("look", "sidebar-list")

    def selectionCommand(
        self, index: Index, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Select nothing for clicks on headings or next to the rows."""
        if not index.isValid() or not index.flags() & Qt.ItemFlag.ItemIsSelectable:
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)
