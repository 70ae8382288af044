"""Reading a text without an account: what is sent, and what may come back."""

import gzip
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.api import public_get as public_get_module
from services.api.http_parts import http_parts
from services.api.network_in_use import NetworkInUse
from services.api.public_get import public_get
from services.problems.errors import FilesError, Problem, ProblemKind
from services.providers.network import DEFAULT_NETWORK, Network, ProxyChoice
from services.system.cancellation import Cancelled, CancelToken
from tests.support.real_proxy import unused_port
from tests.support.text_server import NAME, TextServer
from tests.support.tunnel_proxy import TunnelProxy

MOST = 1000


@pytest.fixture
def server() -> Iterator[TextServer]:
    with TextServer() as running:
        yield running


@pytest.fixture
def tls_server() -> Iterator[TextServer]:
    with TextServer(tls=True) as running:
        yield running


@pytest.fixture
def trusting(tls_server: TextServer, tmp_path: Path) -> Network:
    """A network that trusts the TLS server."""
    file = tmp_path / "ca.pem"
    file.write_bytes(tls_server.ca_pem)
    return Network(ca_file=str(file))


def get(url: str, network: Network = DEFAULT_NETWORK, token: CancelToken | None = None) -> bytes:
    return http_parts().public_get(url, lambda: NetworkInUse(network), token or CancelToken(), MOST)


def problem_of(url: str, network: Network = DEFAULT_NETWORK) -> Problem:
    with pytest.raises(FilesError) as raised:
        get(url, network)
    return raised.value.problem


def test_the_body_is_returned(server: TextServer) -> None:
    assert get(server.serve("/text", b"a" * MOST)) == b"a" * MOST


def test_nothing_about_a_person_is_sent(server: TextServer) -> None:
    server.serve(
        "/first", "", status=302, headers={"Location": "/text", "Set-Cookie": "who=you; Path=/"}
    )
    server.serve("/text", "text")
    network = Network(headers=(("X-Team", "red"),))
    assert get(server.url("/first"), network) == b"text"
    assert [path for path, _headers in server.requests] == ["/first", "/text"]
    for _path, headers in server.requests:
        assert headers == {
            "Host": f"127.0.0.1:{server.port}",
            "User-Agent": "Filewharf",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }


@pytest.mark.parametrize("is_packed", [False, True], ids=["plain", "compressed"])
def test_a_body_that_is_too_large_is_given_up(server: TextServer, is_packed: bool) -> None:
    body = b"a" * (MOST + 1)
    headers = {"Content-Encoding": "gzip"} if is_packed else {}
    url = server.serve("/text", gzip.compress(body) if is_packed else body, headers=headers)
    assert "too large" in problem_of(url).title


def test_a_body_that_comes_too_slowly_is_given_up(server: TextServer) -> None:
    length = 500_000  # it is read in several pieces
    url = server.serve("/text", b"a" * length)
    time = 0.0

    def monotonic() -> float:
        nonlocal time
        time += 31
        return time

    with pytest.raises(FilesError) as raised:
        public_get(url, NetworkInUse, CancelToken(), length, monotonic=monotonic)
    assert raised.value.problem.kind is ProblemKind.TIMED_OUT


def test_a_body_that_is_cut_off_is_given_up(server: TextServer) -> None:
    url = server.serve("/text", "text", headers={"Content-Length": "500"})
    assert problem_of(url).kind is ProblemKind.CONNECTION_LOST


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc/passwd",
        "ftp://127.0.0.1/text",
        "javascript:alert(1)",
        "http://updates.invalid/text",
        "https://[::/text",
        "/again",
    ],
)
def test_redirects_that_lead_astray_are_not_followed(server: TextServer, location: str) -> None:
    url = server.serve("/again", "## 9.0.0", status=302, headers={"Location": location})
    problem = problem_of(url)
    assert problem.kind is ProblemKind.BAD_ADDRESS
    assert "redirected" in problem.title


def test_no_redirect_leads_from_https_to_http(
    server: TextServer, tls_server: TextServer, trusting: Network
) -> None:
    target = server.serve("/text", "text")
    url = tls_server.serve("/text", "", status=301, headers={"Location": target})
    assert "redirected" in problem_of(url, trusting).title
    assert server.requests == []


@pytest.mark.parametrize("status", [203, 404, 500])
def test_only_a_success_counts(server: TextServer, status: int) -> None:
    problem = problem_of(server.serve("/text", "text", status=status))
    assert problem.status == status
    assert f"127.0.0.1:{server.port}" in problem.title


def test_certificates_are_checked_and_can_be_trusted(
    tls_server: TextServer, trusting: Network
) -> None:
    url = tls_server.serve("/text", "text")
    assert problem_of(url).kind is ProblemKind.TLS_FAILED
    assert get(url, trusting) == b"text"


def test_the_client_certificate_is_for_accounts(tls_server: TextServer, trusting: Network) -> None:
    url = tls_server.serve("/text", "text")
    network = replace(trusting, client_certificate="/is not even there.pem")
    assert get(url, network) == b"text"


def test_it_goes_through_the_proxy(tls_server: TextServer, trusting: Network) -> None:
    tls_server.serve("/text", "text")
    with TunnelProxy(tls_server.port) as proxy:
        own = f"http://127.0.0.1:{proxy.port}"
        network = replace(trusting, proxy=ProxyChoice.OWN, proxy_url=own)
        assert get(f"https://{NAME}/text", network) == b"text"
        assert [head.split()[:2] for head in proxy.heads] == [["CONNECT", f"{NAME}:443"]]


def test_a_proxys_password_is_in_no_problem() -> None:
    with unused_port() as port:
        network = Network(
            proxy=ProxyChoice.OWN, proxy_url=f"http://127.0.0.1:{port}", proxy_user="ann"
        )
        in_use = NetworkInUse(network, "Lighthouse-12")
        with pytest.raises(FilesError) as raised:
            http_parts().public_get("https://updates.invalid/", lambda: in_use, CancelToken(), MOST)
    problem = raised.value.problem
    assert problem.title == "The proxy can't be reached"
    assert problem.detail == ""  # whatever an exception says
    assert "Lighthouse-12" not in problem.report


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://updates.invalid/text", ProblemKind.UNREACHABLE),
        ("https://127.0.0.1:1/text", ProblemKind.UNREACHABLE),
        ("https://./text", ProblemKind.BAD_ADDRESS),
    ],
)
def test_what_cant_be_reached_is_explained_without_an_account(url: str, kind: ProblemKind) -> None:
    problem = problem_of(url)
    assert problem.kind is kind
    assert "base URL" not in problem.report
    assert "key" not in problem.report


@pytest.mark.parametrize(("own", "most"), [(0.2, 15.0), (60.0, 0.2)])
def test_a_silent_server_is_given_up(
    server: TextServer, monkeypatch: pytest.MonkeyPatch, own: float, most: float
) -> None:
    monkeypatch.setattr(public_get_module, "_ANSWER_SECONDS", most)
    url = server.serve("/text", "", waits=True)
    assert problem_of(url, Network(answer_seconds=own)).kind is ProblemKind.TIMED_OUT


def test_it_can_be_canceled_while_it_waits(server: TextServer) -> None:
    url = server.serve("/text", "", waits=True)
    token = CancelToken()
    ended: list[BaseException] = []

    def run() -> None:
        try:
            get(url, token=token)
        except (Cancelled, FilesError) as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    assert server.arrived.wait(30)
    token.cancel()
    thread.join(30)
    assert [type(error) for error in ended] == [Cancelled]
