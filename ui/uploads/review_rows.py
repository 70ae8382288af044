"""The rows of files and folders in the review of an upload, with totals. No Qt."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from services.catalog.upload_record import KnownUpload
from services.checks.finding import CheckReport
from services.disk.local_file import LocalFile
from services.system.name_matching import folded
from ui.uploads.row_check import CheckKind, RowCheck


@dataclass(slots=True, eq=False)
class FileRow:
    """A file to upload, and what is known about it."""

    file: LocalFile
    purpose: str
    check: RowCheck
    folder: "FolderRow"
    report: CheckReport | None = None
    has_line: bool = False
    """Whether any finding has a line number."""
    upload_anyway: bool = False
    """Whether the user chose to upload it despite errors."""
    known: dict[str, KnownUpload] = field(default_factory=dict)
    """Matching uploads by purpose: same content, or else same name and size."""
    skipped: bool = False
    """Whether the user chose to skip it because it is already uploaded."""
    filtered_out: bool = False
    """Whether the name filter hides it and keeps it out of the upload."""

    @property
    def can_be_renamed(self) -> bool:
        """Whether its name can be changed; false if it can't be uploaded at all."""
        return self.file.problem is None

    @property
    def local_name(self) -> str:
        """Its name on the disk if it is uploaded under another name, else empty."""
        name = self.file.path.name.encode("utf-8", "replace").decode()
        return "" if name == self.file.name else name

    @property
    def depth(self) -> int:
        """How many folders contain it."""
        return self.folder.depth + 1

    @property
    def existing_upload(self) -> KnownUpload | None:
        """The same file on the server, with the same purpose."""
        return self.known.get(self.purpose)

    @property
    def will_upload(self) -> bool:
        """Whether it will be uploaded as things stand."""
        kind = self.check.kind
        if kind is CheckKind.UNUSABLE or (kind is CheckKind.ERROR and not self.upload_anyway):
            return False
        return not (self.skipped and self.existing_upload)

    def all_files(self) -> Iterator["FileRow"]:
        """Itself."""
        yield self

    def files(self) -> Iterator["FileRow"]:
        """Itself, unless it is filtered out."""
        if not self.filtered_out:
            yield self


@dataclass(slots=True, eq=False)
class FolderRow:
    """A dropped folder, one of its subfolders, or the root that holds everything dropped."""

    path: Path
    folder: "FolderRow | None" = None
    depth: int = -1
    open: bool = False
    children: "list[Row]" = field(default_factory=list)
    sums: "Sums | None" = None
    """Cached until something in the folder changes, because large folders are painted often."""

    def all_files(self) -> Iterator[FileRow]:
        """Every file in it, at any depth."""
        for child in self.children:
            yield from child.all_files()

    def files(self) -> Iterator[FileRow]:
        """Every file in it that isn't filtered out."""
        for child in self.children:
            yield from child.files()


Row = FileRow | FolderRow


@dataclass(slots=True)
class Sums:
    """Totals over the files in a folder, or over all files."""

    files: int = 0
    size: int = 0
    """In bytes."""
    to_upload: int = 0
    """Files that will be uploaded."""
    checking: int = 0
    """Files still being checked."""
    errors: int = 0
    """Files that the server would reject."""
    held_back: int = 0
    """Files with errors that won't be uploaded."""
    warnings: int = 0
    unusable: int = 0
    """Files that can't be uploaded at all."""
    duplicates: int = 0
    """Files that are already uploaded but not skipped."""
    skipped: int = 0
    """Files skipped because they are already uploaded."""
    with_findings: int = 0
    """Files with findings."""
    with_line: int = 0
    """Files with a finding on a known line."""
    purposes: Counter[str] = field(default_factory=Counter)

    @property
    def needs_no_decision(self) -> bool:
        """Whether every file will be uploaded and none is a duplicate."""
        return self.to_upload == self.files and not self.duplicates

    def add_file(self, row: FileRow, number: int = 1) -> None:
        """Add a file, or subtract it with `number` -1."""
        self.files += number
        self.size += number * row.file.size
        self.purposes[row.purpose] += number
        kind = row.check.kind
        if kind is CheckKind.CHECKING:
            self.checking += number
        elif kind is CheckKind.ERROR:
            self.errors += number
            self.held_back += number * (not row.upload_anyway)
        elif kind is CheckKind.WARNING:
            self.warnings += number
        elif kind is CheckKind.UNUSABLE:
            self.unusable += number
        if row.known and row.existing_upload is not None:
            if row.skipped:
                self.skipped += number
            else:
                self.duplicates += number
        if row.report is not None and row.report.findings:
            self.with_findings += number
            self.with_line += number * row.has_line
        self.to_upload += number * row.will_upload

    def add_folder(self, other: "Sums") -> None:
        """Add a folder's totals."""
        self.files += other.files
        self.size += other.size
        self.to_upload += other.to_upload
        self.checking += other.checking
        self.errors += other.errors
        self.held_back += other.held_back
        self.warnings += other.warnings
        self.unusable += other.unusable
        self.duplicates += other.duplicates
        self.skipped += other.skipped
        self.with_findings += other.with_findings
        self.with_line += other.with_line
        self.purposes.update(other.purposes)


