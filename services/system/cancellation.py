"""Stopping work that waits: for a server, for a pause, or in the middle of a body.

A `CancelToken` is handed to everything that may take long. Cancelling it wakes a sleeping pause
and shuts down the sockets it watches, which ends a blocked `connect`, `send` or `recv` of
another thread within milliseconds.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Cancelled(Exception):
    """The person, or the program as it quits, no longer needs the result."""


class CancelToken:
    """Says whether work is still wanted; thread-safe, and final once cancelled."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """No longer want the answer. Wakes whoever waits; may be called on any thread."""
        with self._lock:
            self._cancelled.set()
            for watched in self._sockets:
                _shut_down(watched)

    def check(self) -> None:
        """Raise Cancelled when the work is no longer wanted."""
        if self._cancelled.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Pause; raise Cancelled as soon as the work is no longer wanted."""
        if self._cancelled.wait(seconds):
            raise Cancelled

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Within this block, sockets given to `watch` are shut down by `cancel`."""
        try:
            yield
        finally:
            with self._lock:
                watched, self._sockets = self._sockets, []
            for held in watched:
                held.close()

    def watch(self, connection: socket.socket) -> None:
        """Shut this connection down when cancelled. Raise Cancelled when that already happened.

        The token holds a duplicate: a TLS handshake takes the first socket object apart, and a
        connection that is to be closed after the answer is given up before its body is read.
        """
        duplicate = socket.fromfd(
            connection.fileno(), connection.family, connection.type, connection.proto
        )
        with self._lock:
            self._sockets.append(duplicate)
            if self._cancelled.is_set():
                _shut_down(duplicate)
        self.check()


def _shut_down(connection: socket.socket) -> None:
    # Not connected any more, or not yet: then nothing waits on it either.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
