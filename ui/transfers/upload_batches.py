"""Detects when all uploads of a batch have ended. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.transfers.transfer import Transfer, TransferKind, TransferState


@dataclass(slots=True)
class _Batch:
    open: set[int] = field(default_factory=set)
    """Uploads that are not done and continue without user action."""
    done: dict[int, Transfer] = field(default_factory=dict)
    """Completed uploads that have not been reported yet."""


class UploadBatches:
    """Watches transfer snapshots; uploads completed in earlier sessions are not reported."""

    def __init__(self) -> None:
        self._batches: dict[int, _Batch] = {}
        self._known: set[int] = set()
        """Uploads that were done in their last snapshot."""
        self._restored = False

    def note_restored(self) -> None:
        """Note that all earlier transfers are restored: report uploads done from now on."""
        self._restored = True

    def forget(self, transfer_ids: Iterable[int]) -> None:
        """Drop transfers that were removed from the list."""
        self._known.difference_update(transfer_ids)

    def update(self, transfers: Iterable[Transfer]) -> list[list[Transfer]]:
        """Handle snapshots; return the newly done uploads of each batch that has ended."""
        touched = {}
        for transfer in transfers:
            if transfer.kind is TransferKind.UPLOAD:
                touched[transfer.batch] = self._note(transfer)
        ended = {number: batch for number, batch in touched.items() if not batch.open}
        for number in ended:
            self._batches.pop(number, None)
        return [
            sorted(batch.done.values(), key=lambda one: one.id)
            for batch in ended.values()
            if batch.done
        ]

    def _note(self, transfer: Transfer) -> _Batch:
        batch = self._batches.get(transfer.batch)
        if batch is None:
            batch = self._batches[transfer.batch] = _Batch()
        was_open = transfer.id in batch.open
        batch.open.discard(transfer.id)
        if transfer.state is TransferState.DONE:
            if transfer.id not in self._known and (was_open or self._restored):
                batch.done[transfer.id] = transfer
            self._known.add(transfer.id)
        else:
            self._known.discard(transfer.id)
            if transfer.can_cancel and transfer.state is not TransferState.PAUSED:
                batch.open.add(transfer.id)
        return batch
