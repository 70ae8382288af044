"""The rows of the sidebar: headings, purposes, lists of jobs and views, with live counts."""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import Any

import msgspec
from msgspec import structs
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from services.browse.file_list import Amount, Counts, FileFilter, View, is_output
from services.jobs.job_kind import JobKind
from services.providers.purposes import OUTPUT_PURPOSES, UPLOAD_PURPOSES, Purpose, purpose_named
from services.system.language import N_, _
from services.system.sizes import format_size
from ui.wording import count_in_words, files_in_words, one_line, shortened, tool_tip

Index = QModelIndex | QPersistentModelIndex


EVERYTHING = FileFilter()


class Kind(Enum):
    """The kinds of rows."""

    EVERYTHING = auto()
    HEADING = auto()
    PURPOSE = auto()
    JOBS = auto()
    VIEW = auto()


class JobsCount(msgspec.Struct, frozen=True):
    """What the sidebar shows of a list of jobs."""

    count: int | None = None
    has_more: bool = False
    """Whether there are more than these."""
    missing: str = ""
    """Why there is no such list, as a sentence."""


NO_JOBS: Mapping[JobKind, JobsCount] = {}


class SidebarRow(msgspec.Struct, frozen=True):
    """A heading, a choice of files, or a list of jobs."""

    kind: Kind
    title: str
    choice: FileFilter = EVERYTHING
    count: int | None = None
    size: int | None = None
    """The total of the known sizes, in bytes."""
    jobs: JobKind | None = None
    """The list of jobs, instead of a choice of files."""
    has_more: bool = False
    """Whether the list of jobs has more than these."""
    missing: str = ""
    """Why there is no such list; then the row is gray."""

    @property
    def amounts(self) -> tuple[str, ...]:
        """Count and size as text, if known: “4,120 files”, “1.2 GB”; or why there is no list."""
        if self.jobs is not None:
            return tuple(filter(None, (count_text(self), self.missing)))
        count = () if self.count is None else (files_in_words(self.count),)
        size = () if self.size is None else (format_size(self.size),)
        return count + size

    @property
    def key(self) -> tuple[Kind, str | FileFilter | JobKind]:
        """The row's identity when its counts change."""
        return self.kind, self.title if self.kind is Kind.HEADING else self.jobs or self.choice


VIEW_TITLES = {
    View.EXPIRING: N_("Expiring in 7 days"),
    View.LARGEST: N_("Largest"),
    View.NEW_OUTPUTS: N_("New outputs"),
}
JOB_TITLES = {
    JobKind.BATCHES: N_("Batches"),
    JobKind.FINE_TUNING: N_("Fine-tuning"),
    JobKind.VECTOR_STORES: N_("Vector stores"),
}
"""The lists of jobs that the window shows, in their order."""


def sidebar_rows(
    counts: Counts | None,
    chosen: FileFilter,
    jobs: Mapping[JobKind, JobsCount] = NO_JOBS,
    purposes: Sequence[Purpose] = UPLOAD_PURPOSES,
) -> list[SidebarRow]:
    """The rows, with all purposes that the account has or can upload, or that are chosen.

    Without counts of files if they aren't known. `jobs` is what is known of the lists of jobs, and
    `purposes` are those of uploads.
    """
    if counts is None:
        rows = sidebar_rows(Counts(Amount(), {}, {}), chosen, jobs, purposes)
        return [
            row if row.jobs is not None else structs.replace(row, count=None, size=None)
            for row in rows
        ]
    names = {purpose.name for purpose in purposes} | set(counts.purposes)
    names |= chosen.purposes
    inputs = [name for name in names if not is_output(name)]
    outputs = [name for name in names if is_output(name)]
    everything = counts.everything
    rows = [
        SidebarRow(Kind.EVERYTHING, _("All files"), count=everything.count, size=everything.size)
    ]
    for heading, names_on_side in ((_("INPUTS"), inputs), (_("OUTPUTS"), outputs)):
        if names_on_side:
            rows.append(SidebarRow(Kind.HEADING, heading))
            rows.extend(
                _purpose_row(name, counts.purposes.get(name, Amount()))
                for name in sorted(names_on_side, key=_sort_key)
            )
    rows.append(SidebarRow(Kind.HEADING, _("JOBS")))
    rows.extend(_jobs_row(kind, jobs.get(kind, JobsCount())) for kind in JOB_TITLES)
    rows.append(SidebarRow(Kind.HEADING, _("VIEWS")))
    for view, title in VIEW_TITLES.items():
        # The Largest view has all files, so it has no count of its own.
        count = None if view is View.LARGEST else counts.views.get(view, 0)
        rows.append(SidebarRow(Kind.VIEW, _(title), FileFilter(view=view), count))
    return rows


