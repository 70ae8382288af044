"""Every error becomes a sentence with advice."""

import socket
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.problems.errors import FilesError, ProblemKind
from tests.services.api.conftest import QUICK, MakeApi, NonWaitingToken
from tests.services.api.operations import (
    ApiCall,
    content,
    delete,
    list_files,
    problem_of,
    retrieve,
    upload,
)
from tests.support.factories import account, upload_request
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Moment,
    Refuse,
    Reset,
    Stall,
    StallAtAccept,
    api_error,
    html,
    invalid_json,
    json_body,
    plain_text,
    rate_limited,
    redirect,
    unavailable,
)

K = ProblemKind
REFUSALS: list[tuple[ApiCall, Answer, ProblemKind, str]] = [
    (list_files, api_error(401, "Incorrect API key provided: sk-…", code="invalid_api_key"), K.KEY_REFUSED, "Incorrect API key"),
    (list_files, api_error(401, "You didn't provide an API key."), K.KEY_REFUSED, "didn't provide"),
    (list_files, api_error(401, "You must be a member of an organization"), K.KEY_REFUSED, "member"),
    (upload, api_error(401, "You have insufficient permissions for this operation. Missing scopes: api.files.write"), K.NOT_PERMITTED, "api.files.write"),
    (list_files, api_error(403, "Country, region, or territory not supported"), K.NOT_PERMITTED, "Country"),
    (retrieve, api_error(404, "No such File object: file-a", param="id"), K.NOT_FOUND, "No such File object"),
    (content, api_error(404, "No such File object: file-a", param="id"), K.NOT_FOUND, "No such File object"),
    (delete, api_error(404, "No such File object: file-a", param="id"), K.NOT_FOUND, "No such File object"),
    (delete, api_error(400, "No such File object: file-a"), K.NOT_FOUND, "No such File object"),
    (list_files, api_error(404, "Not Found"), K.NOT_A_FILES_API, "Not Found"),
    (list_files, html(404), K.NOT_A_FILES_API, "404"),
    (upload, plain_text(501, "not implemented"), K.NOT_A_FILES_API, "not implemented"),
    (content, api_error(400, "Not allowed to download files of purpose: user_data"), K.CONTENT_REFUSED, "user_data"),
    (content, api_error(400, "To help mitigate abuse, downloading of fine-tune training files is disabled for free accounts."), K.CONTENT_REFUSED, "free accounts"),
    (delete, api_error(409, "File is still processing. Check back later."), K.BUSY, "still processing"),
    (upload, api_error(400, "'answers' is not one of ['fine-tune'] - 'purpose'"), K.REQUEST_REFUSED, "is not one of"),
    (upload, api_error(400, "Invalid file format for Fine-Tuning API. Must be .jsonl"), K.REQUEST_REFUSED, "Must be .jsonl"),
    (upload, api_error(400, 'Invalid extension vb. Supported formats: "c","cpp"'), K.REQUEST_REFUSED, "Supported formats"),
    (upload, api_error(400, "You have exceeded your file storage quota. Organizations are limited to 100 GB of files."), K.STORAGE_FULL, "100 GB"),
    (upload, api_error(400, "Additional properties are not allowed ('expires_after' was unexpected)"), K.REQUEST_REFUSED, "expires_after"),
    (upload, api_error(422, "Unprocessable"), K.REQUEST_REFUSED, "Unprocessable"),
    (upload, api_error(413, "The file is too large"), K.TOO_LARGE, "too large"),
    (upload, html(413), K.TOO_LARGE, "413"),
    (list_files, rate_limited(), K.RATE_LIMITED, "Rate limit"),
    (list_files, rate_limited(retry_after="3"), K.RATE_LIMITED, "Rate limit"),
    (list_files, rate_limited(code="insufficient_quota"), K.QUOTA_USED_UP, "insufficient_quota"),
    (list_files, rate_limited(code="credit_balance_exhausted"), K.QUOTA_USED_UP, "credit"),
    (list_files, unavailable(500), K.SERVER_FAILED, "overloaded"),
    (list_files, unavailable(503), K.SERVER_FAILED, "overloaded"),
    (list_files, html(502), K.SERVER_FAILED, "502"),
    (list_files, plain_text(500, "rpc error: not found"), K.SERVER_FAILED, "rpc error"),
    (list_files, plain_text(408, ""), K.TIMED_OUT, ""),
    (list_files, json_body({"error": "a text"}, 400), K.REQUEST_REFUSED, "a text"),
    (list_files, json_body({"detail": "a text"}, 400), K.REQUEST_REFUSED, "a text"),
    (list_files, json_body({"detail": [{"loc": ["query", "limit"], "msg": "too small", "type": "x"}]}, 422), K.REQUEST_REFUSED, "limit: too small"),
    (list_files, json_body({"title": "Bad", "detail": {"message": "deep"}}, 400), K.REQUEST_REFUSED, "deep"),
    (list_files, json_body({"code": 20012, "message": "no", "data": None}, 400), K.REQUEST_REFUSED, "no"),
    (list_files, json_body({"error": {"message": None, "code": "400", "type": "None"}}, 400), K.REQUEST_REFUSED, "400"),
    (list_files, json_body("Invalid token", 401), K.KEY_REFUSED, "Invalid token"),
    (list_files, json_body([1], 400), K.REQUEST_REFUSED, "[1]"),
    (list_files, Answer(400, body=b""), K.REQUEST_REFUSED, ""),
    (list_files, Answer(400, body=b"[" * 60_000), K.REQUEST_REFUSED, "[[["),
    (list_files, Answer(400, body=b'{"detail": [{"loc": 7, "msg": "odd"}]}'), K.REQUEST_REFUSED, "odd"),
    (list_files, Answer(400, body=b'{"error": {"message": "\\ud800"}}'), K.REQUEST_REFUSED, ""),
    (list_files, Answer(400, body=b"\xff\xfe\x00"), K.REQUEST_REFUSED, ""),
    (list_files, invalid_json(), K.NOT_A_FILES_API, ""),
    (list_files, html(200), K.NOT_A_FILES_API, ""),
    (list_files, Answer(200, body=b""), K.NOT_A_FILES_API, ""),
    (list_files, json_body({"hello": 1}), K.NOT_A_FILES_API, ""),
    (list_files, json_body({"error": {"message": "a text"}}), K.REQUEST_REFUSED, "a text"),
    (list_files, json_body({"object": "error", "message": "a text", "data": None}), K.REQUEST_REFUSED, "a text"),
    (upload, json_body({"error": {"message": "a text"}, "id": "req_1"}), K.REQUEST_REFUSED, "a text"),
    (list_files, json_body({"error": {"message": "No connected db.", "type": "no_db_connection", "param": None, "code": "400"}}, 400), K.KEY_REFUSED, "No connected db."),
    (upload, json_body({"error": {"message": "No connected db.", "code": "no_db_connection"}}, 500), K.KEY_REFUSED, "No connected db."),
    (list_files, api_error(405, "Method Not Allowed"), K.NOT_A_FILES_API, "Method Not Allowed"),
    (upload, redirect("http://127.0.0.1:1/elsewhere"), K.BAD_ADDRESS, ""),
    (delete, redirect("http://127.0.0.1:1/elsewhere", 302), K.BAD_ADDRESS, ""),
    (list_files, Answer(304), K.BAD_ADDRESS, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ask", "answer", "kind", "words"),
    REFUSALS,
    ids=[f"{ask.__name__}-{answer.status}-{kind.name}" for ask, answer, kind, _ in REFUSALS],
)
def test_an_error_response_is_reported_with_its_status_and_message(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    ask: ApiCall,
    answer: Answer,
    kind: ProblemKind,
    words: str,
) -> None:
    files_server.next(*[answer] * 3)
    problem = problem_of(ask, api, token, tmp_path)
    assert problem.kind is kind
    assert problem.status == answer.status
    assert problem.request_id is not None
    assert problem.request_id.startswith("req_")
    assert words in problem.detail
    assert problem.request_id in problem.report
    assert len(problem.report) < 2_000


INVALID = "Input should be 'assistants' or 'batch'"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": {"message": INVALID, "param": "purpose"}}, INVALID),
        ({"detail": [{"loc": ["body", "purpose"], "msg": INVALID, "type": "enum"}]}, f"purpose: {INVALID}"),
        ({"detail": [{"loc": ["body", "expires_after", "seconds"], "msg": "too small"}]}, "expires_after.seconds: too small"),
        ({"detail": [{"loc": ["body"], "msg": "Field required"}]}, "body: Field required"),
        ({"detail": [{"loc": ["body", "files", 0], "msg": "a"}, {"loc": ["query", "limit"], "msg": "b"}]}, "files.0: a; limit: b"),
        ({"error": {"detail": {"errors": [{"loc": ["body", "purpose"], "msg": INVALID, "type": "enum"}]}}}, f"purpose: {INVALID}"),
        ({"detail": {"error": {"message": INVALID}}}, INVALID),
        ({"errors": [INVALID, "And more"]}, f"{INVALID}; And more"),
        ({"errors": [{"field": "purpose", "message": INVALID}]}, f"purpose: {INVALID}"),
        ({"error": {"errors": [{"message": INVALID, "reason": "invalid"}], "message": "Bad Request"}}, INVALID),
        ({"title": "One or more validation errors occurred.", "errors": {"purpose": [INVALID]}}, f"purpose: {INVALID}"),
        ({"error": [{"msg": INVALID}]}, INVALID),
        ([{"error": {"message": INVALID}}], INVALID),
        ({"status": 400, "error": "Bad Request", "path": "/v1/files"}, "Bad Request"),
        ({"errors": [{"code": 5}], "message": INVALID}, INVALID),
    ],
    ids=repr,
)  # fmt: skip
@pytest.mark.parametrize("ask", [list_files, upload])
def test_the_message_is_found_wherever_it_is_in_the_body(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    ask: ApiCall,
    body: object,
    message: str,
) -> None:
    files_server.next(json_body(body, 422))
    problem = problem_of(ask, api, token, tmp_path)
    assert problem.server_message == message
    assert message not in problem.advice


