"""What is sent to a redirect's target, and which errors are reported if it fails."""

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from services.api.account_headers import origin_of
from services.api.files_api import FilesApi
from services.api.redirects import redirect_address
from services.problems.errors import ProblemKind
from tests.services.api.conftest import MakeApi, NonWaitingToken
from tests.services.api.operations import ApiCall, content, list_files, problem_of, retrieve
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import Answer, Delivery, redirect


@pytest.fixture
def resolve_all_names_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(_host: object, port: int, *_more: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize("ask", [list_files, retrieve, content])
def test_a_redirect_target_that_requires_a_key_is_named_and_the_key_not_blamed(
    make_files_server: Callable[..., ScriptedFilesServer],
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    ask: ApiCall,
) -> None:
    other = make_files_server([served_file(id="file-a")])
    files_server.next(redirect(f"{other.base_url}/files"))
    problem = problem_of(ask, api, token, tmp_path)
    assert (problem.kind, problem.status) == (ProblemKind.BAD_ADDRESS, 401)
    assert f"127.0.0.1:{other.port}" in problem.title
    assert f"127.0.0.1:{files_server.port}" in problem.advice
    assert "didn't provide" in problem.detail
    assert token.pauses == []


def test_a_key_that_was_sent_and_rejected_is_blamed(
    files_server: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(redirect("/v1/files"))
    problem = problem_of(list_files, make_api(key="sk-other"), token, tmp_path)
    assert problem.kind is ProblemKind.KEY_REFUSED


def test_a_redirect_to_an_address_with_the_key_is_redacted_and_not_followed(
    make_files_server: Callable[..., ScriptedFilesServer],
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    resolve_all_names_here: None,
) -> None:
    other = make_files_server()
    files_server.next(redirect(f"http://{TEST_KEY.upper()}.invalid:{other.port}/v1/files"))
    problem = problem_of(list_files, api, token, tmp_path)
    assert problem.kind is ProblemKind.BAD_ADDRESS
    assert not other.requests
    assert TEST_KEY.lower() not in problem.report.lower()


def test_organization_and_project_are_sent_only_to_the_accounts_server(
    make_files_server: Callable[..., ScriptedFilesServer],
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
) -> None:
    other = make_files_server(key=None)
    files_server.next(redirect("/v1/files"), redirect(f"{other.base_url}/files"))
    make_api(organization="org-1", project="proj-1").list_page(token)
    names = ("openai-organization", "openai-project")
    sent = [[request.headers.get(name) for name in names] for request in files_server.requests]
    assert sent == [["org-1", "proj-1"]] * 2
    assert not set(names) & set(other.requests[0].headers)


@pytest.mark.parametrize(
    "location",
    [
        "http://[::1/files",
        "http://[zz]/files",
        "http://127.0.0.1:port/files",
        "http://127.0.0.1:99999/files",
        "http://*.example.com/files",
        "//[/",
        "ftp://127.0.0.1/files",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("ask", [list_files, content])
def test_an_invalid_redirect_is_reported_as_the_servers_error(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    location: str,
    ask: ApiCall,
) -> None:
    files_server.next(redirect(location))
    problem = problem_of(ask, api, token, tmp_path)
    assert (problem.kind, problem.status) == (ProblemKind.BAD_ADDRESS, 307)
    assert len(files_server.requests) == 1


@pytest.mark.parametrize(("redirects", "arrives"), [(5, True), (6, False)])
def test_five_redirects_are_followed_and_no_more(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    redirects: int,
    arrives: bool,
) -> None:
    files_server.next(*[redirect("/v1/files")] * redirects)
    if arrives:
        assert api.list_page(token).files == ()
    else:
        assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.BAD_ADDRESS
    assert len(files_server.requests) == 6


def test_the_body_of_a_redirect_is_not_read(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    elsewhere = Answer(302, (("Location", "/v1/files"),), b"x" * 1000)
    files_server.next(Delivery(answer=elsewhere, stall_after=10))
    assert api.list_page(token).files == ()


def test_an_unreachable_redirect_target_is_named(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(*[redirect("http://nowhere.invalid/")] * 3)
    problem = problem_of(list_files, api, token, tmp_path)
    assert problem.kind is ProblemKind.UNREACHABLE
    assert "nowhere.invalid" in problem.title


@pytest.mark.parametrize(
    ("url", "location", "following"),
    [
        ("http://a/v1/files", "b?c=d", "http://a/v1/b?c=d"),
        ("http://a/v1/files", "//b/c", "http://b/c"),
        ("http://a/v1/files", "https://b", "https://b"),
        ("https://a/v1/files", "http://a/v1/files", None),
        ("http://a/v1", "http://b\u00c3\u00bccher.example/", "http://bücher.example/"),
        ("http://a/v1", "\udcff", "http://a/v1"),
    ],
)
def test_where_a_redirect_leads(url: str, location: str, following: str | None) -> None:
    assert redirect_address(url, location) == following


@pytest.mark.parametrize("host", ["bücher.invalid", "BÜCHER.invalid", "xn--bcher-kva.invalid"])
def test_a_non_ascii_host_gets_the_key_in_any_spelling(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    resolve_all_names_here: None,
    host: str,
) -> None:
    files_server.next(redirect(f"http://XN--bcher-kva.invalid:{files_server.port}/v1/files"))
    make_api(f"http://{host}:{files_server.port}/v1").list_page(token)
    keys = [request.headers["authorization"] for request in files_server.requests]
    assert keys == [f"Bearer {TEST_KEY}"] * 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://Straße.example/v1", "https://strasse.example", False),
        ("https://api.example", "https://API.example:443/x", True),
        ("https://api.example", "http://api.example", False),
        ("https://api.example", "https://api.example:444", False),
        ("https://api.example", "https://api.example.evil", False),
        ("https://api.example", "https://api.example@evil.example", False),
        ("https://аpi.example", "https://api.example", False),
    ],
)
def test_which_addresses_have_the_same_origin(one: str, other: str, same: bool) -> None:
    assert (origin_of(one) == origin_of(other)) is same


@pytest.mark.parametrize("url", ["", "a", "http://[::1", "http://a:port", "http://*.a"])
def test_an_invalid_address_has_no_origin(url: str) -> None:
    assert origin_of(url) in (None, ("", "", None))
