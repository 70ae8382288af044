"""What an account's network changes about its requests."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.api.network_in_use import NetworkInUse
from services.api.redaction import without_secrets
from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.network import Network, ProxyChoice
from tests.services.api.conftest import QUICK, MakeApi, NonWaitingToken
from tests.services.api.operations import list_files, problem_of, upload
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.key_echoes import echoes_of, readable_parts
from tests.support.server_faults import Answer, api_error, plain_text

PASSWORD = "Breakwater/7+gull&tern"
MakeServer = Callable[..., ScriptedFilesServer]


@pytest.fixture
def proxy(make_files_server: MakeServer) -> ScriptedFilesServer:
    return make_files_server(key=None)


def own_proxy(proxy: ScriptedFilesServer, **more: object) -> Network:
    url = f"http://127.0.0.1:{proxy.port}"
    return replace(QUICK, proxy=ProxyChoice.OWN, proxy_url=url, **more)  # type: ignore[arg-type]


def with_password(network: Network, base_url: str = "http://files.invalid/v1") -> FilesApi:
    in_use = NetworkInUse(network, PASSWORD)
    return FilesApi(
        account(base_url=base_url), TEST_KEY, random=lambda: 0.0, find_network=lambda: in_use
    )


def test_an_own_proxy_is_used_instead_of_the_systems(
    proxy: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "*")
    proxy.next(plain_text(200, '{"data": []}'))
    api = make_api("http://files.invalid/v1", network=own_proxy(proxy))
    assert api.list_page(token).files == ()
    assert len(proxy.requests) == 1


def test_an_own_proxy_is_not_used_for_the_hosts_that_it_is_not_for(
    proxy: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    network = own_proxy(proxy, not_for="other.invalid, .files.invalid")
    api = make_api("http://api.files.invalid/v1", network=network)
    assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.UNREACHABLE
    assert proxy.connections == 0


def test_without_a_proxy_the_systems_is_not_used(
    proxy: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{proxy.port}")
    network = replace(QUICK, proxy=ProxyChoice.NONE)
    api = make_api("http://files.invalid/v1", network=network)
    assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.UNREACHABLE
    assert proxy.connections == 0


def test_an_own_proxys_login_is_sent_and_in_no_other_text(
    proxy: ScriptedFilesServer,
    token: NonWaitingToken,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    api = with_password(own_proxy(proxy, proxy_user="ann"))
    for echo in echoes_of(PASSWORD).values():
        proxy.next(plain_text(403, f"refused {echo}"))
        problem = problem_of(list_files, api, token, tmp_path)
        assert readable_parts(PASSWORD, problem.report + repr(problem) + caplog.text) == []
    assert "proxy-authorization" in proxy.requests[0].headers
    for echo in echoes_of(PASSWORD).values():
        assert readable_parts(PASSWORD, without_secrets(f"a log record: {echo}")) == []
    assert PASSWORD not in repr(NetworkInUse(Network(), PASSWORD))


def test_a_login_that_an_own_proxy_rejects_is_reported(
    proxy: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    refusal = Answer(407, (("Proxy-Authenticate", "Basic"),))
    proxy.next(refusal, refusal)
    without = make_api("http://files.invalid/v1", network=own_proxy(proxy))
    wants = problem_of(list_files, without, token, tmp_path)
    rejects = problem_of(
        list_files, with_password(own_proxy(proxy, proxy_user="ann")), token, tmp_path
    )
    assert wants.kind is rejects.kind is ProblemKind.PROXY_UNUSABLE
    assert wants.advice == "Enter a user name and password in the network settings."
    assert rejects.advice == (
        "It didn't accept the user name or password. Correct them in the network settings."
    )


def test_a_changed_network_is_used_for_the_next_request(
    files_server: ScriptedFilesServer, token: NonWaitingToken
) -> None:
    networks = [QUICK]
    api = FilesApi(
        account(base_url=files_server.base_url),
        TEST_KEY,
        find_network=lambda: NetworkInUse(networks[-1]),
    )
    api.list_page(token)
    networks.append(replace(QUICK, headers=(("X-Trace", "on"),)))
    api.list_page(token)
    networks.append(QUICK)
    api.list_page(token)
    sent = [request.headers.get("x-trace") for request in files_server.requests]
    assert sent == [None, "on", None]


def test_extra_headers_are_sent_with_every_request(
    files_server: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    headers = (("X-Cost-Center", "production-0412"), ("User-Agent", "mine/1.0"))
    api = make_api(network=replace(QUICK, headers=headers))
    list_files(api, token, tmp_path)
    upload(api, token, tmp_path)
    for request in files_server.requests:
        assert request.headers["x-cost-center"] == "production-0412"
        assert request.headers["user-agent"] == "mine/1.0"
        assert TEST_KEY in request.headers["authorization"]
    assert len(files_server.requests) == 2


def test_extra_headers_are_not_sent_to_another_server(
    files_server: ScriptedFilesServer,
    make_files_server: MakeServer,
    make_api: MakeApi,
    token: NonWaitingToken,
) -> None:
    other = make_files_server(key=None)
    files_server.next(Answer(307, (("Location", f"{other.base_url}/files"),)))
    make_api(network=replace(QUICK, headers=(("X-Token", "a"),))).list_page(token)
    assert "x-token" in files_server.requests[0].headers
    assert "x-token" not in other.requests[0].headers


@pytest.mark.parametrize("header", [("Authorization", "Bearer x"), ("X-A", "a\r\nHost: b")])
def test_an_invalid_header_from_the_settings_file_is_reported_and_not_sent(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    header: tuple[str, str],
) -> None:
    api = make_api(network=replace(QUICK, headers=(header,)))
    problem = problem_of(list_files, api, token, tmp_path)
    assert problem.kind is ProblemKind.BAD_ADDRESS
    assert header[0] in problem.advice
    assert files_server.requests == []


@pytest.mark.parametrize(
    ("base_url", "refused"),
    [
        ("http://files.invalid/v1", True),
        ("http://10.0.0.1/v1", True),
        ("http://127.0.0.1.invalid/v1", True),
        ("https://files.invalid/v1", False),
        ("http://127.0.0.1:1/v1", False),
        ("http://[::1]:1/v1", False),
        ("http://localhost:1/v1", False),
    ],
)
def test_the_key_is_sent_unencrypted_only_to_this_computer(
    proxy: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    base_url: str,
    refused: bool,
) -> None:
    network = own_proxy(proxy, plain_http_confirmed=False)
    proxy.next(*[api_error(500, "no")] * 3)
    problem = problem_of(list_files, make_api(base_url, network=network), token, tmp_path)
    assert ("isn't encrypted" in problem.title) is refused
    if refused:
        assert problem.kind is ProblemKind.BAD_ADDRESS
        assert proxy.connections == 0
        assert token.pauses == []


@pytest.mark.parametrize(("retries", "requests"), [(None, 3), (0, 1), (4, 5)])
def test_a_request_is_retried_as_often_as_set(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    retries: int | None,
    requests: int,
) -> None:
    files_server.next(*[api_error(500, "no")] * 10)
    api = make_api(network=replace(QUICK, retries=retries))
    problem_of(list_files, api, token, tmp_path)
    assert len(files_server.requests) == requests


def test_a_keyring_that_fails_is_reported(token: NonWaitingToken, tmp_path: Path) -> None:
    def fail() -> NetworkInUse:
        raise FilesError(Problem(ProblemKind.KEYRING_FAILED, "Locked", "Unlock it."))

    api = FilesApi(account(), TEST_KEY, find_network=fail)
    assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.KEYRING_FAILED
    assert token.pauses == []
