"""Interim responses (1xx) are skipped, and only a final one stops an upload."""

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.api.interim_responses import final_response_waiting
from services.problems.errors import FilesError, ProblemKind
from tests.services.api.conftest import MakeApi, NonWaitingToken
from tests.support.factories import upload_request
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import instance_of
from tests.support.served_files import served_file
from tests.support.server_faults import Interim, Moment, api_error


@pytest.fixture(params=["plain", "tls"])
def server(request: pytest.FixtureRequest) -> ScriptedFilesServer:
    name = "files_server" if request.param == "plain" else "tls_server"
    return instance_of(ScriptedFilesServer, request.getfixturevalue(name))


@pytest.mark.parametrize("statuses", [(100,), (102,), (103,), (199,), (102, 100, 103) * 20])
@pytest.mark.parametrize("moment", [Moment.BEFORE_BODY, Moment.AFTER_BODY])
def test_the_response_after_interim_ones_is_read(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    statuses: tuple[int, ...],
    moment: Moment,
) -> None:
    server.add(served_file(id="file-a"))
    server.next(Interim(statuses, moment))
    api = make_api(server.base_url)
    assert [file.id for file in api.list_page(token).files] == ["file-a"]
    assert [file.id for file in api.list_page(token).files] == ["file-a"]
    assert server.connections == 1


@pytest.mark.slow
@pytest.mark.parametrize("statuses", [(100,), (102,), (100, 103, 100, 102)])
@pytest.mark.parametrize("moment", [Moment.BEFORE_BODY, Moment.IN_BODY, Moment.AFTER_BODY])
def test_an_upload_continues_through_interim_responses(
    server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    large_file: Path,
    statuses: tuple[int, ...],
    moment: Moment,
) -> None:
    server.next(Interim(statuses, moment, after_bytes=1_000_000))
    make_api(server.base_url).upload(upload_request(large_file), token)
    [request] = server.requests
    with large_file.open("rb") as opened:
        assert request.file_sha256 == hashlib.file_digest(opened, "sha256").hexdigest()


def test_an_error_after_interim_responses_stops_an_upload(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, large_file: Path
) -> None:
    refusal = api_error(413, "refused early", early=True, stays=True)
    files_server.next(Interim((100, 102), Moment.IN_BODY, 1_000_000, then=refusal))
    with pytest.raises(FilesError) as caught:
        api.upload(upload_request(large_file), token)
    assert caught.value.problem.kind is ProblemKind.TOO_LARGE
    assert not caught.value.body_sent
    files_server.wait_until_closed()
    assert files_server.requests[0].body_size < 64_000_000


def test_a_request_fails_if_the_server_sends_only_interim_responses(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.next(Interim((102,) * 300))
    assert api.list_page(token).files == ()
    assert files_server.connections == 2


def test_an_unrequested_protocol_switch_is_an_error(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.next(Interim((101,)))
    with pytest.raises(FilesError) as caught:
        api.list_page(token)
    assert caught.value.problem.status == 101


def test_a_connection_with_an_aborted_upload_is_not_reused(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, large_file: Path
) -> None:
    files_server.next(api_error(413, "refused early", early=True, stays=True))
    with pytest.raises(FilesError) as caught:
        api.upload(upload_request(large_file), token)
    assert caught.value.problem.status == 413
    assert api.list_page(token).files == ()
    assert token.pauses == []
    assert [request.connection for request in files_server.requests] == [1, 2]


@pytest.fixture
def socket_pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


INTERIM = b"HTTP/1.1 102 Processing\r\nLink: </a>\r\n\r\n"


@pytest.mark.parametrize(
    ("waiting", "final"),
    [
        (b"H", False),
        (b"HTTP/1.1 10", False),
        (b"HTTP/1.1 100 Continue\r\n", False),
        (INTERIM, False),
        (INTERIM + INTERIM[:30], False),
        (INTERIM * 199, False),
        (INTERIM * 200, True),
        (INTERIM * 201, True),
        (b"HTTP/1.1 413", True),
        (INTERIM + b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 101 Switching\r\n\r\n", True),
        (b"220 mail.example.com ESMTP\r\n", True),
        (b"\x15\x03\x01\x00\x02\x02\x46 and", False),
        (b"\x15\x03\x01\x00\x02\x02\x46 and ", True),
        (b"odd\n", True),
        (b"\x15\x03\x01\x00\x02\x02\x46 and some more", True),
        (b"HTTP/1.1 100 Continue\r\nX: " + b"x" * 70_000, True),
    ],
)
def test_which_responses_are_final_while_a_body_is_sent(
    socket_pair: tuple[socket.socket, socket.socket], waiting: bytes, final: bool
) -> None:
    ours, servers = socket_pair
    ours.settimeout(7)
    servers.sendall(waiting)
    assert final_response_waiting(ours) is final
    assert ours.gettimeout() == 7
    assert ours.recv(100_000)[: len(waiting)] == waiting[:100_000]


def test_a_closed_connection_counts_as_a_response_but_silence_does_not(
    socket_pair: tuple[socket.socket, socket.socket],
) -> None:
    ours, servers = socket_pair
    assert not final_response_waiting(ours)
    servers.close()
    assert final_response_waiting(ours)