def visible_rows(rows: Iterable[Row]) -> list[Row]:
    """The rows that are not in a collapsed folder, from top to bottom."""
    shown: list[Row] = []
    for row in rows:
        if isinstance(row, FileRow):
            if not row.filtered_out:
                shown.append(row)
        elif sums_of(row).files:
            shown.append(row)
            if row.open:
                shown += visible_rows(row.children)
    return shown


def first_with_findings(rows: Sequence[Row]) -> int:
    """The place of the first file with findings, or of its collapsed folder; -1 if none.

    Files that are held back come first, and among those, files with a finding on a known line.
    """
    found: list[tuple[bool, bool, int]] = []
    for place, row in enumerate(rows):
        if isinstance(row, FolderRow):
            sums = Sums() if row.open else sums_of(row)
            held_back, findings, in_line = sums.held_back, sums.with_findings, sums.with_line
        else:
            held_back = row.check.kind is CheckKind.ERROR and not row.upload_anyway
            findings = row.report is not None and bool(row.report.findings)
            in_line = row.has_line
        if held_back or findings:
            found.append((not held_back, not in_line, place))
    return min(found, default=(False, False, -1))[2]


def remove_files(folder: FolderRow, unwanted: set[int]) -> None:
    """Remove the files whose `id()` is in `unwanted`, and folders that become empty."""
    remaining: list[Row] = []
    for row in folder.children:
        if isinstance(row, FolderRow):
            remove_files(row, unwanted)
            if row.children:
                remaining.append(row)
        elif id(row) not in unwanted:
            remaining.append(row)
    folder.children = remaining
    folder.sums = None


def filter_out(files: Iterable[FileRow], pattern: str) -> None:
    """Filter out files whose names don't match a pattern such as `*.jsonl`, ignoring case.

    Separate several patterns with spaces or commas. A word without wildcards matches anywhere in
    the name. An empty pattern shows everything again.
    """
    patterns = [
        one if any(wildcard in one for wildcard in "*?[") else f"*{one}*"
        for one in folded(pattern).replace(",", " ").split()
    ]
    for file in files:
        name = folded(file.file.name)
        filtered_out = bool(patterns) and not any(fnmatchcase(name, one) for one in patterns)
        if filtered_out is not file.filtered_out:
            file.filtered_out = filtered_out
            invalidate_sums(file)


def sums_of(folder: FolderRow) -> Sums:
    """The totals of a folder, computed on first use."""
    if folder.sums is None:
        folder.sums = sums = Sums()
        for child in folder.children:
            if isinstance(child, FolderRow):
                sums.add_folder(sums_of(child))
            elif not child.filtered_out:
                sums.add_file(child)
    return folder.sums


@contextmanager
def updating_sums(file: FileRow) -> Iterator[None]:
    """Update the cached totals around a change to a file.

    Don't change its purpose or whether it is filtered out in this block.
    """
    cached = [] if file.filtered_out else [*_cached_sums(file)]
    for sums in cached:
        sums.add_file(file, -1)
    yield
    for sums in cached:
        sums.add_file(file)


def invalidate_sums(file: FileRow) -> None:
    """Drop the cached totals of the folders that contain a file.

    A folder's totals are cached only if its subfolders' are, so stop at the first without.
    """
    folder: FolderRow | None = file.folder
    while folder is not None and folder.sums is not None:
        folder.sums = None
        folder = folder.folder


def _cached_sums(file: FileRow) -> Iterator[Sums]:
    folder: FolderRow | None = file.folder
    while folder is not None and folder.sums is not None:
        yield folder.sums
        folder = folder.folder
