"""One client connection to a `ScriptedFilesServer`: hand-written HTTP/1.1, correct or faulty."""

import contextlib
import gzip
import select
import socket
import ssl
import struct
import threading
from collections.abc import Iterable, Iterator
from typing import NoReturn, Protocol
from urllib.parse import parse_qsl, urlsplit

from tests.support.multipart_reader import MultipartReader
from tests.support.recorded_request import RecordedRequest
from tests.support.served_files import Reply
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Framing,
    Interim,
    Moment,
    Refuse,
    Reset,
    Slow,
    Stall,
    StallAtAccept,
)

_PIECE = 65536
_DRIP_PAUSE = 0.02


class ConnectionOwner(Protocol):
    """What a connection needs of its server."""

    closing: threading.Event
    base_path: str

    def record(self, request: RecordedRequest) -> Fault | None:
        """Record a request whose head was received, and return the fault for it."""

    def answer(self, request: RecordedRequest) -> Reply:
        """Carry out a request and return the correct response."""

    def stall(self) -> None:
        """Block until the server is released or closed."""


class _Ended(Exception):
    """One side has closed the connection."""


class FilesConnection:
    """Reads and answers requests one after the other until one side closes the connection."""

    def __init__(self, server: ConnectionOwner, accepted: socket.socket, number: int) -> None:
        self._server = server
        self._socket = accepted
        self._number = number
        self._answered = 0
        self._buffer = b""

    def serve(self, fault: Fault | None, tls: ssl.SSLContext | None) -> None:
        """Serve requests; returns when the connection is closed."""
        try:
            if isinstance(fault, Refuse):
                self._reset()
            if isinstance(fault, StallAtAccept):
                self._stall()
            if tls is not None:
                self._socket = tls.wrap_socket(
                    self._socket, server_side=True, do_handshake_on_connect=False
                )
                self._socket.do_handshake()
            while not self._server.closing.is_set():
                self._serve_request()
        except (OSError, _Ended):
            pass
        finally:
            self._socket.close()

    def shut(self) -> None:
        """Interrupt a blocked read or write from another thread."""
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    @property
    def left(self) -> bool:
        """Whether the client has closed it; call it when no data is expected."""
        try:
            readable, _writable, _broken = select.select([self._socket], [], [], 0)
            return bool(readable) and not self._socket.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True

    def _serve_request(self) -> None:
        request = self._read_head()
        self._answered += 1
        fault = self._server.record(request)
        reply: Reply | None = None
        if isinstance(fault, Reset | Stall):
            reply = self._run_fault(request, fault)
        elif isinstance(fault, Interim):
            self._send_interim(request, fault)
            fault = fault.then
        if isinstance(fault, Answer) and fault.early:
            self._answer_early(request, fault)
        self._read_body(request, pace=fault.bytes_per_second if isinstance(fault, Slow) else None)
        if isinstance(fault, Refuse | StallAtAccept):
            raise AssertionError(f"{fault} applies only to new connections")
        delivery = fault if isinstance(fault, Delivery) else Delivery()
        answer = fault if isinstance(fault, Answer) else delivery.answer
        if answer is not None:
            reply = Reply(answer.status, answer.headers, answer.body)
        self._deliver(request, reply or self._server.answer(request), delivery)

    def _run_fault(self, request: RecordedRequest, fault: Reset | Stall) -> Reply | None:
        """Read up to the moment of the fault, then trigger it."""
        if fault.moment is Moment.IN_BODY:
            self._read_body(request, fault.after_bytes)
        reply = None
        if fault.moment is Moment.AFTER_BODY:
            self._read_body(request)
            if fault.carried_out:
                reply = self._server.answer(request)
        if isinstance(fault, Reset):
            self._reset()
        self._stall()
        return reply

    def _send_interim(self, request: RecordedRequest, interim: Interim) -> None:
        if interim.moment is Moment.IN_BODY:
            self._read_body(request, interim.after_bytes)
        elif interim.moment is Moment.AFTER_BODY:
            self._read_body(request)
        for status in interim.statuses:
            self._socket.sendall(f"HTTP/1.1 {status} Interim\r\nLink: </a>\r\n\r\n".encode())

    def _answer_early(self, request: RecordedRequest, answer: Answer) -> NoReturn:
        if answer.stays:
            self._deliver(request, Reply(answer.status, answer.headers, answer.body), Delivery())
            while True:  # all further data counts as part of the body
                request.body_size += len(self._receive())
        headers = (*answer.headers, ("Connection", "close"))
        self._deliver(request, Reply(answer.status, headers, answer.body), Delivery())
        if answer.polite:
            socket.socket.shutdown(self._socket, socket.SHUT_WR)
            self._read_body(request)
        raise _Ended

    def _read_head(self) -> RecordedRequest:
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._receive()
            if not self._buffer[:1].isalpha():
                # Most likely a TLS handshake; respond as web servers do.
                self._socket.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                raise _Ended
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *lines = head.decode("utf-8", "replace").split("\r\n")
        method, target, _version = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        split = urlsplit(target)
        inside = split.path.startswith(self._server.base_path + "/")
        request = RecordedRequest(
            method=method,
            path=split.path.removeprefix(self._server.base_path) if inside else "!" + split.path,
            query=dict(parse_qsl(split.query, keep_blank_values=True)),
            headers=headers,
            connection=self._number,
        )
        if headers.get("content-type", "").startswith("multipart/form-data"):
            request.multipart = MultipartReader(headers["content-type"])
        return request

    def _read_body(
        self, request: RecordedRequest, at_most: int | None = None, pace: int | None = None
    ) -> None:
        """Read the rest of the body, or of its first `at_most` bytes; `pace` is in bytes/s."""
        length = int(request.headers.get("content-length", "0"))
        wanted = length if at_most is None else min(length, at_most)
        if request.headers.get("expect") == "100-continue" and request.body_size == 0:
            self._socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while request.body_size < wanted:
            received = self._buffer or self._receive()
            piece = received[: wanted - request.body_size]
            self._buffer = received[len(piece) :]
            request.body_size += len(piece)
            if request.multipart is not None:
                request.multipart.write(piece)
            elif request.headers.get("content-type") == "application/json":
                request.json_body += piece
            if pace is not None:
                self._server.closing.wait(len(piece) / pace)
        request.complete = request.body_size == length

    def _receive(self) -> bytes:
        received = self._socket.recv(_PIECE)
        if not received:
            raise _Ended
        return received

    def _deliver(self, request: RecordedRequest, reply: Reply, delivery: Delivery) -> None:
        pieces: Iterable[bytes] = reply.pieces()
        size = reply.size
        if delivery.gzip:
            body = gzip.compress(b"".join(pieces))
            pieces, size = [body], len(body)
        head = self._head(request, reply, delivery, size)
        if delivery.stall_in_head:
            self._socket.sendall(head[: len(head) // 2])
            self._stall()
            head = head[len(head) // 2 :]
        self._socket.sendall(head)
        if request.method == "HEAD" or reply.status in (204, 304):
            return
        chunked = delivery.framing is Framing.CHUNKED
        for piece in self._apply_faults(pieces, delivery):
            self._socket.sendall(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if chunked:
            self._socket.sendall(b"0\r\n\r\n")
        if delivery.drop or delivery.length_lie > 0 or delivery.framing is Framing.CLOSE:
            raise _Ended
        if request.headers.get("connection", "").lower() == "close":
            raise _Ended

    def _head(self, request: RecordedRequest, reply: Reply, delivery: Delivery, size: int) -> bytes:
        headers = [*reply.headers, ("x-request-id", f"req_{self._number}_{self._answered}")]
        if delivery.gzip:
            headers.append(("Content-Encoding", "gzip"))
        if delivery.framing is Framing.LENGTH:
            headers.append(("Content-Length", str(size + delivery.length_lie)))
        elif delivery.framing is Framing.CHUNKED:
            headers.append(("Transfer-Encoding", "chunked"))
        else:
            headers.append(("Connection", "close"))
        lines = [
            f"HTTP/1.1 {reply.status} Status",
            *(f"{name}: {value}" for name, value in headers),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def _apply_faults(self, pieces: Iterable[bytes], delivery: Delivery) -> Iterator[bytes]:
        """The pieces, with the stall, cut and drip of the delivery."""
        sent = 0
        stops = sorted(
            stop for stop in (delivery.cut_after, delivery.stall_after) if stop is not None
        )
        for piece in pieces:
            rest = piece
            while rest:
                self._stop_here(sent, delivery)
                ends = [stop - sent for stop in stops if stop > sent]
                part = rest[: min([len(rest), delivery.drip or len(rest), *ends])]
                rest = rest[len(part) :]
                yield part
                sent += len(part)
                if delivery.drip is not None:
                    self._server.closing.wait(_DRIP_PAUSE)
        self._stop_here(sent, delivery)

    def _stop_here(self, sent: int, delivery: Delivery) -> None:
        if delivery.stall_after == sent:
            self._stall()
        if delivery.cut_after == sent:
            if delivery.reset:
                self._reset()
            raise _Ended

    def _stall(self) -> None:
        self._server.stall()
        if self._server.closing.is_set():
            raise _Ended

    def _reset(self) -> NoReturn:
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
        raise _Ended
