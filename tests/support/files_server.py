"""A real Files API server on the loopback interface that misbehaves on request.

    with ScriptedFilesServer(many_files(3)) as server:
        server.next(rate_limited(retry_after="1"), Reset(Moment.AFTER_BODY))
        server.script("GET", "/files/*/content", [Delivery(cut_after=1000), None])
        ...
        server.wait_until_stalled()
        server.release()

Faults are consumed in order. Each request gets the next fault of the first script that matches it,
or else the next one passed to `next`; None stands for the correct response.
`python -m tests.support.files_server --files 1000` runs it standalone.
"""

import argparse
import contextlib
import json
import socket
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase
from functools import partial
from types import TracebackType
from typing import Self

import trustme

from tests.support.http_connection import FilesConnection
from tests.support.recorded_request import BASE_PATH, RecordedRequest
from tests.support.served_files import (
    ListingQuirk,
    Ranges,
    Reply,
    ServedFile,
    ServedFiles,
    error,
    many_files,
    uploaded,
)
from tests.support.served_jobs import ServedJobs
from tests.support.server_faults import Fault, Refuse, StallAtAccept

TEST_KEY = "sk-test-0123456789abcdef0123456789abcdef"
_RECEIVED_AHEAD = 256 * 1024
"""Bytes that a connection takes before they are read."""


