"""Copy jobs: a file of one account is uploaded to another."""

import secrets
from pathlib import Path
from typing import ClassVar

from msgspec import structs

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.disk.local_file import LocalFile, UploadRequest
from services.transfers.changed_content import Content, download
from services.transfers.job import JobContext
from services.transfers.resending_job import ResendingJob
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import Transfer, TransferKind
from services.transfers.verifying import Verified


class CopyJob(ResendingJob, frozen=True, kw_only=True, tag="copy"):
    """Download a file from one account, upload it to another and verify it there.

    The job belongs to the account with the new file. That account's server learns the name and the
    content, and nothing else of the other one.
    """

    kind: ClassVar[TransferKind] = TransferKind.COPY

    source_id: str
    """The account with the old file."""
    source_destination: str = ""
    """Where that account pointed when the job was added; see `destination`."""
    same_server: bool = False
    """Whether both accounts are on one server, where they may even share their files."""

    @property
    def other_files(self) -> frozenset[str]:
        """See Job. Files on two servers may have the same ID by chance."""
        return frozenset({self.old.id}) if self.same_server else frozenset()

    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """See Job."""
        transfer = super().new_transfer(transfer_id, account_id, batch, place)
        return structs.replace(transfer, source_id=self.source_id)

    def get_content(
        self, api: FilesApi, running: RunningTransfer, context: JobContext
    ) -> tuple[Content, bool]:
        """See ResendingJob."""
        source = context.open_source(self.source_id, self.source_destination)
        known_sha256 = context.history.hashes_of(source, [self.old.id]).get(self.old.id)
        content = download(source, self.old, self.folder, self.mark, known_sha256, context, running)
        return content, False

    def ended_event(self, account_id: str, verified: Verified) -> None:
        """See ResendingJob. The transfer itself says enough."""


def copy_job(
    file: RemoteFile,
    purpose: str,
    source: FilesApi,
    target: FilesApi,
    source_destination: str,
    folder: Path,
) -> CopyJob:
    """Return the job that copies a file; `folder` is a private one for its content."""
    mark = secrets.token_hex(8)
    local = LocalFile(folder / mark, file.name, file.size or 0, 0, purpose)
    return CopyJob(
        request=UploadRequest(local, purpose, None),
        old=file,
        folder=folder,
        source_id=source.account.id,
        source_destination=source_destination,
        same_server=source.account.base_url == target.account.base_url,
        mark=mark,
    )
