"""Finds and inspects the local files at paths that the user dropped or picked."""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.checks.suggested_purpose import HEAD_SIZE, suggestion_for
from services.disk.local_file import LocalFile
from services.problems.disk_errors import error_reading
from services.problems.errors import Problem, ProblemKind
from services.system.cancellation import CancelToken
from services.system.language import _

MAX_FILES = 10_000
"""A limit, so that a slip of the mouse doesn't walk a whole disk."""


@dataclass(slots=True)
class Gathered:
    """The files found."""

    files: list[LocalFile] = field(default_factory=list)
    skipped: int = 0
    """How many were skipped: hidden files and links in folders, and files over the limit."""
    over_limit: int = 0
    """How many of those were over the limit."""
    folders: int = 0


@dataclass(frozen=True, slots=True)
class GatherProgress:
    """How much has been found so far."""

    files: int
    folders: int


def gather(
    paths: Sequence[Path],
    token: CancelToken,
    progress: Callable[[GatherProgress], None] = lambda _so_far: None,
) -> Gathered:
    """Inspect files, and walk folders in alphabetical order. Raise Cancelled.

    `progress` is called after each file.

    In folders, hidden files and symbolic links are skipped, so there can't be loops. A path that
    was picked directly is always included. A file or folder that can be reached in several ways is
    included once, but hard links count as separate files.
    """
    gathered = Gathered()
    seen = _Seen()
    for path in paths:
        token.check()
        if _is_folder(path):
            found = _walk(path, gathered, seen, token)
        else:
            found = iter([(path, seen.location_of(path))])
        for file, location in found:
            token.check()
            if seen.is_new(location):
                _add(file, gathered)
                progress(GatherProgress(len(gathered.files), gathered.folders))
    return gathered


def inspect_file(path: Path) -> LocalFile:
    """Inspect a file. If it can't be uploaded, `problem` says why."""
    name = _valid_text(path.name)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return LocalFile(path, name, 0, 0, "user_data", _not_a_file(name))
        with path.open("rb", buffering=0) as opened:
            head = opened.read(HEAD_SIZE)
    except OSError as error:
        return LocalFile(path, name, 0, 0, "user_data", error_reading(error, path).problem)
    except ValueError as error:  # null byte in the path
        problem = error_reading(OSError(errno.EINVAL, str(error)), path).problem
        return LocalFile(path, name, 0, 0, "user_data", problem)
    suggestion = suggestion_for(name, head)
    return LocalFile(
        path,
        name,
        found.st_size,
        found.st_mtime_ns,
        suggestion.purpose,
        None if found.st_size else _empty(name),
        suggestion.kind,
        suggestion.reason,
    )


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False  # inspecting it will show why


def _valid_text(name: str) -> str:
    """Replace the lone surrogates of a name that isn't valid UTF-8. They can't be shown or sent."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _add(path: Path, gathered: Gathered) -> None:
    if len(gathered.files) >= MAX_FILES:
        gathered.skipped += 1
        gathered.over_limit += 1
    else:
        gathered.files.append(inspect_file(path))


class _Seen:
    """The real locations of the files and folders found so far, with links and `..` resolved."""

    def __init__(self) -> None:
        self._locations: set[str] = set()
        self._folders: dict[Path, Path] = {}
        """Real locations by path. Files in the same folder share its location."""

    def is_new(self, location: str) -> bool:
        """Whether this is the first time this location is seen."""
        if location in self._locations:
            return False
        self._locations.add(location)
        return True

    def location_of(self, path: Path) -> str:
        """The real location of a file or folder."""
        try:
            if path.name in {"", ".."} or path.is_symlink():
                return os.path.normcase(os.path.realpath(path))
            folder = self._folders.get(path.parent)
            if folder is None:
                folder = self._folders[path.parent] = Path(os.path.realpath(path.parent))
        except (OSError, ValueError):  # null byte in the path; inspecting it will show why
            return str(path)
        return os.path.normcase(folder / path.name)


def _walk(
    folder: Path, gathered: Gathered, seen: _Seen, token: CancelToken
) -> Iterator[tuple[Path, str]]:
    """Yield the files in a folder and its subfolders, each with its real location."""
    pending = [folder]
    while pending:
        token.check()
        current = pending.pop()
        location = seen.location_of(current)
        if not seen.is_new(location):
            continue
        gathered.folders += 1
        try:
            entries = sorted(os.scandir(current), key=lambda entry: entry.name)
        except OSError as error:
            problem = error_reading(error, current).problem
            name = _valid_text(current.name)
            gathered.files.append(LocalFile(current, name, 0, 0, "user_data", problem))
            continue
        subfolders = []
        prefix = os.path.join(location, "")  # noqa: PTH118 - a Path has no trailing separator
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                gathered.skipped += 1
            elif entry.is_dir(follow_symlinks=False):
                subfolders.append(Path(entry.path))
            else:
                # It isn't a link, so this needs no look at the disk.
                yield Path(entry.path), os.path.normcase(prefix + entry.name)
        pending.extend(reversed(subfolders))


def _not_a_file(name: str) -> Problem:
    return Problem(
        ProblemKind.FILE_UNREADABLE,
        _("{name} isn't a file").format(name=name),
        _("Pipes and devices can't be uploaded."),
    )


def _empty(name: str) -> Problem:
    return Problem(
        ProblemKind.FILE_UNREADABLE,
        _("{name} is empty").format(name=name),
        _("Servers don't accept empty files."),
    )
