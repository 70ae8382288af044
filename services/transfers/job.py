"""What the queue knows of a job, whatever its kind.

Each kind is one module (`upload_job`, `download_job`, `zip_job`, `delete_job`) that says all about
it; `jobs` lists them.
"""

from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Protocol, Self

import msgspec

from services.api.files_api import FilesApi
from services.disk.local_file import UploadRequest
from services.system.events import Listener
from services.transfers.lost_answers import SentUpload
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import Transfer, TransferKind, TransferState


class KnownUploads(Protocol):
    """What jobs ask and tell the upload history."""

    @property
    def is_on(self) -> bool:
        """Whether uploads are recorded, so that their hash is worth having."""

    def record(
        self, api: FilesApi, request: UploadRequest, file_id: str, sha256: str | None
    ) -> None:
        """Remember an upload that the server took; `sha256` is None where it is not known."""

    def hashes_of(self, api: FilesApi, file_ids: Sequence[str]) -> Mapping[str, str]:
        """The SHA-256 of what was uploaded as these files, where it is known."""


class _AbstractStruct(msgspec.StructMeta, ABCMeta):
    """Structs whose abstract methods have to be written before one can be made."""


class Job(msgspec.Struct, metaclass=_AbstractStruct, frozen=True, kw_only=True):
    """All that is needed to start a transfer, or to start it again.

    The fields are what the journal keeps. Methods that give a job give the same one, or a changed
    copy.
    """

    kind: ClassVar[TransferKind]
    """With which others it waits for its turn, and shares their limits."""
    creates_file: ClassVar[bool] = False
    """Whether the server makes a file of it: then a second attempt may make a second one."""
    writes_to_disk: ClassVar[bool] = False
    """Whether it writes to a disk of this computer: a full one stops all of these."""
    reports_batch: ClassVar[bool] = False
    """Whether DeletesEnded is told when the last of those that were added together has ended."""

    destination: str = ""
    """Where the account led when this was asked for; see `destination`."""

    # When it is added

    @abstractmethod
    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """Its first snapshot, QUEUED."""

    def with_mount(self, mount_of: Callable[[Path], Path]) -> Self:
        """The job, with the place noted where the disk it writes to is attached."""
        return self

    # When it runs, on a worker's thread

    def as_started(self, now: float) -> Self:
        """What the next attempt has to know, now that this one begins."""
        return self

    @abstractmethod
    def carry_out(
        self, api: FilesApi, running: RunningTransfer, history: KnownUploads, listener: Listener
    ) -> None:
        """Do it, and report what that means for others.

        Raises FilesError, Cancelled or AnswerLost.
        """

    # When it stops

    @property
    def is_resumable(self) -> bool:
        """Whether the next attempt resumes where this one stopped, instead of starting over."""
        return False

    def as_stopped(self) -> Self:
        """The job, without what was noted for an end that did not come."""
        return self

    def discard(self) -> None:
        """Remove what it left on this computer, as it will not resume."""

    # In the journal

    def as_saved(self, state: TransferState, begun: float) -> Self:
        """What the journal keeps of it while it is in this state; begun at this moment."""
        return self

    def as_restored(self, state: TransferState, now: float) -> Self:
        """What it is in the next session; `state` is that in the journal."""
        return self

    # When the server may have made a file of it, and its answer was lost

    @property
    def mark(self) -> str:
        """Tells what makes a file from all others, also in other programs; empty for the rest."""
        return ""

    @property
    def upload(self) -> SentUpload | None:
        """By what its file is found; None if it makes none."""
        return None

    @property
    def may_be_on_server(self) -> bool:
        """Whether the server may have its file."""
        return False

    @property
    def sent_until(self) -> float | None:
        """By when its last byte was surely out; None where that is not known."""
        return None

    def as_sent(self, begun: float, until: float | None) -> Self:
        """The job, which the server may have: begun and out at these moments."""
        return self

    def as_not_sent(self) -> Self:
        """The job, which the server surely does not have."""
        return self

    def as_resent(self) -> Self | None:
        """The job to be sent again by itself; None when that was done often enough."""
        return self
