"""A loopback proxy for tunnels (CONNECT), which all lead to one local port."""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self


class TunnelProxy:
    """Listens from its creation until `close`."""

    def __init__(self, target_port: int) -> None:
        self.heads: list[str] = []
        """The heads of the requests to the proxy itself."""
        self.forwarded = bytearray()
        """All data that clients and servers sent through the tunnels."""
        self._target_port = target_port
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all tunnels and stop all threads."""
        with self._lock:
            for held in (self._listener, *self._sockets):
                with contextlib.suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            assert not thread.is_alive()
        for held in (self._listener, *self._sockets):
            held.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                self._track(client)
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        head = b""
        with contextlib.suppress(OSError):
            while b"\r\n\r\n" not in head:
                received = client.recv(65536)
                if not received:
                    return
                head += received
            self.heads.append(head.decode())
            server = socket.create_connection(("127.0.0.1", self._target_port))
            self._track(server)
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._start(self._forward, server, client)
            self._forward(client, server)

    def _forward(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while received := source.recv(65536):
                self.forwarded += received
                target.sendall(received)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def _track(self, held: socket.socket) -> None:
        with self._lock:
            self._sockets.append(held)

    def _start(self, target: object, *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()
