"""Upload jobs: how one is carried out."""

from typing import ClassVar

from services.api.files_api import FilesApi
from services.catalog.events import FileAdded
from services.transfers.job import JobContext
from services.transfers.running_transfer import RunningTransfer
from services.transfers.sending_job import SendingJob, send_file
from services.transfers.transfer import TransferKind


class UploadJob(SendingJob, frozen=True, tag="upload"):
    """Send a local file."""

    kind: ClassVar[TransferKind] = TransferKind.UPLOAD

    def carry_out(self, api: FilesApi, running: RunningTransfer, context: JobContext) -> None:
        """Send the file, and record where it came from.

        The content is hashed only while it is sent. The hash is recorded only if the remote file
        certainly has the same content.
        """
        sha256 = self.sha256
        history = context.history

        def hashed(digest: str) -> None:
            nonlocal sha256
            sha256 = digest
            running.update_job(sha256=digest)

        file = send_file(api, self, running, hashed if history.is_on else None)
        running.set_file_id(file.id)
        history.record(api, self.request, file.id, sha256 or None)
        context.listener(FileAdded(api.account.id, file))
