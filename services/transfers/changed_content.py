"""Gets the content of a file that is to be changed, and checks it for its new purpose."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import may_retry
from services.catalog.content_hash import sha256_of
from services.catalog.restoring import restore_request
from services.catalog.upload_record import UploadRecord
from services.disk.local_file import UploadRequest
from services.disk.partial_file import PartialFile
from services.disk.when_taken import WhenTaken
from services.disk.written_files import prepare_folder
from services.problems.disk_errors import error_writing
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.severity import Severity
from services.providers.providers import provider_named
from services.system.cancellation import CancelToken
from services.system.language import _, ngettext
from services.system.locale_format import whole
from services.system.thread_priority import yield_to_window
from services.transfers.attempts import run_attempts
from services.transfers.events import ContentRefused
from services.transfers.job import JobContext
from services.transfers.received_content import checked_pieces, warning_about
from services.transfers.running_transfer import RunningTransfer


@dataclass(frozen=True, slots=True)
class Content:
    """The content of the old file, on this computer."""

    path: Path
    size: int
    modified_ns: int
    sha256: str


def original_content(
    original: UploadRecord | None, old: RemoteFile, token: CancelToken
) -> Content | None:
    """Return the local file that a file was uploaded from, if it certainly has the same content.

    Raises Cancelled.
    """
    if original is None or old.size not in {None, original.size}:
        return None
    try:
        file = restore_request(original, token).file
    except FilesError:
        return None
    sha256 = sha256_of(file.path, file.size, file.modified_ns, token)
    if sha256 is None or original.sha256 not in {None, sha256}:
        return None
    return Content(file.path, file.size, file.modified_ns, sha256)


def download(
    api: FilesApi,
    old: RemoteFile,
    folder: Path,
    mark: str,
    known_sha256: str | None,
    context: JobContext,
    running: RunningTransfer,
) -> Content:
    """Download a file to a private folder, under the name `mark`. It must be as expected.

    Raises FilesError and Cancelled.
    """
    try:
        prepare_folder(folder, "*")
    except OSError as error:
        raise error_writing(error, folder) from error
    # Some servers list 0 for an unknown size.
    listed = old.size or None

    def attempt() -> Content:
        api.pace.wait(running.token, running.start_waiting)
        running.start_attempt()
        digest = hashlib.sha256()
        with (
            PartialFile(folder, mark, mark) as partial,
            api.content(old.id, running.token) as content,
        ):
            partial.check_free_space(content.length)
            running.set_total(listed if content.total is None else content.total)
            for piece in checked_pieces(content, listed):
                partial.write(piece)
                digest.update(piece)
                running.set_progress(partial.written)
            size = partial.written
            difference = warning_about(content, size, listed, digest, known_sha256)
            if difference is not None:
                raise FilesError(_not_as_expected(difference))
            path = partial.finish(WhenTaken.REPLACE, lambda _target: None)
        try:
            found = path.stat()
        except OSError as error:
            raise error_writing(error, path) from error
        return Content(path, size, found.st_mtime_ns, digest.hexdigest())

    try:
        return run_attempts(attempt, api, running, may_retry)
    except FilesError as error:
        if error.problem.kind is ProblemKind.CONTENT_REFUSED:
            refused = ContentRefused(api.account.id, old.purpose or "", error.problem.detail)
            context.listener(refused)
        raise


def check_content(api: FilesApi, request: UploadRequest, running: RunningTransfer) -> None:
    """Raise FilesError if the content has errors for the purpose of the request."""
    from services.checks.checking import check_file  # a late import, to keep startup fast

    def progress(checked: int) -> None:
        running.set_progress(checked)
        yield_to_window()

    limits = provider_named(api.account.provider_id).limits
    report = check_file(
        request.file, request.purpose, limits, token=running.token, progress=progress
    )
    if not report.errors:
        return
    title = ngettext(
        "{number} error for the purpose {purpose}",
        "{number} errors for the purpose {purpose}",
        report.errors,
    )
    detail = "\n".join(
        finding.text
        if finding.line is None
        else _("Line {number}: {text}").format(number=whole(finding.line), text=finding.text)
        for finding in report.findings
        if finding.severity is Severity.ERROR
    )
    raise FilesError(
        Problem(
            ProblemKind.DIFFERS,
            title.format(number=whole(report.errors), purpose=request.purpose),
            _(
                "Nothing was uploaded. Choose another purpose, or change the file again and allow "
                "errors."
            ),
            detail,
        )
    )


def _not_as_expected(difference: Problem) -> Problem:
    return Problem(
        ProblemKind.DIFFERS,
        difference.title,
        _("So nothing was uploaded. Download the file to see what it has."),
        difference.detail,
    )
