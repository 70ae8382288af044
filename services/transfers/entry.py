"""What the queue keeps of a transfer, now and in the journal."""

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
    begun: float = 0.0
    """When it was started last, in seconds since 1970."""
    sent_at: float | None = None
    """When the last byte of this attempt of an upload went out, in seconds since 1970."""
    lookups: int = 0
    """How often it was looked for since its answer was lost."""
    found: bool = False
    """The file of this upload is known from the listing, not from an answer."""
    pausing: bool = False
    """It is being stopped in order to go on later."""
    ended_at: float | None = None
    """When it was done, failed or was cancelled, in seconds since 1970."""

    @property
    def row(self) -> JournalRow:
        """What the journal keeps of it."""
        transfer = self.transfer
        if transfer.state is TransferState.RUNNING and self.sent_at is not None:
            transfer = structs.replace(transfer, state=TransferState.CONFIRMING)
        job = self.job.as_saved(transfer.state, self.begun)
        return JournalRow(transfer, job, transfer.place, self.ended_at)


def restored(row: JournalRow, now: float) -> Entry:
    """A transfer of an earlier session, paused if it had not ended."""
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
