"""One upload, download or delete: a frozen value, its states, and the moves allowed."""

from enum import Enum
from pathlib import Path

import msgspec

from services.problems.errors import Problem


class TransferKind(Enum):
    """What is done."""

    UPLOAD = "upload"
    DOWNLOAD = "download"
    DELETE = "delete"


class TransferState(Enum):
    """How far it has come."""

    QUEUED = "queued"
    RUNNING = "running"
    CONFIRMING = "confirming"
    """The last byte of an upload is out; the server has not answered yet."""
    WAITING = "waiting"
    """Between two attempts."""
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    """The body went out but the answer was lost: the server may or may not have the file."""
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
            # A refusal after the whole body, such as 429, that asks to retry.
            TransferState.WAITING,
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


class MoveNotAllowed(ValueError):
    """A transfer cannot go from the one state to the other."""


def check_move(old: TransferState, new: TransferState) -> None:
    """Raise MoveNotAllowed unless a transfer may go from `old` to `new`."""
    if new not in _ALLOWED[old]:
        raise MoveNotAllowed(f"{old.value} → {new.value}")


class Transfer(msgspec.Struct, frozen=True):
    """A snapshot of one transfer.

    Ten thousand are made at once, and a new one for every step of their progress; a frozen
    dataclass takes ten times as long to make.
    """

    id: int
    kind: TransferKind
    account_id: str
    name: str
    """The file's name as people know it."""
    state: TransferState = TransferState.QUEUED
    total: int | None = None
    """Bytes in all; None where unknown, and for a delete."""
    done: int = 0
    """Bytes so far; never above `total`, and never falls within one attempt."""
    purpose: str = ""
    expires_after: int | None = None
    """Of an upload: the seconds after which the server is to delete the file, if it was asked to."""
    path: Path | None = None
    """The local file: the source of an upload, the target of a download once it is known."""
    file_id: str = ""
    """The remote file; of an upload, once the server has answered."""
    speed: float | None = None
    """Bytes a second over the last seconds; None while unknown."""
    seconds_left: float | None = None
    """None where it can't be known."""
    wait_seconds: float | None = None
    """While WAITING: how long the pause before the next attempt is in all; while UNCERTAIN: how
    long it is until the server is asked for the file again, None when it is not."""
    problem: Problem | None = None
    """Why it FAILED, is UNCERTAIN, or, while WAITING, why the last attempt failed."""
    warning: Problem | None = None
    """What is wrong although it is DONE: a size, an expiry or a hash that differs."""
    candidates: tuple[str, ...] = ()
    """While UNCERTAIN: the ids of files that may be this upload, for the person to judge."""
    batch: int = 0
    """Transfers added together share a number."""
    place: float = 0.0
    """Where it stands in the queue; smaller is earlier."""
    keeps_part: bool = False
    """For a download: whether what has arrived so far survives a pause."""
    starts_over: bool = False
    """While PAUSED: what was transferred before the pause is lost, and it starts over."""

    @property
    def can_cancel(self) -> bool:
        """Whether it can be stopped."""
        return self.state in UNDER_WAY or self.state in {
            TransferState.QUEUED,
            TransferState.PAUSED,
        }

    @property
    def can_pause(self) -> bool:
        """Whether it can be stopped and resumed later."""
        return self.state in {
            TransferState.QUEUED,
            TransferState.RUNNING,
            TransferState.WAITING,
        }

    @property
    def loses_progress_when_paused(self) -> bool:
        """Whether it would have to start over after a pause."""
        return self.can_pause and self.done > 0 and not self.keeps_part

    @property
    def can_resume(self) -> bool:
        """Whether it waits for the person to resume it."""
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
        """Whether the person has to decide something."""
        return self.state in {TransferState.FAILED, TransferState.UNCERTAIN}
