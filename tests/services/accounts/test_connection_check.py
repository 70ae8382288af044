import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.accounts.connection_check import check_connection
from services.accounts.connection_steps import ConnectionStep, ConnectionTest, StepKind, StepState
from services.api import retry
from services.problems.errors import ProblemKind
from services.providers.network import Network, ProxyChoice
from services.providers.url_corrections import MOST
from services.system.cancellation import Cancelled, CancelToken
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.real_proxy import HTTP, SOCKS, RealProxy, unused_port
from tests.support.served_files import ListingQuirk, many_files
from tests.support.server_faults import (
    Answer,
    Delivery,
    Fault,
    Refuse,
    Reset,
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


KEY, FILES, LISTS = StepKind.KEY, StepKind.FILES, StepKind.LISTS
PASSED, FAILED, WARNING = StepState.PASSED, StepState.FAILED, StepState.WARNING
YEAR_3000 = 32503680000.0
"""When the certificates of the test servers end."""
DAY = 86400.0


def run_check(base_url: str, key: str = TEST_KEY, **named: Any) -> ConnectionTest:
    checked = account(base_url=base_url, network=named.pop("network", None))
    test = check_connection(checked, key, CancelToken(), **named)
    assert key not in repr(test)
    return test


def texts(test: ConnectionTest) -> list[str]:
    return [step.text for step in test.steps]


def kinds(test: ConnectionTest) -> list[tuple[StepKind, StepState]]:
    return [(step.kind, step.state) for step in test.steps]


def step_of(test: ConnectionTest, kind: StepKind) -> ConnectionStep:
    (found,) = [step for step in test.steps if step.kind is kind]
    return found


def test_a_working_account_passes_every_step(files_server: ScriptedFilesServer) -> None:
    files_server.add(*many_files(1))
    test = run_check(f"http://localhost:{files_server.port}/v1")
    assert test.problem is None
    assert texts(test) == [
        "Found localhost",
        f"Reached localhost:{files_server.port} at 127.0.0.1",
        "Not encrypted, but on this computer",
        "Key accepted: it can list files",
        "1 file listed",
        "Also has batches, vector stores, fine-tuning",
    ]
    assert {step.state for step in test.steps} == {PASSED}


def test_an_address_has_no_name_to_find(files_server: ScriptedFilesServer) -> None:
    assert texts(run_check(files_server.base_url))[0] == f"Reached 127.0.0.1:{files_server.port}"


def test_steps_are_timed_and_published_as_they_are_taken(
    files_server: ScriptedFilesServer,
) -> None:
    published: list[tuple[ConnectionStep, ...]] = []
    ticks = itertools.count()
    test = run_check(
        f"http://localhost:{files_server.port}/v1",
        publish=published.append,
        monotonic=lambda: float(next(ticks)),
    )
    assert [(steps[-1].text, steps[-1].seconds) for steps in published[:3]] == [
        ("Looking up localhost…", None),
        ("Found localhost", 1.0),
        (f"Connecting to localhost:{files_server.port}…", None),
    ]
    assert published[-1] == test.steps
    assert [step.kind for step in test.steps if step.seconds is None] == [StepKind.TLS, KEY]
    assert test.seconds == next(ticks) - 1


@pytest.mark.parametrize(("number", "words"), [(0, "0 files listed"), (1234, "1,234 files listed")])
def test_the_files_are_counted(files_server: ScriptedFilesServer, number: int, words: str) -> None:
    files_server.add(*many_files(number))
    assert step_of(run_check(files_server.base_url), FILES).text == words


def test_more_than_one_page_is_not_counted(files_server: ScriptedFilesServer) -> None:
    files_server.add(*many_files(2))
    files_server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    assert step_of(run_check(files_server.base_url), FILES).text == "At least 2 files"
    assert len([one for one in files_server.requests if one.path.endswith("/files")]) == 1


def test_what_the_server_lacks_is_said(files_server: ScriptedFilesServer) -> None:
    files_server.script("GET", "/batches", [Answer(404)])
    files_server.script("GET", "/fine_tuning/jobs", [api_error(401, "Missing scopes: x")])
    assert step_of(run_check(files_server.base_url), LISTS).text == (
        "Also has vector stores · No batches · Not for this key: fine-tuning"
    )


def test_a_list_that_fails_does_not_fail_the_test(files_server: ScriptedFilesServer) -> None:
    files_server.script("GET", "/batches", [unavailable(500)])
    files_server.script("GET", "/vector_stores", [Reset()])
    test = run_check(files_server.base_url)
    assert test.problem is None
    assert test.steps[-1].text == "Also has fine-tuning · Unknown: batches, vector stores"


def test_a_provider_that_has_no_such_list_is_not_asked(files_server: ScriptedFilesServer) -> None:
    checked = account(base_url=files_server.base_url, provider_id="groq")
    test = check_connection(checked, TEST_KEY, CancelToken())
    asked = {request.path.rpartition("/")[2] for request in files_server.requests}
    assert "vector_stores" not in asked
    assert "vector stores" in step_of(test, LISTS).text.partition("No ")[2]


@pytest.fixture
def tls_server(
    make_files_server: Callable[..., ScriptedFilesServer],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> ScriptedFilesServer:
    """A server whose certificate is trusted."""
    server: ScriptedFilesServer = make_files_server(tls=True)
    (tmp_path / "ca.pem").write_bytes(not_none(server.ca_pem))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    return server


def test_the_certificate_is_described(tls_server: ScriptedFilesServer) -> None:
    test = run_check(tls_server.base_url)
    (words,) = [step.text for step in test.steps if step.kind is StepKind.TLS]
    assert re.fullmatch(r"TLS 1\.3, certificate from trustme v[\d.]+ until 1 Jan 3000", words)
    assert StepKind.ENDING not in {step.kind for step in test.steps}


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (31, None),
        (30.0001, None),
        (29.5, "The server's certificate ends in 29 days"),
        (1.5, "The server's certificate ends in 1 day"),
        (0.5, "The server's certificate ends today"),
    ],
)
def test_a_certificate_that_ends_soon_is_a_warning(
    tls_server: ScriptedFilesServer, days: float, words: str | None
) -> None:
    test = run_check(tls_server.base_url, clock=lambda: YEAR_3000 - days * DAY)
    ending = [(step.text, step.state) for step in test.steps if step.kind is StepKind.ENDING]
    assert ending == ([] if words is None else [(words, WARNING)])
    assert test.problem is None


