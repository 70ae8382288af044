"""When the uploads that were asked for at once have all come to an end. No Qt."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from services.transfers.transfer import Transfer, TransferKind, TransferState


@dataclass(slots=True)
class _Batch:
    open: set[int] = field(default_factory=set)
    """The uploads that are not done, and go on without anybody's doing."""
    done: dict[int, Transfer] = field(default_factory=dict)
    """Those that nobody was told of."""


class UploadBatches:
    """Watches the snapshots of transfers; those of earlier sessions are no news."""

    def __init__(self) -> None:
        self._batches: dict[int, _Batch] = {}
        self._known: set[int] = set()
        """Uploads that were done when they were seen last."""
        self._restored = False

    def note_restored(self) -> None:
        """All transfers of earlier sessions were seen: what is done from here on is news."""
        self._restored = True

    def forget(self, transfer_ids: Iterable[int]) -> None:
        """These are no longer in the list."""
        self._known.difference_update(transfer_ids)

    def take(self, transfers: Iterable[Transfer]) -> list[list[Transfer]]:
        """Take snapshots; the uploads done since the last time of each batch that is over."""
        touched = {}
        for transfer in transfers:
            if transfer.kind is TransferKind.UPLOAD:
                touched[transfer.batch] = self._note(transfer)
        over = {number: batch for number, batch in touched.items() if not batch.open}
        for number in over:
            self._batches.pop(number, None)
        return [
            sorted(batch.done.values(), key=lambda one: one.id)
            for batch in over.values()
            if batch.done
        ]

    def _note(self, transfer: Transfer) -> _Batch:
        batch = self._batches.setdefault(transfer.batch, _Batch())
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
