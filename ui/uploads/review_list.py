"""The files of an upload and what is known about each. No Qt, no disk access."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from os import fspath
from pathlib import Path

from services.catalog.upload_record import KnownUpload
from services.checks.events import CheckedFile
from services.disk.local_file import LocalFile, UploadRequest
from services.providers.limits import Limits
from services.system.name_matching import folded
from ui.uploads.review_rows import (
    FileRow,
    FolderRow,
    Row,
    Sums,
    filter_out,
    invalidate_sums,
    remove_files,
    sums_of,
    updating_sums,
    visible_rows,
)
from ui.uploads.review_tree import ReviewTree
from ui.uploads.row_check import CheckKind, check_file, checked, checking, not_checked


class ReviewList:
    """Files in their folders, each with its purpose and check result.

    `add` the files, all at once or in batches, then call `complete`.
    """

    def __init__(self, purpose: str | None, roots: Sequence[Path], limits: Limits) -> None:
        """See `ReviewTree`."""
        self._lookups = 0
        self._limits = limits
        self._tree = ReviewTree(roots, purpose, limits)
        self._top = self._tree.top
        self._by_path: dict[str, list[FileRow]] | None = None
        """See `index_paths`. By path as text, whose hash takes a tenth of a path's."""

    def add(self, files: Iterable[LocalFile]) -> None:
        """Add files."""
        self._tree.add(files)

    def complete(self) -> "ReviewList":
        """Finish adding; return self."""
        self._tree.open_small_folders()
        return self

    def index_paths(self) -> None:
        """Build the path index now; otherwise the first update builds it and takes longer."""
        self._by_path = {}
        for row in self._top.all_files():
            self._by_path.setdefault(fspath(row.file.path), []).append(row)

    @property
    def with_folders(self) -> bool:
        """Whether any row is a folder."""
        return any(isinstance(row, FolderRow) for row in self._top.children)

    def rows(self) -> list[Row]:
        """The rows that are not in a collapsed folder, from top to bottom."""
        return visible_rows(self._top.children)

    def files(self) -> Iterator[FileRow]:
        """Every file that isn't filtered out."""
        return self._top.files()

    def files_in(self, rows: Iterable[Row]) -> list[FileRow]:
        """The files of some rows, each once even if a folder and a file in it are given."""
        return list({id(file): file for row in rows for file in row.files()}.values())

    def requests(self, expires_after: int | None) -> list[UploadRequest]:
        """What to upload, in order."""
        return [
            UploadRequest(row.file, row.purpose, expires_after)
            for row in self.files()
            if row.will_upload
        ]

    def sums(self) -> Sums:
        """The totals over all files."""
        return sums_of(self._top)

    def all_fit(self) -> bool:
        """Whether there are files, and each fits its purpose as far as that shows without reading it."""
        kinds = {row.check.kind for row in self._top.all_files()}
        return kinds == {CheckKind.OK}

    @property
    def settled(self) -> bool:
        """Whether no check or lookup is pending."""
        return not self._lookups and not self.sums().checking

    # User actions

    def choose_purpose(self, rows: Iterable[Row], purpose: str) -> list[FileRow]:
        """Set the purpose of some rows; return the files whose purpose changed."""
        chosen = [file for file in self.files_in(rows) if file.purpose != purpose]
        for file in chosen:
            file.purpose = purpose
            self._recheck(file)
        return chosen

    def rename(self, row: FileRow, name: str) -> None:
        """Set the name to upload a file under; drop matches that were found by its old name."""
        row.file = replace(row.file, name=name)
        row.known = {purpose: one for purpose, one in row.known.items() if one.same_content}
        self._recheck(row)

    def upload_anyway(self, rows: Iterable[Row], anyway: bool) -> None:
        """Set whether to upload these even though the server would reject them."""
        for file in self.files_in(rows):
            file.upload_anyway = anyway
            invalidate_sums(file)

    def skip(self, rows: Iterable[Row], skipped: bool) -> None:
        """Set whether to skip those of these that are already uploaded."""
        for file in self.files_in(rows):
            if file.existing_upload is not None:
                file.skipped = skipped
                invalidate_sums(file)

    def skip_duplicates(self, skipped: bool) -> None:
        """Set whether to skip all files that are already uploaded."""
        self.skip([self._top], skipped)

    def remove(self, rows: Iterable[Row]) -> None:
        """Remove files from the upload, except those filtered out; the files stay on the disk."""
        remove_files(self._top, set(map(id, self.files_in(rows))))
        self._by_path = None

    def filter_by_name(self, pattern: str) -> None:
        """Filter out the files whose names don't match; see `filter_out`."""
        filter_out(self._top.all_files(), pattern)

    # Check results

    def mark_checking(self, rows: Iterable[FileRow]) -> list[FileRow]:
        """Mark rows as being checked; return those that can be checked."""
        checkable = [row for row in rows if row.file.problem is None]
        started = checking(0, 0)
        for row in checkable:
            row.check = started
            invalidate_sums(row)
        return checkable

    def expect_lookups(self, number: int) -> None:
        """Expect this many more lookups of which files are already uploaded."""
        self._lookups += number

    def finish_lookup(self) -> None:
        """Note that one expected lookup is complete."""
        self._lookups = max(0, self._lookups - 1)

    def stop_checking(self) -> None:
        """Stop waiting for results; show unfinished checks as “Not checked”."""
        self._lookups = 0
        for row in self._top.all_files():
            if row.check.kind is CheckKind.CHECKING:
                row.check = not_checked()
                invalidate_sums(row)

    def apply_progress(self, file: LocalFile, purpose: str, done: int) -> None:
        """Note that `done` bytes of a file have been checked."""
        for row in self._rows_for(file, purpose):
            if row.check.kind is CheckKind.CHECKING:
                row.check = checking(done, file.size)

    def apply_check(self, one: CheckedFile) -> None:
        """Store a file's check result, or why it could not be checked."""
        report = one.report
        for row in self._rows_for(one.file, one.purpose):
            with updating_sums(row):
                row.report = report
                row.has_line = any(found.line for found in report.findings) if report else False
                row.check = (
                    checked(one.file, one.purpose, report) if report else not_checked(one.problem)
                )

    def add_known_upload(self, path: Path, known: KnownUpload) -> None:
        """Note that the server already has this file, with some purpose."""
        for row in self._rows_at(path):
            if not known.same_content and folded(known.name) != folded(row.file.name):
                continue  # found by a name that the file no longer has
            before = row.known.get(known.purpose)
            if before is None or not before.same_content:
                with updating_sums(row):
                    row.known[known.purpose] = known

    def apply_repair(self, file: LocalFile, repaired: LocalFile) -> list[FileRow]:
        """Replace a file with its fixed copy; return the affected rows."""
        rows = [row for row in self._rows_at(file.path) if row.file == file]
        for row in rows:
            row.file = replace(repaired, suggested_purpose=row.purpose)
            if repaired.path != file.path:  # otherwise only the name has changed
                row.known = {}
                row.skipped = False
            self._recheck(row)
        self._by_path = None
        return rows

    def _rows_for(self, file: LocalFile, purpose: str) -> list[FileRow]:
        rows = self._rows_at(file.path)
        return [row for row in rows if row.file == file and row.purpose == purpose]

    def _rows_at(self, path: Path) -> Sequence[FileRow]:
        if self._by_path is None:
            self.index_paths()
        return self._by_path.get(fspath(path), ()) if self._by_path is not None else ()

    def _recheck(self, row: FileRow) -> None:
        row.upload_anyway = False
        row.report = None
        row.check = check_file(row.file, row.purpose, self._limits)
        invalidate_sums(row)
