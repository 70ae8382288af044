"""Change jobs: what the journal saves of one, and how it is carried out."""

import contextlib
import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar, Self

from msgspec import structs

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.events import FileAdded
from services.catalog.upload_record import UploadRecord
from services.disk.local_file import LocalFile, UploadRequest
from services.disk.partial_file import part_path, remove_part
from services.problems.errors import FilesError
from services.transfers.changed_content import Content, check_content, download, original_content
from services.transfers.events import ChangeEnded
from services.transfers.job import JobContext
from services.transfers.running_transfer import RunningTransfer
from services.transfers.sending_job import SendingJob, send_file
from services.transfers.transfer import ChangePhase, Transfer, TransferKind
from services.transfers.verifying import content_changed, same_id, verify


class ChangeJob(SendingJob, frozen=True, kw_only=True, tag="change"):
    """Upload the content of a remote file again with another name, purpose or expiry.

    No file on a server can be changed, so this creates another one and verifies it. The old one
    is never deleted by this job. An attempt goes on with what earlier ones have reached: the
    content, then the new file.
    """

    kind: ClassVar[TransferKind] = TransferKind.CHANGE
    writes_to_disk: ClassVar[bool] = True

    old: RemoteFile
    folder: Path
    """A private folder for content that has to be downloaded."""
    original: UploadRecord | None = None
    """The local file that the old one was uploaded from, if it is in the upload history."""
    despite_errors: bool = False
    """Whether to upload it even if its content has errors for the purpose."""
    content_sha256: str = ""
    """The hash of the content of the old file, once `request.file` has that content. With
    `created_id`, empty if something else was sent."""
    in_place: bool = False
    """Whether `request.file` is the original."""
    created_id: str = ""
    """The ID of the new file, once known."""

    @property
    def other_files(self) -> frozenset[str]:
        """See Job. The old file may have the same content, size and purpose."""
        return frozenset({self.old.id})

    @property
    def may_be_on_server(self) -> bool:
        """See Job."""
        return self.sent_since is not None and not self.created_id

    def with_created(self, file_id: str) -> Self:
        """See Job."""
        return structs.replace(self, created_id=file_id)

    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """See Job."""
        transfer = super().new_transfer(transfer_id, account_id, batch, place)
        return structs.replace(transfer, total=self.old.size, path=None, replaces=self.old.id)

    def discard(self) -> None:
        """See Job. Removes the downloaded content."""
        path = self.folder / self.mark
        with contextlib.suppress(OSError):
            path.unlink()
        remove_part(part_path(self.folder, self.mark, self.mark))

    def carry_out(self, api: FilesApi, running: RunningTransfer, context: JobContext) -> None:
        """Get the content, check it, upload it and verify the new file. Ends with ChangeEnded.

        Raises FilesError if the new file isn't what was asked for; another attempt verifies it
        again, but never uploads another one.
        """
        job = self
        if not job.created_id:
            if not job.may_be_on_server:
                job = _with_content(job, api, running, context)
                if not job.despite_errors:
                    running.start_phase(ChangePhase.CHECKING)
                    check_content(api, job.request, running)
            running.start_phase(ChangePhase.UPLOADING)
            job = _upload(job, api, running, context)
        if not job.content_sha256:
            raise FilesError(content_changed(job.request.file.path))
        running.start_phase(ChangePhase.VERIFYING)
        verified = verify(api, running, job.request, job.created_id, job.content_sha256)
        self.discard()
        event = ChangeEnded(
            api.account.id, self.old, verified.file, verified.by_content, verified.difference
        )
        context.listener(event)


@dataclass(frozen=True, slots=True)
class WantedFile:
    """How a file is to be after a change."""

    name: str
    purpose: str
    expires_after: int | None = None
    """Seconds from creation, 3,600 to 2,592,000. None for the server's default."""
    despite_errors: bool = False
    """Whether to upload it even if its content has errors for the purpose."""


def change_job(
    old: RemoteFile, wanted: WantedFile, folder: Path, *, original: UploadRecord | None = None
) -> ChangeJob:
    """Return the job that replaces a file.

    `folder` is a private one for content that has to be downloaded; `original` is the record of
    the old file in the upload history.
    """
    mark = secrets.token_hex(8)
    file = LocalFile(folder / mark, wanted.name, old.size or 0, 0, wanted.purpose)
    return ChangeJob(
        request=UploadRequest(file, wanted.purpose, wanted.expires_after),
        old=old,
        folder=folder,
        original=original,
        despite_errors=wanted.despite_errors,
        mark=mark,
    )


def _with_content(
    job: ChangeJob, api: FilesApi, running: RunningTransfer, context: JobContext
) -> ChangeJob:
    """Return the job with the content of the old file, saved."""
    file = job.request.file
    if job.content_sha256 and _is_unchanged(file):
        return job
    running.start_phase(ChangePhase.GETTING)
    content = original_content(job.original, job.old, running.token)
    in_place = content is not None
    if content is None:
        known_sha256 = context.history.hashes_of(api, [job.old.id]).get(job.old.id)
        content = download(api, job.old, job.folder, job.mark, known_sha256, context, running)
    running.set_total(content.size)
    request = replace(job.request, file=_local_file(file, content))
    fields = {
        "request": request,
        "content_sha256": content.sha256,
        "sha256": content.sha256,
        "in_place": in_place,
    }
    running.update_job_on_disk(**fields)
    return structs.replace(job, **fields)


def _upload(
    job: ChangeJob, api: FilesApi, running: RunningTransfer, context: JobContext
) -> ChangeJob:
    """Upload the content, once; return the job with the ID of the new file, saved."""
    sent = ""

    def hashed(sha256: str) -> None:
        nonlocal sent
        sent = sha256
        running.update_job(sha256=sha256)

    file = send_file(api, job, running, hashed)
    if file.id == job.old.id:
        raise FilesError(same_id(file.id))
    running.set_file_id(file.id)
    as_expected = sent in {"", job.content_sha256}
    job = structs.replace(
        job, created_id=file.id, content_sha256=job.content_sha256 if as_expected else ""
    )
    running.update_job_on_disk(created_id=file.id, content_sha256=job.content_sha256)
    context.listener(FileAdded(api.account.id, file))
    if job.in_place:
        context.history.record(api, job.request, file.id, sent or None)
    return job


def _local_file(file: LocalFile, content: Content) -> LocalFile:
    return replace(file, path=content.path, size=content.size, modified_ns=content.modified_ns)


def _is_unchanged(file: LocalFile) -> bool:
    try:
        found = file.path.stat()
    except (OSError, ValueError):
        return False
    return (found.st_size, found.st_mtime_ns) == (file.size, file.modified_ns)
