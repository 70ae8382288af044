"""The system's proxy: when it's used or bypassed, and how its errors are reported."""

import base64
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from services.api.files_api import FilesApi
from services.api.proxies import proxy_for
from services.api.redaction import MASK
from services.api.retry import NO_RETRIES
from services.problems.errors import FilesError, ProblemKind
from services.providers.base_url import is_this_computer
from tests.services.api.conftest import QUICK, MakeApi, NonWaitingToken
from tests.services.api.operations import ApiCall, list_files, problem_of, upload
from tests.support.factories import upload_request
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.key_echoes import echoes_of, readable_parts
from tests.support.narrowing import not_none
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Moment,
    Reset,
    api_error,
    plain_text,
)
from tests.support.tunnel_proxy import TunnelProxy

PASSWORD = "Geh:eim+ß"
LOGIN = "user:Geh%3Aeim+%C3%9F"
FORMS = [
    PASSWORD,
    "Geh%3Aeim+%C3%9F",
    base64.b64encode(f"user:{PASSWORD}".encode("latin-1")).decode(),
    base64.b64encode(f"user:{PASSWORD}".encode()).decode(),
]


@pytest.fixture
def proxy(
    make_files_server: Callable[..., ScriptedFilesServer], monkeypatch: pytest.MonkeyPatch
) -> ScriptedFilesServer:
    """A proxy that requires a login, used for all addresses."""
    server = make_files_server(key=None)
    monkeypatch.setenv("ALL_PROXY", f"http://{LOGIN}@127.0.0.1:{server.port}")
    return server


def assert_password_is_not_shown(error: FilesError, caplog: pytest.LogCaptureFixture) -> None:
    shown = error.problem.report + repr(error.problem) + caplog.text
    assert not [form for form in FORMS if form.lower() in shown.lower()]


@pytest.mark.parametrize(
    "setting",
    [
        "socks4://127.0.0.1:1080",
        "socks4a://127.0.0.1:1080",
        "ftp://127.0.0.1",
        "http://",
        "http://:3128",
        "http://[::1",
        "http://127.0.0.1:port",
        "http://127.0.0.1:99999",
        "127.0.0.1:port",
        "http://my proxy:3128",
        "://",
        "http://user:%E2%82%AC@127.0.0.1:3128",
    ],
)
@pytest.mark.parametrize("variable", ["ALL_PROXY", "https_proxy", "HTTPS_PROXY"])
@pytest.mark.parametrize("ask", [list_files, upload])
def test_an_unusable_proxy_is_reported_with_its_settings_name(
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    variable: str,
    ask: ApiCall,
) -> None:
    monkeypatch.setenv(variable, setting)
    problem = problem_of(ask, make_api("https://files.invalid/v1"), token, tmp_path)
    assert problem.kind is ProblemKind.PROXY_UNUSABLE
    assert variable in problem.advice
    assert token.pauses == []


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("with_login", [False, True])
def test_a_proxy_that_requires_a_login_is_reported(
    proxy: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    with_login: bool,
) -> None:
    if not with_login:
        monkeypatch.setenv("ALL_PROXY", f"127.0.0.1:{proxy.port}")
    proxy.next(Answer(407, (("Proxy-Authenticate", "Basic"),)))
    problem = problem_of(list_files, make_api(f"{scheme}://files.invalid/v1"), token, tmp_path)
    assert (problem.kind, problem.status) == (ProblemKind.PROXY_UNUSABLE, 407)
    assert "ALL_PROXY" in problem.advice
    assert token.pauses == []
    [request] = proxy.requests
    assert ("proxy-authorization" in request.headers) is with_login