class ScriptedFilesServer:
    """Listens on a free port of 127.0.0.1 from its creation until `close`."""

    def __init__(
        self,
        files: Iterable[ServedFile] = (),
        *,
        key: str | None = TEST_KEY,
        tls: bool = False,
        port: int = 0,
        base_path: str = BASE_PATH,
    ) -> None:
        """`key`: the expected key; None accepts any. `tls`: use HTTPS, with a generated certificate."""
        self.key = key
        self.base_path = base_path
        self.requests: list[RecordedRequest] = []
        """Every request whose head was received, in order."""
        self.connections = 0
        """The number of accepted connections."""
        self.ca_pem: bytes | None = None
        """The certificate of the CA that signed the server's."""
        self._tls = self._tls_context() if tls else None
        self._served = ServedFiles(files)
        self.jobs = ServedJobs()
        """Its batches, vector stores and fine-tuning jobs; change its lists in place."""
        self._condition = threading.Condition()
        self._next: deque[Fault | None] = deque()
        self._scripts: list[tuple[str, str, deque[Fault | None]]] = []
        self._gate = threading.Event()
        self._stalled = 0
        self._open: set[FilesConnection] = set()
        self.closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        # Otherwise a stalled connection may take up to 33 MB before its client notices.
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED_AHEAD)
        self._listener.settimeout(0.2)
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._threads.append(self._start(self._accept, "accept"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def base_url(self) -> str:
        """The base URL for an account, with the version."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{self.base_path}"

    @property
    def files(self) -> list[ServedFile]:
        """The files it has now."""
        with self._condition:
            return list(self._served.files)

    @property
    def quirks(self) -> set[ListingQuirk]:
        """The quirks of all listings; change the set in place."""
        return self._served.quirks

    @property
    def ranges(self) -> Ranges:
        """How it answers range requests."""
        return self._served.ranges

    @ranges.setter
    def ranges(self, ranges: Ranges) -> None:
        self._served.ranges = ranges

    def refuse_limit(self, refusal: Callable[[str], tuple[int, object] | None]) -> None:
        """Reject a `limit` for which `refusal` returns a status and JSON."""
        self._served.refuse_limit = refusal

    def add(self, *files: ServedFile) -> None:
        """Add files."""
        with self._condition:
            self._served.files.extend(files)

    def remove(self, file_id: str) -> None:
        """Remove a file, as if somebody else had deleted it."""
        with self._condition:
            self._served.files[:] = [file for file in self._served.files if file.id != file_id]

    def next(self, *faults: Fault | None) -> None:
        """Use these faults for the next requests, whatever they are; one for each."""
        with self._condition:
            self._next.extend(faults)

    def clear_faults(self) -> None:
        """Answer correctly from now on."""
        with self._condition:
            self._next.clear()
            self._scripts.clear()

    def script(self, method: str, path_pattern: str, faults: Sequence[Fault | None]) -> None:
        """Use these faults for the next requests with that method (or `*`) to paths like `/files/*`."""
        with self._condition:
            self._scripts.append((method, path_pattern, deque(faults)))

    @property
    def unused_faults(self) -> int:
        """The number of faults not used yet."""
        with self._condition:
            return len(self._next) + sum(len(faults) for _, _, faults in self._scripts)

    @property
    def waiting(self) -> bool:
        """Whether a connection is stalled now."""
        with self._condition:
            return self._stalled > 0

    def wait_until_stalled(self, count: int = 1, seconds: float = 30) -> None:
        """Wait until `count` connections are stalled; raise AssertionError on timeout."""
        self._wait(lambda: self._stalled >= count, f"{count} stalled", seconds)

    def wait_for_requests(self, count: int, seconds: float = 30) -> None:
        """Wait until there have been `count` requests in all."""
        self._wait(lambda: len(self.requests) >= count, f"{count} requests", seconds)

    def wait_until_closed(self, seconds: float = 30, *, but: int = 0) -> None:
        """Wait until no connection is open, or only as many as `but` says, which may be idle."""
        self._wait(lambda: len(self._open) <= but, f"{but} open connections", seconds)

    def requests_to(self, method: str, path_pattern: str) -> list[RecordedRequest]:
        """The requests with that method to paths like `/files/*`."""
        with self._condition:
            return [
                request
                for request in self.requests
                if request.method == method and fnmatchcase(request.path, path_pattern)
            ]

    def release(self) -> None:
        """Resume all stalled connections."""
        with self._condition:
            gate, self._gate = self._gate, threading.Event()
        gate.set()

    def close(self) -> None:
        """Close all connections and stop all threads."""
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.release()
        with self._condition:
            connections = list(self._open)
        for connection in connections:
            connection.shut()
        deadline = time.monotonic() + 5
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        alive = [thread.name for thread in self._threads if thread.is_alive()]
        assert not alive, f"threads of the files server still running: {alive}"

    # Called by connections.

    def record(self, request: RecordedRequest) -> Fault | None:
        """Record a request whose head was received, and return the fault for it."""
        with self._condition:
            self.requests.append(request)
            self._condition.notify_all()
            for method, pattern, faults in self._scripts:
                fits = method in ("*", request.method) and fnmatchcase(request.path, pattern)
                if fits and faults:
                    return faults.popleft()
            return self._next.popleft() if self._next else None

    def answer(self, request: RecordedRequest) -> Reply:
        """Carry out a request and return the correct response."""
        if request.path.startswith("!"):
            return error(404, f"Invalid URL ({request.method} {request.path[1:]})")
        refusal = self._refusal_of_key(request.headers)
        if refusal is not None:
            return refusal
        if "transfer-encoding" in request.headers:
            return error(411, "A Content-Length is required")
        upload: ServedFile | Reply | None = None
        reader = request.multipart
        if reader is not None and reader.complete:
            now = int(time.time())
            upload = uploaded(reader.fields, reader.filename, reader.file_size, reader.content, now)
        with self._condition:
            if self.jobs.answers(request.path):
                return self.jobs.answer(
                    request.method, request.path, request.query, request.json, self.quirks
                )
            return self._served.answer(
                request.method, request.path, request.query, upload, request.headers
            )

    def stall(self) -> None:
        """Block until `release` or `close`."""
        with self._condition:
            gate = self._gate
            self._stalled += 1
            self._condition.notify_all()
        if not self.closing.is_set():
            gate.wait()
        with self._condition:
            self._stalled -= 1

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                accepted, _address = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            fault: Fault | None = None
            with self._condition:
                if self.closing.is_set():
                    accepted.close()
                    return
                self.connections += 1
                if self._next and isinstance(self._next[0], Refuse | StallAtAccept):
                    fault = self._next.popleft()
                connection = FilesConnection(self, accepted, self.connections)
                self._open.add(connection)
                self._threads.append(
                    self._start(partial(self._serve, connection, fault), "connection")
                )

    def _serve(self, connection: FilesConnection, fault: Fault | None) -> None:
        try:
            connection.serve(fault, self._tls)
        finally:
            with self._condition:
                self._open.discard(connection)
                self._condition.notify_all()

    def _start(self, target: Callable[[], None], name: str) -> threading.Thread:
        thread = threading.Thread(target=target, name=f"files-server-{name}", daemon=True)
        thread.start()
        return thread

    def _wait(self, condition: Callable[[], bool], what: str, seconds: float) -> None:
        with self._condition:
            reached = self._condition.wait_for(condition, seconds)
        assert reached, f"not reached within {seconds} s: {what}"

    def _refusal_of_key(self, headers: dict[str, str]) -> Reply | None:
        sent = headers.get("api-key") or headers.get("authorization", "").removeprefix("Bearer ")
        if self.key is None or sent == self.key:
            return None
        if not sent:
            return error(401, "You didn't provide an API key.")
        return error(
            401, f"Incorrect API key provided: {sent[:3]}***{sent[-4:]}.", code="invalid_api_key"
        )

    def _tls_context(self) -> ssl.SSLContext:
        authority = trustme.CA()
        self.ca_pem = authority.cert_pem.bytes()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost", "files.invalid").configure_cert(context)
        return context


def main() -> None:
    """Run standalone until interrupted."""
    parser = argparse.ArgumentParser(description="A Files API server for experiments")
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tls", action="store_true")
    options = parser.parse_args()
    server = ScriptedFilesServer(many_files(options.files), tls=options.tls, port=options.port)
    print(json.dumps({"base_url": server.base_url, "key": server.key}), flush=True)
    with server, contextlib.suppress(KeyboardInterrupt):
        server.closing.wait()


if __name__ == "__main__":
    main()
