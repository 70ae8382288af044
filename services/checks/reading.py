"""Reads a local file, and makes sure that it hasn't changed since it was inspected."""

import contextlib
import os
import stat
from collections.abc import Iterator
from io import BufferedReader, FileIO
from pathlib import Path

from services.disk.local_file import LocalFile
from services.problems.disk_errors import error_reading
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _

READ_SIZE = 256 * 1024
"""How many bytes to read at once. Other threads run while the disk is busy, so keep it small."""


@contextlib.contextmanager
def open_unchanged(file: LocalFile) -> Iterator["BufferedReader[FileIO]"]:
    """Open the file for the duration of the block.

    Raise FilesError if it doesn't exist, isn't a file, can't be read, or has changed since it was
    inspected. This is checked before and after the block.
    """
    try:
        with BufferedReader(FileIO(file.path, opener=open_nonblocking), READ_SIZE) as opened:
            _check_unchanged(opened, file)
            yield opened
            _check_unchanged(opened, file)
    except OSError as error:
        raise error_reading(error, file.path) from error


def open_nonblocking(path: str, flags: int) -> int:
    """Open without blocking. Otherwise, a pipe would block until something writes to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def not_a_file_error(path: Path) -> FilesError:
    """Return the error for a pipe, device or folder."""
    return FilesError(
        Problem(
            ProblemKind.FILE_UNREADABLE,
            _("{name} isn't a file").format(name=_name_of(path)),
            _("Pipes, devices and folders can't be uploaded."),
        )
    )


def file_changed_error(path: Path) -> FilesError:
    """Return the error for a file that has changed since it was inspected."""
    return FilesError(
        Problem(
            ProblemKind.FILE_CHANGED,
            _("{name} has changed since it was checked").format(name=_name_of(path)),
            _("Add it again once nothing is writing to it."),
        )
    )


def _check_unchanged(opened: "BufferedReader[FileIO]", file: LocalFile) -> None:
    found = os.fstat(opened.fileno())
    if not stat.S_ISREG(found.st_mode):
        raise not_a_file_error(file.path)
    if (found.st_size, found.st_mtime_ns) != (file.size, file.modified_ns):
        raise file_changed_error(file.path)


def _name_of(path: Path) -> str:
    return path.name.encode("utf-8", "replace").decode("utf-8")
