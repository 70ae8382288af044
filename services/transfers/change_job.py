"""Change jobs: what the journal saves of one, and how it is carried out."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from msgspec import structs

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.catalog.upload_record import UploadRecord
from services.disk.local_file import LocalFile, UploadRequest
from services.system.events import Event
from services.transfers.changed_content import Content, check_content, download, original_content
from services.transfers.events import ChangeEnded
from services.transfers.job import JobContext
from services.transfers.resending_job import ResendingJob
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import ChangePhase, Transfer, TransferKind
from services.transfers.verifying import Verified


class ChangeJob(ResendingJob, frozen=True, kw_only=True, tag="change"):
    """Upload the content of a remote file again with another name, purpose or expiry.

    No file on a server can be changed, so this creates another one and verifies it.
    """

    kind: ClassVar[TransferKind] = TransferKind.CHANGE

    original: UploadRecord | None = None
    """The local file that the old one was uploaded from, if it is in the upload history."""
    despite_errors: bool = False
    """Whether to upload it even if its content has errors for the purpose."""

    @property
    def other_files(self) -> frozenset[str]:
        """See Job. The old file may have the same content, size and purpose."""
        return frozenset({self.old.id})

    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """See Job."""
        transfer = super().new_transfer(transfer_id, account_id, batch, place)
        return structs.replace(transfer, replaces=self.old.id)

    def get_content(
        self, api: FilesApi, running: RunningTransfer, context: JobContext
    ) -> tuple[Content, bool]:
        """See ResendingJob. The original is used if it certainly is the same."""
        content = original_content(self.original, self.old, running.token)
        if content is not None:
            return content, True
        known_sha256 = context.history.hashes_of(api, [self.old.id]).get(self.old.id)
        content = download(api, self.old, self.folder, self.mark, known_sha256, context, running)
        return content, False

    def check(self, api: FilesApi, running: RunningTransfer) -> None:
        """See ResendingJob."""
        if not self.despite_errors:
            running.start_phase(ChangePhase.CHECKING)
            check_content(api, self.request, running)

    def ended_event(self, account_id: str, verified: Verified) -> Event:
        """See ResendingJob."""
        return ChangeEnded(
            account_id, self.old, verified.file, verified.by_content, verified.difference
        )


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
