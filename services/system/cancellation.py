"""Cancels work that is blocked on a server, in a pause, or in the middle of a transfer.

A `CancelToken` is passed to everything that may take long. Cancelling it wakes threads that are in
`wait`, and shuts down the sockets it watches, which ends a blocked `connect`, `send` or `recv` in
another thread within milliseconds.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator


class Cancelled(Exception):
    """The work was cancelled by the user, or because the program is quitting."""


class CancelToken:
    """Tells workers whether to stop; thread-safe, and can't be reset once cancelled."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._sockets: dict[int, list[socket.socket]] = {}
        """By thread, since several may work for the same token."""

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Cancel the work and wake all waiting threads. May be called on any thread."""
        with self._lock:
            self._cancelled.set()
            for watched in self._sockets.values():
                for one in watched:
                    _shut_down(one)

    def check(self) -> None:
        """Raise Cancelled if `cancel` was called."""
        if self._cancelled.is_set():
            raise Cancelled

    def wait(self, seconds: float) -> None:
        """Pause; raises Cancelled as soon as `cancel` is called."""
        if self._cancelled.wait(seconds):
            raise Cancelled

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Let `cancel` shut down the sockets that this thread passes to `watch` in this block."""
        try:
            yield
        finally:
            with self._lock:
                watched = self._sockets.pop(threading.get_ident(), [])
            for duplicate in watched:
                duplicate.close()

    def watch(self, connection: socket.socket) -> None:
        """Shut this connection down when cancelled. Raises Cancelled if that already happened.

        The token keeps a duplicate: a TLS handshake detaches the original socket object, and a
        connection with `Connection: close` is released before its response body is read.
        """
        duplicate = socket.fromfd(
            connection.fileno(), connection.family, connection.type, connection.proto
        )
        with self._lock:
            self._sockets.setdefault(threading.get_ident(), []).append(duplicate)
            if self._cancelled.is_set():
                _shut_down(duplicate)
        self.check()


def _shut_down(connection: socket.socket) -> None:
    # Fails if it isn't connected yet or any more, but then no thread is blocked on it.
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
