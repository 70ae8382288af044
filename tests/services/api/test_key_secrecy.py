"""The key is sent to the account's own server and shown nowhere else."""

import logging
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from services.api.files_api import FilesApi
from services.api.json_values import LONGEST_NAME
from services.problems.errors import FilesError, ProblemKind
from services.system.logs import QUIET, quiet_libraries
from tests.services.api.conftest import MakeApi, NonWaitingToken
from tests.services.api.operations import (
    ApiCall,
    content,
    delete,
    list_files,
    problem_of,
    retrieve,
    upload,
)
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.key_echoes import echoes_of, readable_parts
from tests.support.served_files import served_file
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Moment,
    Reset,
    api_error,
    invalid_json,
    json_body,
    plain_text,
    redirect,
)


def everything_shown(error: BaseException) -> str:
    """Everything a log or report could show of an exception and its causes.

    Their frames show only lines of source code.
    """
    seen: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is not None:
            seen += [str(current), repr(current), repr(getattr(current, "__dict__", ""))]
            seen += [repr(argument) for argument in current.args]
            seen += traceback.format_exception_only(current)
            waiting += [current.__cause__]
            waiting += [] if current.__suppress_context__ else [current.__context__]
    if isinstance(error, FilesError):
        seen += [repr(error.problem), error.problem.report]
    return "\n".join(seen)


@pytest.mark.parametrize(
    "fault",
    [
        api_error(401, f"Incorrect API key provided: {TEST_KEY}.", code="invalid_api_key"),
        api_error(400, f"Odd header: Bearer {TEST_KEY}"),
        plain_text(400, f"Authorization: Bearer {TEST_KEY}"),
        plain_text(400, "x" * 575 + f" Bearer {TEST_KEY}"),
        plain_text(500, f"key={TEST_KEY}"),
        json_body({"code": TEST_KEY, "message": TEST_KEY}, 400),
        redirect(f"http://127.0.0.1:1/?key={TEST_KEY}"),
        Answer(400, (("x-request-id", f"req-{TEST_KEY}"),), b""),
        invalid_json(),
        Reset(Moment.AFTER_BODY),
        Delivery(cut_after=3),
    ],
)
@pytest.mark.parametrize("ask", [list_files, upload, retrieve, delete, content])
def test_no_exception_or_log_contains_the_key(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    ask: ApiCall,
    fault: Fault,
) -> None:
    caplog.set_level(logging.DEBUG)
    files_server.add(served_file(id="file-a", content=bytes(100)))
    files_server.next(*[fault] * 3)
    shown = "no error"
    try:
        ask(api, token, tmp_path)
    except FilesError as error:
        shown = everything_shown(error)
    assert TEST_KEY not in shown
    assert TEST_KEY[:10] not in shown
    assert TEST_KEY not in caplog.text
    assert all(TEST_KEY not in request.path for request in files_server.requests)


@pytest.fixture
def program_log_levels(tmp_path: Path) -> Iterator[None]:
    """The levels that `start_logging` sets."""
    levels = {name: logging.getLogger(name).level for name in QUIET}
    quiet_libraries()
    yield
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


HEADER_FORMS = {
    name: form
    for name, form in echoes_of(TEST_KEY).items()
    if form.isascii() and form.isprintable()
}


def echo_in_header(name: str, status: int = 200, body: bytes = b"") -> list[Fault]:
    return [
        Delivery(drop=True, answer=Answer(status, ((name, f"a {form} b"),), body))
        for form in HEADER_FORMS.values()
    ]


def odd_status_line() -> list[Fault]:
    """http.client's exception for it contains the whole line."""
    return [Answer(cast("int", f"KEY {form}")) for form in HEADER_FORMS.values()]


def malformed_headers() -> list[Fault]:
    """urllib3 logs a warning that contains them."""
    return [
        Delivery(drop=True, answer=Answer(status, (("X-Fine", f"yes\r\n no colon {form}"),), b"x"))
        for form in [f"a\r\nKEY {TEST_KEY}", *HEADER_FORMS.values()]
        for status in (200, 400)
    ]


