"""A small web server on the loopback interface that answers each path as it was told to."""

import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import trustme

NAME = "updates.invalid"
"""Another name of the server, which only a proxy finds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for a path."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    """Content-Length is added, unless it's there."""
    waits: bool = False
    """Whether nothing is sent before the server is closed."""


class TextServer:
    """Listens from its creation until `close`; says 404 to paths that it wasn't told about."""

    def __init__(self, *, tls: bool = False) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        """Path and headers of each request, in order."""
        self.ca_pem = b""
        """The certificate of the CA that signed the server's."""
        self.arrived = threading.Event()
        """Set once there was a request."""
        self._closing = threading.Event()
        self._scheme = "https" if tls else "http"
        self._server = _Server(self)
        if tls:
            authority = trustme.CA()
            self.ca_pem = authority.cert_pem.bytes()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1", NAME).configure_cert(context)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=[0.02], name="text-server"
        )
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"{self._scheme}://127.0.0.1:{self.port}{path}"

    def serve(self, path: str, body: str | bytes, **more: Any) -> str:
        """Answer a path with this from now on; returns its address. `more` is as in `Answer`."""
        content = body.encode() if isinstance(body, str) else body
        self.answers[path] = Answer(content, **more)
        return self.url(path)

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        """Note a request and return what to send; called on a thread of its own."""
        self.requests.append((path, headers))
        found = self.answers.get(path, Answer(b"not here", 404))
        self.arrived.set()
        if found.waits:
            self._closing.wait(60)
        return found

    def close(self) -> None:
        """End all connections and threads."""
        self._closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, owner: TextServer) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    connection: socket.socket

    def do_GET(self) -> None:
        found = self.server.owner.answer(self.path, dict(self.headers.items()))
        self.send_response_only(found.status)
        for name, value in {"Content-Length": str(len(found.body)), **found.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(found.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Log nothing."""
