"""Events about local files before they are sent."""

from pathlib import Path

from services.checks.finding import CheckReport
from services.checks.lines_around import ShownLine
from services.disk.local_file import LocalFile
from services.problems.errors import Problem
from services.system.events import Event


class PathsBeingGathered(Event, frozen=True):
    """Folders are being walked; this much was found so far."""

    request: int
    files: int
    folders: int


class PathsGathered(Event, frozen=True):
    """The files behind dropped or picked paths were looked at; folders were walked."""

    request: int
    files: tuple[LocalFile, ...]
    left_out: int
    """Hidden files, links that lead in a circle, and what is past the limit."""
    folders: int


class CheckProgress(Event, frozen=True):
    """A file is being checked for a purpose; this many bytes were read so far."""

    request: int
    file: LocalFile
    purpose: str
    done: int


class CheckedFile(Event, frozen=True):
    """A file that was checked for a purpose, or could not be."""

    file: LocalFile
    purpose: str
    report: CheckReport | None
    problem: Problem | None = None
    """Why there is no report."""


class FilesChecked(Event, frozen=True):
    """Files were checked; of thousands, many come in one event."""

    request: int
    checked: tuple[CheckedFile, ...]


class FileRepaired(Event, frozen=True):
    """A fixed copy of a file was written beside it, or that failed."""

    request: int
    file: LocalFile
    """As it was; it is untouched."""
    repaired: LocalFile | None
    told: tuple[str, ...]
    """What was done, a sentence each."""
    problem: Problem | None = None


class LinesShown(Event, frozen=True):
    """The lines around a place in a file."""

    request: int
    path: Path
    line: int
    column: int | None
    lines: tuple[ShownLine, ...]
    problem: Problem | None = None
