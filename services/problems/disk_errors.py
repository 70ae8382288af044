"""Turns the operating system's file and disk errors into a readable Problem."""

import errno
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _

_T = TypeVar("_T")

_WINDOWS_DISK_FULL = 112
_NO_SPACE = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def error_reading(error: OSError, path: Path) -> FilesError:
    """Make the error for a local file that couldn't be read."""
    name = _shown(path)
    if isinstance(error, FileNotFoundError):
        return _error(
            ProblemKind.FILE_MISSING,
            _("{name} can't be found").format(name=name),
            _("It was moved, renamed or deleted. Choose it again."),
            error,
        )
    if isinstance(error, PermissionError):
        return _error(
            ProblemKind.FILE_UNREADABLE,
            _("{name} can't be read").format(name=name),
            _("You don't have permission. Change the file's permissions, then try again."),
            error,
        )
    return _error(
        ProblemKind.FILE_UNREADABLE,
        _("{name} can't be read").format(name=name),
        _("There may be a problem with its disk or network folder."),
        error,
    )


def reading(items: Iterable[_T], path: Path) -> Iterator[_T]:
    """Pass on what is read from a file. Raise FilesError where reading it raises OSError."""
    try:
        yield from items
    except OSError as error:
        raise error_reading(error, path) from error


def error_writing(error: OSError, path: Path) -> FilesError:
    """Make the error for a local file that couldn't be written."""
    folder = _shown(path.parent)
    if error.errno in _NO_SPACE or getattr(error, "winerror", None) == _WINDOWS_DISK_FULL:
        return _error(
            ProblemKind.DISK_FULL,
            _("The disk is full"),
            _("Free up space in {folder}. No partial file was left.").format(folder=folder),
            error,
        )
    if isinstance(error, PermissionError):
        return _error(
            ProblemKind.FOLDER_UNWRITABLE,
            _("{folder} can't be written to").format(folder=folder),
            _("You don't have permission. Choose another folder."),
            error,
        )
    if isinstance(error, FileNotFoundError):
        return folder_missing(path.parent, error.strerror)
    if isinstance(error, NotADirectoryError | FileExistsError):
        return _error(
            ProblemKind.FOLDER_UNWRITABLE,
            _("{folder} isn't a folder").format(folder=folder),
            _("Choose another folder."),
            error,
        )
    return _error(
        ProblemKind.DISK_FAILED,
        _("The file couldn't be saved"),
        _("The disk reported an error. Try another folder."),
        error,
    )


def disk_full_but_resumable(error: FilesError, folder: Path) -> FilesError:
    """Make the error for a full disk where the partial download is kept, so it can be resumed."""
    advice = _("Free up space in {folder}, then resume. Nothing is downloaded twice.")
    problem = replace(error.problem, advice=advice.format(folder=_shown(folder)))
    return FilesError(problem, body_sent=False)


def folder_missing(folder: Path, detail: str | None = None) -> FilesError:
    """Make the error for a destination folder that no longer exists."""
    return FilesError(
        Problem(
            ProblemKind.FOLDER_MISSING,
            _("The folder {folder} is missing").format(folder=_shown(folder)),
            _("Reconnect its disk or create the folder, then try again."),
            ": ".join(filter(None, (str(folder).encode("utf-8", "replace").decode(), detail))),
        ),
        body_sent=False,
    )


def file_changed(path: Path) -> FilesError:
    """Make the error for a file that changed after its upload was requested."""
    return FilesError(
        Problem(
            ProblemKind.FILE_CHANGED,
            _("{name} changed before the upload finished").format(name=_shown(path)),
            _("No file was created on the server. Upload it again when it has stopped changing."),
        ),
        body_sent=False,
    )


def _error(kind: ProblemKind, title: str, advice: str, error: OSError) -> FilesError:
    detail = error.strerror or str(error)
    return FilesError(Problem(kind, title, advice, detail), body_sent=False)


def _shown(path: Path) -> str:
    return (path.name or str(path)).encode("utf-8", "replace").decode("utf-8")
