"""A Files API server faster than any client, so that only the client is measured.

    python -m tests.bench.fast_server [CERTIFICATE]

Prints its address. It stores nothing: the kernel drops bodies without copying them, and sends zeros
as content. With a certificate, a PEM file that includes its key, it speaks TLS; then it can only receive
uploads, and has to decrypt them. The first part of the path selects its behavior:

    /plain       responds at once
    /delay-50    responds to an upload after that many milliseconds
    /rate-125    receives an upload at that many megabytes per second at most
    /line-125    shares a line of that many megabytes per second each way among all clients
    /deaf        reads the head of an upload but nothing of its body
    /mute        reads an upload and never responds
    /halting     sends half of the content and then nothing

A file ID contains the size of the content: `file-SIZE-NUMBER`.
"""

import contextlib
import itertools
import json
import math
import os
import select
import socket
import ssl
import sys
import threading
import time
from pathlib import Path

from tests.bench.server_process import server_process

MB = 1_000_000
MIB = 1024 * 1024
LISTED = 50
LISTED_SIZE = 256 * MIB
_PIECES_PER_SECOND = 500
"""The number of pieces per second at a limited rate: enough to keep the client busy."""

_SAVED = 0.01
"""How far a shared line may catch up, in seconds: about how late a sleep is on a busy machine."""

_DROP = getattr(socket, "MSG_TRUNC", 0) if sys.platform.startswith("linux") else 0
"""On Linux, TCP discards data received with this flag instead of copying it."""
_numbers = itertools.count(LISTED)


def fast_server(certificate: Path | None = None) -> contextlib.AbstractContextManager[str]:
    """Run the server in a process; the block gets its address, without a behavior.

    With a certificate, which includes its key, it speaks TLS.
    """
    return server_process("fast_server", *(() if certificate is None else (str(certificate),)))


def file_id(size: int) -> str:
    """A file ID for content of that size."""
    return f"file-{size}-0"


def _file_size(form: bytes) -> int:
    """How many bytes the file in a form has."""
    boundary = form.partition(b"\r\n")[0]
    part = next(part for part in form.split(boundary) if b"filename=" in part)
    return len(part.partition(b"\r\n\r\n")[2]) - len(b"\r\n")


class _Line:
    """Limits the rate of all connections that share it."""

    def __init__(self, rate: int, saved: float = math.inf) -> None:
        """`rate` is in bytes per second; an idle line may catch up by at most `saved` seconds."""
        self.piece = rate // _PIECES_PER_SECOND
        """The maximum number of bytes to pass at once."""
        self._rate = rate
        self._saved = saved
        self._lock = threading.Lock()
        self._free_at = time.monotonic()
        """When everything passed so far will be through."""

    def wait(self, count: int) -> None:
        """Wait until `count` more bytes are through."""
        with self._lock:
            started = max(self._free_at, time.monotonic() - self._saved)
            self._free_at = free_at = started + count / self._rate
        time.sleep(max(0.0, free_at - time.monotonic()))


_shared_lines: dict[tuple[int, str], _Line] = {}


def _shared_line(rate: int, direction: str) -> _Line:
    """The shared line for a rate in bytes per second and a direction; callable from any thread."""
    return _shared_lines.setdefault((rate, direction), _Line(rate, _SAVED))


