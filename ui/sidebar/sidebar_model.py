"""The rows of the sidebar: headings, purposes and views, with live counts."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Any

import msgspec
from msgspec import structs
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from services.browse.file_list import Amount, Counts, FileFilter, View, is_output
from services.providers.purposes import OUTPUT_PURPOSES, UPLOAD_PURPOSES, purpose_named
from services.system.language import N_, _
from services.system.sizes import format_size
from ui.wording import count_in_words, files_in_words, one_line, shortened, tool_tip

Index = QModelIndex | QPersistentModelIndex


EVERYTHING = FileFilter()


class Kind(Enum):
    """What a row of the sidebar is."""

    EVERYTHING = auto()
    HEADING = auto()
    PURPOSE = auto()
    VIEW = auto()


class SidebarRow(msgspec.Struct, frozen=True):
    """A heading, or a choice of files."""

    kind: Kind
    title: str
    choice: FileFilter = EVERYTHING
    count: int | None = None
    size: int | None = None
    """The bytes of all its files, as far as they are known."""

    @property
    def amounts(self) -> tuple[str, ...]:
        """Count and bytes in words, as far as there are any: “4,120 files”, “1.2 GB”."""
        count = () if self.count is None else (files_in_words(self.count),)
        size = () if self.size is None else (format_size(self.size),)
        return count + size

    @property
    def key(self) -> tuple[Kind, str | FileFilter]:
        """What makes it the same row when the counts change."""
        return self.kind, self.title if self.kind is Kind.HEADING else self.choice


VIEW_TITLES = {
    View.EXPIRING: N_("Expiring in 7 days"),
    View.LARGEST: N_("Largest"),
    View.NEW_OUTPUTS: N_("New outputs"),
}


def sidebar_rows(counts: Counts | None, chosen: FileFilter) -> list[SidebarRow]:
    """The rows for the purposes that the account has or can upload, and for the chosen one.

    Without numbers where the counts are not known.
    """
    if counts is None:
        rows = sidebar_rows(Counts(Amount(), {}, {}), chosen)
        return [structs.replace(row, count=None, size=None) for row in rows]
    names = {purpose.name for purpose in UPLOAD_PURPOSES} | set(counts.purposes)
    names |= chosen.purposes
    inputs = [name for name in names if not is_output(name)]
    outputs = [name for name in names if is_output(name)]
    everything = counts.everything
    rows = [
        SidebarRow(Kind.EVERYTHING, _("All files"), count=everything.count, size=everything.size)
    ]
    for heading, of_side in ((_("INPUTS"), inputs), (_("OUTPUTS"), outputs)):
        if of_side:
            rows.append(SidebarRow(Kind.HEADING, heading))
            rows.extend(
                _purpose_row(name, counts.purposes.get(name, Amount()))
                for name in sorted(of_side, key=_place)
            )
    rows.append(SidebarRow(Kind.HEADING, _("VIEWS")))
    for view, title in VIEW_TITLES.items():
        # The largest are all files: no number of its own.
        count = None if view is View.LARGEST else counts.views.get(view, 0)
        rows.append(SidebarRow(Kind.VIEW, _(title), FileFilter(view=view), count))
    return rows


def chosen_by(selected: Sequence[SidebarRow], current: SidebarRow | None) -> FileFilter:
    """What selected rows choose together; `current` is the one that was pressed last.

    Purposes go together; all files and the views stand alone, and go when a purpose is added.
    Where nothing is selected any more, all files are chosen.
    """
    purposes = frozenset[str]().union(*(row.choice.purposes for row in selected))
    alone = [row for row in selected if row.kind is not Kind.PURPOSE]
    if current is not None and current in alone:
        return current.choice
    if purposes:
        return FileFilter(purposes)
    return alone[0].choice if alone else EVERYTHING


class SidebarModel(QAbstractListModel):
    """The rows; they come and go one by one, so that the chosen one stays chosen."""

    ROW_ROLE = Qt.ItemDataRole.UserRole
    """The `SidebarRow`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[SidebarRow] = []

    def show_rows(self, wanted: list[SidebarRow]) -> None:
        """Bring the rows up to date; those that stay never change places."""
        keys = {row.key for row in wanted}
        for place in range(len(self._rows) - 1, -1, -1):
            if self._rows[place].key not in keys:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()
        for place, row in enumerate(wanted):
            if place < len(self._rows) and self._rows[place].key == row.key:
                if self._rows[place] != row:
                    self._rows[place] = row
                    self.dataChanged.emit(self.index(place), self.index(place))
            else:
                self.beginInsertRows(QModelIndex(), place, place)
                self._rows.insert(place, row)
                self.endInsertRows()

    def row(self, place: int) -> SidebarRow:
        """The row at a place."""
        return self._rows[place]

    def places_of(self, choice: FileFilter) -> list[int]:
        """Where the rows stand that make up a choice; its text does not matter."""
        if choice.view is None and choice.purposes:
            return [
                place
                for place, row in enumerate(self._rows)
                if row.kind is Kind.PURPOSE and row.choice.purposes <= choice.purposes
            ]
        wanted = structs.replace(choice, text="")
        return [
            place
            for place, row in enumerate(self._rows)
            if row.kind is not Kind.HEADING and row.choice == wanted
        ]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- as Qt declares it
        """Headings included."""
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Headings can't be chosen, nor reached by the keyboard."""
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
        """Title, and for assistive technology count and bytes with it."""
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
    """What stands at the right of a row."""
    return count_in_words(row.count) if row.count is not None else ""


def _tool_tip(row: SidebarRow) -> str:
    if row.kind is not Kind.PURPOSE:
        return tool_tip(" · ".join(row.amounts))
    # The name in full, of which a narrow sidebar shows only the beginning.
    (name,) = row.choice.purposes
    known = purpose_named(name).description if name else ""
    return tool_tip(name or row.title, known, " · ".join(row.amounts))


_KNOWN_PLACES = {
    purpose.name: place for place, purpose in enumerate((*UPLOAD_PURPOSES, *OUTPUT_PURPOSES))
}


def _place(purpose: str) -> tuple[int, str]:
    """Known purposes in their usual order, then the others by name, those without one last."""
    if not purpose:
        return len(_KNOWN_PLACES) + 1, ""
    return _KNOWN_PLACES.get(purpose, len(_KNOWN_PLACES)), purpose


def _purpose_row(name: str, amount: Amount) -> SidebarRow:
    title = one_line(shortened(name, _LONGEST_TITLE)) if name else _("No purpose")
    choice = FileFilter(frozenset({name}))
    return SidebarRow(Kind.PURPOSE, title, choice, amount.count, amount.size)


_LONGEST_TITLE = 200
"""No sidebar is wide enough for more, and laying out thousands of letters takes its time."""