def test_a_407_without_a_proxy_is_the_servers_error(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(api_error(407, "odd"))
    assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.REQUEST_REFUSED


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(
    "fault",
    [
        Answer(407),
        Answer(502),
        *(plain_text(403, f"Proxy-Authorization: {form}") for form in FORMS),
    ],
)
def test_a_proxy_password_is_never_shown(
    proxy: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    scheme: str,
    fault: Answer,
) -> None:
    caplog.set_level(logging.DEBUG)
    proxy.next(*[fault] * 3)
    with pytest.raises(FilesError) as caught:
        list_files(make_api(f"{scheme}://files.invalid/v1"), token, tmp_path)
    assert_password_is_not_shown(caught.value, caplog)
    assert proxy.requests


LONG_PASSWORD = "Harbour-9/crane+Quay:tide"
ECHOES = {
    **echoes_of(LONG_PASSWORD),
    "login": base64.b64encode(f"user:{LONG_PASSWORD}".encode()).decode(),
}


@pytest.fixture
def proxy_with_long_password(
    make_files_server: Callable[..., ScriptedFilesServer], monkeypatch: pytest.MonkeyPatch
) -> ScriptedFilesServer:
    server = make_files_server(key=None)
    login = f"user:{quote(LONG_PASSWORD, safe='')}"
    monkeypatch.setenv("ALL_PROXY", f"http://{login}@127.0.0.1:{server.port}")
    return server


@pytest.mark.slow
@pytest.mark.parametrize("form", ECHOES)
def test_no_part_of_a_proxy_password_is_shown_when_a_response_is_truncated(
    proxy_with_long_password: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    form: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    echoed = ECHOES[form]
    api = make_api("http://files.invalid/v1")
    # Around the points where sentences are truncated, and where reading a body stops.
    for before in (*range(540, 600, 6), 64 * 1024 - 15):
        proxy_with_long_password.next(
            Delivery(gzip=True, answer=plain_text(403, "x" * before + " " + echoed))
        )
        problem = problem_of(list_files, api, token, tmp_path)
        assert readable_parts(LONG_PASSWORD, problem.report + caplog.text) == []


@pytest.mark.parametrize("name", ["location", "x-request-id", "apim-request-id"])
def test_no_part_of_a_proxy_password_is_shown_from_a_header(
    proxy_with_long_password: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    name: str,
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    api = make_api("http://files.invalid/v1")
    for before in (150, 585):
        shown = f"http://files.invalid/{'x' * before}/{quote(LONG_PASSWORD, safe='')}"
        proxy_with_long_password.next(Answer(307, ((name, shown),)))
        problem = problem_of(upload, api, token, tmp_path)
        assert readable_parts(LONG_PASSWORD, problem.report) == []
        assert "Harbour" not in problem.report


def test_a_short_proxy_password_is_redacted_without_changing_responses(
    make_files_server: Callable[..., ScriptedFilesServer],
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = make_files_server(key=None)
    body = b'{"data": []}'
    monkeypatch.setenv("ALL_PROXY", f"http://user:{len(body)}@127.0.0.1:{server.port}")
    api = make_api("http://files.invalid/v1")
    server.next(
        Answer(200, (("Content-Type", "application/json"),), body),
        plain_text(403, f"Not with {len(body)}, u%73er:{len(body)}"),
    )
    assert api.list_page(token).files == ()
    problem = problem_of(list_files, api, token, tmp_path)
    assert problem.detail == f"Not with {MASK}, {MASK}"


@pytest.mark.parametrize(
    "setting",
    [
        f"http://{LOGIN}@127.0.0.1:1",
        f"http://{LOGIN}@nowhere.invalid:1",
        f"http://{LOGIN}@127.0.0.1:port",
        f"http://{LOGIN}",
        f"socks5://{LOGIN}@127.0.0.1:1",
        f"{LOGIN}@127.0.0.1:1:2",
        f"user:{PASSWORD}://{PASSWORD}@127.0.0.1:1",
        f"http://user:{PASSWORD}@[::1",
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_password_of_a_failing_proxy_is_never_shown(
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    setting: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("ALL_PROXY", setting)
    with pytest.raises(FilesError) as caught:
        list_files(make_api(f"{scheme}://files.invalid/v1"), token, tmp_path)
    assert caught.value.problem.kind in (ProblemKind.PROXY_UNUSABLE, ProblemKind.UNREACHABLE)
    assert_password_is_not_shown(caught.value, caplog)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("where", ["nowhere.invalid:1", "127.0.0.1:1"])
def test_an_unreachable_proxy_is_not_reported_as_the_server(
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    scheme: str,
    where: str,
) -> None:
    monkeypatch.setenv("ALL_PROXY", f"http://{where}")
    problem = problem_of(list_files, make_api(f"{scheme}://files.invalid/v1"), token, tmp_path)
    assert problem.kind is ProblemKind.UNREACHABLE
    assert "files.invalid" not in problem.title
    assert "proxy" in problem.title


def test_a_proxy_over_tls_needs_a_trusted_certificate(
    make_files_server: Callable[..., ScriptedFilesServer],
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = make_files_server(tls=True, key=None)
    monkeypatch.setenv("ALL_PROXY", f"https://127.0.0.1:{server.port}")
    problem = problem_of(list_files, make_api("https://files.invalid/v1"), token, tmp_path)
    assert problem.kind is ProblemKind.TLS_FAILED
    assert "proxy" in problem.title
    (tmp_path / "ca.pem").write_bytes(not_none(server.ca_pem))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    server.next(plain_text(200, '{"data": []}'))
    assert make_api("http://files.invalid/v1").list_page(token).files == ()


def test_a_request_through_a_proxy_reaches_the_server(
    proxy: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken
) -> None:
    proxy.next(plain_text(200, '{"data": []}'))
    assert make_api("http://files.invalid/v1").list_page(token).files == ()
    [request] = proxy.requests
    assert TEST_KEY in request.headers["authorization"]


@pytest.mark.parametrize(
    ("host", "this"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("files.localhost", True),
        ("127.0.0.1", True),
        ("127.0.0.2", True),
        ("127.255.255.254", True),
        ("127.1", True),
        ("::1", True),
        ("0:0:0:0:0:0:0:1", True),
        ("::ffff:127.0.0.1", True),
        ("128.0.0.1", False),
        ("::2", False),
        ("localhost.example.com", False),
        ("127.0.0.1.example.com", False),
        ("bücher.example", False),
        ("", False),
    ],
)
def test_which_hosts_are_this_computer(host: str, this: bool) -> None:
    assert is_this_computer(host) is this


@pytest.mark.parametrize("host", ["127.0.0.2", "localhost", "127.0.0.1"])
def test_this_computer_is_reached_without_the_proxy(
    proxy: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken, tmp_path: Path, host: str
) -> None:
    # Nothing is listening there.
    problem = problem_of(list_files, make_api(f"http://{host}:1/v1"), token, tmp_path)
    assert problem.kind is ProblemKind.UNREACHABLE
    assert proxy.connections == 0


def test_a_redirect_to_this_computer_bypasses_the_proxy(
    proxy: ScriptedFilesServer,
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
) -> None:
    files_server.key = None
    proxy.next(Answer(307, (("Location", f"{files_server.base_url}/files"),)))
    assert make_api("http://files.invalid/v1").list_page(token).files == ()
    assert len(files_server.requests) == len(proxy.requests) == 1


def test_a_blank_setting_means_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", " ")
    assert proxy_for("http://files.invalid/v1") is None


def test_a_proxy_is_reported_with_the_setting_that_names_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("A_COPY", "http://127.0.0.1:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:8080")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:3128")
    found = proxy_for("https://files.invalid/v1")
    assert found is not None
    assert (found.setting, found.has_login) == ("HTTPS_PROXY", False)


def test_a_proxy_lost_after_connecting_is_not_reported_as_the_server(
    proxy: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken
) -> None:
    api = make_api("http://files.invalid/v1")
    proxy.next(Delivery(drop=True, answer=plain_text(200, '{"data": []}')))
    api.list_page(token)
    proxy.close()
    with pytest.raises(FilesError) as caught:
        api.list_page(token, retry_policy=NO_RETRIES)
    assert "files.invalid" not in caught.value.problem.title
    assert "proxy" in caught.value.problem.title


def test_no_proxy_is_respected(
    proxy: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", "example.com,.invalid")
    problem = problem_of(list_files, make_api("http://files.invalid/v1"), token, tmp_path)
    assert problem.kind is ProblemKind.UNREACHABLE
    assert proxy.connections == 0


@pytest.mark.parametrize("base_url", ["ftp://[::1/v1", "http://[::1/v1"])
def test_an_invalid_address_is_reported_even_with_a_proxy(
    proxy: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    base_url: str,
) -> None:
    problem = problem_of(list_files, make_api(base_url), token, tmp_path)
    assert problem.kind is ProblemKind.BAD_ADDRESS


ANSWER_LOST = [Reset(Moment.AFTER_BODY, carried_out=True), Delivery(cut_after=0)]


@pytest.mark.parametrize("fault", ANSWER_LOST)
def test_an_upload_whose_response_is_lost_by_a_proxy_is_not_retried(
    proxy: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    fault: Fault,
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    proxy.next(fault)
    api = make_api(proxy.base_url.replace("127.0.0.1", "files.invalid"))
    with pytest.raises(FilesError) as caught:
        api.upload(upload_request(tmp_path / "a.jsonl"), token)
    assert caught.value.problem.kind is ProblemKind.CONNECTION_LOST
    assert caught.value.body_sent
    assert len(proxy.requests) == 1


# Proxies that answer in the server's place

PAGE = b"<html><title>Log in</title></html>"
HTML = (("Content-Type", "text/html; charset=utf-8"),)


def test_a_web_page_in_the_servers_place_is_said_to_be_one(
    proxy: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    proxy.next(Answer(200, HTML, PAGE))
    problem = problem_of(list_files, make_api("http://files.invalid/v1"), token, tmp_path)
    assert problem.kind is ProblemKind.NOT_A_FILES_API
    assert "web page" in problem.advice
    assert "proxy" in problem.advice


@pytest.mark.parametrize(
    ("answer", "title", "advice"),
    [
        (Answer(403, HTML, PAGE), "The proxy couldn't connect to files.invalid", "proxy settings"),
        (Answer(502, HTML, PAGE), "The proxy couldn't connect to files.invalid", "proxy settings"),
        (Answer(404, HTML, PAGE), "The proxy couldn't connect to files.invalid", "proxy settings"),
        (Answer(200, HTML, PAGE), "Couldn't connect securely to files.invalid", "proxy"),
    ],
)
def test_a_web_page_in_place_of_a_tunnel_is_reported_as_the_proxys(
    proxy: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    answer: Answer,
    title: str,
    advice: str,
) -> None:
    proxy.next(*[answer] * 3)
    problem = problem_of(list_files, make_api("https://files.invalid/v1"), token, tmp_path)
    assert problem.title == title
    assert advice in problem.advice


def test_an_http_proxy_that_is_set_as_a_socks_proxy_is_reported(
    make_files_server: Callable[..., ScriptedFilesServer],
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = make_files_server(key=None)
    server.next(*[Answer(400, HTML, PAGE)] * 3)
    monkeypatch.setenv("ALL_PROXY", f"socks://127.0.0.1:{server.port}")
    network = replace(QUICK, connect_seconds=1)
    api = make_api("https://files.invalid/v1", network=network)
    assert "The proxy" in problem_of(list_files, api, token, tmp_path).title


# Through a tunnel


@pytest.fixture
def tls_address(tls_server: ScriptedFilesServer) -> str:
    """The address of a TLS server that doesn't count as this computer."""
    return tls_server.base_url.replace("127.0.0.1", "files.invalid")


@pytest.fixture
def tunnel(
    tls_server: ScriptedFilesServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[TunnelProxy]:
    with TunnelProxy(tls_server.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://{LOGIN}@127.0.0.1:{proxy.port}")
        yield proxy


def test_a_proxy_cannot_read_the_key_in_a_tunnel(
    tunnel: TunnelProxy,
    tls_server: ScriptedFilesServer,
    tls_address: str,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(1_000_000))
    api = make_api(tls_address)
    assert api.list_page(token).files == ()
    assert api.upload(upload_request(tmp_path / "a.bin"), token).size == 1_000_000
    assert [request.headers.get("proxy-authorization") for request in tls_server.requests] == [
        None
    ] * 2
    [head] = tunnel.heads
    assert "Proxy-Authorization" in head
    assert TEST_KEY.encode() not in head.encode() + tunnel.forwarded


@pytest.mark.parametrize("fault", ANSWER_LOST)
def test_an_upload_whose_response_is_lost_in_a_tunnel_is_not_retried(
    tunnel: TunnelProxy,
    tls_server: ScriptedFilesServer,
    tls_address: str,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    fault: Fault,
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    tls_server.next(fault)
    with pytest.raises(FilesError) as caught:
        make_api(tls_address).upload(upload_request(tmp_path / "a.jsonl"), token)
    assert caught.value.problem.kind is ProblemKind.CONNECTION_LOST
    assert caught.value.body_sent
    assert len(tls_server.requests) == 1


def test_a_server_with_an_untrusted_certificate_behind_a_tunnel_is_named(
    tunnel: TunnelProxy,
    tls_server: ScriptedFilesServer,
    tls_address: str,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
) -> None:
    address = tls_address.replace("files.invalid", "other.invalid")
    problem = problem_of(list_files, make_api(address), token, tmp_path)
    assert problem.kind is ProblemKind.TLS_FAILED
    assert "other.invalid" in problem.title
    assert tls_server.requests == []
