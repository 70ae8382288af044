"""Requests through real proxy programs: HTTP, tunnels (CONNECT), and SOCKS5."""

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from services.api.files_api import FilesApi
from services.api.network_in_use import NetworkInUse
from services.problems.errors import FilesError, ProblemKind
from services.providers.network import Network, ProxyChoice
from services.system.cancellation import Cancelled, CancelToken
from tests.services.api.conftest import QUICK, NonWaitingToken
from tests.services.api.operations import list_files, problem_of
from tests.support.factories import account, upload_request
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.key_echoes import readable_parts
from tests.support.narrowing import not_none
from tests.support.real_proxy import HTTP, SOCKS, RealProxy, unused_port
from tests.support.served_files import served_file

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="the proxies run in a process group"),
]

PASSWORD = "Lighthouse-12-petrel"
NOT_SOCKS = "The proxy didn't answer like a SOCKS5 proxy"
LOGIN = f"ann:{PASSWORD}"


@pytest.fixture(scope="module", params=[HTTP, SOCKS])
def proxy(request: pytest.FixtureRequest) -> Iterator[RealProxy]:
    with RealProxy(request.param, LOGIN) as running:
        yield running


@pytest.fixture(scope="module", params=[HTTP, SOCKS])
def open_proxy(request: pytest.FixtureRequest) -> Iterator[RealProxy]:
    """One that requires no login."""
    with RealProxy(request.param) as running:
        yield running


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(
    request: pytest.FixtureRequest,
    make_files_server: Callable[..., ScriptedFilesServer],
    tmp_path: Path,
) -> ScriptedFilesServer:
    """A server whose certificate is in the file `ca.pem`."""
    made = make_files_server(tls=request.param)
    made.add(served_file(id="file-a"))
    if request.param:
        (tmp_path / "ca.pem").write_bytes(not_none(made.ca_pem))
    return made


def address_of(server: ScriptedFilesServer, host: str = "files.invalid") -> str:
    return server.base_url.replace("127.0.0.1", host)


def network_through(proxy: RealProxy, folder: Path, scheme: str = "") -> Network:
    scheme = scheme or ("socks5h" if proxy.kind == SOCKS else "http")
    return replace(
        QUICK,
        proxy=ProxyChoice.OWN,
        proxy_url=f"{scheme}://127.0.0.1:{proxy.port}",
        ca_file=str(folder / "ca.pem") if (folder / "ca.pem").exists() else "",
    )


def api_with(network: Network, base_url: str, password: str = "") -> FilesApi:
    in_use = NetworkInUse(network, password)
    reached = account(base_url=base_url)
    return FilesApi(reached, TEST_KEY, random=lambda: 0.0, find_network=lambda: in_use)


