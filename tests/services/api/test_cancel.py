"""A request ends within a second of being cancelled, whatever it is waiting for."""

import contextlib
import gc
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from services.api.files_api import FilesApi
from services.api.listing import all_pages
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from tests.services.api.conftest import QUICK, MakeApi, NonWaitingToken
from tests.support.factories import upload_request
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import instance_of
from tests.support.served_files import many_files, served_file
from tests.support.server_faults import (
    Delivery,
    Fault,
    Framing,
    Moment,
    Reset,
    Stall,
    StallAtAccept,
    rate_limited,
)

LONGEST = 20.0
"""Seconds from cancelling to the end: one, plus a margin for a busy machine."""


@pytest.fixture
def make_api(make_api: MakeApi) -> MakeApi:
    """Makes API clients that wait for minutes unless they are cancelled."""
    return partial(make_api, network=replace(QUICK, answer_seconds=600))


class RunningRequest:
    """A request in a separate thread."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self.raised: BaseException | None = None
        self.answer: object = None
        self._ask = ask
        self._thread = threading.Thread(target=self._run, name="request")
        self._thread.start()

    def _run(self) -> None:
        try:
            self.answer = self._ask()
        except (Cancelled, FilesError) as error:
            self.raised = error

    def cancelled_by(self, token: CancelToken) -> bool:
        """Cancel, and return whether it raised Cancelled; AssertionError if it took too long."""
        assert self._thread.is_alive(), f"ended already: {self.answer} {self.raised!r}"
        began = time.monotonic()
        token.cancel()
        self._thread.join(LONGEST)
        took = time.monotonic() - began
        assert took < LONGEST, f"took {took:.2f} s"
        return isinstance(self.raised, Cancelled)


@pytest.fixture(params=["plain", "tls"])
def server(
    request: pytest.FixtureRequest,
) -> ScriptedFilesServer:
    name = "files_server" if request.param == "plain" else "tls_server"
    return instance_of(ScriptedFilesServer, request.getfixturevalue(name))


@pytest.fixture
def token() -> CancelToken:
    return CancelToken()


def read_all(api: FilesApi, token: CancelToken) -> bytes:
    with api.content("file-a", token) as content:
        return b"".join(content.pieces)


PHASES: dict[str, Fault] = {
    "waiting for the headers": Stall(Moment.AFTER_BODY),
    "in the headers": Delivery(stall_in_head=True),
    "before the body": Delivery(stall_after=0),
    "in the body": Delivery(stall_after=500_000),
    "in a chunked body": Delivery(framing=Framing.CHUNKED, stall_after=500_000),
    "in a body without length": Delivery(framing=Framing.CLOSE, stall_after=500_000),
    "in a compressed body": Delivery(gzip=True, stall_after=50),
    "at the end of the body": Delivery(length_lie=10, stall_after=1_000_000),
}


@pytest.mark.parametrize("fault", PHASES.values(), ids=PHASES)
def test_a_download_is_cancelled_immediately_in_any_phase(
    server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken, fault: Fault
) -> None:
    server.add(served_file(id="file-a", size=1_000_000))
    server.next(fault)
    api = make_api(server.base_url)
    running = RunningRequest(lambda: read_all(api, token))
    server.wait_until_stalled()
    assert running.cancelled_by(token)


@pytest.mark.parametrize("ask", ["list", "retrieve", "delete"])
def test_a_short_request_is_cancelled_immediately_and_not_retried(
    server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken, ask: str
) -> None:
    server.next(Stall())
    api = make_api(server.base_url)
    asks: dict[str, Callable[[], object]] = {
        "list": lambda: api.list_page(token),
        "retrieve": lambda: api.retrieve("file-a", token),
        "delete": lambda: api.delete("file-a", token),
    }
    running = RunningRequest(asks[ask])
    server.wait_until_stalled()
    assert running.cancelled_by(token)
    assert len(server.requests) == 1


def test_a_request_on_a_kept_connection_is_cancelled_immediately(
    server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken
) -> None:
    api = make_api(server.base_url)
    server.next(None, Stall())
    running = RunningRequest(lambda: (api.list_page(CancelToken()), api.list_page(token)))
    server.wait_until_stalled()
    assert running.cancelled_by(token)
    assert [request.connection for request in server.requests] == [1, 1]


UPLOAD_PHASES: dict[str, Fault] = {
    "the server reads nothing": Stall(Moment.BEFORE_BODY),
    "the server stopped reading": Stall(Moment.IN_BODY, after_bytes=1_000_000),
    "everything sent": Stall(Moment.AFTER_BODY),
    "everything sent and carried out": Stall(Moment.AFTER_BODY, carried_out=True),
    "in the headers of the response": Delivery(stall_in_head=True),
    "in the body of the response": Delivery(stall_after=5),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", UPLOAD_PHASES.values(), ids=UPLOAD_PHASES)
def test_an_upload_is_cancelled_immediately_in_any_phase(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: CancelToken,
    large_file: Path,
    fault: Fault,
) -> None:
    server.next(fault)
    api = make_api(server.base_url)
    running = RunningRequest(lambda: api.upload(upload_request(large_file), token))
    server.wait_until_stalled()
    assert running.cancelled_by(token)


def test_a_running_upload_is_cancelled_immediately(
    server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken, large_file: Path
) -> None:
    api = make_api(server.base_url)
    under_way, gate = threading.Event(), threading.Event()

    def progress(sent: int) -> None:
        if sent > 5_000_000:
            under_way.set()
            gate.wait(10)

    running = RunningRequest(
        lambda: api.upload(upload_request(large_file), token, progress=progress)
    )
    assert under_way.wait(10)

    def open_gate() -> None:
        wait_until_cancelled(token)
        gate.set()

    threading.Thread(target=open_gate).start()
    assert running.cancelled_by(token)
    assert server.files == []


def wait_until_cancelled(token: CancelToken) -> None:
    with contextlib.suppress(Cancelled):
        token.wait(10)


def test_a_tls_handshake_is_cancelled_immediately(
    tls_server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken
) -> None:
    tls_server.next(StallAtAccept())
    api = make_api(tls_server.base_url)
    running = RunningRequest(lambda: api.list_page(token))
    tls_server.wait_until_stalled()
    assert running.cancelled_by(token)


def test_connecting_is_cancelled_immediately(
    full_server: int, make_api: MakeApi, token: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    connecting = threading.Event()
    connect_ex = socket.socket.connect_ex

    def connect(made: socket.socket, address: Any) -> int:
        code = connect_ex(made, address)
        connecting.set()
        return code

    monkeypatch.setattr(socket.socket, "connect_ex", connect)
    api = make_api(f"http://127.0.0.1:{full_server}/v1")
    running = RunningRequest(lambda: api.list_page(token))
    assert connecting.wait(10)
    assert running.cancelled_by(token)


def test_a_name_lookup_is_cancelled_immediately(
    make_api: MakeApi, token: CancelToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, gate = threading.Event(), threading.Event()

    def hang(*_arguments: object) -> object:
        looking.set()
        gate.wait(10)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    api = make_api("http://slow.invalid/v1")
    running = RunningRequest(lambda: api.list_page(token))
    assert looking.wait(10)
    try:
        assert running.cancelled_by(token)
    finally:
        gate.set()


@pytest.mark.slow
def test_a_slow_name_lookup_is_reported_as_not_responding(
    make_api: MakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def hang(*_arguments: object) -> object:
        gate.wait(30)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    hasty = replace(QUICK, connect_seconds=0.1)
    before = set(threading.enumerate())
    try:
        with pytest.raises(FilesError) as caught:
            make_api("http://slow.invalid/v1", network=hasty).list_page(NonWaitingToken())
    finally:
        gate.set()
        for looking in set(threading.enumerate()) - before:
            looking.join(30)
    problem = caught.value.problem
    assert (problem.kind, problem.title) == (
        ProblemKind.UNREACHABLE,
        "Looking up slow.invalid took too long",
    )


def test_a_pause_between_attempts_is_cancelled_immediately(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    pausing = threading.Event()

    class Noticed(CancelToken):
        def wait(self, seconds: float) -> None:
            pausing.set()
            super().wait(seconds)

    token = Noticed()
    files_server.next(rate_limited(retry_after="100"))
    running = RunningRequest(lambda: api.list_page(token))
    assert pausing.wait(10)
    assert running.cancelled_by(token)
    assert len(files_server.requests) == 1


def test_a_trickling_body_is_cancelled_immediately(
    server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken
) -> None:
    server.add(served_file(id="file-a", size=100_000))
    server.next(Delivery(drip=10))
    api = make_api(server.base_url)
    under_way = threading.Event()

    def read() -> int:
        with api.content("file-a", token) as content:
            under_way.set()
            return sum(len(piece) for piece in content.pieces)

    running = RunningRequest(read)
    assert under_way.wait(10)
    assert running.cancelled_by(token)


def test_nothing_is_sent_with_a_cancelled_token(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_bytes(b"x")
    token.cancel()
    token.cancel()
    asks: list[Callable[[], object]] = [
        lambda: api.list_page(token),
        lambda: api.retrieve("file-a", token),
        lambda: api.delete("file-a", token),
        lambda: read_all(api, token),
        lambda: api.upload(upload_request(tmp_path / "a.txt"), token),
    ]
    for ask in asks:
        with pytest.raises(Cancelled):
            ask()
    assert files_server.connections == 0


def test_cancelling_between_two_pages_ends_the_listing(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    pages = all_pages(api, token)
    next(pages)
    token.cancel()
    with pytest.raises(Cancelled):
        next(pages)
    assert len(files_server.requests) == 1


@pytest.mark.parametrize("fault", [Stall(), Delivery(stall_after=3)])
def test_a_thread_can_send_requests_after_a_cancelled_one(
    server: ScriptedFilesServer, make_api: MakeApi, fault: Fault
) -> None:
    api = make_api(server.base_url)
    api.list_page(CancelToken())
    server.next(fault)
    first = CancelToken()
    second_answer: list[int] = []

    def request_twice() -> None:
        with contextlib.suppress(Cancelled):
            api.list_page(first)
        second_answer.append(len(api.list_page(CancelToken()).files))

    running = threading.Thread(target=request_twice)
    running.start()
    server.wait_until_stalled()
    first.cancel()
    running.join(10)
    assert second_answer == [0]


def test_cancelling_ends_only_requests_with_that_token(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    files_server.next(Stall(), Stall())
    one, other = CancelToken(), CancelToken()
    first = RunningRequest(lambda: api.list_page(one))
    files_server.wait_until_stalled(1)
    second = RunningRequest(lambda: api.list_page(other))
    files_server.wait_until_stalled(2)
    assert first.cancelled_by(one)
    assert second.raised is None
    assert second.cancelled_by(other)


def test_cancelling_ends_all_requests_with_that_token(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(Stall(), Stall(), Stall())
    running = [RunningRequest(lambda: api.list_page(token)) for _ in range(3)]
    files_server.wait_until_stalled(3)
    assert running[0].cancelled_by(token)
    for one in running[1:]:
        one._thread.join(LONGEST)
        assert isinstance(one.raised, Cancelled)


def test_a_connection_lost_just_before_cancelling_counts_as_cancelled(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(Reset(Moment.AFTER_BODY), Stall())
    running = RunningRequest(lambda: api.list_page(token))
    files_server.wait_for_requests(1)
    assert running.cancelled_by(token)


def test_a_finished_request_leaves_no_socket_in_its_token(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    for _ in range(3):
        api.list_page(token)
    token.cancel()
    assert len(api.list_page(CancelToken()).files) == 0
    assert files_server.connections == 1


class CancelledJustNow(CancelToken):
    """Is cancelled after the connection is made and before it is watched."""

    def watch(self, connection: socket.socket) -> None:
        self.cancel()
        super().watch(connection)


def test_a_connection_made_while_cancelling_is_closed(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    with pytest.raises(Cancelled):
        api.retrieve("file-a", CancelledJustNow())
    gc.collect()  # a leaked open socket causes a warning here, which fails the test
    assert files_server.requests == []
