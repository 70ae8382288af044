"""Whose turn it is: transfers wait by their place, and only so many of a kind run at once."""

import heapq
from collections import Counter
from collections.abc import Mapping

from services.transfers.transfer import TransferKind


class Scheduler:
    """A waiting line for each kind. Not thread-safe."""

    def __init__(self, at_once: Mapping[TransferKind, int]) -> None:
        """`at_once` says how many of each kind may run."""
        self._at_once = dict(at_once)
        self._running: Counter[TransferKind] = Counter()
        self._lines: dict[TransferKind, list[tuple[float, int]]] = {
            kind: [] for kind in TransferKind
        }
        self._place: dict[int, float] = {}

    def set_limit(self, kind: TransferKind, at_once: int) -> None:
        """Change how many of a kind may run; those that run already are left alone."""
        self._at_once[kind] = at_once

    def add(self, transfer_id: int, kind: TransferKind, place: float) -> None:
        """Stand in line, or elsewhere in the line."""
        self._place[transfer_id] = place
        heapq.heappush(self._lines[kind], (place, transfer_id))

    def remove(self, transfer_id: int) -> None:
        """Stand in line no longer."""
        self._place.pop(transfer_id, None)

    def start_next(self, kind: TransferKind) -> int | None:
        """The transfer that may run now, which counts as running from here on; None if none may."""
        if self._running[kind] >= self._at_once[kind]:
            return None
        line = self._lines[kind]
        while line:
            place, transfer_id = heapq.heappop(line)
            if self._place.get(transfer_id) == place:  # else it left, or stands elsewhere
                del self._place[transfer_id]
                self._running[kind] += 1
                return transfer_id
        return None

    def finish(self, kind: TransferKind) -> None:
        """One of the kind runs no longer."""
        self._running[kind] -= 1
