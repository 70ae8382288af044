"""The files of an upload as a tree of folders: what stands where, and the sums. No Qt, no disk."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from services.catalog.upload_record import KnownUpload
from services.checks.finding import CheckReport
from services.disk.local_file import LocalFile
from services.providers.limits import Limits
from services.system.name_matching import folded
from ui.uploads.row_check import CheckKind, RowCheck, check_file

_SMALL = 12
"""A folder with no more files than this is shown open at first."""


@dataclass(slots=True, eq=False)
class FileRow:
    """A file that may be sent, and what is known of it."""

    file: LocalFile
    purpose: str
    check: RowCheck
    folder: "FolderRow"
    report: CheckReport | None = None
    with_place: bool = False
    """Whether the report tells of a line."""
    anyway: bool = False
    """Whether the person wants it sent although it is wrong."""
    known: dict[str, KnownUpload] = field(default_factory=dict)
    """By purpose: a file at the server with the same content, or else the same name and size."""
    skipped: bool = False
    """Whether the person leaves it out because the server has it."""
    aside: bool = False
    """Whether it is not among those that the person wants to see and send now."""

    @property
    def can_be_renamed(self) -> bool:
        """Whether another name can be chosen for it: not where it can't be sent at all."""
        return self.file.problem is None

    @property
    def local_name(self) -> str:
        """What it is called on this computer, where it is sent under another name; else empty."""
        name = self.file.path.name.encode("utf-8", "replace").decode()
        return "" if name == self.file.name else name

    @property
    def depth(self) -> int:
        """How many folders it is in."""
        return self.folder.depth + 1

    @property
    def already_there(self) -> KnownUpload | None:
        """The same file with the same purpose, as the server has it."""
        return self.known.get(self.purpose)

    @property
    def goes(self) -> bool:
        """Whether it is to be sent as things are."""
        kind = self.check.kind
        if kind is CheckKind.LEFT_OUT or (kind is CheckKind.WRONG and not self.anyway):
            return False
        return not (self.skipped and self.already_there)

    def all_files(self) -> Iterator["FileRow"]:
        """Itself."""
        yield self

    def files(self) -> Iterator["FileRow"]:
        """Itself, unless it was put aside."""
        if not self.aside:
            yield self


@dataclass(slots=True, eq=False)
class FolderRow:
    """A folder that was dropped, or one in it; or what holds all that was dropped."""

    path: Path
    folder: "FolderRow | None" = None
    depth: int = -1
    open: bool = False
    children: "list[Row]" = field(default_factory=list)
    sums: "Sums | None" = None
    """Kept until something in it is different: a folder of thousands is painted often."""

    def all_files(self) -> Iterator[FileRow]:
        """Every file in it, at any depth."""
        for child in self.children:
            yield from child.all_files()

    def files(self) -> Iterator[FileRow]:
        """Those that were not put aside."""
        for child in self.children:
            yield from child.files()


Row = FileRow | FolderRow


@dataclass(slots=True)
class Sums:
    """What files come to: those in a folder, or all."""

    files: int = 0
    size: int = 0
    """In bytes."""
    going: int = 0
    """Will be uploaded: all that are not left out."""
    checking: int = 0
    """Are still being checked."""
    wrong: int = 0
    """Would be refused by the server."""
    held_back: int = 0
    """Are off because of that."""
    doubtful: int = 0
    left_out: int = 0
    """Can't be sent at all."""
    duplicates: int = 0
    """Are at the server already, and are not skipped."""
    skipped: int = 0
    """Are at the server already, and are left out therefore."""
    findings: int = 0
    """Of these a check has found something."""
    places: int = 0
    """Of these it has found it in a line."""
    purposes: Counter[str] = field(default_factory=Counter)

    @property
    def nothing_to_decide(self) -> bool:
        """Whether every file will be uploaded, and none is at the server already."""
        return self.going == self.files and not self.duplicates

    def add_file(self, row: FileRow, number: int = 1) -> None:
        """One more file, or with -1 one less."""
        self.files += number
        self.size += number * row.file.size
        self.purposes[row.purpose] += number
        kind = row.check.kind
        if kind is CheckKind.CHECKING:
            self.checking += number
        elif kind is CheckKind.WRONG:
            self.wrong += number
            self.held_back += number * (not row.anyway)
        elif kind is CheckKind.DOUBTFUL:
            self.doubtful += number
        elif kind is CheckKind.LEFT_OUT:
            self.left_out += number
        if row.known and row.already_there is not None:
            if row.skipped:
                self.skipped += number
            else:
                self.duplicates += number
        if row.report is not None and row.report.findings:
            self.findings += number
            self.places += number * row.with_place
        self.going += number * row.goes

    def add_folder(self, other: "Sums") -> None:
        """All that is in a folder."""
        self.files += other.files
        self.size += other.size
        self.going += other.going
        self.checking += other.checking
        self.wrong += other.wrong
        self.held_back += other.held_back
        self.doubtful += other.doubtful
        self.left_out += other.left_out
        self.duplicates += other.duplicates
        self.skipped += other.skipped
        self.findings += other.findings
        self.places += other.places
        self.purposes.update(other.purposes)


