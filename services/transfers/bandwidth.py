"""The speed limit shared by all transfers in one direction."""

import threading
import time
from collections.abc import Callable

from services.system.cancellation import CancelToken

_RECHECK_INTERVAL = 0.5
"""How often a waiter rechecks the limit, in seconds."""


class Bandwidth:
    """A speed limit shared by several threads; nothing waits while there is none."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` returns seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._limit: int | None = None
        self._free_at = 0.0
        self._changes = 0

    def set_limit(self, bytes_a_second: int | None) -> None:
        """Set the limit; None or 0 removes it. Threads waiting under the old limit continue."""
        with self._lock:
            self._changes += 1
            self._limit = bytes_a_second or None
            self._free_at = 0.0

    def consume(self, count: int, token: CancelToken) -> None:
        """Wait until `count` more bytes fit the limit. Raises Cancelled."""
        limit = self._limit
        if limit is None:
            return  # before the lock, which every worker would otherwise take for every piece
        with self._lock:
            changes = self._changes
            begin = max(self._clock(), self._free_at)
            self._free_at = begin + count / limit
        while changes == self._changes and (seconds := begin - self._clock()) > 0:
            token.wait(min(seconds, _RECHECK_INTERVAL))
