"""Verifies that the server has a changed file whole and as requested."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import may_retry
from services.disk.local_file import UploadRequest
from services.problems.errors import FilesError, Problem, ProblemKind
from services.system.language import _
from services.system.name_matching import composed
from services.transfers.attempts import run_attempts
from services.transfers.finding_upload import is_refusal
from services.transfers.received_content import checked_pieces
from services.transfers.running_transfer import RunningTransfer
from services.transfers.upload_answer import other_expiry, unusable


@dataclass(frozen=True, slots=True)
class Verified:
    """A new file that can stand for the old one."""

    file: RemoteFile
    by_content: bool
    """Whether its content was compared; the server may not give it out."""
    difference: Problem | None
    """How its name or expiry differs from the request, if it does."""


def verify(
    api: FilesApi, running: RunningTransfer, request: UploadRequest, file_id: str, sha256: str
) -> Verified:
    """Compare a file with the request and the hash of its content.

    Raises FilesError if it isn't as requested or that can't be told, and Cancelled. A different
    name or expiry, or content that the server doesn't give out, is only a warning.
    """

    def attempt() -> Verified:
        api.pace.wait(running.token, running.start_waiting)
        running.start_attempt()
        file = api.retrieve(file_id, running.token).file
        if file is None or file.id != file_id:
            raise FilesError(_unverifiable(file_id))
        wrong = unusable(request, file)
        if wrong is not None:
            raise FilesError(_not_as_requested(wrong, file_id))
        found = _content_sha256(api, file, running)
        if found is None and file.size is None:
            raise FilesError(_unverifiable(file_id))
        if found is not None and found != sha256:
            raise FilesError(_other_content(file_id, found, sha256))
        difference = _other_name(request, file) or other_expiry(request, file)
        return Verified(file, found is not None, difference)

    verified = run_attempts(attempt, api, running, may_retry)
    if verified.difference is not None:
        running.warn(verified.difference)
    elif not verified.by_content:
        running.warn(_only_by_size())
    return verified


def _content_sha256(api: FilesApi, file: RemoteFile, running: RunningTransfer) -> str | None:
    """Return the hash of the content; None if the server refuses it."""
    digest = hashlib.sha256()
    received = 0
    try:
        with api.content(file.id, running.token) as content:
            for piece in checked_pieces(content, file.size):
                digest.update(piece)
                received += len(piece)
                running.set_progress(received)
    except FilesError as error:
        if is_refusal(error):
            return None
        raise
    return digest.hexdigest()


def same_id(file_id: str) -> Problem:
    """The problem when the server answers an upload with the ID of the old file."""
    return Problem(
        ProblemKind.DIFFERS,
        _("The server didn't create a new file"),
        _("It answered with the ID of the old one, so this file can't be changed there."),
        file_id,
    )


def content_changed(path: Path) -> Problem:
    """The problem when the local file was changed while it was uploaded."""
    return Problem(
        ProblemKind.DIFFERS,
        _("The local file was changed while it was uploaded"),
        _old_was_kept(),
        str(path).encode("utf-8", "replace").decode("utf-8"),
    )


def _not_as_requested(wrong: Problem, file_id: str) -> Problem:
    return Problem(wrong.kind, wrong.title, _old_was_kept(), f"{file_id}: {wrong.detail}")


def _other_content(file_id: str, found: str, expected: str) -> Problem:
    return Problem(
        ProblemKind.DIFFERS,
        _("The server gives out other content than was uploaded"),
        _old_was_kept(),
        f"{file_id}: {found} != {expected}",
    )


def _unverifiable(file_id: str) -> Problem:
    return Problem(
        ProblemKind.DIFFERS,
        _("The new file can't be verified: the server gives neither its size nor its content"),
        _("The old file was kept. Check the new one before you delete the old one."),
        file_id,
    )


def _old_was_kept() -> str:
    return _("The old file was kept. Delete the new one, then try again.")


def _other_name(request: UploadRequest, file: RemoteFile) -> Problem | None:
    if file.filename is None or composed(file.filename) == composed(request.file.name):
        return None
    return Problem(
        ProblemKind.DIFFERS,
        _("The server set a different name: {actual} instead of {requested}").format(
            actual=file.filename, requested=request.file.name
        ),
        _("The content is as it should be. If you need that name, keep the old file."),
    )


def _only_by_size() -> Problem:
    return Problem(
        ProblemKind.DIFFERS,
        _("The content can't be verified: the server doesn't give it out"),
        _("Size and purpose are as they should be."),
    )
