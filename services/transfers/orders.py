"""What was asked for: all that a transfer needs to be started, or started again."""

from dataclasses import dataclass
from pathlib import Path

from services.api.remote_file import RemoteFile
from services.checks.local_file import UploadRequest
from services.file_commands import WhenTaken
from services.transfers.transfer import Transfer, TransferKind


@dataclass(frozen=True, slots=True)
class UploadOrder:
    """Send a local file."""

    request: UploadRequest
    sent_since: float | None = None
    """When an attempt began whose answer was lost, in seconds since 1970: then the server is
    asked for the file before it is sent again."""


@dataclass(frozen=True, slots=True)
class DownloadOrder:
    """Save a remote file into a folder."""

    file: RemoteFile
    folder: Path
    when_taken: WhenTaken


@dataclass(frozen=True, slots=True)
class DeleteOrder:
    """Delete a remote file."""

    file: RemoteFile


Order = UploadOrder | DownloadOrder | DeleteOrder


def new_transfer(transfer_id: int, account_id: str, order: Order, batch: int) -> Transfer:
    """The first snapshot of what was asked for, QUEUED."""
    if isinstance(order, UploadOrder):
        return Transfer(
            id=transfer_id,
            kind=TransferKind.UPLOAD,
            account_id=account_id,
            name=order.request.file.name,
            total=order.request.file.size,
            purpose=order.request.purpose,
            path=order.request.file.path,
            batch=batch,
        )
    return Transfer(
        id=transfer_id,
        kind=TransferKind.DOWNLOAD if isinstance(order, DownloadOrder) else TransferKind.DELETE,
        account_id=account_id,
        name=order.file.name,
        total=order.file.size if isinstance(order, DownloadOrder) else None,
        purpose=order.file.purpose or "",
        path=order.folder if isinstance(order, DownloadOrder) else None,
        file_id=order.file.id,
        batch=batch,
    )
