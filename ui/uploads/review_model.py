"""The files of the review sheet as rows, folders among them."""

from collections.abc import Iterable, Iterator
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
from services.checks.sent_name import name_to_send, why_no_name
from services.disk.local_file import LocalFile, UploadRequest
from ui.uploads.kept_purposes import purposes_to_remember
from ui.uploads.review_columns import (
    ReviewColumn,
    alignment_of,
    head_of,
    text_of,
    tool_tip_of,
)
from ui.uploads.review_list import ReviewList
from ui.uploads.review_rows import FileRow, FolderRow, Row, Sums, sums_of, visible
from ui.uploads.review_words import check_of, row_in_words
from ui.uploads.row_check import CheckKind

_Index = QModelIndex | QPersistentModelIndex

CHECK_ROLE = Qt.ItemDataRole.UserRole
"""The `RowCheck` of a row."""
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The `FileRow` or `FolderRow`."""

_TELL_AFTER = 50
"""Milliseconds in which news of checks are collected: thousands of small files are checked fast."""
_LOOK_UPS = 2
"""What may know that the server has a file: the upload history, and the listing."""
_MOST_RANGES = 50
"""Rows that are removed in more places than this are removed at once: each place costs the view."""
_READ_ONLY = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
)
_EDITABLE = _READ_ONLY | Qt.ItemFlag.ItemIsEditable


class ReviewModel(QAbstractTableModel):
    """Holds for each file the purpose it will be sent with and what the checks found.

    A folder is a row of its own, with the sums of what is in it; its files are rows only while it
    is open. What is done to the row of a folder is done to all of its files.
    """

    changed = Signal()
    """What will be uploaded, or what is known of it, is different."""
    checks_wanted = Signal(object)
    """Files are to be checked: a list of pairs of `LocalFile` and purpose."""
    look_ups_wanted = Signal(object)
    """The server may have these files under their new names: a list of `LocalFile`s.

    Two answers are awaited, as by `await_look_ups`.
    """

    def __init__(
        self,
        files: ReviewList,
        parent: QObject | None = None,
    ) -> None:
        """`files` is complete."""
        super().__init__(parent)
        self._list = files
        self._shown: list[Row] = self._list.rows()
        self._with_checks = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_TELL_AFTER)
        self._soon.timeout.connect(self._tell)

    @property
    def standing(self) -> Sums:
        """How many of the files stand how."""
        return self._list.sums()

    @property
    def settled(self) -> bool:
        """Whether no check and no look-up is awaited any more, and `changed` has told of all."""
        return self._list.settled and not self._soon.isActive()

    @property
    def with_folders(self) -> bool:
        """Whether there is a folder among the rows."""
        return self._list.with_folders

    def row(self, row: int) -> Row:
        """What stands in a row."""
        return self._shown[row]

    def row_of(self, row: Row) -> int | None:
        """Where something stands; None where it does not."""
        return next((place for place, one in enumerate(self._shown) if one is row), None)

    def files_in(self, rows: Iterable[Row]) -> list[FileRow]:
        """The files of rows, each once, but for those put aside."""
        return self._list.files_in(rows)

    def first_to_look_at(self) -> int:
        """Where the first file with findings is, or the closed folder that it is in; else -1.

        What is held back comes first, and of that a file of which it is known in which line.
        """
        found: list[tuple[bool, bool, int]] = []
        for place, row in enumerate(self._shown):
            if isinstance(row, FolderRow):
                sums = Sums() if row.open else sums_of(row)
                held_back, findings, in_line = sums.held_back, sums.findings, sums.places
            else:
                held_back = row.check.kind is CheckKind.WRONG and not row.anyway
                findings = row.report is not None and bool(row.report.findings)
                in_line = row.with_place
            if held_back or findings:
                found.append((not held_back, not in_line, place))
        return min(found, default=(False, False, -1))[2]

    def requests(self, expires_after: int | None = None) -> list[UploadRequest]:
        """What to upload, in the order of the rows; without an expiry the server decides."""
        return self._list.requests(expires_after)

    def purposes_to_remember(self) -> dict[str, str]:
        """By kind of file: what to suggest the next time."""
        return purposes_to_remember(self._list.files())

    # What the person does

    def choose_purpose(self, rows: Iterable[int], purpose: str) -> None:
        """Give these rows a purpose and judge them anew."""
        self.choose_purposes((row, purpose) for row in self._at(rows))

    def choose_purposes(self, wanted: Iterable[tuple[Row, str]]) -> None:
        """Give each of these a purpose of its own and judge them anew."""
        chosen = [
            file for row, purpose in wanted for file in self._list.choose_purpose([row], purpose)
        ]
        if chosen:
            if self._with_checks:
                self._ask_for(chosen)
            self._tell()

    def rename(self, row: int, typed: str) -> bool:
        """Send the file of a row under the name that was typed, if it can be one."""
        file, name = self._shown[row], name_to_send(typed)
        if not isinstance(file, FileRow) or not file.can_be_renamed or why_no_name(name):
            return False
        if name != file.file.name:
            self._list.rename(file, name)
            self._list.await_look_ups(_LOOK_UPS)
            self.look_ups_wanted.emit([file.file])
            if self._with_checks:
                self._ask_for([file])
            self._tell()
        return True

    def send_anyway(self, rows: Iterable[int], anyway: bool) -> None:
        """Whether to send these even though the server would refuse them."""
        self._list.send_anyway(self._at(rows), anyway)
        self._tell()

    def skip(self, rows: Iterable[int], skipped: bool) -> None:
        """Whether to leave those of these out that the server has."""
        self._list.skip(self._at(rows), skipped)
        self._tell()

    def skip_known(self, skipped: bool) -> None:
        """The same for all."""
        self._list.skip_known(skipped)
        self._tell()

    def remove(self, rows: Iterable[int]) -> None:
        """Take files out of the upload; nothing happens to them."""
        unwanted = self._at(rows)
        if not unwanted:
            return
        self._list.remove(unwanted)
        shown = self._list.rows()
        left = set(map(id, shown))
        gone = [place for place, row in enumerate(self._shown) if id(row) not in left]
        ranges = list(_ranges_from_the_end(gone))
        if len(ranges) > _MOST_RANGES:
            self.beginResetModel()
            self._shown = shown
            self.endResetModel()
        else:
            for first, last in ranges:
                self.beginRemoveRows(QModelIndex(), first, last)
                del self._shown[first : last + 1]
                self.endRemoveRows()
        self._tell()

    def toggle(self, row: int) -> None:
        """Open or close the folder of a row."""
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
            inner = visible(folder.children)
            self.beginInsertRows(QModelIndex(), row + 1, row + len(inner))
            self._shown[row + 1 : row + 1] = inner
            self.endInsertRows()
        self.dataChanged.emit(self.index(row, 0), self.index(row, ReviewColumn.CHECKS))

    def show_only(self, pattern: str) -> None:
        """Put aside what does not match a pattern of names; see `put_aside`."""
        self.beginResetModel()
        self._list.show_only(pattern)
        self._shown = self._list.rows()
        self.endResetModel()
        self._tell()

    # What the checks find

    def begin_checks(self) -> None:
        """Have every file checked, now and after each change of its purpose."""
        self._with_checks = True
        self._ask_for(self._list.files())
        self._tell()

    def await_look_ups(self, number: int) -> None:
        """So many more will say which files the server has, each with `end_look_up`."""
        self._list.await_look_ups(number)

    def end_look_up(self) -> None:
        """One of them has said all."""
        self._list.end_look_up()
        self._tell_soon()

    def stop_checks(self) -> None:
        """Wait for nothing any more; what was not looked into says so."""
        self._with_checks = False
        self._list.stop_checking()
        self._tell()

    def take_progress(self, file: LocalFile, purpose: str, done: int) -> None:
        """So many bytes of a file have been read."""
        self._list.take_progress(file, purpose, done)
        self._tell_soon()

    def take_checked(self, files: Iterable[CheckedFile]) -> None:
        """These were checked, or could not be."""
        for one in files:
            self._list.take_checked(one)
        self._tell_soon()

    def take_known(self, found: Iterable[tuple[Path, KnownUpload]]) -> None:
        """The server has these files already, with some purpose."""
        for path, known in found:
            self._list.take_known(path, known)
        self._tell_soon()

    def take_repaired(self, file: LocalFile, repaired: LocalFile) -> None:
        """Send the mended copy of a file instead."""
        self._ask_for(self._list.take_repaired(file, repaired))
        self._tell()

    # Qt

    def rowCount(self, parent: _Index | None = None) -> int:
        """How many rows are shown."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index | None = None) -> int:
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(ReviewColumn)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """The purpose can be edited, and the name of a file that can be sent."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if index.column() == ReviewColumn.FILE:
            row = self._shown[index.row()]
            return _EDITABLE if isinstance(row, FileRow) and row.can_be_renamed else _READ_ONLY
        return _EDITABLE if index.column() == ReviewColumn.PURPOSE else _READ_ONLY

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The names of the columns; the size is right-aligned as its numbers are."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return alignment_of(section)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return head_of(section)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts, tool tips, and the check itself."""
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

    # Telling

    def _at(self, rows: Iterable[int]) -> list[Row]:
        return [self._shown[row] for row in rows]

    def _ask_for(self, rows: Iterable[FileRow]) -> None:
        wanted = self._list.begin_checking(rows)
        if wanted:
            self.checks_wanted.emit([(row.file, row.purpose) for row in wanted])

    def _tell_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _tell(self) -> None:
        if self._shown:
            last = self.index(len(self._shown) - 1, ReviewColumn.CHECKS)
            self.dataChanged.emit(self.index(0, ReviewColumn.FILE), last)
        self.changed.emit()


def _ranges_from_the_end(rows: list[int]) -> Iterator[tuple[int, int]]:
    left = sorted(rows)
    while left:
        last = first = left.pop()
        while left and left[-1] == first - 1:
            first = left.pop()
        yield first, last
