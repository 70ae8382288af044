"""Decides which transfer starts next: in queue order, with a limit for each kind."""

import heapq
from collections import Counter
from collections.abc import Mapping

from services.transfers.transfer import TransferKind


class Scheduler:
    """A queue of waiting transfers for each kind. Not thread-safe."""

    def __init__(self, at_once: Mapping[TransferKind, int]) -> None:
        """`at_once` says how many of each kind may run at once."""
        self._at_once = dict(at_once)
        self._running: Counter[TransferKind] = Counter()
        self._waiting: dict[TransferKind, list[tuple[float, int]]] = {
            kind: [] for kind in TransferKind
        }
        self._places: dict[int, float] = {}

    def set_limit(self, kind: TransferKind, at_once: int) -> None:
        """Change how many of a kind may run at once; running ones continue."""
        self._at_once[kind] = at_once

    def add(self, transfer_id: int, kind: TransferKind, place: float) -> None:
        """Add a transfer at this place, or move it there."""
        self._places[transfer_id] = place
        heapq.heappush(self._waiting[kind], (place, transfer_id))

    def remove(self, transfer_id: int) -> None:
        """Remove a transfer that was added, if it is there."""
        self._places.pop(transfer_id, None)

    def start_next(self, kind: TransferKind) -> int | None:
        """Return the next transfer and count it as running; None if none may start."""
        if self._running[kind] >= self._at_once[kind]:
            return None
        waiting = self._waiting[kind]
        while waiting:
            place, transfer_id = heapq.heappop(waiting)
            if self._places.get(transfer_id) == place:  # else it was removed or moved
                del self._places[transfer_id]
                self._running[kind] += 1
                return transfer_id
        return None

    def finish(self, kind: TransferKind) -> None:
        """Count one running transfer of this kind less."""
        self._running[kind] -= 1
