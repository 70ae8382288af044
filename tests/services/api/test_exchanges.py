"""The last exchanges with servers: what was sent, what came back, and never a secret."""

from pathlib import Path

import pytest
from msgspec import structs

from services.api.exchanges import MOST_KEPT, Exchange, ExchangeLog, about
from services.api.files_api import FilesApi
from services.problems.error_responses import Operation
from services.problems.errors import FilesError
from services.system.cancellation import Cancelled
from tests.services.api.conftest import NonWaitingToken
from tests.services.api.operations import ApiCall, content, delete, list_files, retrieve, upload
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.key_echoes import echoes_of
from tests.support.served_files import served_file
from tests.support.server_faults import Answer, Moment, Reset, api_error, redirect

EVERYTHING = [list_files, retrieve, delete, content, upload]


@pytest.fixture(autouse=True)
def one_file(files_server: ScriptedFilesServer) -> None:
    files_server.add(served_file(id="file-a"))


@pytest.fixture
def log() -> ExchangeLog:
    return ExchangeLog()


@pytest.fixture
def api(files_server: ScriptedFilesServer, log: ExchangeLog) -> FilesApi:
    used = account(base_url=files_server.base_url)
    return FilesApi(used, TEST_KEY, exchanges=log, random=lambda: 0.0)


def kept(log: ExchangeLog, api: FilesApi) -> tuple[Exchange, ...]:
    return log.all_of(api.account.id)


@pytest.mark.parametrize("ask", EVERYTHING)
def test_each_request_is_kept_with_its_response(
    api: FilesApi, log: ExchangeLog, token: NonWaitingToken, tmp_path: Path, ask: ApiCall
) -> None:
    ask(api, token, tmp_path)
    exchange = kept(log, api)[-1]
    assert exchange.url.startswith(api.account.base_url)
    assert exchange.status == 200
    assert exchange.problem == ""
    assert not exchange.has_failed
    assert exchange.answered_after is not None
    assert exchange.ended_after is not None
    assert exchange.answered_after <= exchange.ended_after
    assert "User-Agent" in dict(exchange.request_headers)
    assert "Content-Length" in dict(exchange.response_headers)


@pytest.mark.parametrize("ask", EVERYTHING)
def test_no_secret_is_kept_even_if_the_server_echoes_it(
    api: FilesApi,
    files_server: ScriptedFilesServer,
    log: ExchangeLog,
    token: NonWaitingToken,
    tmp_path: Path,
    ask: ApiCall,
) -> None:
    echoes = [one for one in echoes_of(TEST_KEY).values() if one.isascii() and one.isprintable()]
    headers = [(f"X-Echo-{number}", echo) for number, echo in enumerate(echoes)]
    headers.append(("Set-Cookie", "session=words-of-its-own"))
    files_server.next(Answer(400, tuple(headers), b"{}"))
    with pytest.raises(FilesError):
        ask(api, token, tmp_path)
    (exchange,) = kept(log, api)
    for secret in (*echoes, "words-of-its-own"):
        assert secret not in repr(exchange)
    assert dict(exchange.request_headers)["Authorization"] == "•••"
    assert exchange.has_failed
    assert exchange.problem


def test_no_secret_is_kept_in_the_name_of_a_header(
    files_server: ScriptedFilesServer, log: ExchangeLog, token: NonWaitingToken
) -> None:
    key = "sk-test-that-ends-in-zero-in-hex-p"
    secret = key.encode().hex()
    files_server.next(Answer(400, ((f"Echo-{secret}", "a"), ("X-Next", "b")), b"{}"))
    api = FilesApi(account(base_url=files_server.base_url), key, exchanges=log)
    with pytest.raises(FilesError):
        api.retrieve("file-a", token)
    (exchange,) = kept(log, api)
    assert secret not in repr(exchange).lower()
    assert "X-Next" in dict(exchange.response_headers)