def test_requests_go_through_a_proxy_with_a_login(
    proxy: RealProxy,
    server: ScriptedFilesServer,
    token: NonWaitingToken,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    network = replace(network_through(proxy, tmp_path), proxy_user="ann")
    api = api_with(network, address_of(server), PASSWORD)
    assert [file.id for file in api.list_page(token).files] == ["file-a"]
    (tmp_path / "a.bin").write_bytes(bytes(3_000_000))
    assert api.upload(upload_request(tmp_path / "a.bin"), token).size == 3_000_000
    proxy.wait_for(str(server.base_url.rpartition(":")[2].partition("/")[0]))
    # The second request over a connection, proxy.py passes on as it is.
    assert "proxy-authorization" not in server.requests[0].headers
    assert readable_parts(PASSWORD, caplog.text) == []


def test_requests_go_through_the_systems_proxy(
    proxy: RealProxy,
    server: ScriptedFilesServer,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scheme = "socks" if proxy.kind == SOCKS else "http"
    login = f"ann:{quote(PASSWORD, safe='')}"
    monkeypatch.setenv("all_proxy", f"{scheme}://{login}@127.0.0.1:{proxy.port}")
    network = replace(network_through(proxy, tmp_path), proxy=ProxyChoice.SYSTEM)
    assert api_with(network, address_of(server)).list_page(token).files
    assert server.requests


@pytest.mark.parametrize(("user", "password"), [("ann", "Wrong-password-9"), ("", "")])
def test_a_wrong_or_missing_login_is_reported(
    proxy: RealProxy,
    server: ScriptedFilesServer,
    token: NonWaitingToken,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    user: str,
    password: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    network = replace(network_through(proxy, tmp_path), proxy_user=user)
    problem = problem_of(
        list_files, api_with(network, address_of(server), password), token, tmp_path
    )
    if proxy.kind == SOCKS and not user:  # it closes the connection without a word
        assert problem.title == NOT_SOCKS
    else:
        assert problem.kind is ProblemKind.PROXY_UNUSABLE
        assert problem.title == "The proxy requires a login"
        assert "network settings" in problem.advice
        assert token.pauses == []
    assert server.requests == []
    if password:
        shown = problem.report + repr(problem) + caplog.text
        assert readable_parts(password, shown) == []


def test_a_proxy_that_is_gone_is_reported_as_the_proxy(
    server: ScriptedFilesServer, token: NonWaitingToken, tmp_path: Path
) -> None:
    with unused_port() as port:
        for scheme in ("http", "socks5h"):
            network = replace(
                QUICK,
                proxy=ProxyChoice.OWN,
                proxy_url=f"{scheme}://127.0.0.1:{port}",
            )
            problem = problem_of(list_files, api_with(network, address_of(server)), token, tmp_path)
            assert (problem.kind, problem.title) == (
                ProblemKind.UNREACHABLE,
                "The proxy can't be reached",
            )
    assert server.requests == []


def test_a_proxy_that_ends_between_requests_is_reported_as_the_proxy(
    token: NonWaitingToken, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    with RealProxy(HTTP) as running:
        api = api_with(network_through(running, tmp_path), address_of(files_server))
        api.list_page(token)
    problem = problem_of(list_files, api, token, tmp_path)
    assert "proxy" in problem.title


def test_a_server_that_the_proxy_cannot_reach_is_not_reported_as_reached(
    open_proxy: RealProxy, token: NonWaitingToken, tmp_path: Path
) -> None:
    with unused_port() as port:
        api = api_with(network_through(open_proxy, tmp_path), f"https://files.invalid:{port}/v1")
        problem = problem_of(list_files, api, token, tmp_path)
    kinds = (ProblemKind.UNREACHABLE, ProblemKind.CONNECTION_LOST, ProblemKind.TLS_FAILED)
    assert problem.kind in kinds


def test_a_name_with_non_ascii_letters_is_reached_through_a_proxy(
    open_proxy: RealProxy, files_server: ScriptedFilesServer, token: NonWaitingToken, tmp_path: Path
) -> None:
    address = address_of(files_server, "bücher.invalid")
    api = api_with(network_through(open_proxy, tmp_path), address)
    assert api.list_page(token).files == ()
    assert files_server.requests[-1].headers["host"].startswith("xn--bcher-kva.invalid")


def test_a_proxy_is_reached_although_one_of_its_addresses_is_dead(
    open_proxy: RealProxy,
    server: ScriptedFilesServer,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    full_server: int,
) -> None:
    places = [("127.0.0.1", full_server), ("127.0.0.1", open_proxy.port)]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked: found)
    network = network_through(open_proxy, tmp_path)
    network = replace(
        network, proxy_url=network.proxy_url.replace("127.0.0.1", "localhost"), connect_seconds=600
    )
    assert api_with(network, address_of(server)).list_page(token).files
    assert token.pauses == []


@pytest.mark.parametrize("tls", [False, True])
def test_with_socks5_names_are_looked_up_here_and_the_next_address_is_tried(
    make_files_server: Callable[..., ScriptedFilesServer],
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,
) -> None:
    server = make_files_server(tls=tls)
    if tls:
        (tmp_path / "ca.pem").write_bytes(not_none(server.ca_pem))
    look_up = socket.getaddrinfo

    def look_up_files(host: str, *arguments: object) -> object:
        if host != "files.invalid":
            return look_up(host, *arguments)  # type: ignore[arg-type]
        return [(2, 1, 6, "", ("127.0.0.1", server.port))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up_files)
    with RealProxy(SOCKS) as running:
        network = network_through(running, tmp_path, "socks5")
        assert api_with(network, address_of(server)).list_page(token).files == ()
        assert f"-> 127.0.0.1:{server.port}" in running.wait_for("->")


def test_a_silent_socks_proxy_can_be_cancelled() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        network = replace(
            QUICK,
            proxy=ProxyChoice.OWN,
            proxy_url=f"socks5h://127.0.0.1:{silent.getsockname()[1]}",
            connect_seconds=600,
        )
        token, ended = CancelToken(), list[BaseException]()

        def ask() -> None:
            try:
                api_with(network, "https://files.invalid/v1").list_page(token)
            except (Cancelled, FilesError) as error:
                ended.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        with closing(silent.accept()[0]) as accepted:
            assert accepted.recv(3) == b"\x05\x01\x00"
            token.cancel()
            asking.join(30)
    assert [type(error) for error in ended] == [Cancelled]


@pytest.mark.parametrize(
    ("answers", "title"),
    [
        ([b"\x05\x00", b"\x05\x05\x00\x01"], "The proxy couldn't connect to files.invalid"),
        ([b"\x05\x00", b"\x05\x02\x00\x01"], "The proxy couldn't connect to files.invalid"),
        ([b"\x05\xff"], "The proxy requires a login"),
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], NOT_SOCKS),
        ([b""], NOT_SOCKS),
        ([b"\x05\x00", b"\x05\x00\x00\x09"], NOT_SOCKS),
    ],
)
def test_what_a_socks_proxy_answers_is_reported(
    token: NonWaitingToken, tmp_path: Path, answers: list[bytes], title: str
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            for _attempt in range(3):
                with closing(listening.accept()[0]) as accepted:
                    for answer in answers:
                        accepted.recv(1000)
                        accepted.sendall(answer)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        url = f"socks5h://127.0.0.1:{listening.getsockname()[1]}"
        network = replace(QUICK, proxy=ProxyChoice.OWN, proxy_url=url, retries=0)
        api = api_with(network, "https://files.invalid/v1")
        assert problem_of(list_files, api, token, tmp_path).title == title
        for _attempt in range(2):  # so that the thread ends
            problem_of(list_files, api, token, tmp_path)
        serving.join(30)
