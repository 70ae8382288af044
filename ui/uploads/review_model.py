"""The Qt model of the review sheet: files and folders as rows."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from services.catalog.upload_record import KnownUpload
from services.checks.events import CheckedFile
from services.checks.upload_name import name_problem, trimmed_name
from services.disk.local_file import LocalFile, UploadRequest
from services.providers.purposes import UPLOAD_PURPOSES, Purpose
from ui.uploads.remembered_purposes import purposes_to_remember
from ui.uploads.review_columns import (
    ReviewColumn,
    alignment_of,
    head_of,
    text_of,
    tool_tip_of,
)
from ui.uploads.review_list import ReviewList
from ui.uploads.review_rows import (
    FileRow,
    FolderRow,
    Row,
    Sums,
    first_with_findings,
    visible_rows,
)
from ui.uploads.review_words import check_of, row_in_words
from ui.wording import tool_tip

_Index = QModelIndex | QPersistentModelIndex

CHECK_ROLE = Qt.ItemDataRole.UserRole
"""The `RowCheck` of a row."""
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `FileRow` or `FolderRow`."""

_CHANGE_DELAY = 50
"""Milliseconds for which check results are collected; small files finish by the thousand."""
_LOOKUPS = 2
"""Sources that may know a file is already uploaded: the upload history and the listing."""
_MAX_RANGES = 50
"""With more separate ranges to remove than this, reset the model: each range costs the view."""
_READ_ONLY = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
)
_EDITABLE = _READ_ONLY | Qt.ItemFlag.ItemIsEditable