def authority_until(end: datetime) -> bytes:
    """The certificate of an authority, which ends then."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Acme")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    )
    certificate = built.sign(key, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM)


def test_an_own_certificate_file_that_ends_soon_is_a_warning(
    tls_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    end = datetime(2050, 1, 13, tzinfo=UTC)
    own = tmp_path / "acme-root.pem"
    own.write_bytes(authority_until(end))
    now = end.timestamp() - 12.5 * DAY
    test = run_check(tls_server.base_url, network=Network(ca_file=str(own)), clock=lambda: now)
    ending = step_of(test, StepKind.ENDING)
    assert (ending.text, ending.state) == ("acme-root.pem ends in 12 days", WARNING)
    own.write_bytes(authority_until(end) + authority_until(datetime(2060, 1, 1, tzinfo=UTC)))
    test = run_check(tls_server.base_url, network=Network(ca_file=str(own)), clock=lambda: now)
    assert StepKind.ENDING not in {step.kind for step in test.steps}


def test_an_untrusted_certificate_fails_after_connecting(
    make_files_server: Callable[..., ScriptedFilesServer],
) -> None:
    test = run_check(make_files_server(tls=True).base_url)
    assert not_none(test.problem).kind is ProblemKind.TLS_FAILED
    assert kinds(test) == [(StepKind.SERVER, PASSED), (StepKind.TLS, FAILED)]
    assert test.steps[-1].text == not_none(test.problem).title


@pytest.mark.parametrize("kind", [HTTP, SOCKS])
def test_a_proxy_is_a_step_of_its_own(kind: str, tls_server: ScriptedFilesServer) -> None:
    with RealProxy(kind) as proxy:
        scheme = "http" if kind == HTTP else "socks5h"
        own = Network(ProxyChoice.OWN, f"{scheme}://127.0.0.1:{proxy.port}")
        test = run_check(f"https://files.invalid:{tls_server.port}/v1", network=own)
    assert test.problem is None
    assert texts(test)[:2] == [
        "The proxy answers",
        f"Reached files.invalid:{tls_server.port} through the proxy",
    ]
    assert texts(test)[2].startswith("TLS 1.3")


def test_without_encryption_a_proxy_is_a_step_too(files_server: ScriptedFilesServer) -> None:
    with RealProxy(HTTP) as proxy:
        own = Network(ProxyChoice.OWN, f"http://127.0.0.1:{proxy.port}", plain_http_confirmed=True)
        test = run_check(f"http://files.invalid:{files_server.port}/v1", network=own)
    assert test.problem is None
    assert texts(test)[:3] == [
        "The proxy answers",
        f"Reached files.invalid:{files_server.port} through the proxy",
        "Not encrypted: others on the network can read the key",
    ]
    assert test.steps[2].state is WARNING


def test_a_proxy_that_is_gone_is_the_step_that_failed() -> None:
    with unused_port() as port:
        own = Network(ProxyChoice.OWN, f"http://127.0.0.1:{port}", retries=0)
        test = run_check("https://files.invalid/v1", network=own)
    assert kinds(test) == [(StepKind.PROXY, FAILED)]
    assert test.steps[0].text == "The proxy can't be reached"


def test_a_proxy_that_wants_a_login_is_the_step_that_failed() -> None:
    with RealProxy(HTTP, "ann:secret") as proxy:
        own = Network(ProxyChoice.OWN, f"http://127.0.0.1:{proxy.port}", retries=0)
        test = run_check("https://files.invalid/v1", network=own)
    assert kinds(test) == [(StepKind.PROXY, FAILED)]


def test_a_proxy_that_does_not_reach_the_server_has_answered() -> None:
    with RealProxy(HTTP) as proxy, unused_port() as port:
        own = Network(ProxyChoice.OWN, f"http://127.0.0.1:{proxy.port}", retries=0)
        test = run_check(f"https://files.invalid:{port}/v1", network=own)
    assert kinds(test) == [(StepKind.PROXY, PASSED), (StepKind.SERVER, FAILED)]


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (540.0, None),
        (-DAY, "This computer's clock is 24 hours behind the server's"),
        (DAY, "This computer's clock is 24 hours ahead of the server's"),
        (3 * DAY, "This computer's clock is 3 days ahead of the server's"),
        (3600.0, "This computer's clock is 60 minutes ahead of the server's"),
    ],
)
def test_a_wrong_clock_is_a_warning(
    files_server: ScriptedFilesServer, ahead: float, words: str | None
) -> None:
    moment = 1_800_000_000.0
    date = (("Date", formatdate(moment, usegmt=True)), ("Content-Type", "application/json"))
    files_server.script("GET", "/files", [Answer(200, date, b'{"object": "list", "data": []}')])
    test = run_check(files_server.base_url, clock=lambda: moment + ahead)
    clocks = [(step.text, step.state) for step in test.steps if step.kind is StepKind.CLOCK]
    assert clocks == ([] if words is None else [(words, WARNING)])


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
    test = run_check(files_server.base_url)
    assert not_none(test.problem).kind is kind
    assert test.steps[0].text == f"Reached 127.0.0.1:{files_server.port}"
    about_key = kind in (ProblemKind.KEY_REFUSED, ProblemKind.NOT_PERMITTED)
    assert kinds(test)[2:] == [(KEY if about_key else FILES, FAILED)]
    assert test.steps[-1].text == not_none(test.problem).title


def test_a_redirect_names_the_right_address(files_server: ScriptedFilesServer) -> None:
    files_server.script("GET", "/files", [redirect("ftp://elsewhere/v1")] * 9)
    test = run_check(files_server.base_url)
    assert test.problem is not None
    assert kinds(test)[-1] == (FILES, FAILED)


@pytest.mark.parametrize("fault", [unavailable(500), Delivery(cut_after=5)], ids=repr)
def test_a_failing_server_is_tried_three_times(
    files_server: ScriptedFilesServer, fault: Fault
) -> None:
    files_server.next(*[fault] * 3)
    assert run_check(files_server.base_url).problem is not None
    assert len(files_server.requests) == 3


def test_a_lost_connection_lists_nothing(files_server: ScriptedFilesServer) -> None:
    files_server.next(*[Refuse()] * 3)
    test = run_check(files_server.base_url)
    assert test.problem is not None
    assert test.steps[-1].state is FAILED
    assert KEY not in {step.kind for step in test.steps}


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
    test = run_check(base_url)
    assert not_none(test.problem).kind is kind
    assert [state for _kind, state in kinds(test)] == [FAILED]


@pytest.mark.parametrize("key", ["sk-cut…short", "sk-with\nline", "ключ-ключ"])
def test_a_key_that_is_invalid_in_a_header_is_reported(
    files_server: ScriptedFilesServer, key: str
) -> None:
    test = run_check(files_server.base_url, key)
    assert not_none(test.problem).kind is ProblemKind.BAD_ADDRESS
    assert files_server.requests == []


def test_the_test_can_be_cancelled(
    files_server: ScriptedFilesServer, cancel_when_stalled: CancelToken
) -> None:
    files_server.next(Stall())
    with pytest.raises(Cancelled):
        check_connection(account(base_url=files_server.base_url), TEST_KEY, cancel_when_stalled)


# Base URLs and servers of another kind


@pytest.mark.parametrize(
    "typed", ["", "/v1/v1", "/v1/chat/completions", "/v1/models", "/openai", "/V1", "/v2"]
)
def test_a_base_url_is_offered_corrected(files_server: ScriptedFilesServer, typed: str) -> None:
    root = files_server.base_url.removesuffix("/v1")
    test = run_check(root + typed)
    assert not_none(test.problem).kind is ProblemKind.NOT_A_FILES_API
    assert test.better_url == files_server.base_url


def test_a_base_url_without_its_path_is_offered_corrected(
    make_files_server: Callable[..., ScriptedFilesServer],
) -> None:
    server = make_files_server(base_path="/openai/v1")
    root = server.base_url.removesuffix("/openai/v1")
    assert run_check(f"{root}/v1").better_url == server.base_url


def test_an_address_that_answers_html_is_offered_corrected(
    files_server: ScriptedFilesServer,
) -> None:
    files_server.next(html(200))
    test = run_check(files_server.base_url.removesuffix("/v1"))
    assert "web page" in not_none(test.problem).advice
    assert test.better_url == files_server.base_url


def test_a_refused_key_shows_that_the_address_is_right(files_server: ScriptedFilesServer) -> None:
    test = run_check(files_server.base_url.removesuffix("/v1"), "sk-wrong")
    assert test.better_url == files_server.base_url


def test_no_other_address_is_asked_for_if_this_one_is_right(
    files_server: ScriptedFilesServer,
) -> None:
    files_server.add(*many_files(1))
    assert run_check(files_server.base_url).better_url == ""
    asked = [request.path for request in files_server.requests]
    assert sorted(asked) == ["/batches", "/files", "/fine_tuning/jobs", "/vector_stores"]


def test_nothing_is_offered_if_nothing_is_found(files_server: ScriptedFilesServer) -> None:
    files_server.script("GET", "*", [Answer(404)] * 20)
    test = run_check(files_server.base_url)
    assert not_none(test.problem).kind is ProblemKind.NOT_A_FILES_API
    assert test.better_url == ""
    assert len(files_server.requests) <= MOST + 1


@pytest.mark.parametrize(
    "answer",
    [json_body({}), json_body({"object": "list", "data": []}), json_body({"status": "ok"})],
    ids=["nothing", "an empty list", "a status"],
)
def test_a_server_that_answers_everything_is_told_as_such(
    files_server: ScriptedFilesServer, answer: Answer
) -> None:
    files_server.script("GET", "*", [answer] * 20)
    test = run_check(files_server.base_url)
    assert not_none(test.problem).title == (
        f"127.0.0.1:{files_server.port} answers every request with success"
    )
    assert kinds(test)[-1] == (FILES, FAILED)
    assert test.better_url == ""


ANTHROPIC = {
    "data": [
        {
            "id": "file_011CNha8iCJcU1wXNR6q4V8w",
            "type": "file",
            "filename": "document.pdf",
            "mime_type": "application/pdf",
            "size_bytes": 1024000,
            "created_at": "2025-01-01T00:00:00Z",
            "downloadable": False,
        }
    ],
    "has_more": False,
    "first_id": "file_011CNha8iCJcU1wXNR6q4V8w",
    "last_id": "file_011CNha8iCJcU1wXNR6q4V8w",
}
ANTHROPIC_ERROR = {
    "type": "error",
    "error": {"type": "authentication_error", "message": "x-api-key header is required"},
}
GEMINI = {"files": [{"name": "files/abc", "mimeType": "text/plain", "sizeBytes": "9", "uri": "u"}]}
MODELS = {"object": "list", "data": [{"id": "gpt-5", "object": "model", "owned_by": "acme"}]}


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (json_body(ANTHROPIC), "This server speaks Anthropic's Files API"),
        (json_body(ANTHROPIC_ERROR, 401), "This server speaks Anthropic's Files API"),
        (json_body(GEMINI), "This server speaks Gemini's Files API"),
        (json_body(MODELS), "The server lists models instead of files"),
        (Answer(511), "This network wants you to log in first"),
    ],
)
def test_another_api_is_told_as_what_it_is(
    files_server: ScriptedFilesServer, answer: Answer, title: str
) -> None:
    files_server.next(*[answer] * (3 if answer.status == 511 else 1))
    test = run_check(files_server.base_url)
    assert not_none(test.problem).kind is ProblemKind.NOT_A_FILES_API
    assert test.steps[-1].text == title
    assert kinds(test)[-1] == (FILES, FAILED)


def test_a_captive_portal_is_told_as_what_it_is(
    make_files_server: Callable[..., ScriptedFilesServer],
) -> None:
    server, portal = make_files_server(), make_files_server()
    server.next(redirect(f"http://127.0.0.1:{portal.port}/login", 302))
    portal.next(html(200))
    test = run_check(server.base_url)
    assert test.steps[-1].text == (
        f"A web page at 127.0.0.1:{portal.port} answered instead of 127.0.0.1:{server.port}"
    )
    assert "log in" in not_none(test.problem).advice
    assert TEST_KEY not in "".join(str(request.headers) for request in portal.requests)
