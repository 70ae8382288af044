"""When uploads whose answer was lost are looked up next."""

import math
from collections.abc import Callable

from services.transfers.entry import Entry
from services.transfers.lost_answers import next_lookup


class LookupTimes:
    """The next lookup of each UNCERTAIN upload, if one is scheduled. Hold the store's lock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """`clock` returns seconds since 1970."""
        self._clock = clock
        self._times: dict[int, float] = {}
        """In seconds since 1970; inf for uploads that aren't scheduled."""

    def add(self, transfer_id: int) -> None:
        """Add an upload that has become UNCERTAIN, without a lookup."""
        self._times.setdefault(transfer_id, math.inf)

    def remove(self, transfer_id: int) -> None:
        """Remove an upload, if it is here, because it isn't UNCERTAIN any more."""
        self._times.pop(transfer_id, None)

    def transfer_ids(self) -> list[int]:
        """All UNCERTAIN uploads."""
        return list(self._times)

    def schedule(self, entry: Entry) -> float:
        """Schedule another lookup of an upload; return the seconds until then."""
        now = self._clock()
        until = entry.job.sent_until
        self._times[entry.transfer.id] = at = next_lookup(
            entry.lookups, now, now if until is None else until
        )
        entry.lookups += 1
        return at - now

    def seconds_until(self, transfer_id: int) -> float | None:
        """The seconds until the next lookup of an upload; None if none is scheduled."""
        at = self._times[transfer_id]
        return None if at == math.inf else max(0.0, at - self._clock())

    def due(self, now: float) -> list[int]:
        """The uploads whose lookup is due at that time, the earliest first."""
        return [
            one for _at, one in sorted((at, one) for one, at in self._times.items() if at <= now)
        ]

    def begin(self, transfer_id: int, now: float) -> bool:
        """Note that a lookup begins, unless it isn't due any more; return whether it does."""
        if self._times.get(transfer_id, math.inf) > now:
            return False
        self._times[transfer_id] = math.inf
        return True

    @property
    def seconds_left(self) -> float | None:
        """The seconds until the first lookup of all; None if none is scheduled."""
        soonest = min(self._times.values(), default=math.inf)
        return None if soonest == math.inf else max(0.0, soonest - self._clock())
