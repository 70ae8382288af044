"""A Files API server that is faster than any client, so that the client is what is measured.

    python -m tests.bench.fast_server

Prints its address. It keeps nothing: bodies are dropped by the system without being copied, and
contents are zeros that the system sends by itself. The first part of the path says how it
behaves:

    /plain       answers at once
    /delay-50    answers an upload after that many milliseconds
    /rate-125    takes an upload at no more than that many megabytes a second
    /line-125    shares a line of that many megabytes a second each way with all who use it
    /deaf        reads the head of an upload and nothing of its body
    /mute        reads an upload and never answers
    /halting     sends half of a content and then nothing

The id of a file says how large its content is: `file-SIZE-NUMBER`.
"""

import contextlib
import itertools
import json
import math
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
MB = 1_000_000
MIB = 1024 * 1024
LISTED = 50
LISTED_SIZE = 256 * MIB
_TURNS_A_SECOND = 500
"""How many pieces a limited rate is cut into: so many that the client's line never stands still."""

_SAVED = 0.01
"""Seconds a shared line catches up on: by about as much a sleep is late on a busy machine."""

_DROP = getattr(socket, "MSG_TRUNC", 0) if sys.platform.startswith("linux") else 0
"""Linux: TCP forgets what is received with it instead of copying it."""
_numbers = itertools.count(LISTED)


@contextlib.contextmanager
def fast_server() -> Iterator[str]:
    """Run it as a process of its own; its address, to which the way it behaves is added."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.fast_server"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def file_id(size: int) -> str:
    """An id whose content is of that size."""
    return f"file-{size}-0"


class _Line:
    """Lets a number of bytes a second through, however many connections share it."""

    def __init__(self, rate: int, saved: float = math.inf) -> None:
        """`rate` in bytes a second; a line that was idle catches up on `saved` seconds at most."""
        self.piece = rate // _TURNS_A_SECOND
        """How many bytes to pass at once, at most."""
        self._rate = rate
        self._saved = saved
        self._lock = threading.Lock()
        self._free_at = time.monotonic()
        """When all that was passed so far is through."""

    def wait(self, count: int) -> None:
        """Wait until so many bytes more are through."""
        with self._lock:
            begun = max(self._free_at, time.monotonic() - self._saved)
            self._free_at = free_at = begun + count / self._rate
        time.sleep(max(0.0, free_at - time.monotonic()))


_shared_lines: dict[tuple[int, str], _Line] = {}


def _shared_line(rate: int, direction: str) -> _Line:
    """The one line of that rate, in bytes a second, and direction; on any thread."""
    return _shared_lines.setdefault((rate, direction), _Line(rate, _SAVED))


class _Client:
    """One connection, from its first request to its end."""

    def __init__(self, connection: socket.socket, zeros: int) -> None:
        self._connection = connection
        self._zeros = zeros
        self._room = bytearray(4 * MIB)
        self._read = b""

    def serve(self) -> None:
        with contextlib.suppress(OSError), self._connection:
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while self._answer_one():
                pass

    def _answer_one(self) -> bool:
        head = self._head()
        if head is None:
            return False
        method, path, headers = head
        behaviour, _v1, *rest = path.partition("?")[0].strip("/").split("/")
        length = int(headers.get("content-length", "0"))
        if behaviour == "deaf" and method == "POST":
            return self._wait_for_the_end()
        if "100-continue" in headers.get("expect", ""):
            self._connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        kind, _dash, number = behaviour.partition("-")
        rate = int(number) * MB if kind in ("rate", "line") else 0
        if kind == "line":
            self._drop(length, _shared_line(rate, "up"))
        else:
            self._drop(length, _Line(rate) if rate else None)
        if method == "POST":
            if behaviour == "mute":
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

    def _drop(self, length: int, line: _Line | None) -> None:
        """Take in a body, through a line if there is one."""
        left = length - len(self._read)
        self._read = self._read[length:]
        most = len(self._room) if line is None else line.piece
        while left > 0:
            count = self._connection.recv_into(self._room, min(left, most), _DROP)
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
    """Serve until the process is ended."""
    zeros = os.memfd_create("zeros")
    os.write(zeros, bytes(4 * MIB))
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        print(f"http://127.0.0.1:{server.getsockname()[1]}", flush=True)
        while True:
            connection, _address = server.accept()
            threading.Thread(target=_Client(connection, zeros).serve, daemon=True).start()


if __name__ == "__main__":
    main()