def filter_for(selected: Sequence[SidebarRow], current: SidebarRow | None) -> FileFilter:
    """The filter for the selected rows; `current` is the row clicked last, not a list of jobs.

    Purposes can be combined; “All files” and views can't, and are dropped if a purpose is added. If
    nothing is selected, all files are chosen.
    """
    selected = [row for row in selected if row.kind is not Kind.JOBS]
    purposes = frozenset[str]().union(*(row.choice.purposes for row in selected))
    exclusive = [row for row in selected if row.kind is not Kind.PURPOSE]
    if current is not None and current in exclusive:
        return current.choice
    if purposes:
        return FileFilter(purposes)
    return exclusive[0].choice if exclusive else EVERYTHING


class SidebarModel(QAbstractListModel):
    """The rows; they are inserted and removed one by one, so that the choice stays selected."""

    ROW_ROLE = Qt.ItemDataRole.UserRole
    """The `SidebarRow`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[SidebarRow] = []

    def show_rows(self, wanted: list[SidebarRow]) -> None:
        """Update the rows; those that stay never move."""
        keys = {row.key for row in wanted}
        for index in range(len(self._rows) - 1, -1, -1):
            if self._rows[index].key not in keys:
                self.beginRemoveRows(QModelIndex(), index, index)
                del self._rows[index]
                self.endRemoveRows()
        for index, row in enumerate(wanted):
            if index < len(self._rows) and self._rows[index].key == row.key:
                if self._rows[index] != row:
                    self._rows[index] = row
                    self.dataChanged.emit(self.index(index), self.index(index))
            else:
                self.beginInsertRows(QModelIndex(), index, index)
                self._rows.insert(index, row)
                self.endInsertRows()

    def row(self, index: int) -> SidebarRow:
        """The row at an index."""
        return self._rows[index]

    def rows_of(self, choice: FileFilter) -> list[int]:
        """The indexes of the rows that make up a choice; its text is ignored."""
        if choice.view is None and choice.purposes:
            return [
                index
                for index, row in enumerate(self._rows)
                if row.kind is Kind.PURPOSE and row.choice.purposes <= choice.purposes
            ]
        wanted = structs.replace(choice, text="")
        return [
            index
            for index, row in enumerate(self._rows)
            if row.kind not in (Kind.HEADING, Kind.JOBS) and row.choice == wanted
        ]

    def row_of_jobs(self, kind: JobKind) -> list[int]:
        """The index of the row for a list of jobs."""
        return [index for index, row in enumerate(self._rows) if row.jobs is kind]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """The number of rows, including headings."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings can't be selected or focused."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._rows[index.row()].kind is Kind.HEADING:
            return Qt.ItemFlag.ItemNeverHasChildren
        return (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemNeverHasChildren
        )

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The title; for assistive technology, with count and size."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join((row.title, *row.amounts))
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tool_tip(row)
        if role == self.ROW_ROLE:
            return row
        return None


def count_text(row: SidebarRow) -> str:
    """The text on the right of a row."""
    if row.count is None:
        return ""
    number = count_in_words(row.count)
    # Translators: a count of jobs that may be larger, such as “100+”.
    return _("{number}+").format(number=number) if row.has_more else number


def _tool_tip(row: SidebarRow) -> str:
    if row.kind is not Kind.PURPOSE:
        return tool_tip(" · ".join(row.amounts))
    # The full name, as a narrow sidebar cuts it off.
    (name,) = row.choice.purposes
    known = purpose_named(name).description if name else ""
    return tool_tip(name or row.title, known, " · ".join(row.amounts))


_KNOWN_ORDER = {
    purpose.name: index for index, purpose in enumerate((*UPLOAD_PURPOSES, *OUTPUT_PURPOSES))
}


def _sort_key(purpose: str) -> tuple[int, str]:
    """Known purposes in their usual order, then others by name, and no purpose last."""
    if not purpose:
        return len(_KNOWN_ORDER) + 1, ""
    return _KNOWN_ORDER.get(purpose, len(_KNOWN_ORDER)), purpose


def _purpose_row(name: str, amount: Amount) -> SidebarRow:
    title = one_line(shortened(name, _MAX_TITLE)) if name else _("No purpose")
    choice = FileFilter(frozenset({name}))
    return SidebarRow(Kind.PURPOSE, title, choice, amount.count, amount.size)


def _jobs_row(kind: JobKind, known: JobsCount) -> SidebarRow:
    return SidebarRow(
        Kind.JOBS,
        _(JOB_TITLES[kind]),
        count=known.count,
        jobs=kind,
        has_more=known.has_more,
        missing=known.missing,
    )


_MAX_TITLE = 200
"""No sidebar is wide enough for more, and laying out thousands of characters is slow."""
