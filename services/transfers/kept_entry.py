"""What the journal keeps of an entry, and what it is in the next session."""

from msgspec import structs

from services.problems.errors import Problem, ProblemKind
from services.system.language import _
from services.transfers.entry import Entry
from services.transfers.journal import JournalRow
from services.transfers.orders import DownloadOrder, sent, sent_by
from services.transfers.transfer import UNDER_WAY, TransferState


def row_of(entry: Entry) -> JournalRow:
    """The saved form of an entry; an upload that is fully sent is looked up before it is resent."""
    transfer, order = entry.transfer, entry.order
    if transfer.state is TransferState.RUNNING and entry.sent_at is not None:
        transfer = structs.replace(transfer, state=TransferState.CONFIRMING)
    if transfer.state is TransferState.CONFIRMING:
        order = sent(order, entry.begun, None)
    return JournalRow(transfer, order, transfer.place, entry.ended_at)


def restored(row: JournalRow, now: float) -> Entry:
    """A transfer of an earlier session, paused if it had not ended."""
    transfer, order = row.transfer, row.order
    if transfer.state is TransferState.CONFIRMING:
        order = sent(order, now, now)
    order = sent_by(order, now)
    if transfer.state in UNDER_WAY:
        if isinstance(order, DownloadOrder):
            # What a download wrote before a power failure may not be on the disk.
            order = structs.replace(order, etag="")
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
    return Entry(order, transfer, ended_at=row.ended_at)


def _interrupted() -> Problem:
    return Problem(
        ProblemKind.INTERRUPTED,
        _("Interrupted when Filewharf quit"),
        _("Resume it. Nothing is sent twice."),
    )