class ReviewModel(QAbstractTableModel):
    """Holds the purpose and check result of each file.

    Each folder has a row with the totals of its files, whose rows exist only while it is expanded.
    An action on a folder's row applies to all of its files.
    """

    changed = Signal()
    """Emitted when the files to upload, or what is known about them, have changed."""
    checks_requested = Signal(object)
    """Requests checks: a list of pairs of `LocalFile` and purpose."""
    lookups_requested = Signal(object)
    """Requests lookups of a list of renamed `LocalFile`s.

    The model expects two answers; see `expect_lookups`.
    """

    def __init__(
        self,
        files: ReviewList,
        parent: QObject | None = None,
    ) -> None:
        """`files` must be complete."""
        super().__init__(parent)
        self._list = files
        self._shown: list[Row] = self._list.rows()
        self._with_checks = False
        self._purposes: Sequence[Purpose] = UPLOAD_PURPOSES
        self._why_one_purpose = ""
        self._change_timer = QTimer(self)
        self._change_timer.setSingleShot(True)
        self._change_timer.setInterval(_CHANGE_DELAY)
        self._change_timer.timeout.connect(self._emit_changed)

    @property
    def sums(self) -> Sums:
        """The totals over all files."""
        return self._list.sums()

    @property
    def settled(self) -> bool:
        """Whether no check or lookup is pending and `changed` has been emitted for all."""
        return self._list.settled and not self._change_timer.isActive()

    @property
    def with_folders(self) -> bool:
        """Whether any row is a folder."""
        return self._list.with_folders

    def row(self, row: int) -> Row:
        """The file or folder at a row number."""
        return self._shown[row]

    def row_of(self, row: Row) -> int | None:
        """The row number of a file or folder; None if it isn't shown."""
        return next((place for place, one in enumerate(self._shown) if one is row), None)

    def files_in(self, rows: Iterable[Row]) -> list[FileRow]:
        """The files of some rows, each once, except those filtered out."""
        return self._list.files_in(rows)

    def first_with_findings(self) -> int:
        """The row to look at first; see `first_with_findings`."""
        return first_with_findings(self._shown)

    def requests(self, expires_after: int | None = None) -> list[UploadRequest]:
        """What to upload, in row order. Without `expires_after`, the server's default applies."""
        return self._list.requests(expires_after)

    def purposes_to_remember(self) -> dict[str, str]:
        """The purposes to suggest next time, by kind of file."""
        return purposes_to_remember(self._list.files())

    # User actions

    def choose_purpose(self, rows: Iterable[int], purpose: str) -> None:
        """Set the purpose of some rows and check them again."""
        self.choose_purposes((row, purpose) for row in self._at(rows))

    def choose_purposes(self, choices: Iterable[tuple[Row, str]]) -> None:
        """Set each row's own purpose and check those rows again."""
        chosen = [
            file for row, purpose in choices for file in self._list.choose_purpose([row], purpose)
        ]
        if chosen:
            if self._with_checks:
                self._request_checks(chosen)
            self._emit_changed()

    def rename(self, row: int, typed: str) -> bool:
        """Set the name to upload a row's file under; return False if it is invalid."""
        file, name = self._shown[row], trimmed_name(typed)
        if not isinstance(file, FileRow) or not file.can_be_renamed or name_problem(name):
            return False
        if name != file.file.name:
            self._list.rename(file, name)
            self._list.expect_lookups(_LOOKUPS)
            self.lookups_requested.emit([file.file])
            if self._with_checks:
                self._request_checks([file])
            self._emit_changed()
        return True

    def upload_anyway(self, rows: Iterable[int], anyway: bool) -> None:
        """Set whether to upload these even though the server would reject them."""
        self._list.upload_anyway(self._at(rows), anyway)
        self._emit_changed()

    def skip(self, rows: Iterable[int], skipped: bool) -> None:
        """Set whether to skip those of these that are already uploaded."""
        self._list.skip(self._at(rows), skipped)
        self._emit_changed()

    def skip_duplicates(self, skipped: bool) -> None:
        """Set whether to skip all files that are already uploaded."""
        self._list.skip_duplicates(skipped)
        self._emit_changed()

    def remove(self, rows: Iterable[int]) -> None:
        """Remove files from the upload; the files stay on the disk."""
        unwanted = self._at(rows)
        if not unwanted:
            return
        self._list.remove(unwanted)
        shown = self._list.rows()
        remaining = set(map(id, shown))
        removed = [place for place, row in enumerate(self._shown) if id(row) not in remaining]
        ranges = list(_ranges_from_end(removed))
        if len(ranges) > _MAX_RANGES:
            self.beginResetModel()
            self._shown = shown
            self.endResetModel()
        else:
            for first, last in ranges:
                self.beginRemoveRows(QModelIndex(), first, last)
                del self._shown[first : last + 1]
                self.endRemoveRows()
        self._emit_changed()

    def toggle(self, row: int) -> None:
        """Expand or collapse the folder of a row."""
        folder = self._shown[row]
        if not isinstance(folder, FolderRow):
            return
        if folder.open:
            last = row
            while last + 1 < len(self._shown) and self._shown[last + 1].depth > folder.depth:
                last += 1
            folder.open = False
            self.beginRemoveRows(QModelIndex(), row + 1, last)
            del self._shown[row + 1 : last + 1]
            self.endRemoveRows()
        else:
            folder.open = True
            inner = visible_rows(folder.children)
            self.beginInsertRows(QModelIndex(), row + 1, row + len(inner))
            self._shown[row + 1 : row + 1] = inner
            self.endInsertRows()
        self.dataChanged.emit(self.index(row, 0), self.index(row, ReviewColumn.CHECKS))

    def filter_by_name(self, pattern: str) -> None:
        """Filter out the files whose names don't match; see `filter_out`."""
        self.beginResetModel()
        self._list.filter_by_name(pattern)
        self._shown = self._list.rows()
        self.endResetModel()
        self._emit_changed()

    # Check results

    def begin_checks(self) -> None:
        """Check every file now, and again whenever its purpose or name changes."""
        self._with_checks = True
        self._request_checks(self._list.files())
        self._emit_changed()

    def expect_lookups(self, number: int) -> None:
        """Expect this many more lookups; each ends with `finish_lookup`."""
        self._list.expect_lookups(number)

    def finish_lookup(self) -> None:
        """Note that one expected lookup is complete."""
        self._list.finish_lookup()
        self._emit_changed_soon()

    def stop_checks(self) -> None:
        """Stop waiting for results; show unfinished checks as “Not checked”."""
        self._with_checks = False
        self._list.stop_checking()
        self._emit_changed()

    def apply_progress(self, file: LocalFile, purpose: str, done: int) -> None:
        """Note that `done` bytes of a file have been checked."""
        self._list.apply_progress(file, purpose, done)
        self._emit_changed_soon()

    def apply_checks(self, files: Iterable[CheckedFile]) -> None:
        """Store check results."""
        for one in files:
            self._list.apply_check(one)
        self._emit_changed_soon()

    def add_known_uploads(self, found: Iterable[tuple[Path, KnownUpload]]) -> None:
        """Note that the server already has these files, with some purpose."""
        for path, known in found:
            self._list.add_known_upload(path, known)
        self._emit_changed_soon()

    def apply_repair(self, file: LocalFile, repaired: LocalFile) -> None:
        """Replace a file with its fixed copy."""
        self._request_checks(self._list.apply_repair(file, repaired))
        self._emit_changed()

    # Qt

    def rowCount(self, parent: _Index | None = None) -> int:
        """The number of rows shown."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index | None = None) -> int:
        """The number of columns."""
        return 0 if parent is not None and parent.isValid() else len(ReviewColumn)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Purposes are editable, and so are the names of uploadable files."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if index.column() == ReviewColumn.FILE:
            row = self._shown[index.row()]
            return _EDITABLE if isinstance(row, FileRow) and row.can_be_renamed else _READ_ONLY
        purpose = index.column() == ReviewColumn.PURPOSE
        return _EDITABLE if purpose and not self._why_one_purpose else _READ_ONLY

    @property
    def purposes(self) -> Sequence[Purpose]:
        """Those that can be chosen."""
        return self._purposes

    def offer_purposes(self, purposes: Sequence[Purpose], why_one: str) -> None:
        """Say which purposes can be chosen, and why none can; empty if they can."""
        self._purposes, self._why_one_purpose = purposes, why_one

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Column titles, aligned like their cells."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment_of(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return head_of(section)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, tool tips, and the row and its check."""
        if not index.isValid():
            return None
        row, column = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole or (
            role == Qt.ItemDataRole.EditRole and column == ReviewColumn.PURPOSE
        ):
            return text_of(row, column)
        if role == Qt.ItemDataRole.EditRole and isinstance(row, FileRow):
            return row.file.name if column == ReviewColumn.FILE else None
        if role == CHECK_ROLE:
            return check_of(row)
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment_of(column)
        if role == Qt.ItemDataRole.ToolTipRole:
            if column == ReviewColumn.PURPOSE and self._why_one_purpose:
                return tool_tip(self._why_one_purpose)
            return tool_tip_of(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == ReviewColumn.FILE:
            return row_in_words(row)
        return None

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Change the purpose or the name of one row."""
        if not index.isValid() or role != Qt.ItemDataRole.EditRole or not isinstance(value, str):
            return False
        if index.column() == ReviewColumn.FILE:
            return self.rename(index.row(), value)
        if index.column() != ReviewColumn.PURPOSE or not value:
            return False
        self.choose_purpose([index.row()], value)
        return True

    # Internals

    def _at(self, rows: Iterable[int]) -> list[Row]:
        return [self._shown[row] for row in rows]

    def _request_checks(self, rows: Iterable[FileRow]) -> None:
        marked = self._list.mark_checking(rows)
        if marked:
            self.checks_requested.emit([(row.file, row.purpose) for row in marked])

    def _emit_changed_soon(self) -> None:
        if not self._change_timer.isActive():
            self._change_timer.start()

    @Slot()
    def _emit_changed(self) -> None:
        if self._shown:
            last = self.index(len(self._shown) - 1, ReviewColumn.CHECKS)
            self.dataChanged.emit(self.index(0, ReviewColumn.FILE), last)
        self.changed.emit()


def _ranges_from_end(rows: list[int]) -> Iterator[tuple[int, int]]:
    remaining = sorted(rows)
    while remaining:
        last = first = remaining.pop()
        while remaining and remaining[-1] == first - 1:
            first = remaining.pop()
        yield first, last
