"""The interface of all jobs, which is all that the queue knows about them.

Each kind of job has its own module (`upload_job`, `download_job`, `zip_job`, `delete_job`,
`clean_up_job`, `change_job`, `copy_job`); `jobs` lists them.
"""

from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

import msgspec

from services.api.files_api import FilesApi
from services.disk.local_file import UploadRequest
from services.system.cancellation import CancelToken
from services.system.events import Event, Listener
from services.transfers.lost_answers import SentUpload
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import Transfer, TransferKind, TransferState

if TYPE_CHECKING:
    from services.references.reference import Reference


class KnownUploads(Protocol):
    """What jobs need of the upload history."""

    @property
    def is_on(self) -> bool:
        """Whether uploads are recorded, so that their hashes are needed."""

    def record(
        self, api: FilesApi, request: UploadRequest, file_id: str, sha256: str | None
    ) -> None:
        """Record a finished upload; `sha256` is None if unknown."""

    def hashes_of(self, api: FilesApi, file_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the known SHA-256 hashes of these files by file ID, as they were uploaded."""


NeededNow = Callable[[FilesApi, Sequence[str], CancelToken], Mapping[str, "Reference"]]
"""Asks the server which of the files a batch or job that has not ended needs, and which one.

Raises FilesError and Cancelled.
"""


def _no_account(account_id: str, _destination: str) -> FilesApi:
    raise LookupError(account_id)


def nobody_needs(
    _api: FilesApi, _file_ids: Sequence[str], _token: CancelToken
) -> "Mapping[str, Reference]":
    """Return that nothing needs the files, without asking."""
    return {}


@dataclass(frozen=True, slots=True)
class JobContext:
    """What jobs share."""

    history: KnownUploads
    listener: Listener
    needed_now: NeededNow = nobody_needs
    open_source: Callable[[str, str], FilesApi] = _no_account
    """Opens another account, given its ID and the destination that it must still have.

    Raises FilesError.
    """


class _AbstractStruct(msgspec.StructMeta, ABCMeta):
    """Makes abstract methods work in structs."""


class Job(msgspec.Struct, metaclass=_AbstractStruct, frozen=True, kw_only=True):
    """Everything needed to start or restart a transfer.

    The journal saves the fields. Methods that return a job return the same one or a changed copy.
    """

    kind: ClassVar[TransferKind]
    """Jobs of one kind share a queue and its limits."""
    creates_file: ClassVar[bool] = False
    """Whether it creates a remote file, so that a second attempt may create a second one."""
    writes_to_disk: ClassVar[bool] = False
    """Whether it writes to a local disk; a full disk pauses all such jobs."""
    reports_batch: ClassVar[bool] = False
    """Whether DeletesEnded is published once all jobs that were added together have ended."""
    reports_cancel: ClassVar[bool] = False
    """Whether an event is published if it is canceled; see `cancelled_event`."""
    counts_files: ClassVar[bool] = False
    """Whether its progress is a number of files, which no speed limit applies to."""

    destination: str = ""
    """Where the account pointed when the job was added; see `destination`."""

    # Adding

    @abstractmethod
    def new_transfer(self, transfer_id: int, account_id: str, batch: int, place: float) -> Transfer:
        """Return its first snapshot, QUEUED."""

    def with_mount(self, mount_of: Callable[[Path], Path]) -> Self:
        """Return the job with the mount point of the disk it writes to."""
        return self

    # Running, on a worker thread

    def as_started(self, now: float) -> Self:
        """Return the job to save when an attempt starts, for the attempt after a crash."""
        return self

    @abstractmethod
    def carry_out(self, api: FilesApi, running: RunningTransfer, context: JobContext) -> None:
        """Do the work; blocks, and publishes what changed through the context's listener.

        Raises FilesError, Cancelled or AnswerLost.
        """

    # Stopping

    @property
    def is_resumable(self) -> bool:
        """Whether the next attempt resumes where this one stopped, instead of starting over."""
        return False

    def as_stopped(self) -> Self:
        """Return the job without what was recorded for finishing it, as it didn't finish."""
        return self

    def discard(self) -> None:
        """Remove what it left on this computer; it will not resume."""

    def cancelled_event(self, account_id: str) -> Event | None:
        """Return what to publish after it was canceled; may read files."""
        return None

    # Saving and restoring

    def as_saved(self, state: TransferState, started_at: float) -> Self:
        """Return the job as the journal saves it in this state; `started_at` is when it started."""
        return self

    def as_restored(self, state: TransferState, now: float) -> Self:
        """Return the job for the next session; `state` is the one in the journal."""
        return self

    # Finding the file of an upload whose answer was lost

    @property
    def mark(self) -> str:
        """A unique ID for a job that creates a file, across programs; empty for others."""
        return ""

    @property
    def upload(self) -> SentUpload | None:
        """What its file is found by; None if it creates none."""
        return None

    @property
    def may_be_on_server(self) -> bool:
        """Whether the server may already have its file."""
        return False

    @property
    def sent_until(self) -> float | None:
        """A time by which the last byte had been sent; None if unknown."""
        return None

    @property
    def other_files(self) -> frozenset[str]:
        """Files that are certainly not the one it creates, whatever they look like."""
        return frozenset()

    @property
    def created_id(self) -> str:
        """The file that it created, if the next attempt goes on with it; else empty."""
        return ""

    def with_created(self, file_id: str) -> Self | None:
        """Return the job to go on with now that its file is known; None if it is done."""
        return None

    def as_sent(self, started_at: float, until: float | None) -> Self:
        """Return the job as sent: started at `started_at`, with the last byte out by `until`."""
        return self

    def as_not_sent(self) -> Self:
        """Return the job as one that the server doesn't have."""
        return self

    def as_resent(self) -> Self | None:
        """Return the job to send again automatically; None if that was done often enough."""
        return self
