"""What jobs that upload the content of a remote file again have in common."""

import contextlib
from abc import abstractmethod
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Self, TypeVar

from msgspec import structs

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.events import FileAdded
from services.disk.local_file import LocalFile
from services.disk.partial_file import part_path, remove_part
from services.problems.errors import FilesError
from services.system.events import Event
from services.transfers.changed_content import Content
from services.transfers.job import JobContext
from services.transfers.running_transfer import RunningTransfer
from services.transfers.sending_job import SendingJob, send_file
from services.transfers.transfer import ChangePhase, Transfer
from services.transfers.verifying import Verified, content_changed, same_id, verify


class ResendingJob(SendingJob, frozen=True, kw_only=True):
    """Get the content of a remote file, upload it and verify the new file.

    The old file is never deleted by such a job. An attempt goes on with what earlier ones have
    reached: the content, then the new file.
    """

    writes_to_disk: ClassVar[bool] = True

    old: RemoteFile
    folder: Path
    """A private folder for content that has to be downloaded."""
    content_sha256: str = ""
    """The hash of the content of the old file, once `request.file` has that content. With
    `created_id`, empty if something else was sent."""
    in_place: bool = False
    """Whether `request.file` is the local file that the old one was uploaded from."""
    created_id: str = ""
    """The ID of the new file, once known."""

    @abstractmethod
    def get_content(
        self, api: FilesApi, running: RunningTransfer, context: JobContext
    ) -> tuple[Content, bool]:
        """Return the content of the old file, and whether it's that of `in_place`; blocks.

        `api` is that of the new file. Raises FilesError and Cancelled.
        """

    def check(self, api: FilesApi, running: RunningTransfer) -> None:
        """Raise FilesError if the content in `request.file` can't be uploaded."""

    @abstractmethod
    def ended_event(self, account_id: str, verified: Verified) -> Event | None:
        """Return what to publish once the new file was verified."""

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
        return structs.replace(transfer, total=self.old.size, path=None)

    def discard(self) -> None:
        """See Job. Removes the downloaded content."""
        path = self.folder / self.mark
        with contextlib.suppress(OSError):
            path.unlink()
        remove_part(part_path(self.folder, self.mark, self.mark))

    def carry_out(self, api: FilesApi, running: RunningTransfer, context: JobContext) -> None:
        """Get the content, check it, upload it and verify the new file.

        Raises FilesError if the new file isn't what was asked for; another attempt verifies it
        again, but never uploads another one.
        """
        job = self
        if not job.created_id:
            if not job.may_be_on_server:
                job = _with_content(job, api, running, context)
                job.check(api, running)
            running.start_phase(ChangePhase.UPLOADING)
            job = _upload(job, api, running, context)
        if not job.content_sha256:
            raise FilesError(content_changed(job.request.file.path))
        running.start_phase(ChangePhase.VERIFYING)
        verified = verify(api, running, job.request, job.created_id, job.content_sha256)
        self.discard()
        event = self.ended_event(api.account.id, verified)
        if event is not None:
            context.listener(event)


_Resending = TypeVar("_Resending", bound=ResendingJob)


def _with_content(
    job: _Resending, api: FilesApi, running: RunningTransfer, context: JobContext
) -> _Resending:
    """Return the job with the content of the old file, saved."""
    file = job.request.file
    if job.content_sha256 and _is_unchanged(file):
        return job
    running.start_phase(ChangePhase.GETTING)
    content, in_place = job.get_content(api, running, context)
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
    job: _Resending, api: FilesApi, running: RunningTransfer, context: JobContext
) -> _Resending:
    """Upload the content, once; return the job with the ID of the new file, saved."""
    sent = ""

    def hashed(sha256: str) -> None:
        nonlocal sent
        sent = sha256
        running.update_job(sha256=sha256)

    file = send_file(api, job, running, hashed)
    if file.id in job.other_files:
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
