"""The files of the review sheet as rows."""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from services.checks.local_file import LocalFile, UploadRequest
from services.language import _
from services.sizes import size_in_words
from ui.uploads.row_check import CheckKind, RowCheck, check_file
from ui.wording import one_line, tool_tip

_Index = QModelIndex | QPersistentModelIndex

CHECK_ROLE = Qt.ItemDataRole.UserRole
"""The `RowCheck` of a row."""

_READ_ONLY = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
)
_EDITABLE = _READ_ONLY | Qt.ItemFlag.ItemIsEditable


class ReviewColumn(IntEnum):
    """The columns of the sheet."""

    FILE = 0
    PURPOSE = 1
    SIZE = 2
    CHECKS = 3


class ReviewModel(QAbstractTableModel):
    """Holds for each file the purpose it will be sent with and what the checks found."""

    changed = Signal()
    """What will be uploaded is different."""

    def __init__(
        self, files: Sequence[LocalFile], purpose: str | None, parent: QObject | None = None
    ) -> None:
        """`purpose` is for all files; None gives each the one that was suggested."""
        super().__init__(parent)
        self._files = list(files)
        self._purposes = [purpose or file.suggested_purpose for file in files]
        self._checks = [
            check_file(file, chosen)
            for file, chosen in zip(self._files, self._purposes, strict=True)
        ]
        self._going = self._count_going()

    @property
    def going(self) -> int:
        """How many files will be uploaded: all that are not left out."""
        return self._going

    def requests(self, expires_after: int | None) -> list[UploadRequest]:
        """What to upload, in the order of the rows."""
        return [
            UploadRequest(file, purpose, expires_after)
            for file, purpose, check in zip(self._files, self._purposes, self._checks, strict=True)
            if check.kind is not CheckKind.LEFT_OUT
        ]

    def choose_purpose(self, rows: Iterable[int], purpose: str) -> None:
        """Give these rows a purpose and judge them anew."""
        chosen = sorted(set(rows))
        for row in chosen:
            self._purposes[row] = purpose
            self._checks[row] = check_file(self._files[row], purpose)
        if chosen:
            self._tell(chosen[0], chosen[-1])

    def take_check(self, row: int, check: RowCheck) -> None:
        """Show what a deeper check of a row found."""
        self._checks[row] = check
        self._tell(row, row)

    def remove(self, rows: Iterable[int]) -> None:
        """Take files out of the upload; nothing happens to them."""
        left = sorted(set(rows))
        while left:
            last = first = left.pop()
            while left and left[-1] == first - 1:
                first = left.pop()
            self.beginRemoveRows(QModelIndex(), first, last)
            for values in (self._files, self._purposes, self._checks):
                del values[first : last + 1]
            self.endRemoveRows()
        self._going = self._count_going()
        self.changed.emit()

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many files are listed, those left out among them."""
        return 0 if parent is not None and parent.isValid() else len(self._files)

    def columnCount(self, parent: _Index | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(ReviewColumn)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Only the purpose can be edited."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return _EDITABLE if index.column() == ReviewColumn.PURPOSE else _READ_ONLY

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The names of the columns; the size is right-aligned as its numbers are."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return {
            ReviewColumn.FILE: _("File"),
            ReviewColumn.PURPOSE: _("Purpose"),
            ReviewColumn.SIZE: _("Size"),
            ReviewColumn.CHECKS: _("Checks"),
        }.get(ReviewColumn(section))

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, tool tips, and the check itself."""
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole or (
            role == Qt.ItemDataRole.EditRole and column == ReviewColumn.PURPOSE
        ):
            return self._text(row, column)
        if role == CHECK_ROLE:
            return self._checks[row]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tool_tip(row, column)
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Change the purpose of one row."""
        if (
            not index.isValid()
            or role != Qt.ItemDataRole.EditRole
            or index.column() != ReviewColumn.PURPOSE
            or not isinstance(value, str)
            or not value
        ):
            return False
        self.choose_purpose([index.row()], value)
        return True

    def _text(self, row: int, column: int) -> str:
        match column:
            case ReviewColumn.FILE:
                return one_line(self._files[row].name)
            case ReviewColumn.PURPOSE:
                return self._purposes[row]
            case ReviewColumn.SIZE:
                unread = self._files[row].problem is not None and not self._files[row].size
                return size_in_words(None if unread else self._files[row].size)
            case _:
                return one_line(self._checks[row].text)

    def _tool_tip(self, row: int, column: int) -> str:
        if column == ReviewColumn.FILE:
            return tool_tip(str(self._files[row].path))
        if column == ReviewColumn.CHECKS:
            check = self._checks[row]
            return tool_tip(f"{check.text}. {check.advice}" if check.advice else check.text)
        return ""

    def _tell(self, first: int, last: int) -> None:
        self._going = self._count_going()
        self.dataChanged.emit(
            self.index(first, ReviewColumn.PURPOSE), self.index(last, ReviewColumn.CHECKS)
        )
        self.changed.emit()

    def _count_going(self) -> int:
        return sum(check.kind is not CheckKind.LEFT_OUT for check in self._checks)


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = (
        Qt.AlignmentFlag.AlignRight if column == ReviewColumn.SIZE else Qt.AlignmentFlag.AlignLeft
    )
    return side | Qt.AlignmentFlag.AlignVCenter
