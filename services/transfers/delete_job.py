"""Delete jobs: what the journal saves of one, and how it is carried out."""

from typing import ClassVar, Self

from msgspec import structs

from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.api.retry import FOR_TRANSFERS
from services.catalog.events import FileDeleted
from services.transfers.attempts import wait_listener
from services.transfers.job import Job, JobContext
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import Transfer, TransferKind


class DeleteJob(Job, frozen=True, tag="delete"):
    """Delete a remote file.

    What needs the file was asked before this was queued, and isn't asked again, also after a crash:
    each of a thousand deletes would list all batches and jobs, and hold back what was confirmed.
    """

    kind: ClassVar[TransferKind] = TransferKind.DELETE
    reports_batch: ClassVar[bool] = True

    file: RemoteFile
    tried: bool = False
    """Whether an earlier attempt may already have deleted it."""

    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """See Job."""
        return Transfer(
            id=transfer_id,
            kind=self.kind,
            account_id=account_id,
            name=self.file.name,
            purpose=self.file.purpose or "",
            file_id=self.file.id,
            batch=batch,
            place=place,
        )

    def as_started(self, now: float) -> Self:
        """See Job. If the file is gone after a crash, it counts as deleted."""
        return structs.replace(self, tried=True)

    def carry_out(self, api: FilesApi, running: RunningTransfer, context: JobContext) -> None:
        """Delete the file on the server. If a retry finds it gone, an earlier attempt deleted it."""

        def on_try() -> None:
            api.pace.wait(running.token, running.start_waiting)
            running.start_attempt()

        api.delete(
            self.file.id,
            running.token,
            on_attempt=on_try,
            on_wait=wait_listener(api, running),
            retry_policy=FOR_TRANSFERS,
            attempted_before=self.tried,
        )
        context.listener(FileDeleted(api.account.id, self.file.id))
