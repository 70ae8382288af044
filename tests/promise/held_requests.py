"""Requests that the model server holds until the scenario releases them."""

import threading
from collections.abc import Callable

_POLL_SECONDS = 0.004
"""Seconds between checks whether the client is still connected."""


class ConnectionCut(OSError):
    """The connection must be closed now."""


class HeldRequests:
    """The connections that wait; thread-safe."""

    def __init__(self, changed: Callable[[], None]) -> None:
        """`changed` is called whenever a connection starts or stops waiting."""
        self._condition = threading.Condition()
        self._changed = changed
        self._last = 0
        self._waiting: list[int] = []
        self._cut: set[int] = set()

    def __len__(self) -> int:
        with self._condition:
            return len(self._waiting)

    def wait(self, gone: Callable[[], bool]) -> None:
        """Block until released; raise ConnectionCut if it was cut or the client is gone."""
        with self._condition:
            self._last += 1
            mine = self._last
            self._waiting.append(mine)
        self._changed()
        while True:
            with self._condition:
                if mine not in self._waiting:
                    break
                self._condition.wait(_POLL_SECONDS)
                if mine in self._waiting and gone():
                    self._waiting.remove(mine)
                    self._cut.add(mine)
                    break
        self._changed()
        if mine in self._cut:
            raise ConnectionCut

    def release(self, pick: int, *, cut: bool) -> bool:
        """Release or cut one connection; return whether there was one."""
        with self._condition:
            if not self._waiting:
                return False
            one = self._waiting.pop(pick % len(self._waiting))
            if cut:
                self._cut.add(one)
            self._condition.notify_all()
        return True

    def cut_all(self) -> None:
        """Cut all connections."""
        while self.release(0, cut=True):
            pass