class _Client:
    """A client connection."""

    def __init__(
        self, connection: socket.socket, zeros: int, tls: ssl.SSLContext | None = None
    ) -> None:
        self._connection = connection
        self._tls = tls
        self._zeros = zeros
        self._buffer = bytearray(4 * MIB)
        self._flags = _DROP if tls is None else 0
        self._read = b""

    def serve(self) -> None:
        with contextlib.suppress(OSError), self._connection:
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                self._connection = self._tls.wrap_socket(self._connection, server_side=True)
            while self._answer_one():
                pass

    def _answer_one(self) -> bool:
        head = self._head()
        if head is None:
            return False
        method, path, headers = head
        behavior, _v1, *rest = path.partition("?")[0].strip("/").split("/")
        length = int(headers.get("content-length", "0"))
        if behavior == "deaf" and method == "POST":
            return self._wait_for_the_end()
        if "100-continue" in headers.get("expect", ""):
            self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        kind, _dash, number = behavior.partition("-")
        rate = int(number) * MB if kind in ("rate", "line") else 0
        if kind == "delay" and method == "POST":
            # Small files, of which clients compare the size.
            length = _file_size(self._body(length))
        elif kind == "line":
            self._drop(length, _shared_line(rate, "up"))
        else:
            self._drop(length, _Line(rate) if rate else None)
        if method == "POST":
            if behavior == "mute":
                return self._wait_for_the_end()
            if kind == "delay":
                time.sleep(int(number) / 1000)
            self._send(_file(f"file-{length}-{next(_numbers)}"))
        elif method == "DELETE":
            self._send({"id": rest[1], "object": "file", "deleted": True})
        elif rest[-1] == "content":
            size = int(rest[1].split("-")[1])
            down = _shared_line(rate, "down") if kind == "line" else None
            self._send_content(size, down, halting=kind == "halting")
        elif rest == ["files"]:
            files = [_file(f"file-{LISTED_SIZE}-{number}") for number in range(LISTED)]
            self._send({"object": "list", "data": files, "has_more": False})
        elif len(rest) == 1 or rest[0] != "files":
            self._send({"object": "list", "data": [], "has_more": False})
        else:
            self._send(_file(rest[1]))
        return True

    def _head(self) -> tuple[str, str, dict[str, str]] | None:
        while b"\r\n\r\n" not in self._read:
            piece = self._connection.recv(65536)
            if not piece:
                return None
            self._read += piece
        head, _end, self._read = self._read.partition(b"\r\n\r\n")
        request, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        method, path, _version = request.split()
        return method, path, {name.lower(): value.strip() for name, _colon, value in pairs}

    def _body(self, length: int) -> bytes:
        while len(self._read) < length:
            piece = self._connection.recv(length - len(self._read))
            if not piece:
                raise ConnectionResetError
            self._read += piece
        body, self._read = self._read[:length], self._read[length:]
        return body

    def _drop(self, length: int, line: _Line | None) -> None:
        """Read and discard a body, through a line if there is one."""
        left = length - len(self._read)
        self._read = self._read[length:]
        most = len(self._buffer) if line is None else line.piece
        while left > 0:
            count = self._connection.recv_into(self._buffer, min(left, most), self._flags)
            if not count:
                raise ConnectionResetError
            left -= count
            if line is not None:
                line.wait(count)

    def _send(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        self._connection.sendall(head.encode() + b"\r\n\r\n" + body)

    def _send_content(self, size: int, line: _Line | None, *, halting: bool) -> None:
        head = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: "
        self._connection.sendall(head.encode() + str(size).encode() + b"\r\n\r\n")
        left = size // 2 if halting else size
        most = 4 * MIB if line is None else line.piece
        while left > 0:
            count = os.sendfile(self._connection.fileno(), self._zeros, 0, min(left, most))
            left -= count
            if line is not None:
                line.wait(count)
        if halting:
            self._wait_for_the_end()

    def _wait_for_the_end(self) -> bool:
        poll = select.poll()
        poll.register(self._connection, select.POLLRDHUP | select.POLLHUP)
        poll.poll()
        return False


def _file(name: str) -> dict[str, object]:
    return {
        "id": name,
        "object": "file",
        "bytes": int(name.split("-")[1]),
        "created_at": 1_790_000_000,
        "filename": f"{name}.bin",
        "purpose": "user_data",
        "status": "processed",
    }


def main() -> None:
    """Serve until the process is terminated."""
    tls = None
    if len(sys.argv) > 1:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(sys.argv[1])
    scheme = "http" if tls is None else "https"
    zeros = os.memfd_create("zeros")
    os.write(zeros, bytes(4 * MIB))
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        print(f"{scheme}://127.0.0.1:{server.getsockname()[1]}", flush=True)
        while True:
            connection, _address = server.accept()
            threading.Thread(target=_Client(connection, zeros, tls).serve, daemon=True).start()


if __name__ == "__main__":
    main()
