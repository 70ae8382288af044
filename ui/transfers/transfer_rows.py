"""The shown transfers in the order of their rows. No Qt."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set

from services.transfers.transfer import Transfer, TransferState

RowKey = tuple[int, float, int]
"""What rows are ordered by; the last part is the number of the transfer."""
Order = list[RowKey]
"""The key of each row."""

_ATTENTION, _BEGUN, _IN_LINE, _ENDED = range(4)
_RANKS = {
    TransferState.FAILED: _ATTENTION,
    TransferState.UNCERTAIN: _ATTENTION,
    TransferState.RUNNING: _BEGUN,
    TransferState.CONFIRMING: _BEGUN,
    TransferState.WAITING: _BEGUN,
    TransferState.PAUSED: _IN_LINE,
    TransferState.QUEUED: _IN_LINE,
    TransferState.DONE: _ENDED,
    TransferState.CANCELLED: _ENDED,
}


def row_key(transfer: Transfer) -> RowKey:
    """Where the row of a transfer belongs.

    What needs attention is on top, then what has begun, what is in line, and what has ended: the
    newest first, but what is in line as it will have its turn. One that was paused at work stays
    where it is.
    """
    state, number = transfer.state, transfer.id
    rank = _RANKS[state]
    if rank == _IN_LINE:
        if state is TransferState.PAUSED and (transfer.done or transfer.starts_over):
            rank = _BEGUN
        else:
            return rank, transfer.place, number
    return rank, float(-number), number


class TransferRows:
    """Keeps the last snapshot of each transfer, ordered by `row_key`.

    A row is found by bisection, so that it costs next to nothing among many thousands.
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
        """The snapshot that is shown of a transfer; None when it has no row."""
        return self._shown.get(transfer_id)

    def row(self, transfer_id: int) -> int | None:
        """The row of a transfer; None when it has none."""
        key = self._keys.get(transfer_id)
        return None if key is None else bisect_left(self._order, key)

    def stays(self, transfer: Transfer) -> bool:
        """Whether a newer snapshot of a shown transfer belongs into the same row."""
        return self._keys[transfer.id] == row_key(transfer)

    def update(self, transfer: Transfer) -> None:
        """Take a newer snapshot; unless it `stays`, `lay_out(in_order())` has to follow."""
        self._shown[transfer.id] = transfer
        self._keys[transfer.id] = row_key(transfer)

    def rows_of(self, transfer_ids: Iterable[int]) -> list[int]:
        """The rows of these transfers, from the top, as far as they have any."""
        return sorted(row for row in map(self.row, transfer_ids) if row is not None)

    def remove(self, first: int, count: int) -> None:
        """Take neighbouring rows away."""
        for key in self._order[first : first + count]:
            del self._shown[key[2]], self._keys[key[2]]
        del self._order[first : first + count]

    def gap_for(self, transfers: Sequence[Transfer]) -> int | None:
        """The row before which new transfers belong, given in order; None when it is not one."""
        first = bisect_left(self._order, row_key(transfers[0]))
        return first if first == bisect_left(self._order, row_key(transfers[-1])) else None

    def insert(self, row: int, transfers: Sequence[Transfer]) -> None:
        """Put new transfers, given in order, before a row."""
        for transfer in transfers:
            self.update(transfer)
        self._order[row:row] = [self._keys[transfer.id] for transfer in transfers]

    def in_order(self) -> Order:
        """How the rows should stand by the newest snapshots."""
        return sorted(self._keys.values())

    def with_last(self, transfer_ids: Set[int]) -> Order:
        """How the rows would stand with these at the end."""
        return sorted(self._order, key=lambda key: key[2] in transfer_ids)

    def lay_out(self, order: Order) -> None:
        """Let the rows stand so."""
        self._order = order

    def places_of(self, transfer_ids: Set[int]) -> dict[int, int]:
        """The rows of these transfers, in whatever order the rows stand."""
        if not transfer_ids:
            return {}
        return {key[2]: row for row, key in enumerate(self._order) if key[2] in transfer_ids}


def in_order(transfers: Iterable[Transfer]) -> list[Transfer]:
    """Transfers as their rows would follow one another."""
    return sorted(transfers, key=row_key)