def test_attempts_are_counted(
    api: FilesApi, files_server: ScriptedFilesServer, log: ExchangeLog, token: NonWaitingToken
) -> None:
    files_server.next(Reset(Moment.AFTER_BODY), api_error(500, "busy"))
    with about("transfer 1"):
        api.list_page(token)
        api.list_page(token)
    seen = [(one.attempt, one.status, bool(one.problem)) for one in kept(log, api)]
    assert seen == [(1, None, True), (2, 500, True), (3, 200, False), (1, 200, False)]
    assert {one.subject for one in kept(log, api)} == {"transfer 1"}


def test_each_redirect_is_an_exchange_of_its_own(
    api: FilesApi, files_server: ScriptedFilesServer, log: ExchangeLog, token: NonWaitingToken
) -> None:
    files_server.next(redirect("/v1/files?limit=7"))
    api.list_page(token)
    first, second = kept(log, api)
    assert (first.status, dict(first.response_headers)["Location"]) == (307, "/v1/files?limit=7")
    assert (second.status, second.url) == (200, f"{api.account.base_url}/files?limit=7")
    assert first.ended_after is not None


def test_the_id_of_the_request_is_found(
    api: FilesApi, files_server: ScriptedFilesServer, log: ExchangeLog, token: NonWaitingToken
) -> None:
    files_server.next(Answer(404, (("CF-Ray", "other"), ("X-Request-ID", "req_1"))))
    with pytest.raises(FilesError):
        api.retrieve("file-a", token)
    assert kept(log, api)[0].request_id.startswith("req_1")


def test_an_upload_is_kept_with_its_fields(
    api: FilesApi, log: ExchangeLog, token: NonWaitingToken, tmp_path: Path
) -> None:
    upload(api, token, tmp_path)
    sent = next(one for one in kept(log, api) if one.operation is Operation.UPLOAD)
    assert dict(sent.form)["file"] == "@a.jsonl"
    assert "purpose" in dict(sent.form)


def test_a_canceled_request_says_so(
    api: FilesApi, log: ExchangeLog, token: NonWaitingToken, tmp_path: Path
) -> None:
    def stop() -> None:
        token.cancel()
        token.check()

    with pytest.raises(Cancelled), api.content("file-a", token):
        stop()
    (exchange,) = kept(log, api)
    assert (exchange.status, exchange.problem) == (200, "Canceled")


def test_only_the_last_ones_are_kept_and_each_account_sees_its_own() -> None:
    log = ExchangeLog()
    for number in range(MOST_KEPT + 3):
        log.add("a" if number % 2 else "b", Operation.LIST, "GET", f"https://a.example/{number}")
    kept = [*log.all_of("a"), *log.all_of("b")]
    assert len(kept) == MOST_KEPT
    assert min(one.number for one in kept) == 4
    assert {one.account_id for one in log.all_of("a")} == {"a"}
    log.forget("a")
    assert log.all_of("a") == ()
    assert log.all_of("b")


def test_attempts_are_counted_for_each_account_and_subject_as_long_as_they_are_kept() -> None:
    log = ExchangeLog()

    def fail(account_id: str, subject: str) -> int:
        with about(subject):
            added = log.add(account_id, Operation.LIST, "GET", "https://a.example")
        log.replace(structs.replace(added, problem="cut off"))
        return added.attempt

    assert [fail("a", "one"), fail("a", "two"), fail("b", "one")] == [1, 1, 1]
    assert [fail("a", "one"), fail("a", "two"), fail("b", "one")] == [2, 2, 2]
    log.forget("a")
    assert [fail("a", "one"), fail("b", "one")] == [1, 3]
    for _ in range(MOST_KEPT):
        log.add("c", Operation.LIST, "GET", "https://a.example")
    assert [fail("a", "one"), fail("b", "one")] == [1, 1]


def test_long_headers_are_cut(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    log: ExchangeLog,
    token: NonWaitingToken,
) -> None:
    many = tuple((f"X-Much-{number}", "x" * 8_000) for number in range(5))
    files_server.next(Answer(404, many))
    with pytest.raises(FilesError):
        api.retrieve("file-a", token)
    (exchange,) = kept(log, api)
    assert len(repr(exchange.response_headers)) < 20_000
