from collections.abc import Callable
from pathlib import Path

import pytest

from services.accounts.connection_check import check_connection
from services.accounts.events import AccountTested
from services.api import retry
from services.api.files_api import FilesApi
from services.problems.errors import ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import ListingQuirk, many_files
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Refuse,
    Stall,
    api_error,
    html,
    json_body,
    rate_limited,
    redirect,
    unavailable,
)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.01)


def run_check(base_url: str, key: str = TEST_KEY) -> AccountTested:
    tested = check_connection(account(base_url=base_url), key, 7, CancelToken())
    assert tested.request == 7
    assert key not in repr(tested)
    return tested


def test_a_working_account_passes_three_steps(files_server: ScriptedFilesServer) -> None:
    files_server.add(*many_files(1))
    tested = run_check(files_server.base_url)
    assert tested.problem is None
    reached, accepted, listed = tested.passed
    assert reached.startswith(f"Reached 127.0.0.1:{files_server.port} in ")
    assert reached.endswith(" ms, without encryption")
    assert accepted == "Key accepted: it can list files"
    assert listed == "1 file listed"


@pytest.mark.parametrize(("number", "words"), [(0, "0 files listed"), (1234, "1,234 files listed")])
def test_the_files_are_counted(files_server: ScriptedFilesServer, number: int, words: str) -> None:
    files_server.add(*many_files(number))
    assert run_check(files_server.base_url).passed[-1] == words


def test_more_than_one_page_is_not_counted(files_server: ScriptedFilesServer) -> None:
    files_server.add(*many_files(2))
    files_server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    assert run_check(files_server.base_url).passed[-1] == "More than 2 files"


def test_over_tls_the_result_mentions_the_certificate(
    make_files_server: Callable[..., ScriptedFilesServer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = make_files_server(tls=True)
    assert server.ca_pem is not None
    untrusted = run_check(server.base_url)
    assert untrusted.problem is not None
    assert untrusted.problem.kind is ProblemKind.TLS_FAILED
    assert untrusted.passed == ()
    (tmp_path / "ca.pem").write_bytes(server.ca_pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    used = account(base_url=server.base_url)
    api = FilesApi(used, TEST_KEY)
    tested = check_connection(used, TEST_KEY, 7, CancelToken(), api)
    assert tested.passed[0].endswith(" ms, certificate valid")


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (api_error(401, "Incorrect API key provided", code="invalid_api_key"), ProblemKind.KEY_REFUSED),
        (api_error(401, "Missing scopes: api.files.read"), ProblemKind.NOT_PERMITTED),
        (api_error(403, "Country not supported"), ProblemKind.NOT_PERMITTED),
        (html(404), ProblemKind.NOT_A_FILES_API),
        (html(200), ProblemKind.NOT_A_FILES_API),
        (json_body({"models": []}), ProblemKind.NOT_A_FILES_API),
        (Answer(405), ProblemKind.NOT_A_FILES_API),
        (rate_limited(code="insufficient_quota"), ProblemKind.QUOTA_USED_UP),
        (rate_limited(retry_after="600"), ProblemKind.RATE_LIMITED),
    ],
)  # fmt: skip
def test_a_server_that_rejects_the_request_counts_as_reached(
    files_server: ScriptedFilesServer, fault: Fault, kind: ProblemKind
) -> None:
    files_server.next(fault)
    tested = run_check(files_server.base_url)
    assert tested.problem is not None
    assert tested.problem.kind is kind
    assert tested.passed == (f"Reached 127.0.0.1:{files_server.port}",)


def test_a_redirect_names_the_right_address(files_server: ScriptedFilesServer) -> None:
    files_server.script("GET", "/files", [redirect("ftp://elsewhere/v1")] * 9)
    tested = run_check(files_server.base_url)
    assert tested.problem is not None
    assert tested.passed == ()


@pytest.mark.parametrize("fault", [unavailable(500), Delivery(cut_after=5)], ids=repr)
def test_a_failing_server_is_tried_three_times(
    files_server: ScriptedFilesServer, fault: Fault
) -> None:
    files_server.next(*[fault] * 3)
    assert run_check(files_server.base_url).problem is not None
    assert len(files_server.requests) == 3


def test_a_lost_connection_does_not_count_as_reached(files_server: ScriptedFilesServer) -> None:
    files_server.next(*[Refuse()] * 3)
    tested = run_check(files_server.base_url)
    assert tested.problem is not None
    assert tested.passed == ()


@pytest.mark.parametrize(
    ("base_url", "kind"),
    [
        ("http://127.0.0.1:1/v1", ProblemKind.UNREACHABLE),
        ("https://nowhere.invalid/v1", ProblemKind.UNREACHABLE),
        ("api.example.com/v1", ProblemKind.BAD_ADDRESS),
        ("ftp://127.0.0.1/v1", ProblemKind.BAD_ADDRESS),
        ("http://127.0.0.1:99999/v1", ProblemKind.BAD_ADDRESS),
        ("http://127.0.0.1:port/v1", ProblemKind.BAD_ADDRESS),
        ("http://[::1/v1", ProblemKind.BAD_ADDRESS),
        ("http:///v1", ProblemKind.BAD_ADDRESS),
        ("", ProblemKind.BAD_ADDRESS),
    ],
)
def test_an_unreachable_address_does_not_count_as_reached(base_url: str, kind: ProblemKind) -> None:
    tested = run_check(base_url)
    assert tested.problem is not None
    assert tested.problem.kind is kind
    assert tested.passed == ()


@pytest.mark.parametrize("key", ["sk-cut…short", "sk-with\nline", "ключ-ключ"])
def test_a_key_that_is_invalid_in_a_header_is_reported(
    files_server: ScriptedFilesServer, key: str
) -> None:
    tested = run_check(files_server.base_url, key)
    assert tested.problem is not None
    assert tested.problem.kind is ProblemKind.BAD_ADDRESS
    assert files_server.requests == []


def test_the_test_can_be_cancelled(
    files_server: ScriptedFilesServer, cancel_when_stalled: CancelToken
) -> None:
    files_server.next(Stall())
    with pytest.raises(Cancelled):
        check_connection(account(base_url=files_server.base_url), TEST_KEY, 7, cancel_when_stalled)
