"""The shown transfers in the order of their rows. No Qt."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Set

from services.transfers.transfer import Transfer

Order = list[tuple[float, int]]
"""Place and number of each row."""


class TransferRows:
    """Keeps the last snapshot of each transfer, ordered by place in the queue, then by number.

    A row is found by bisection, so that it costs next to nothing among many thousands.
    """

    def __init__(self) -> None:
        self._shown: dict[int, Transfer] = {}
        self._order: Order = []

    def __len__(self) -> int:
        return len(self._order)

    def __iter__(self) -> Iterator[Transfer]:
        return (self._shown[transfer_id] for _place, transfer_id in self._order)

    def at(self, row: int) -> Transfer:
        """The transfer of a row."""
        return self._shown[self._order[row][1]]

    def get(self, transfer_id: int) -> Transfer | None:
        """The snapshot that is shown of a transfer; None when it has no row."""
        return self._shown.get(transfer_id)

    def row(self, transfer_id: int) -> int | None:
        """The row of a transfer; None when it has none."""
        transfer = self._shown.get(transfer_id)
        return None if transfer is None else bisect_left(self._order, _key(transfer))

    def update(self, transfer: Transfer) -> None:
        """Take a newer snapshot; when its place differs, `lay_out(in_order())` has to follow."""
        self._shown[transfer.id] = transfer

    def rows_of(self, transfer_ids: Iterable[int]) -> list[int]:
        """The rows of these transfers, from the top, as far as they have any."""
        return sorted(row for row in map(self.row, transfer_ids) if row is not None)

    def remove(self, first: int, count: int) -> None:
        """Take neighbouring rows away."""
        for _place, transfer_id in self._order[first : first + count]:
            del self._shown[transfer_id]
        del self._order[first : first + count]

    def gap_for(self, transfers: Sequence[Transfer]) -> int | None:
        """The row before which new transfers belong, given in order; None when it is not one."""
        first = bisect_left(self._order, _key(transfers[0]))
        return first if first == bisect_left(self._order, _key(transfers[-1])) else None

    def insert(self, row: int, transfers: Sequence[Transfer]) -> None:
        """Put new transfers, given in order, before a row."""
        self._shown.update((transfer.id, transfer) for transfer in transfers)
        self._order[row:row] = map(_key, transfers)

    def in_order(self) -> Order:
        """How the rows should stand by the newest snapshots."""
        return sorted(map(_key, self._shown.values()))

    def with_last(self, transfer_ids: Set[int]) -> Order:
        """How the rows would stand with these at the end."""
        return sorted(self._order, key=lambda key: key[1] in transfer_ids)

    def lay_out(self, order: Order) -> None:
        """Let the rows stand so."""
        self._order = order

    def places_of(self, transfer_ids: Set[int]) -> dict[int, int]:
        """The rows of these transfers, in whatever order the rows stand."""
        if not transfer_ids:
            return {}
        return {one: row for row, (_place, one) in enumerate(self._order) if one in transfer_ids}


def in_order(transfers: Iterable[Transfer]) -> list[Transfer]:
    """Transfers as their rows would follow one another."""
    return sorted(transfers, key=_key)


def _key(transfer: Transfer) -> tuple[float, int]:
    return transfer.place, transfer.id
