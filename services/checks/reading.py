"""Reading a local file that is to be checked or fixed, and only as it was when looked at."""

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

PIECE = 256 * 1024
"""Bytes read at once. Other threads go on while the disk is asked, so it must not be much."""


@contextlib.contextmanager
def reading(file: LocalFile) -> Iterator["BufferedReader[FileIO]"]:
    """Open it for the block.

    Raise FilesError when it is gone, no file, can't be read, or when before or after the block
    it is not what it was when it was looked at.
    """
    try:
        with BufferedReader(FileIO(file.path, opener=open_at_once), PIECE) as opened:
            _check_unchanged(opened, file)
            yield opened
            _check_unchanged(opened, file)
    except OSError as error:
        raise error_reading(error, file.path) from error


def open_at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe would hold the thread until somebody writes to it."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def no_file(path: Path) -> FilesError:
    """Make the error for a pipe, a device or a folder."""
    return FilesError(
        Problem(
            ProblemKind.FILE_UNREADABLE,
            _("{name} isn't a file").format(name=_shown(path)),
            _("Pipes, devices and folders can't be uploaded."),
        )
    )


def file_changed(path: Path) -> FilesError:
    """Make the error for a file that is not what it was when it was looked at."""
    return FilesError(
        Problem(
            ProblemKind.FILE_CHANGED,
            _("{name} has changed since it was checked").format(name=_shown(path)),
            _("Add it again once nothing is writing to it."),
        )
    )


def _check_unchanged(opened: "BufferedReader[FileIO]", file: LocalFile) -> None:
    found = os.fstat(opened.fileno())
    if not stat.S_ISREG(found.st_mode):
        raise no_file(file.path)
    if (found.st_size, found.st_mtime_ns) != (file.size, file.modified_ns):
        raise file_changed(file.path)


def _shown(path: Path) -> str:
    return path.name.encode("utf-8", "replace").decode("utf-8")
