"""One upload, download, delete, clean-up or change: its snapshot, its states and the allowed transitions."""

from enum import Enum
from pathlib import Path

import msgspec

from services.problems.errors import Problem, ProblemKind


class TransferKind(Enum):
    """What a transfer does."""

    __hash__ = object.__hash__  # members are unique; hashing their names takes much longer

    UPLOAD = "upload"
    DOWNLOAD = "download"
    DELETE = "delete"
    CLEAN_UP = "clean up"
    """Its progress is in files."""
    CHANGE = "change"
    """Replaces a file by one with another name, purpose or expiry; see `ChangePhase`."""
    COPY = "copy"
    """Uploads a file of another account; has the same phases, except for the checks."""


WITH_NEW_FILE = frozenset({TransferKind.UPLOAD, TransferKind.CHANGE, TransferKind.COPY})
"""Those whose `file_id` is that of a new file."""
VERIFYING_KINDS = frozenset({TransferKind.CHANGE, TransferKind.COPY})
"""Those that verify the new file."""


class ChangePhase(Enum):
    """What a change or copy does now; each phase has its own progress."""

    __hash__ = object.__hash__  # members are unique; hashing their names takes much longer

    GETTING = "getting"
    """Reads the original on this computer, or downloads the content."""
    CHECKING = "checking"
    UPLOADING = "uploading"
    VERIFYING = "verifying"


class TransferState(Enum):
    """How far a transfer has come."""

    __hash__ = object.__hash__  # members are unique; hashing their names takes much longer

    QUEUED = "queued"
    RUNNING = "running"
    CONFIRMING = "confirming"
    """The whole upload was sent, but the server hasn't answered yet."""
    WAITING = "waiting"
    """In a pause between two attempts."""
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """The whole upload was sent but the answer was lost; the server may or may not have it."""
    CANCELLED = "cancelled"


_ALLOWED: dict[TransferState, frozenset[TransferState]] = {
    TransferState.QUEUED: frozenset(
        {TransferState.RUNNING, TransferState.PAUSED, TransferState.CANCELLED}
    ),
    TransferState.RUNNING: frozenset(
        {
            TransferState.CONFIRMING,
            TransferState.WAITING,
            TransferState.PAUSED,
            TransferState.DONE,
            TransferState.FAILED,
            TransferState.UNCERTAIN,
            TransferState.CANCELLED,
        }
    ),
    TransferState.CONFIRMING: frozenset(
        {
            # After an answer to the whole body that asks to retry, such as 429.
            TransferState.WAITING,
            # A change verifies the file that it has uploaded.
            TransferState.RUNNING,
            TransferState.DONE,
            TransferState.FAILED,
            TransferState.UNCERTAIN,
        }
    ),
    TransferState.WAITING: frozenset(
        {TransferState.RUNNING, TransferState.PAUSED, TransferState.CANCELLED}
    ),
    TransferState.PAUSED: frozenset({TransferState.QUEUED, TransferState.CANCELLED}),
    TransferState.FAILED: frozenset({TransferState.QUEUED}),
    TransferState.CANCELLED: frozenset({TransferState.QUEUED}),
    TransferState.UNCERTAIN: frozenset({TransferState.DONE, TransferState.QUEUED}),
    TransferState.DONE: frozenset(),
}

UNDER_WAY = frozenset({TransferState.RUNNING, TransferState.CONFIRMING, TransferState.WAITING})
ENDED = frozenset({TransferState.DONE, TransferState.FAILED, TransferState.CANCELLED})
PAUSING = frozenset({ProblemKind.FOLDER_MISSING, ProblemKind.DISK_FULL})
"""Problems that pause a transfer instead of failing it."""


class TransitionNotAllowed(ValueError):
    """A transfer can't change from one state to the other."""


def check_transition(old: TransferState, new: TransferState) -> None:
    """Raise TransitionNotAllowed unless a transfer may change from `old` to `new`."""
    if new not in _ALLOWED[old]:
        raise TransitionNotAllowed(f"{old.value} → {new.value}")


class Transfer(msgspec.Struct, frozen=True):
    """A snapshot of one transfer.

    Ten thousand may be created at once, and one more for every progress update. Creating a frozen
    dataclass takes ten times as long.
    """

    id: int
    kind: TransferKind
    account_id: str
    name: str
    """The name of the file, as shown to people."""
    state: TransferState = TransferState.QUEUED
    total: int | None = None
    """Total bytes; None if unknown, and for a delete; for a clean-up, how many files."""
    done: int = 0
    """Bytes done; never above `total`, and never decreases within one attempt or phase."""
    purpose: str = ""
    expires_after: int | None = None
    """For an upload: seconds until the server deletes the file; None if it wasn't asked to."""
    path: Path | None = None
    """The local path: the source of an upload; a download's folder, then its saved file."""
    modified_ns: int | None = None
    """The modification time of a saved file in nanoseconds; None if unknown."""
    file_id: str = ""
    """The ID of the remote file; for an upload or change, that of the new one, once known."""
    speed: float | None = None
    """Bytes per second over the last few seconds; None while unknown."""
    seconds_left: float | None = None
    """Estimated; None if unknown."""
    wait_seconds: float | None = None
    """While WAITING: the length of the pause before the next attempt. While UNCERTAIN: the time
    until the next lookup, or None if there is none."""
    problem: Problem | None = None
    """Why it is FAILED, UNCERTAIN or PAUSED; while WAITING, why the last attempt failed."""
    warning: Problem | None = None
    """What is wrong although it is DONE, such as a different size, expiry or hash."""
    candidates: tuple[str, ...] = ()
    """While UNCERTAIN: IDs of files that may be this upload, for the user to choose from."""
    batch: int = 0
    """A number shared by transfers that were added together."""
    place: float = 0.0
    """Its position in the queue; smaller is earlier."""
    keeps_part: bool = False
    """For a download: whether its part file survives a pause."""
    starts_over: bool = False
    """While PAUSED: whether progress was lost, so that it starts over."""
    phase: ChangePhase | None = None
    """For a change or copy that has started: what it does now, or did last."""
    replaces: str = ""
    """For a change: the ID of the old file."""
    source_id: str = ""
    """For a copy: the ID of the account with the old file."""

    @property
    def can_cancel(self) -> bool:
        """Whether it can be canceled."""
        return self.state in UNDER_WAY or self.state in {
            TransferState.QUEUED,
            TransferState.PAUSED,
        }

    @property
    def can_pause(self) -> bool:
        """Whether it can be paused and resumed later."""
        return self.state in {
            TransferState.QUEUED,
            TransferState.RUNNING,
            TransferState.WAITING,
        }

    @property
    def loses_progress_when_paused(self) -> bool:
        """Whether a pause would make it start over."""
        return self.can_pause and self.done > 0 and not self.keeps_part

    @property
    def can_resume(self) -> bool:
        """Whether it is paused and can be resumed."""
        return self.state is TransferState.PAUSED

    @property
    def can_retry(self) -> bool:
        """Whether it can be queued again."""
        return self.state in {
            TransferState.FAILED,
            TransferState.CANCELLED,
            TransferState.UNCERTAIN,
        }

    @property
    def needs_attention(self) -> bool:
        """Whether the user has to act on it."""
        return self.state in {TransferState.FAILED, TransferState.UNCERTAIN}
