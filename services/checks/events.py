"""Events about local files before they are uploaded."""

from pathlib import Path

from services.checks.finding import CheckReport
from services.checks.lines_around import LineExcerpt
from services.disk.local_file import LocalFile
from services.problems.errors import Problem
from services.system.events import Event, SessionEvent


class PathsBeingGathered(SessionEvent, frozen=True):
    """Progress of walking folders."""

    request: int
    files: int
    folders: int


class PathsGathered(SessionEvent, frozen=True):
    """All dropped or picked files were inspected, and all folders walked."""

    request: int
    files: tuple[LocalFile, ...]
    skipped: int
    """How many were skipped: hidden files and links in folders, and files over the limit."""
    folders: int


class CheckProgress(SessionEvent, frozen=True):
    """Progress of checking a file, in bytes."""

    request: int
    file: LocalFile
    purpose: str
    done: int


class CheckedFile(Event, frozen=True):
    """The result of checking one file for a purpose."""

    file: LocalFile
    purpose: str
    report: CheckReport | None
    problem: Problem | None = None
    """Why there is no report."""


class FilesChecked(SessionEvent, frozen=True):
    """Several files were checked. With thousands of files, each event covers many."""

    request: int
    checked: tuple[CheckedFile, ...]


class FileRepaired(SessionEvent, frozen=True):
    """A fixed copy of a file was saved next to it, or that failed."""

    request: int
    file: LocalFile
    """The original, which is unchanged."""
    repaired: LocalFile | None
    changes: tuple[str, ...]
    """What was changed, in sentences."""
    problem: Problem | None = None


class LinesRead(SessionEvent, frozen=True):
    """The lines around a place in a file."""

    request: int
    path: Path
    line: int
    column: int | None
    lines: tuple[LineExcerpt, ...]
    problem: Problem | None = None