def echo_in_body(of_status: int) -> list[Fault]:
    faults: list[Fault] = []
    for form in echoes_of(TEST_KEY).values():
        padding = "x " * 280
        faults += [
            plain_text(of_status, f"Bad key {form}."),
            plain_text(of_status, padding + form),
            json_body({"error": {"message": f"{padding}Bad {form}", "code": form}}, of_status),
            json_body({"detail": [{"loc": ["header", form], "msg": form}]}, of_status),
            plain_text(of_status, f"<html><title>{form}</title></html>"),
        ]
    for name in ("plain", "escaped", "hex", "base64, 0 before and 0 after", "percent twice"):
        cut_off = "y" * (64 * 1024 - 20) + echoes_of(TEST_KEY)[name]
        faults.append(Delivery(gzip=True, answer=plain_text(of_status, cut_off)))
    return faults


PLACES: dict[str, Callable[[], list[Fault]]] = {
    "body of an error response": lambda: echo_in_body(400),
    "body of a malformed response": lambda: echo_in_body(200),
    "request ID of an error response": lambda: echo_in_header("x-request-id", 400),
    "other request ID of an error response": lambda: echo_in_header("apim-request-id", 400),
    "request ID of a malformed response": lambda: echo_in_header("x-request-id", body=b"odd"),
    "request ID of a failed delete": lambda: echo_in_header(
        "x-request-id", body=b'{"deleted": false}'
    ),
    "range of the wrong part": lambda: echo_in_header("content-range", 206),
    "unsatisfiable range": lambda: echo_in_header("content-range", 416),
    "ETag": lambda: echo_in_header("etag", 206),
    "address of a redirect": lambda: [
        redirect(address + form)
        for form in HEADER_FORMS.values()
        for address in ("http://[", "http://127.0.0.1:1/", "ftp://127.0.0.1:1/", "http://a:b@")
    ],
    "retry delay": lambda: echo_in_header("retry-after", 429),
    "length": lambda: echo_in_header("content-length", 400),
    "content encoding": lambda: echo_in_header("content-encoding", body=b"odd"),
    "status line": odd_status_line,
    "malformed headers": malformed_headers,
}


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("ask", [list_files, upload, retrieve, delete, content])
def test_no_form_of_an_echoed_key_is_shown(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    program_log_levels: None,
    ask: ApiCall,
    place: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    files_server.add(served_file(id="file-a", content=bytes(100)))
    shown = []
    for fault in PLACES[place]():
        files_server.next(*[fault] * 3)
        try:
            ask(api, token, tmp_path)
        except FilesError as error:
            shown.append(everything_shown(error))
        files_server.clear_faults()
    assert readable_parts(TEST_KEY, "\n".join(shown)) == []
    assert readable_parts(TEST_KEY, caplog.text) == []


def test_a_redirect_to_an_address_with_the_key_is_not_followed(
    make_files_server: Callable[..., ScriptedFilesServer],
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
) -> None:
    other = make_files_server(key=None)
    files_server.next(redirect(f"{other.base_url}/files?key={TEST_KEY}"))
    assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.BAD_ADDRESS
    assert other.requests == []


@pytest.mark.parametrize(
    "address", ["http://[::1", "http://a\u2100b/", "mailto:me", "http://[zz]/"]
)
def test_a_redirect_to_an_invalid_address_is_reported_as_a_redirect(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    address: str,
) -> None:
    files_server.next(redirect(address))
    assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.BAD_ADDRESS


@pytest.mark.parametrize("form", echoes_of(TEST_KEY))
def test_every_form_of_the_key_in_a_listed_name_is_removed(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, form: str
) -> None:
    """Listed names are cached on disk."""
    file = {"id": "file-a", "filename": f"of {echoes_of(TEST_KEY)[form]} .txt", "purpose": "batch"}
    files_server.next(json_body({"data": [{"id": "file-b"}, file]}))
    [other, listed] = api.list_page(token).files
    assert readable_parts(TEST_KEY, repr(listed)) == []
    assert (other.id, listed.id, listed.purpose) == ("file-b", "file-a", "batch")


def test_the_key_in_a_files_fields_is_removed(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    long = "n" * (LONGEST_NAME - 10)
    forms = ("plain", "hex", "base64, 1 before and 2 after", "hex in upper case", "escaped")
    for echoed in map(echoes_of(TEST_KEY).get, forms):
        texts = f'"filename": "{long}{echoed}", "purpose": "{echoed}", "of_later": ["{echoed}"]'
        file = Answer(body=f'{{"id": "file-a", {texts}}}'.encode())
        files_server.next(Answer(body=b'{"data": [%b]}' % file.body))
        [listed] = api.list_page(token).files
        files_server.next(file)
        retrieved = api.retrieve("file-a", token)
        files_server.next(file)
        sent = upload(api, token, tmp_path)
        assert retrieved.file == listed == sent
        assert listed.id == "file-a"
        assert listed.filename is not None
        assert listed.filename.startswith(long)
        assert readable_parts(TEST_KEY, repr((listed, retrieved))) == []


def test_no_repr_shows_the_key(api: FilesApi, token: NonWaitingToken) -> None:
    api.list_page(token)
    attributes = vars(api) | vars(vars(api)["_requests"])
    assert TEST_KEY not in repr(api) + repr(attributes) + repr(vars(attributes["connection"]))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("ask", [list_files, retrieve, content])
def test_a_redirect_to_another_server_is_followed_without_the_key(
    make_files_server: Callable[..., ScriptedFilesServer],
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ask: ApiCall,
    status: int,
) -> None:
    other = make_files_server([served_file(id="file-a")], key=None)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    path = {"list_files": "", "retrieve": "/file-a", "content": "/file-a/content"}[ask.__name__]
    files_server.next(redirect(f"{other.base_url}/files{path}", status))
    ask(api, token, tmp_path)
    [request] = other.requests
    assert TEST_KEY not in repr(request.headers)
    assert "authorization" not in request.headers


def test_a_redirect_on_the_same_server_is_followed_with_the_key(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.next(redirect("/v1/files?limit=5"))
    api.list_page(token)
    assert files_server.requests[1].query == {"limit": "5"}
    assert TEST_KEY in files_server.requests[1].headers["authorization"]


def test_a_redirect_loop_ends(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(*[redirect("/v1/files")] * 50)
    assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.BAD_ADDRESS
    assert len(files_server.requests) < 10


@pytest.mark.parametrize("ask", [upload, delete])
def test_redirects_of_uploads_and_deletes_are_not_followed(
    make_files_server: Callable[..., ScriptedFilesServer],
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    ask: ApiCall,
) -> None:
    other = make_files_server([served_file(id="file-a")], key=None)
    files_server.next(redirect(f"{other.base_url}/files"))
    problem_of(ask, api, token, tmp_path)
    assert other.requests == []


def test_a_redirect_from_https_to_http_is_not_followed(
    tls_server: ScriptedFilesServer,
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
) -> None:
    tls_server.next(redirect(f"{files_server.base_url}/files"))
    api = make_api(tls_server.base_url)
    assert problem_of(list_files, api, token, tmp_path).kind is ProblemKind.BAD_ADDRESS
    assert files_server.requests == []


def test_netrc_does_not_replace_the_key(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    own_folders: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "machine 127.0.0.1 login me password mine\ndefault login me password mine\n"
    (own_folders / ".netrc").write_text(text)
    (own_folders / ".netrc").chmod(0o600)
    api.list_page(token)
    assert files_server.requests[0].headers["authorization"] == f"Bearer {TEST_KEY}"


def test_the_system_proxy_is_not_used_for_this_computer(
    make_files_server: Callable[..., ScriptedFilesServer],
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = make_files_server()
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    api.list_page(token)
    assert proxy.connections == 0


def test_a_proxy_is_used_for_other_computers_and_never_sees_the_key_over_tls(
    make_files_server: Callable[..., ScriptedFilesServer],
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = make_files_server()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    problem = problem_of(list_files, make_api("https://files.invalid/v1"), token, tmp_path)
    assert problem.kind is ProblemKind.UNREACHABLE
    assert "proxy" in problem.title
    assert {request.method for request in proxy.requests} == {"CONNECT"}
    assert TEST_KEY not in repr([request.headers for request in proxy.requests])
