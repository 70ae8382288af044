"""From what the operating system says about files and disks to a Problem in words."""

import errno
from pathlib import Path

from services.api.errors import FilesError, Problem, ProblemKind
from services.language import _

_WINDOWS_DISK_FULL = 112
_NO_SPACE = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


def error_reading(error: OSError, path: Path) -> FilesError:
    """Make the error for a local file that could not be read."""
    name = _shown(path)
    if isinstance(error, FileNotFoundError):
        return _error(
            ProblemKind.FILE_MISSING,
            _("{name} is no longer there").format(name=name),
            _("It was moved, renamed or deleted. Choose it again."),
            error,
        )
    if isinstance(error, PermissionError):
        return _error(
            ProblemKind.FILE_UNREADABLE,
            _("{name} can't be read").format(name=name),
            _("You lack the permission. Change it, or copy the file elsewhere."),
            error,
        )
    return _error(
        ProblemKind.FILE_UNREADABLE,
        _("{name} can't be read").format(name=name),
        _("The disk or the network folder it lies on may be in trouble."),
        error,
    )


def error_writing(error: OSError, path: Path) -> FilesError:
    """Make the error for a local file that could not be written."""
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
            _("You lack the permission. Choose another folder."),
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
        _("The file could not be saved"),
        _("The disk refused. Try another folder."),
        error,
    )


def folder_missing(folder: Path, detail: str | None = None) -> FilesError:
    """Make the error for a folder to save into that is gone."""
    return FilesError(
        Problem(
            ProblemKind.FOLDER_MISSING,
            _("The folder {folder} isn't there").format(folder=_shown(folder)),
            _("Plug its disk in again or create the folder, then try again."),
            ": ".join(filter(None, (str(folder).encode("utf-8", "replace").decode(), detail))),
        ),
        body_sent=False,
    )


def file_changed(path: Path) -> FilesError:
    """Make the error for a file that is not what it was when the upload was asked for."""
    return FilesError(
        Problem(
            ProblemKind.FILE_CHANGED,
            _("{name} changed while it was sent").format(name=_shown(path)),
            _("Nothing was created on the server. Send it again when it no longer changes."),
        ),
        body_sent=False,
    )


def _error(kind: ProblemKind, title: str, advice: str, error: OSError) -> FilesError:
    detail = error.strerror or str(error)
    return FilesError(Problem(kind, title, advice, detail), body_sent=False)


def _shown(path: Path) -> str:
    return (path.name or str(path)).encode("utf-8", "replace").decode("utf-8")
