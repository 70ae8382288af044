"""Sums up deletes that were added together once the last of them has ended."""

from collections import Counter, defaultdict

from services.transfers.events import DeletesEnded
from services.transfers.transfer import ENDED, Transfer, TransferState


class DeleteBatches:
    """The results of all deletes, including those since cleared from the list.

    Not thread-safe.
    """

    def __init__(self) -> None:
        self._ended: defaultdict[int, dict[int, Transfer]] = defaultdict(dict)
        self._open: defaultdict[int, set[int]] = defaultdict(set)

    def begin(self, transfer: Transfer) -> None:
        """Add a delete that was queued or requeued; pausing it keeps its batch open."""
        self._open[transfer.batch].add(transfer.id)

    def restore(self, transfer: Transfer) -> None:
        """Add a delete from an earlier session in its saved state."""
        if transfer.state in ENDED:
            self._ended[transfer.batch][transfer.id] = transfer
        else:
            self.begin(transfer)

    def end(self, transfer: Transfer) -> DeletesEnded | None:
        """Record that a delete has ended; return the summary if it was the last of its batch."""
        batch = self._ended[transfer.batch]
        batch[transfer.id] = transfer
        self._open[transfer.batch].discard(transfer.id)
        if self._open[transfer.batch]:
            return None
        states = Counter(ended.state for ended in batch.values())
        return DeletesEnded(
            account_id=transfer.account_id,
            batch=transfer.batch,
            deleted=states[TransferState.DONE],
            failed=tuple(ended for ended in batch.values() if ended.state is TransferState.FAILED),
            cancelled=states[TransferState.CANCELLED],
            all=tuple(batch.values()),
        )

    def clear(self, transfer: Transfer) -> None:
        """Drop the batch of a delete that was cleared from the list, unless it is still open."""
        if not self._open[transfer.batch]:
            self._ended.pop(transfer.batch, None)
