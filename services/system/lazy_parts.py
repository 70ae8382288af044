"""Parts with threads that are made when first used, and stopped with their owner."""

import threading
from collections.abc import Callable
from typing import Protocol, TypeVar

from services.system.deadlines import seconds_until


class Part(Protocol):
    """What has threads."""

    def stop(self) -> None:
        """Start nothing new; returns at once."""

    def join(self, seconds: float) -> bool:
        """Wait for the threads after `stop`; return whether they ended in time."""
        ...


AnyPart = TypeVar("AnyPart", bound=Part)


class LazyParts:
    """At most one part of each kind. Thread-safe."""

    def __init__(self, lock: threading.RLock) -> None:
        """`lock` is held while a part is made."""
        self._lock = lock
        self._parts: dict[type[Part], Part] = {}
        self._stopped = False

    def get(self, kind: type[AnyPart], make: Callable[[], AnyPart]) -> AnyPart:
        """The part of a kind, which is made first if there is none; stopped if its owner was."""
        with self._lock:
            part = self.made(kind)
            if part is None:
                self._parts[kind] = part = make()
                if self._stopped:
                    part.stop()
            return part

    def made(self, kind: type[AnyPart]) -> AnyPart | None:
        """The part of a kind, if it was made."""
        part = self._parts.get(kind)
        return part if isinstance(part, kind) else None

    def stop(self) -> None:
        """Stop all parts, and those that are still made; returns at once."""
        with self._lock:
            self._stopped = True
            parts = tuple(self._parts.values())
        for part in parts:
            part.stop()

    def join(self, deadline: float) -> bool:
        """Wait for the threads after `stop`; return whether all ended in time.

        `deadline` is on the clock of `time.monotonic`.
        """
        ended = [part.join(seconds_until(deadline)) for part in tuple(self._parts.values())]
        return all(ended)
