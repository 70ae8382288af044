"""Requests that a server holds until the course says what becomes of them."""

import threading
from collections.abc import Callable

_LOOKS_EVERY = 0.004
"""Seconds between two looks whether the client is still there."""


class LineCut(OSError):
    """The connection ends now."""


class Parking:
    """Where connections wait; thread-safe."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called whenever somebody has begun or ended to wait."""
        self._condition = threading.Condition()
        self._changed = changed
        self._last = 0
        self._waiting: list[int] = []
        self._cut: set[int] = set()

    def __len__(self) -> int:
        with self._condition:
            return len(self._waiting)

    def wait(self, gone: Callable[[], bool]) -> None:
        """Return when released; raise LineCut when cut, or when the client is gone."""
        with self._condition:
            self._last += 1
            mine = self._last
            self._waiting.append(mine)
        self._changed()
        while True:
            with self._condition:
                if mine not in self._waiting:
                    break
                self._condition.wait(_LOOKS_EVERY)
                if mine in self._waiting and gone():
                    self._waiting.remove(mine)
                    self._cut.add(mine)
                    break
        self._changed()
        if mine in self._cut:
            raise LineCut

    def release(self, pick: int, *, cut: bool) -> bool:
        """Let one go on, or end its connection; whether there was one."""
        with self._condition:
            if not self._waiting:
                return False
            one = self._waiting.pop(pick % len(self._waiting))
            if cut:
                self._cut.add(one)
            self._condition.notify_all()
        return True

    def cut_all(self) -> None:
        """End all their connections."""
        while self.release(0, cut=True):
            pass
