"""The model behind a list of jobs: all that are known, and in which order they are shown."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from services.jobs.job_requests import Job, is_running
from services.system.language import _
from ui.jobs.cell_table import CellModel
from ui.jobs.job_cell import Cell
from ui.jobs.job_look import JobColumn, JobLook
from ui.wording import tool_tip

Index = QModelIndex | QPersistentModelIndex

_MOST_STEPS = 40
"""Up to so many runs of rows are inserted or removed one by one; more are faster shown anew."""


class JobModel(CellModel):
    """The jobs by ID; sorted, and filtered by a search."""

    has_changed = Signal()
    """Jobs were added, changed or removed, or others are shown."""

    def __init__(
        self, look: JobLook, clock: Callable[[], float], parent: QObject | None = None
    ) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(parent)
        self.look = look
        self.clock = clock
        self._jobs: dict[str, Job] = {}
        self._shown: list[str] = []
        self._rows: dict[str, int] | None = None
        """The row of each shown job, while it is known."""
        self._keys: dict[str, Any] = {}
        """What the jobs are sorted by."""
        self._texts: dict[str, str] = {}
        """What the search looks in, as far as it was needed."""
        self._running: set[str] = set()
        self._column = look.newest_column
        self._descending = True
        self._search = ""

    # What is known

    @property
    def count(self) -> int:
        """How many jobs are known, shown or not."""
        return len(self._jobs)

    @property
    def running_count(self) -> int:
        """How many of them haven't ended."""
        return len(self._running)

    def get(self, job_id: str) -> Job | None:
        """A job by its ID."""
        return self._jobs.get(job_id)

    def all(self) -> Iterable[Job]:
        """All that are known, in no particular order."""
        return self._jobs.values()

    def add(self, jobs: Iterable[Job]) -> None:
        """Add jobs, or show them as they are now."""
        changed = set()
        for job in jobs:
            if self._jobs.get(job.id) == job:
                continue
            self._jobs[job.id] = job
            self._keys[job.id] = self._key_of(job)
            self._texts.pop(job.id, None)
            (self._running.add if is_running(job) else self._running.discard)(job.id)
            changed.add(job.id)
        if changed:
            self._arrange(changed)

    def remove(self, job_ids: Iterable[str]) -> None:
        """Remove jobs that no longer exist."""
        gone = [one for one in job_ids if self._jobs.pop(one, None) is not None]
        for job_id in gone:
            self._keys.pop(job_id, None)
            self._texts.pop(job_id, None)
            self._running.discard(job_id)
        if gone:
            self._arrange(())

    def clear(self) -> None:
        """Forget all jobs and the search."""
        self.beginResetModel()
        self._jobs.clear()
        self._keys.clear()
        self._texts.clear()
        self._running.clear()
        self._shown = []
        self._rows = None
        self._search = ""
        self.endResetModel()
        self.has_changed.emit()

    # What is shown

    @property
    def search_words(self) -> str:
        """What is searched for; empty for nothing."""
        return self._search

    @property
    def order(self) -> tuple[int, Qt.SortOrder]:
        """The column that jobs are sorted by, and how."""
        down, up = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder
        return self._column, down if self._descending else up

    def search(self, words: str) -> None:
        """Show only the jobs in whose name or ID this text occurs."""
        words = words.strip().casefold()
        if words != self._search:
            self._search = words
            self._reset(self._wanted())

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column."""
        descending = order is Qt.SortOrder.DescendingOrder
        if (column, descending) != (self._column, self._descending):
            self._column, self._descending = column, descending
            self._keys = {job_id: self._key_of(job) for job_id, job in self._jobs.items()}
            self._reset(self._wanted())

    def job(self, row: int) -> Job:
        """The job in a row."""
        return self._jobs[self._shown[row]]

    def row_of(self, job_id: str) -> int:
        """The row of a job, -1 if it isn't shown."""
        if self._rows is None:
            self._rows = {one: row for row, one in enumerate(self._shown)}
        return self._rows.get(job_id, -1)

    @property
    def columns(self) -> Sequence[JobColumn]:
        """The columns, in their order."""
        return self.look.columns

    def cell(self, row: int, section: int) -> Cell:
        """What a cell shows now."""
        return self.look.columns[section].cell(self.job(row), self.clock())

    def refresh_times(self) -> None:
        """Show times anew, after some has passed."""
        if self._shown:
            last = self.index(len(self._shown) - 1, len(self.look.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def refresh_names(self) -> None:
        """Show and sort anew, after the names of files that jobs refer to have changed."""
        keys = {job_id: self._key_of(job) for job_id, job in self._jobs.items()}
        if keys != self._keys:
            self._keys = keys
            self._arrange(())
        self.refresh_times()

    # As Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """How many jobs are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """How many columns there are."""
        return 0 if parent.isValid() else len(self.look.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The titles of the columns."""
        is_title = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        if is_title and 0 <= section < len(self.look.columns):
            return _(self.look.columns[section].title)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell as a text, for assistive technology and tool tips."""
        if not index.isValid() or not 0 <= index.row() < len(self._shown):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cell(index.row(), index.column()).in_words
        if role == Qt.ItemDataRole.ToolTipRole:
            cell = self.cell(index.row(), index.column())
            return tool_tip(cell.in_words)
        return None

    # Arranging

    def _key_of(self, job: Job) -> Any:
        return self.look.columns[self._column].sort_key(job), job.created_at or 0, job.id

    def _wanted(self) -> list[str]:
        ids = sorted(self._jobs, key=self._keys.__getitem__, reverse=self._descending)
        if not self._search:
            return ids
        return [job_id for job_id in ids if self._search in self._text_of(job_id)]

    def _text_of(self, job_id: str) -> str:
        text = self._texts.get(job_id)
        if text is None:
            text = self.look.search_text(self._jobs[job_id]).casefold()
            self._texts[job_id] = text
        return text

    def _reset(self, wanted: list[str]) -> None:
        self.beginResetModel()
        self._shown = wanted
        self._rows = None
        self.endResetModel()
        self.has_changed.emit()

    def _arrange(self, changed: Collection[str]) -> None:
        """Show the jobs as they are now. Rows that stay keep the selection and the scroll place."""
        wanted = self._wanted()
        is_wanted, was_shown = set(wanted), set(self._shown)
        gone = list(_runs(row for row, one in enumerate(self._shown) if one not in is_wanted))
        new = list(_runs(row for row, one in enumerate(wanted) if one not in was_shown))
        if len(gone) + len(new) > _MOST_STEPS:
            self._reset(wanted)
            return
        self._rows = None
        for first, last in reversed(gone):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._shown[first : last + 1]
            self.endRemoveRows()
        for first, last in new:
            self.beginInsertRows(QModelIndex(), first, last)
            self._shown[first:first] = wanted[first : last + 1]
            self.endInsertRows()
        if self._shown != wanted:
            self._reorder(wanted)
        stayed = [one for one in changed if one in was_shown and one in is_wanted]
        last_column = len(self.look.columns) - 1
        for job_id in stayed if len(stayed) <= _MOST_STEPS else ():
            row = self.row_of(job_id)
            self.dataChanged.emit(self.index(row, 0), self.index(row, last_column))
        if len(stayed) > _MOST_STEPS:
            self.refresh_times()
        self.has_changed.emit()

    def _reorder(self, wanted: list[str]) -> None:
        self.layoutAboutToBeChanged.emit()
        before, places = self._shown, {one: row for row, one in enumerate(wanted)}
        old = self.persistentIndexList()
        self._shown = wanted
        self._rows = places
        moved = [self.index(places[before[one.row()]], one.column()) for one in old]
        self.changePersistentIndexList(old, moved)
        self.layoutChanged.emit()


def _runs(rows: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Rows that follow each other, as the first and the last of each run."""
    first = last = None
    for row in rows:
        if last is not None and row == last + 1:
            last = row
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = row
    if first is not None and last is not None:
        yield first, last
