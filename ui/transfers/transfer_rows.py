"""The transfers in row order. No Qt."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set

from services.transfers.transfer import Transfer, TransferState

RowKey = tuple[int, float, int]
"""The sort key of a row; its last element is the transfer's ID."""
Order = list[RowKey]
"""The key of each row."""

_ATTENTION, _ACTIVE, _QUEUED, _ENDED = range(4)
_RANKS = {
    TransferState.FAILED: _ATTENTION,
    TransferState.UNCERTAIN: _ATTENTION,
    TransferState.RUNNING: _ACTIVE,
    TransferState.CONFIRMING: _ACTIVE,
    TransferState.WAITING: _ACTIVE,
    TransferState.PAUSED: _QUEUED,
    TransferState.QUEUED: _QUEUED,
    TransferState.DONE: _ENDED,
    TransferState.CANCELLED: _ENDED,
}


def row_key(transfer: Transfer) -> RowKey:
    """The sort key of a transfer.

    Transfers that need attention come first, then active, queued and ended ones. Queued transfers
    are in queue order, all others newest first. A transfer that was paused while active keeps its
    row.
    """
    state, number = transfer.state, transfer.id
    rank = _RANKS[state]
    if rank == _QUEUED:
        if state is TransferState.PAUSED and (transfer.done or transfer.starts_over):
            rank = _ACTIVE
        else:
            return rank, transfer.place, number
    return rank, float(-number), number


class TransferRows:
    """Holds the latest snapshot of each transfer, ordered by `row_key`.

    Rows are found by bisection, which is fast even with many thousands.
    """

    def __init__(self) -> None:
        self._shown: dict[int, Transfer] = {}
        self._keys: dict[int, RowKey] = {}
        self._order: Order = []

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Transfer]:
        return (self._shown[key[2]] for key in self._order)

    def at(self, row: int) -> Transfer:
        """The transfer of a row."""
        return self._shown[self._order[row][2]]

    def get(self, transfer_id: int) -> Transfer | None:
        """The snapshot of a transfer; None if it has no row."""
        return self._shown.get(transfer_id)

    def row(self, transfer_id: int) -> int | None:
        """The row of a transfer; None if it has none."""
        key = self._keys.get(transfer_id)
        return None if key is None else bisect_left(self._order, key)

    def keeps_row(self, transfer: Transfer) -> bool:
        """Whether a newer snapshot of a transfer belongs in the same row."""
        return self._keys[transfer.id] == row_key(transfer)

    def update(self, transfer: Transfer) -> None:
        """Store a newer snapshot; unless it `keeps_row`, call `set_order(sorted_order())` next."""
        self._shown[transfer.id] = transfer
        self._keys[transfer.id] = row_key(transfer)

    def rows_of(self, transfer_ids: Iterable[int]) -> list[int]:
        """The rows of these transfers in ascending order; transfers without a row are skipped."""
        return sorted(row for row in map(self.row, transfer_ids) if row is not None)

    def first_row(self, transfer_ids: Iterable[int]) -> int:
        """The uppermost row of these transfers, which must have rows."""
        return bisect_left(self._order, min(self._keys[one] for one in transfer_ids))

    def remove(self, first: int, count: int) -> None:
        """Remove adjacent rows."""
        for key in self._order[first : first + count]:
            del self._shown[key[2]], self._keys[key[2]]
        del self._order[first : first + count]

    def gap_for(self, transfers: Sequence[Transfer]) -> int | None:
        """The row before which new, sorted transfers belong; None if that isn't one gap."""
        first = bisect_left(self._order, row_key(transfers[0]))
        return first if first == bisect_left(self._order, row_key(transfers[-1])) else None

    def insert(self, row: int, transfers: Sequence[Transfer]) -> None:
        """Insert new, sorted transfers before a row."""
        for transfer in transfers:
            self.update(transfer)
        self._order[row:row] = [self._keys[transfer.id] for transfer in transfers]

    def sorted_order(self) -> Order:
        """The row order for the latest snapshots."""
        return sorted(self._keys.values())

    def order_with_last(self, transfer_ids: Set[int]) -> Order:
        """The row order with these transfers at the end."""
        return sorted(self._order, key=lambda key: key[2] in transfer_ids)

    def set_order(self, order: Order) -> None:
        """Set the row order."""
        self._order = order

    def row_numbers(self, transfer_ids: Set[int]) -> dict[int, int]:
        """The rows of these transfers by ID, in whatever order the rows are."""
        if not transfer_ids:
            return {}
        return {key[2]: row for row, key in enumerate(self._order) if key[2] in transfer_ids}


def in_row_order(transfers: Iterable[Transfer]) -> list[Transfer]:
    """Transfers sorted as their rows would be."""
    return sorted(transfers, key=row_key)
