"""The speed limit shared by all transfers in one direction."""

import threading
import time
from collections.abc import Callable

from services.system.cancellation import CancelToken

_LOOK_EVERY = 0.5
"""How often a waiter rechecks the limit, in seconds."""


class Bandwidth:
    """A limit that several threads share; without one, nothing waits."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._limit: int | None = None
        self._free_at = 0.0
        self._changes = 0

    def set_limit(self, bytes_a_second: int | None) -> None:
        """Set the limit; None and 0 take it away. Who waits by the old one goes on."""
        with self._lock:
            self._changes += 1
            self._limit = bytes_a_second or None
            self._free_at = 0.0

    def consume(self, count: int, token: CancelToken) -> None:
        """Wait until `count` bytes may have gone. Raise Cancelled when cancelled meanwhile."""
        limit = self._limit
        if limit is None:
            return  # without the lock, which every worker would want for every piece
        with self._lock:
            changes = self._changes
            begin = max(self._clock(), self._free_at)
            self._free_at = begin + count / limit
        while changes == self._changes and (seconds := begin - self._clock()) > 0:
            token.wait(min(seconds, _LOOK_EVERY))