def test_a_body_of_any_depth_does_not_crash(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    deep = b'{"error":' * 500 + b'{"message": "deep"}' + b"}" * 500
    files_server.next(Answer(400, body=deep))
    assert problem_of(list_files, api, token, tmp_path).kind is K.REQUEST_REFUSED


def test_only_an_error_response_has_a_server_message(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(html(200))
    problem = problem_of(list_files, api, token, tmp_path)
    assert (problem.status, problem.server_message) == (200, "")
    assert problem.detail


def test_a_server_without_listing_is_distinguished_from_one_without_another_endpoint(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(api_error(405, "no"), api_error(405, "no"))
    titles = [problem_of(ask, api, token, tmp_path).title for ask in (list_files, upload)]
    assert titles[0] != titles[1]
    assert "list" in titles[0]


def test_the_advice_for_a_redirect_names_the_address(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(redirect("https://files.example.com/v1/files"))
    assert "https://files.example.com/v1/files" in problem_of(upload, api, token, tmp_path).advice


def test_the_advice_for_a_long_wait_names_it(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(rate_limited(retry_after="600"))
    assert "10 minutes" in problem_of(list_files, api, token, tmp_path).advice
    assert token.pauses == []


@pytest.mark.parametrize("ask", [list_files, upload])
def test_a_response_with_two_lengths_is_the_servers_fault(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    ask: ApiCall,
) -> None:
    lengths = (("Content-Length", "5"), ("Content-Length", "7"))
    files_server.next(*[Answer(200, lengths, b"12345")] * 3)
    with pytest.raises(FilesError) as caught:
        ask(api, token, tmp_path)
    assert caught.value.problem.kind is ProblemKind.NOT_A_FILES_API
    assert caught.value.body_sent


# No response at all


def test_an_unreachable_server_is_named(
    make_api: MakeApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    problem = problem_of(list_files, make_api(f"http://127.0.0.1:{port}/v1"), token, tmp_path)
    assert problem.kind is ProblemKind.UNREACHABLE
    assert "127.0.0.1 can't be reached" in problem.title
    assert problem.status is None
    assert len(token.pauses) == 2


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_unknown_host_is_named(
    make_api: MakeApi, token: NonWaitingToken, tmp_path: Path, scheme: str
) -> None:
    problem = problem_of(list_files, make_api(f"{scheme}://nowhere.invalid/v1"), token, tmp_path)
    assert problem.kind is ProblemKind.UNREACHABLE
    assert "nowhere.invalid wasn't found" in problem.title


def test_an_untrusted_certificate_is_rejected_before_the_key_is_sent(
    make_files_server: Callable[..., ScriptedFilesServer],
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
) -> None:
    server = make_files_server(tls=True)
    problem = problem_of(list_files, make_api(server.base_url), token, tmp_path)
    assert problem.kind is ProblemKind.TLS_FAILED
    assert "certificate" in problem.title
    assert server.requests == []
    assert token.pauses == []


def test_a_custom_certificate_authority_is_trusted(
    tls_server: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken
) -> None:
    tls_server.add(served_file(id="file-a"))
    assert len(make_api(tls_server.base_url).list_page(token).files) == 1


def test_https_to_a_server_without_tls_is_reported(
    files_server: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    address = files_server.base_url.replace("http:", "https:")
    # The server can't parse the TLS handshake, and its response isn't TLS.
    problem = problem_of(
        list_files, make_api(address, network=replace(QUICK, answer_seconds=0.3)), token, tmp_path
    )
    assert problem.kind in (ProblemKind.TLS_FAILED, ProblemKind.CONNECTION_LOST, ProblemKind.TIMED_OUT, ProblemKind.UNREACHABLE)  # fmt: skip
    assert files_server.requests == []


def test_http_to_a_server_with_tls_is_reported(
    tls_server: ScriptedFilesServer, make_api: MakeApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    address = tls_server.base_url.replace("https:", "http:")
    problem = problem_of(list_files, make_api(address), token, tmp_path)
    assert problem.kind is ProblemKind.CONNECTION_LOST
    assert tls_server.requests == []


@pytest.mark.parametrize(
    "base_url",
    ["127.0.0.1/v1", "ftp://127.0.0.1/v1", "http:///v1", "http://[::1/v1", "http://127.0.0.1:x/v1", ""],
)  # fmt: skip
def test_an_invalid_address_is_reported(
    token: NonWaitingToken, tmp_path: Path, base_url: str
) -> None:
    api = FilesApi(account(base_url=base_url), TEST_KEY)
    problem = problem_of(list_files, api, token, tmp_path)
    assert problem.kind is ProblemKind.BAD_ADDRESS
    assert token.pauses == []


@pytest.mark.parametrize(
    "key", ["sk-canary\nx", "sk-canary\r\nX-Evil: 1", "sk-canary-ключ", "sk-canary\0"]
)
def test_a_key_that_is_invalid_in_a_header_is_reported_without_showing_it(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    key: str,
) -> None:
    with pytest.raises(FilesError) as caught:
        list_files(make_api(key=key), token, tmp_path)
    assert caught.value.problem.kind in (ProblemKind.BAD_ADDRESS, ProblemKind.KEY_REFUSED)
    assert "canary" not in "".join(traceback.format_exception(caught.value))
    assert "canary" not in caught.value.problem.report
    assert files_server.requests == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Stall(Moment.AFTER_BODY), ProblemKind.TIMED_OUT),
        (Delivery(stall_in_head=True), ProblemKind.TIMED_OUT),
        (Delivery(stall_after=5), ProblemKind.TIMED_OUT),
        (Reset(Moment.BEFORE_BODY), ProblemKind.CONNECTION_LOST),
        (Reset(Moment.AFTER_BODY), ProblemKind.CONNECTION_LOST),
        (Delivery(cut_after=5), ProblemKind.CONNECTION_LOST),
        (Delivery(length_lie=100), ProblemKind.CONNECTION_LOST),
    ],
)
@pytest.mark.parametrize("ask", [list_files, content])
def test_a_failed_connection_is_reported_as_timed_out_or_lost(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
    fault: Fault,
    kind: ProblemKind,
    ask: ApiCall,
) -> None:
    files_server.add(served_file(id="file-a", content=bytes(1000)))
    files_server.next(*[fault] * 3)
    # A short timeout only for the silent cases: a busy machine may take longer for the others.
    seconds = 0.2 if kind is ProblemKind.TIMED_OUT else 10
    api = make_api(network=replace(QUICK, answer_seconds=seconds))
    problem = problem_of(ask, api, token, tmp_path)
    assert problem.kind is kind
    assert "127.0.0.1" in problem.title


def test_a_connection_reset_while_connecting_is_reported(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(*[Refuse()] * 3)
    # It may be noticed while connecting or at the first byte.
    kinds = (ProblemKind.UNREACHABLE, ProblemKind.CONNECTION_LOST)
    assert problem_of(list_files, api, token, tmp_path).kind in kinds
    assert len(token.pauses) == 2


@pytest.mark.slow
def test_a_stalled_tls_handshake_is_reported_as_timed_out(
    tls_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    tmp_path: Path,
) -> None:
    tls_server.next(*[StallAtAccept()] * 3)
    hasty = replace(QUICK, connect_seconds=0.2, answer_seconds=0.2)
    api = make_api(tls_server.base_url, network=hasty)
    problem = problem_of(list_files, api, token, tmp_path)
    assert problem.kind in (ProblemKind.TIMED_OUT, ProblemKind.UNREACHABLE)


# Responses that arrive during an upload


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("polite", [True, False])
@pytest.mark.parametrize(
    ("status", "kind"), [(401, ProblemKind.KEY_REFUSED), (413, ProblemKind.TOO_LARGE)]
)
def test_an_early_response_to_a_large_upload_is_shown_or_the_loss_reported(
    request: pytest.FixtureRequest,
    make_api: MakeApi,
    token: NonWaitingToken,
    large_file: Path,
    status: int,
    kind: ProblemKind,
    polite: bool,
    tls: bool,
) -> None:
    server = request.getfixturevalue("tls_server" if tls else "files_server")
    server.next(api_error(status, "refused early", early=True, polite=polite))
    with pytest.raises(FilesError) as caught:
        make_api(server.base_url).upload(upload_request(large_file), token)
    problem = caught.value.problem
    if polite:
        assert (problem.kind, problem.status) == (kind, status)
    else:
        assert problem.kind in (kind, ProblemKind.CONNECTION_LOST)
        assert problem.status is not None or not caught.value.body_sent
    assert server.files == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["detail", "message", "error", "code"])
def test_an_endlessly_nested_error_body_is_reported_by_its_status(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, name: str
) -> None:
    for depth in (*range(850, 1000, 2), 5_000, 20_000):
        nest = b"[" * depth + b"1" + b"]" * depth
        files_server.next(Answer(400, body=b'{"%b": %b}' % (name.encode(), nest)))
        with pytest.raises(FilesError) as caught:
            api.list_page(token)
        assert caught.value.problem.status == 400
