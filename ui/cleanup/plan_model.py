"""The files of a plan, or those that stay, as rows of a table."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from services.api.remote_file import RemoteFile
from services.browse.ordering import Column
from services.cleanup.plan import Plan
from services.cleanup.plan_words import why_deleted, why_kept
from services.system.language import _
from ui.table.columns import COLUMNS, LEFT, SECTION_OF, TableColumn
from ui.wording import day_in_words, one_line, tool_tip

_Index = QModelIndex | QPersistentModelIndex
_Part = tuple[Sequence[RemoteFile], Callable[[RemoteFile], str]]
"""Files, and why each of them goes or stays."""

SHOWN: tuple[TableColumn, ...] = tuple(
    COLUMNS[SECTION_OF[column]]
    for column in (Column.NAME, Column.PURPOSE, Column.SIZE, Column.CREATED)
)
CREATED = COLUMNS[SECTION_OF[Column.CREATED]]
WHY = len(SHOWN)
"""The section of the reasons."""


class PlanModel(QAbstractTableModel):
    """Makes the texts of a row only when it is painted: there may be 100,000."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._parts: list[_Part] = []
        self._starts: list[int] = []
        self._count = 0
        self._now = 0.0
        self.purposes: tuple[str, ...] = ()
        """Those that the files may have."""

    def show_going(self, plan: Plan) -> None:
        """Show the files that would be deleted."""
        self._set(plan, [(plan.files, lambda file: why_deleted(plan, file))])

    def show_kept(self, plan: Plan) -> None:
        """Show the files that stay although the rules fit."""

        def reason(why: object) -> Callable[[RemoteFile], str]:
            return lambda file: why_kept(plan, why, file)  # type: ignore[arg-type]

        self._set(plan, [(group.files, reason(group.why)) for group in plan.kept])

    def file(self, row: int) -> RemoteFile:
        """The file in a row."""
        files, _why, place = self._find(row)
        return files[place]

    def text(self, row: int, section: int) -> str:
        """The text of a cell."""
        files, why, place = self._find(row)
        if section == WHY:
            return why(files[place])
        return SHOWN[section].text(files[place], self._now)

    def short_text(self, row: int, section: int) -> str:
        """The text of a cell as far as there is room for it: without the time of day."""
        if SHOWN[section : section + 1] == (CREATED,):
            return day_in_words(self.file(row).created_at, self._now)
        return self.text(row, section)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many files there are."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """The columns of the file table that matter here, and the reason."""
        return 0 if parent.isValid() else WHY + 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell, also for assistive technology."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return one_line(self.text(index.row(), index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(self.text(index.row(), index.column()))
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """The titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section <= WHY:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _("Why") if section == WHY else SHOWN[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if section == WHY else SHOWN[section].alignment
        return None

    def _find(self, row: int) -> tuple[Sequence[RemoteFile], Callable[[RemoteFile], str], int]:
        part = bisect_right(self._starts, row) - 1
        files, why = self._parts[part]
        return files, why, row - self._starts[part]

    def _set(self, plan: Plan, parts: list[_Part]) -> None:
        self.beginResetModel()
        self._parts = parts
        counts = [len(files) for files, _why in parts]
        self._starts = [0, *accumulate(counts)][:-1] if counts else []
        self._count = sum(counts)
        self._now = plan.made_at
        self.purposes = plan.rules.purposes
        self.endResetModel()
