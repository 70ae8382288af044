"""The sidebar: purposes, lists of jobs and views to choose from, and the storage used."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from services.browse.file_list import Counts, FileFilter, View
from services.jobs.job_kind import JobKind
from services.providers.purposes import UPLOAD_PURPOSES, Purpose
from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size
from ui.icons import icon, purpose_icon
from ui.selection_look import paint_selected_row
from ui.sidebar.sidebar_model import (
    NO_JOBS,
    JobsCount,
    Kind,
    SidebarModel,
    SidebarRow,
    count_text,
    filter_for,
    sidebar_rows,
)
from ui.sidebar.storage_meter import StorageMeter
from ui.theme import Role, color, scaled
from ui.wording import count_in_words

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
        self._delegate = _RowDelegate(self._list)
        self._list.setItemDelegate(self._delegate)
        self._storage = StorageMeter()
        foot = QVBoxLayout()
        foot.setContentsMargins(_SIDE + _ROW_INSET, 8, _SIDE + _ROW_INSET, 10)
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
        return QSize(width + 2 * (_SIDE + _ROW_INSET) + 40, super().sizeHint().height())

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


class _RowDelegate(QStyledItemDelegate):
    """Paints icon, title, count, and the size if it fits; chosen rows get a rounded background."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._list = view
        self.max_count = 0
        """The widest count, to align the sizes."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, QFontMetrics(option.font).height() + 10)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(SidebarModel.ROW_ROLE)
        if not isinstance(row, SidebarRow):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.kind is Kind.HEADING:
            self._paint_heading(painter, option, row)
        else:
            self._paint_choice(painter, option, row)
        painter.restore()

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, row: SidebarRow
    ) -> None:
        words = option.rect.adjusted(_SIDE + _ROW_INSET, 3, -_SIDE, 0)
        painter.setFont(scaled(option.font, _HEADING_SIZE, bold=True))
        painter.setPen(color(Role.MUTED, option.palette))
        painter.drawText(words, _LEFT, row.title)

    def _paint_choice(
        self, painter: QPainter, option: QStyleOptionViewItem, row: SidebarRow
    ) -> None:
        palette = option.palette
        background = option.rect.adjusted(_SIDE, 1, -_SIDE, 0)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if chosen:
            paint_selected_row(painter, background, self._list, palette, 5)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(Role.HOVER, palette))
            painter.drawRoundedRect(background, 5, 5)
        by_keyboard = option.state & QStyle.StateFlag.State_KeyboardFocusChange
        if option.state & QStyle.StateFlag.State_HasFocus and by_keyboard:
            painter.setPen(color(Role.ACCENT, palette))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(background.adjusted(0, 0, -1, -1), 5, 5)
        metrics = QFontMetrics(option.font)
        inside = background.adjusted(_ROW_INSET, 0, -_ROW_INSET, 0)
        side = metrics.height()
        icon_rect = QRect(inside.left(), 0, side, side)
        icon_rect.moveCenter(background.center())
        icon_rect.moveLeft(inside.left())
        _icon_of(row).paint(
            painter, icon_rect, mode=QIcon.Mode.Disabled if row.missing else QIcon.Mode.Normal
        )
        room = inside.adjusted(side + _ICON_GAP, 0, 0, 0)
        painter.setFont(option.font)
        painter.setPen(color(Role.MUTED, palette))
        count = count_text(row)
        painter.drawText(room, _RIGHT, count)
        used_width = metrics.horizontalAdvance(count)
        column = metrics.horizontalAdvance(count_in_words(self.max_count))
        if row.size is not None and room.width() > column + _width_for_sizes(metrics):
            size = format_size(row.size)
            painter.drawText(room.adjusted(0, 0, -column - _COLUMN_GAP, 0), _RIGHT, size)
            used_width = column + _COLUMN_GAP + metrics.horizontalAdvance(size)
        font = QFont(option.font)
        if chosen:
            font.setWeight(QFont.Weight.DemiBold)
        room = room.adjusted(0, 0, -used_width - 8, 0)
        painter.setFont(font)
        painter.setPen(color(Role.MUTED if row.missing else Role.TEXT, palette))
        title = QFontMetrics(font).elidedText(row.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT, title)


_HEADING_SIZE = 0.86
_SIDE = 10
_ROW_INSET = 9
_ICON_GAP = 8
_COLUMN_GAP = 14
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_VIEW_ICONS = {
    View.EXPIRING: "hourglass",
    View.LARGEST: "arrow-down-wide-narrow",
    View.NEW_OUTPUTS: "inbox",
}
_JOB_ICONS = {
    JobKind.BATCHES: "list-checks",
    JobKind.FINE_TUNING: "graduation-cap",
    JobKind.VECTOR_STORES: "database",
}


def _width_for_sizes(metrics: QFontMetrics) -> int:
    """The width that fits the longest known purpose, so that all rows show sizes or none."""
    sample = f"assistants_output {format_size(888_800_000)}"
    return metrics.horizontalAdvance(sample) + _COLUMN_GAP + 8


def _icon_of(row: SidebarRow) -> QIcon:
    if row.kind is Kind.EVERYTHING:
        return icon("files", Role.ACCENT)
    if row.jobs is not None:
        return icon(_JOB_ICONS[row.jobs], Role.MUTED)
    if row.choice.view is not None:
        return icon(_VIEW_ICONS[row.choice.view], Role.MUTED)
    return purpose_icon("".join(row.choice.purposes))
