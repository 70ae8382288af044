"""A transfer in the queue, with what only the queue knows about it."""

from dataclasses import dataclass, field

from msgspec import structs

from services.problems.errors import Problem, ProblemKind
from services.system.cancellation import CancelToken
from services.system.language import _
from services.transfers.job import Job
from services.transfers.journal import JournalRow
from services.transfers.speed import SpeedMeter
from services.transfers.transfer import UNDER_WAY, Transfer, TransferState


@dataclass(slots=True)
class Entry:
    """One transfer in the queue; changed only under the store's lock."""

    job: Job
    transfer: Transfer
    token: CancelToken = field(default_factory=CancelToken)
    meter: SpeedMeter = field(default_factory=SpeedMeter)
    published_at: float = 0.0
    started_at: float = 0.0
    """When it was last started, in seconds since 1970."""
    sent_at: float | None = None
    """When this attempt sent the last byte of an upload, in seconds since 1970."""
    lookups: int = 0
    """How many lookups were scheduled since the answer was lost."""
    found: bool = False
    """Whether the file of this upload was matched by a lookup, not named by an answer."""
    pausing: bool = False
    """Whether it is being stopped to resume later."""
    ended_at: float | None = None
    """When it finished, failed or was canceled, in seconds since 1970."""

    @property
    def row(self) -> JournalRow:
        """What the journal saves."""
        transfer = self.transfer
        if transfer.state is TransferState.RUNNING and self.sent_at is not None:
            transfer = structs.replace(transfer, state=TransferState.CONFIRMING)
        job = self.job.as_saved(transfer.state, self.started_at)
        return JournalRow(transfer, job, transfer.place, self.ended_at)


def restored(row: JournalRow, now: float) -> Entry:
    """Return the entry of a transfer from an earlier session, paused if it had not ended."""
    transfer = row.transfer
    job = row.job.as_restored(transfer.state, now)
    if transfer.state in UNDER_WAY:
        transfer = structs.replace(
            transfer,
            state=TransferState.PAUSED,
            done=0,
            keeps_part=False,
            problem=_interrupted(),
            wait_seconds=None,
        )
    elif transfer.state is TransferState.QUEUED:
        transfer = structs.replace(transfer, state=TransferState.PAUSED)
    transfer = structs.replace(transfer, speed=None, seconds_left=None, place=row.place)
    return Entry(job, transfer, ended_at=row.ended_at)


def _interrupted() -> Problem:
    return Problem(
        ProblemKind.INTERRUPTED,
        _("Interrupted when Filewharf quit"),
        _("Resume it. Nothing is sent twice."),
    )
