"""Checks whether an uploaded file is still unchanged on this computer, to upload it again."""

import stat
from dataclasses import replace
from pathlib import Path

from services.catalog.content_hash import sha256_of
from services.catalog.upload_record import LocalCopy, UploadRecord
from services.disk.local_file import UploadRequest
from services.problems.disk_errors import error_reading
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.cancellation import CancelToken
from services.system.language import _


def local_copy(upload: UploadRecord) -> LocalCopy:
    """The state of the local file, judged by its metadata."""
    try:
        found = upload.path.stat()
    except (OSError, ValueError):
        return LocalCopy.MISSING
    if not stat.S_ISREG(found.st_mode):
        return LocalCopy.MISSING
    if found.st_size != upload.size:
        return LocalCopy.CHANGED
    same_time = found.st_mtime_ns == upload.modified_ns
    return LocalCopy.UNCHANGED if same_time else LocalCopy.TOUCHED


def can_restore(upload: UploadRecord) -> bool:
    """Whether `restore_request` will probably succeed; the file isn't read."""
    copy = local_copy(upload)
    return copy is LocalCopy.UNCHANGED or (copy is LocalCopy.TOUCHED and upload.sha256 is not None)


def restore_request(upload: UploadRecord, token: CancelToken) -> UploadRequest:
    """The request that uploads the same file again, with the same name and purpose.

    Raises FilesError if the local file has, or may have, changed since then. Raises Cancelled.
    """
    from services.checks.gathering import inspect_file  # a late import, to keep startup fast

    file = inspect_file(upload.path)
    if file.problem is not None:
        raise FilesError(file.problem)
    if file.size != upload.size:
        raise FilesError(_changed(upload.path))
    if file.modified_ns != upload.modified_ns:
        if upload.sha256 is None:
            raise FilesError(_maybe_changed(upload.path))
        digest = sha256_of(file.path, file.size, file.modified_ns, token)
        if digest is None:
            raise error_reading(OSError(), upload.path)
        if digest != upload.sha256:
            raise FilesError(_changed(upload.path))
    return UploadRequest(replace(file, name=upload.name), upload.purpose, upload.expires_after)


def not_in_history(file_id: str) -> Problem:
    """The problem for a file that isn't in the upload history."""
    return Problem(
        ProblemKind.FILE_UNREADABLE,
        _("This file isn't in the upload history"),
        _("Only files in this computer's upload history can be restored."),
        file_id,
    )


def _changed(path: Path) -> Problem:
    return Problem(
        ProblemKind.FILE_CHANGED,
        _("The local file has changed since it was uploaded"),
        _("So it wasn't uploaded again. To upload it as it is now, choose {path}.").format(
            path=_shown(path)
        ),
    )


def _maybe_changed(path: Path) -> Problem:
    return Problem(
        ProblemKind.FILE_CHANGED,
        _("The local file may have changed since it was uploaded"),
        _(
            "Its date is different, and there's no record of its content to compare. "
            "To upload it as it is now, choose {path}."
        ).format(path=_shown(path)),
    )


def _shown(path: Path) -> str:
    """The path as text; bytes that aren't UTF-8 become question marks."""
    return str(path).encode("utf-8", "replace").decode("utf-8")
