"""An unresponsive address costs a quarter of a second, not the whole connect timeout."""

import errno
import gc
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from services.api.address_race import NEXT_ATTEMPT_DELAY, Address, connect_to_first, interleaved
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from tests.services.api.conftest import QUICK, MakeApi, NonWaitingToken
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file

V4, V6 = socket.AF_INET, socket.AF_INET6


def at(port: int, family: int = V4) -> Address:
    place = ("::1", port, 0, 0) if family == V6 else ("127.0.0.1", port)
    return (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", place)


@pytest.fixture
def refusing_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def listening_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


class Clock:
    """Advances by a sixteenth of a second with each call, and records when attempts start."""

    def __init__(self) -> None:
        self.now = 0.0
        self.starts: list[float] = []
        self.made: list[socket.socket] = []

    def __call__(self) -> float:
        self.now += 0.0625
        return self.now

    def prepare(self, made: socket.socket) -> None:
        self.starts.append(self.now)
        self.made.append(made)


def race(clock: Clock, addresses: Sequence[Address], deadline: float = 10.0) -> socket.socket:
    token = CancelToken()
    return connect_to_first(addresses, clock.prepare, token=token, deadline=deadline, clock=clock)


def port_of(connected: socket.socket) -> int:
    with connected:
        port: int = connected.getpeername()[1]
        return port


def test_families_are_interleaved_starting_with_the_first() -> None:
    addresses = [at(1, V6), at(2, V6), at(3, V6), at(4), at(5)]
    assert [address[4][1] for address in interleaved(addresses)] == [1, 4, 2, 5, 3]
    assert interleaved([]) == []


def test_the_next_address_is_tried_after_a_quarter_second_of_silence(
    full_server: int, listening_port: int
) -> None:
    clock = Clock()
    assert port_of(race(clock, [at(full_server), at(listening_port)])) == listening_port
    first, second = clock.starts
    assert second - first == NEXT_ATTEMPT_DELAY
    assert all(made.fileno() == -1 for made in clock.made)


def test_a_refusal_starts_the_next_attempt_immediately(
    refusing_port: int, listening_port: int
) -> None:
    clock = Clock()
    assert port_of(race(clock, [at(refusing_port), at(listening_port)])) == listening_port
    first, second = clock.starts
    assert second - first < NEXT_ATTEMPT_DELAY


def test_a_refusal_starts_the_next_attempt_even_while_another_is_pending(
    full_server: int, refusing_port: int, listening_port: int
) -> None:
    clock = Clock()
    addresses = [at(full_server), at(refusing_port), at(listening_port)]
    assert port_of(race(clock, addresses)) == listening_port
    _first, second, third = clock.starts
    assert third - second < NEXT_ATTEMPT_DELAY


def test_an_unsupported_address_family_is_skipped(listening_port: int) -> None:
    lacking = (9999, socket.SOCK_STREAM, 0, "", ("::1", 1))
    assert port_of(race(Clock(), [lacking, at(listening_port)])) == listening_port
    with pytest.raises(OSError, match="not supported"):
        race(Clock(), [lacking])


def test_a_socket_that_cannot_be_prepared_is_skipped_immediately(listening_port: int) -> None:
    class Refusing(Clock):
        def prepare(self, made: socket.socket) -> None:
            super().prepare(made)
            if len(self.made) == 1:
                raise OSError(errno.EINVAL, "not with this option")

    clock = Refusing()
    assert port_of(race(clock, [at(listening_port)] * 2)) == listening_port
    first, second = clock.starts
    assert second - first < NEXT_ATTEMPT_DELAY
    with pytest.raises(OSError, match="not with this option"):
        race(Refusing(), [at(listening_port)])


@pytest.mark.skipif(sys.platform == "win32", reason="has no such addresses")
def test_an_address_rejected_by_the_system_is_skipped_immediately(listening_port: int) -> None:
    nowhere = (socket.AF_UNIX, socket.SOCK_STREAM, 0, "", "/nowhere/socket")
    clock = Clock()
    assert port_of(race(clock, [nowhere, at(listening_port)])) == listening_port
    first, second = clock.starts
    assert second - first < NEXT_ATTEMPT_DELAY
    with pytest.raises(FileNotFoundError):
        race(Clock(), [nowhere])


def test_no_attempt_starts_at_the_deadline(listening_port: int) -> None:
    clock = Clock()
    with pytest.raises(TimeoutError):
        race(clock, [at(listening_port)], deadline=0.125)
    assert clock.made == []


@pytest.mark.slow
@pytest.mark.parametrize("silent_too", [False, True])
def test_if_all_attempts_fail_a_refusal_is_reported_first(
    full_server: int, refusing_port: int, silent_too: bool
) -> None:
    clock = Clock()
    addresses = [at(full_server)] * silent_too + [at(refusing_port)]
    with pytest.raises(ConnectionRefusedError):
        race(clock, addresses, deadline=1.0)
    assert all(made.fileno() == -1 for made in clock.made)


@pytest.mark.slow
def test_no_response_by_the_deadline_is_a_timeout(full_server: int) -> None:
    clock = Clock()
    with pytest.raises(TimeoutError):
        race(clock, [at(full_server), at(full_server)], deadline=1.0)
    assert len(clock.made) == 2
    assert all(made.fileno() == -1 for made in clock.made)


def test_an_empty_address_list_is_an_error() -> None:
    with pytest.raises(OSError, match="no address"):
        race(Clock(), [])


@pytest.mark.slow
def test_cancelling_ends_all_attempts(full_server: int) -> None:
    clock, token = Clock(), CancelToken()

    def prepare(made: socket.socket) -> None:
        clock.prepare(made)
        if len(clock.made) == 2:
            token.cancel()

    with pytest.raises(Cancelled):
        connect_to_first([at(full_server)] * 3, prepare, token=token, deadline=1e9, clock=clock)
    assert len(clock.made) == 2
    assert all(made.fileno() == -1 for made in clock.made)


# With a complete request


@pytest.fixture
def resolve_to(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def resolve(*addresses: Address) -> None:
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked: list(addresses))

    return resolve


@pytest.mark.slow
@pytest.mark.parametrize("tls", [False, True])
def test_an_unresponsive_address_does_not_delay_a_request(
    request: pytest.FixtureRequest,
    make_api: MakeApi,
    token: NonWaitingToken,
    monkeypatch: pytest.MonkeyPatch,
    resolve_to: Callable[..., None],
    full_server: int,
    tls: bool,
) -> None:
    server: ScriptedFilesServer = request.getfixturevalue("tls_server" if tls else "files_server")
    server.add(served_file(id="file-a"))
    # If each address got a share of this timeout, the test would take too long.
    patience = replace(QUICK, connect_seconds=600)
    resolve_to(at(full_server), at(server.port))
    address = server.base_url.replace("127.0.0.1", "localhost")
    assert len(make_api(address, network=patience).list_page(token).files) == 1
    gc.collect()  # a leaked open socket causes a warning here, which fails the test


def test_an_ipv6_address_without_a_server_is_skipped(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    resolve_to: Callable[..., None],
) -> None:
    resolve_to(at(files_server.port, V6), at(files_server.port))
    address = files_server.base_url.replace("127.0.0.1", "localhost")
    assert make_api(address).list_page(token).files == ()
    assert token.pauses == []


@pytest.mark.slow
def test_cancelling_ends_a_request_that_is_trying_several_addresses(
    make_api: MakeApi,
    resolve_to: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    full_server: int,
) -> None:
    patience = replace(QUICK, connect_seconds=600)
    resolve_to(*[at(full_server)] * 3)
    started = threading.Semaphore(0)
    connect_ex = socket.socket.connect_ex

    def connect(made: socket.socket, address: Any) -> int:
        started.release()
        return connect_ex(made, address)

    monkeypatch.setattr(socket.socket, "connect_ex", connect)
    token = CancelToken()
    raised: list[BaseException] = []

    def ask() -> None:
        try:
            make_api(f"http://localhost:{full_server}/v1", network=patience).list_page(token)
        except (Cancelled, FilesError) as error:
            raised.append(error)

    running = threading.Thread(target=ask)
    running.start()
    for _attempt in range(2):
        assert started.acquire(timeout=30)
    token.cancel()
    running.join(30)
    assert [type(error) for error in raised] == [Cancelled]


@pytest.mark.slow
def test_a_host_with_only_unresponsive_addresses_is_reported_as_not_responding(
    make_api: MakeApi,
    token: NonWaitingToken,
    resolve_to: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    full_server: int,
) -> None:
    patience = replace(QUICK, connect_seconds=0.3)
    resolve_to(at(full_server), at(full_server))
    with pytest.raises(FilesError) as caught:
        make_api(f"http://localhost:{full_server}/v1", network=patience).list_page(token)
    assert caught.value.problem.kind is ProblemKind.UNREACHABLE
