"""The files of an upload and what is known of each: the one owner of both. No Qt, no disk."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from services.catalog.upload_record import KnownUpload
from services.checks.events import CheckedFile
from services.disk.local_file import LocalFile, UploadRequest
from services.providers.limits import Limits
from services.system.name_matching import folded
from ui.uploads.review_rows import (
    FileRow,
    FolderRow,
    ReviewTree,
    Row,
    Sums,
    changing,
    forget_sums,
    put_aside,
    sums_of,
    visible,
    without,
)
from ui.uploads.row_check import CheckKind, check_file, checked, checking, not_checked


class ReviewList:
    """Files in their folders, each with its purpose and the outcome of its check.

    `add` them, perhaps in several pieces, then `complete` it.
    """

    def __init__(self, purpose: str | None, roots: Sequence[Path], limits: Limits) -> None:
        """See `ReviewTree`."""
        self._look_ups = 0
        self._limits = limits
        self._tree = ReviewTree(roots, purpose, limits)
        self._top = self._tree.top
        self._by_path: dict[Path, list[FileRow]] | None = None
        """See `note_paths`."""

    def add(self, files: Iterable[LocalFile]) -> None:
        """Take these in."""
        self._tree.add(files)

    def complete(self) -> "ReviewList":
        """All are in; itself."""
        self._tree.open_small_folders()
        return self

    def note_paths(self) -> None:
        """Make ready for news of files; done when the first comes, but then it takes longer."""
        self._by_path = {}
        for row in self._top.all_files():
            self._by_path.setdefault(row.file.path, []).append(row)

    @property
    def with_folders(self) -> bool:
        """Whether there is a folder among the rows."""
        return any(isinstance(row, FolderRow) for row in self._top.children)

    def rows(self) -> list[Row]:
        """Those that are not in a closed folder, from top to bottom."""
        return visible(self._top.children)

    def files(self) -> Iterator[FileRow]:
        """Every file that is not put aside."""
        return self._top.files()

    def files_in(self, rows: Iterable[Row]) -> list[FileRow]:
        """The files of rows, each once, also where a folder and a file in it are given."""
        return list({id(file): file for row in rows for file in row.files()}.values())

    def requests(self, expires_after: int | None) -> list[UploadRequest]:
        """What to upload, in order."""
        return [
            UploadRequest(row.file, row.purpose, expires_after) for row in self.files() if row.goes
        ]

    def sums(self) -> Sums:
        """How many of the files stand how."""
        return sums_of(self._top)

    @property
    def settled(self) -> bool:
        """Whether no check and no look-up is awaited any more."""
        return not self._look_ups and not self.sums().checking

    # What the person does

    def choose_purpose(self, rows: Iterable[Row], purpose: str) -> list[FileRow]:
        """Give these a purpose; those for which it is another one."""
        chosen = [file for file in self.files_in(rows) if file.purpose != purpose]
        for file in chosen:
            file.purpose = purpose
            self._judge_anew(file)
        return chosen

    def rename(self, row: FileRow, name: str) -> None:
        """Send a file under another name; what is known of it by its old one no longer holds."""
        row.file = replace(row.file, name=name)
        row.known = {purpose: one for purpose, one in row.known.items() if one.same_content}
        self._judge_anew(row)

    def send_anyway(self, rows: Iterable[Row], anyway: bool) -> None:
        """Whether to send these even though the server would refuse them."""
        for file in self.files_in(rows):
            file.anyway = anyway
            forget_sums(file)

    def skip(self, rows: Iterable[Row], skipped: bool) -> None:
        """Whether to leave those of these out that the server has."""
        for file in self.files_in(rows):
            if file.already_there is not None:
                file.skipped = skipped
                forget_sums(file)

    def skip_known(self, skipped: bool) -> None:
        """The same for all."""
        self.skip([self._top], skipped)

    def remove(self, rows: Iterable[Row]) -> None:
        """Take files out of the upload, but for those put aside; nothing happens to them."""
        without(self._top, set(map(id, self.files_in(rows))))
        self._by_path = None

    def show_only(self, pattern: str) -> None:
        """Put aside what does not match a pattern of names; see `put_aside`."""
        put_aside(self._top.all_files(), pattern)

    # What the checks find

    def begin_checking(self, rows: Iterable[FileRow]) -> list[FileRow]:
        """Wait for the checks of these; those that can be checked."""
        wanted = [row for row in rows if row.file.problem is None]
        for row in wanted:
            row.check = checking(0, row.file.size)
            forget_sums(row)
        return wanted

    def await_look_ups(self, number: int) -> None:
        """So many more will still say which files the server has."""
        self._look_ups += number

    def end_look_up(self) -> None:
        """One of them has said all."""
        self._look_ups = max(0, self._look_ups - 1)

    def stop_checking(self) -> None:
        """Wait for nothing any more; what was not looked into says so."""
        self._look_ups = 0
        for row in self._top.all_files():
            if row.check.kind is CheckKind.CHECKING:
                row.check = not_checked()
                forget_sums(row)

    def take_progress(self, file: LocalFile, purpose: str, done: int) -> None:
        """So many bytes of a file have been read."""
        for row in self._rows_for(file, purpose):
            if row.check.kind is CheckKind.CHECKING:
                row.check = checking(done, file.size)

    def take_checked(self, one: CheckedFile) -> None:
        """A file was checked, or could not be."""
        report = one.report
        for row in self._rows_for(one.file, one.purpose):
            with changing(row):
                row.report = report
                row.with_place = any(found.line for found in report.findings) if report else False
                row.check = (
                    checked(one.file, one.purpose, report) if report else not_checked(one.problem)
                )

    def take_known(self, path: Path, known: KnownUpload) -> None:
        """The server has this file already, with some purpose."""
        for row in self._rows_at(path):
            if not known.same_content and folded(known.name) != folded(row.file.name):
                continue  # it was looked for by a name that the file no longer has
            before = row.known.get(known.purpose)
            if before is None or not before.same_content:
                with changing(row):
                    row.known[known.purpose] = known

    def take_repaired(self, file: LocalFile, repaired: LocalFile) -> list[FileRow]:
        """Send the mended copy of a file instead; the rows that it is in."""
        rows = [row for row in self._rows_at(file.path) if row.file == file]
        for row in rows:
            row.file = replace(repaired, suggested_purpose=row.purpose)
            if repaired.path != file.path:  # otherwise only its name is another one
                row.known = {}
                row.skipped = False
            self._judge_anew(row)
        self._by_path = None
        return rows

    def _rows_for(self, file: LocalFile, purpose: str) -> list[FileRow]:
        rows = self._rows_at(file.path)
        return [row for row in rows if row.file == file and row.purpose == purpose]

    def _rows_at(self, path: Path) -> Sequence[FileRow]:
        if self._by_path is None:
            self.note_paths()
        return self._by_path.get(path, ()) if self._by_path is not None else ()

    def _judge_anew(self, row: FileRow) -> None:
        row.anyway = False
        row.report = None
        row.check = check_file(row.file, row.purpose, self._limits)
        forget_sums(row)