class ReviewTree:
    """Rows in their folders, made file by file."""

    def __init__(self, roots: Sequence[Path], purpose: str | None, limits: Limits) -> None:
        """Files below one of `roots` go into their folders, the others to the top.

        `purpose` is for all of them; None gives each the one that was suggested. `limits` are those
        of the server that they go to.
        """
        self.top = FolderRow(Path(), open=True)
        """Holds everything."""
        self._roots = set(roots)
        self._purpose = purpose
        self._limits = limits
        self._known: dict[Path, FolderRow] = {}

    def add(self, files: Iterable[LocalFile]) -> None:
        """Make the rows of files, below those that there are."""
        for file in files:
            purpose = self._purpose or file.suggested_purpose
            folder = self._folder_of(file.path.parent)
            check = check_file(file, purpose, self._limits)
            folder.children.append(FileRow(file, purpose, check, folder))

    def open_small_folders(self) -> None:
        """Open the folders with few files, once they are all there."""
        for child in self.top.children:
            _open_small(child)

    def _folder_of(self, path: Path) -> FolderRow:
        known = self._known.get(path)
        if known is not None:
            return known
        outer = self.top if path.parent == path else self._folder_of(path.parent)
        found = outer
        # Within a folder that was dropped, or such a folder itself.
        if outer is not self.top or path in self._roots:
            found = FolderRow(path, outer, outer.depth + 1)
            outer.children.append(found)
        self._known[path] = found
        return found


def visible(rows: Iterable[Row]) -> list[Row]:
    """The rows that are not in a closed folder, from top to bottom."""
    shown: list[Row] = []
    for row in rows:
        if isinstance(row, FileRow):
            if not row.aside:
                shown.append(row)
        elif sums_of(row).files:
            shown.append(row)
            if row.open:
                shown += visible(row.children)
    return shown


def without(folder: FolderRow, unwanted: set[int]) -> None:
    """Take the files out whose `id()` is among the unwanted, and folders left empty."""
    kept: list[Row] = []
    for row in folder.children:
        if isinstance(row, FolderRow):
            without(row, unwanted)
            if row.children:
                kept.append(row)
        elif id(row) not in unwanted:
            kept.append(row)
    folder.children = kept
    folder.sums = None


def put_aside(files: Iterable[FileRow], pattern: str) -> None:
    """Put the files aside whose names do not match a pattern such as `*.jsonl`, in any case.

    Several patterns are parted by blanks or commas; a word without signs may stand anywhere in the
    name. Without a pattern, everything comes back.
    """
    patterns = [
        one if any(sign in one for sign in "*?[") else f"*{one}*"
        for one in folded(pattern).replace(",", " ").split()
    ]
    for file in files:
        name = folded(file.file.name)
        aside = bool(patterns) and not any(fnmatchcase(name, one) for one in patterns)
        if aside is not file.aside:
            file.aside = aside
            forget_sums(file)


def sums_of(folder: FolderRow) -> Sums:
    """What is in a folder, added up when it was first asked for."""
    if folder.sums is None:
        folder.sums = sums = Sums()
        for child in folder.children:
            if isinstance(child, FolderRow):
                sums.add_folder(sums_of(child))
            elif not child.aside:
                sums.add_file(child)
    return folder.sums


@contextmanager
def changing(file: FileRow) -> Iterator[None]:
    """Change within this block what is known of a file; the sums of what it is in follow.

    The purpose and whether it is put aside stay.
    """
    added_up = [] if file.aside else [*_added_up(file)]
    for sums in added_up:
        sums.add_file(file, -1)
    yield
    for sums in added_up:
        sums.add_file(file)


def forget_sums(file: FileRow) -> None:
    """Something is different of a file, and of many others: add up anew what it is in.

    A folder that is added up is so with all that is in it; so the way up ends early.
    """
    folder: FolderRow | None = file.folder
    while folder is not None and folder.sums is not None:
        folder.sums = None
        folder = folder.folder


def _added_up(file: FileRow) -> Iterator[Sums]:
    folder: FolderRow | None = file.folder
    while folder is not None and folder.sums is not None:
        yield folder.sums
        folder = folder.folder


def _open_small(row: Row) -> int:
    """Open the folders with few files; how many files there are."""
    if isinstance(row, FileRow):
        return 1
    number = sum(map(_open_small, row.children))
    row.open = number <= _SMALL
    return number
