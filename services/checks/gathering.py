"""Finding and looking at the local files behind paths that a person dropped or picked."""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from services.checks.suggested_purpose import BEGINNING, suggestion_for
from services.disk.local_file import LocalFile
from services.problems.disk_errors import error_reading
from services.problems.errors import Problem, ProblemKind
from services.system.cancellation import CancelToken
from services.system.language import _

MOST_FILES = 10_000
"""So that a slip with the pointer does not walk a whole disk."""


@dataclass(slots=True)
class Gathered:
    """What was found."""

    files: list[LocalFile] = field(default_factory=list)
    left_out: int = 0
    """Hidden files in folders, links, and what is past the limit."""
    folders: int = 0


@dataclass(frozen=True, slots=True)
class GatherProgress:
    """How much was found until now."""

    files: int
    folders: int


def gather(
    paths: Sequence[Path],
    token: CancelToken,
    progress: Callable[[GatherProgress], None] = lambda _so_far: None,
) -> Gathered:
    """Look at files, and walk folders in the order of names. Raise Cancelled.

    `progress` is told after each file.

    Within folders, hidden files and symbolic links are left out, so no circle can be walked;
    what a person points at directly is taken even so. Whatever ways lead to a file or a folder,
    it is taken once. Two hard links are two files.
    """
    gathered = Gathered()
    seen = _Seen()
    for path in paths:
        token.check()
        found = _walk(path, gathered, seen, token) if _is_folder(path) else iter([path])
        for file in found:
            token.check()
            if seen.is_new(file):
                _take(file, gathered)
                progress(GatherProgress(len(gathered.files), gathered.folders))
    return gathered


def look_at(path: Path) -> LocalFile:
    """Look at one file; what keeps it from being sent is told in its `problem`."""
    name = _legal_text(path.name)
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return LocalFile(path, name, 0, 0, "user_data", _no_file(name))
        with path.open("rb") as opened:
            beginning = opened.read(BEGINNING)
    except OSError as error:
        return LocalFile(path, name, 0, 0, "user_data", error_reading(error, path).problem)
    except ValueError as error:  # a zero byte in the path
        problem = error_reading(OSError(errno.EINVAL, str(error)), path).problem
        return LocalFile(path, name, 0, 0, "user_data", problem)
    suggestion = suggestion_for(name, beginning)
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
        return False  # looking at it tells why


def _legal_text(name: str) -> str:
    """A file name that is no UTF-8 holds halves of letters, which nobody can show or send."""
    return name.encode("utf-8", "replace").decode("utf-8")


def _take(path: Path, gathered: Gathered) -> None:
    if len(gathered.files) >= MOST_FILES:
        gathered.left_out += 1
    else:
        gathered.files.append(look_at(path))


class _Seen:
    """Where the files and folders that were taken really lie, links and `..` resolved."""

    def __init__(self) -> None:
        self._places: set[str] = set()
        self._folders: dict[Path, Path] = {}
        """By path: where it lies; the files in a folder share the way to it."""

    def is_new(self, path: Path) -> bool:
        """Whether this is seen for the first time."""
        place = self._place_of(path)
        if place in self._places:
            return False
        self._places.add(place)
        return True

    def _place_of(self, path: Path) -> str:
        try:
            if path.name in {"", ".."} or path.is_symlink():
                return os.path.normcase(os.path.realpath(path))
            folder = self._folders.get(path.parent)
            if folder is None:
                folder = self._folders[path.parent] = Path(os.path.realpath(path.parent))
        except (OSError, ValueError):  # a zero byte in the path; looking at it tells why
            return str(path)
        return os.path.normcase(folder / path.name)


def _walk(folder: Path, gathered: Gathered, seen: _Seen, token: CancelToken) -> Iterator[Path]:
    waiting = [folder]
    while waiting:
        token.check()
        current = waiting.pop()
        if not seen.is_new(current):
            continue
        gathered.folders += 1
        try:
            entries = sorted(os.scandir(current), key=lambda entry: entry.name)
        except OSError as error:
            problem = error_reading(error, current).problem
            name = _legal_text(current.name)
            gathered.files.append(LocalFile(current, name, 0, 0, "user_data", problem))
            continue
        inner = []
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                gathered.left_out += 1
            elif entry.is_dir(follow_symlinks=False):
                inner.append(Path(entry.path))
            else:
                yield Path(entry.path)
        waiting.extend(reversed(inner))


def _no_file(name: str) -> Problem:
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
