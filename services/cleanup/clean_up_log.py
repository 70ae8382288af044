"""What was done of a plan so far, as lines that are appended to a file.

Appended lines survive the end of the process, however it ends. `sync` makes them survive a power
cut, too, before anything happens that relies on them.
"""

import errno
import os
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import msgspec

from services.problems.disk_errors import error_writing
from services.problems.errors import Problem

_T = TypeVar("_T")


class Step(Enum):
    """What a line is about."""

    SAVING = "saving"
    """The file is about to get this path, with this size."""
    SAVED = "saved"
    UNSAVED = "unsaved"
    """The file couldn't be saved whole."""
    ZIP_STARTED = "zip started"
    """Nothing that was noted about saving counts any more."""
    ZIPPED = "zipped"
    """All files are in the archive at this path, except those that couldn't be saved."""
    DELETING = "deleting"
    """The request is about to be sent."""
    DELETED = "deleted"
    GONE = "gone"
    CHANGED = "changed"
    NEEDED = "needed"


FINAL = frozenset({Step.DELETED, Step.GONE, Step.CHANGED, Step.NEEDED})
"""After these, nothing more is done about a file."""


class LogLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line."""

    step: Step
    index: int = -1
    """Which file of the plan it is about; -1 for all."""
    path: str = ""
    """A local path; see `as_text`."""
    size: int = 0
    """In bytes."""
    why: str = ""
    problem: Problem | None = None


class CleanUpLog:
    """The lines of one plan; thread-safe. Methods raise FilesError if the disk fails."""

    def __init__(self, path: Path) -> None:
        """Open the file at `path`, which needn't exist, until the end of the `with` block."""
        self._path = path
        self._lock = threading.Lock()
        self._descriptor = self._do(
            lambda: os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        )

    def __enter__(self) -> "CleanUpLog":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def lines(self) -> list[LogLine]:
        """All lines so far. What a crash cut off or damaged is left out."""
        content = self._do(self._path.read_bytes)
        lines: list[LogLine] = []
        for line in content.split(b"\n"):
            try:
                lines.append(_decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError):
                continue
        return lines

    def write(self, line: LogLine) -> None:
        """Append a line."""
        # Starts with a line break, in case a crash cut off the last line.
        piece = b"\n" + _encode(line) + b"\n"
        with self._lock:
            written = self._do(lambda: os.write(self._descriptor, piece))
        if written < len(piece):
            raise error_writing(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), self._path)

    def sync(self) -> None:
        """Flush all lines to the disk."""
        self._do(lambda: os.fsync(self._descriptor))

    def _do(self, step: Callable[[], _T]) -> _T:
        try:
            return step()
        except OSError as error:
            raise error_writing(error, self._path) from error


def as_text(path: Path) -> str:
    """A path as text; file names on Linux are bytes and needn't be UTF-8."""
    return os.fsencode(path).decode("latin-1")


def from_text(text: str) -> Path:
    """The path that `as_text` made the text from."""
    return Path(os.fsdecode(text.encode("latin-1")))


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(LogLine).decode
