import itertools
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.files_api import FilesApi
from services.api.retry import may_retry, may_retry_upload, pause_before, with_retries
from services.problems.errors import FilesError, Problem, ProblemKind
from services.problems.retry_after import requested_wait
from tests.services.api.conftest import NonWaitingToken
from tests.support.factories import problem, upload_request
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import (
    Answer,
    Fault,
    Moment,
    Refuse,
    Reset,
    api_error,
    html,
    rate_limited,
    unavailable,
)

K = ProblemKind
NOW = 1_700_000_000.0


def error_with_status(
    status: int, kind: ProblemKind = K.SERVER_FAILED, **named: object
) -> FilesError:
    return FilesError(problem(kind=kind, status=status), **named)  # type: ignore[arg-type]


def connection_error(kind: ProblemKind, *, body_sent: bool = False) -> FilesError:
    return FilesError(problem(kind=kind), body_sent=body_sent)


# Whether to retry


@pytest.mark.parametrize(
    ("status", "again"),
    [
        (400, False),
        (401, False),
        (403, False),
        (404, False),
        (408, True),
        (409, True),
        (413, False),
        (422, False),
        (429, True),
        (500, True),
        (502, True),
        (503, True),
        (504, True),
        (599, True),
    ],
)
def test_which_statuses_are_retried(status: int, again: bool) -> None:
    assert may_retry(error_with_status(status)) is again


@pytest.mark.parametrize("kind", ProblemKind, ids=lambda kind: kind.name)
def test_without_a_response_only_connection_errors_are_retried(
    kind: ProblemKind,
) -> None:
    lost = {K.UNREACHABLE, K.CONNECTION_LOST, K.TIMED_OUT, K.ANSWER_LOST, K.INCOMPLETE}
    assert may_retry(connection_error(kind)) is (kind in lost)


@pytest.mark.parametrize(
    ("status", "word"), list(itertools.product([400, 429, 503], [True, False]))
)
def test_the_retry_header_takes_precedence_over_the_status(status: int, word: bool) -> None:
    assert may_retry(error_with_status(status, should_retry=word)) is word


def test_a_used_up_quota_is_never_retried() -> None:
    spent = error_with_status(429, K.QUOTA_USED_UP, should_retry=True, retry_after=1.0)
    assert not may_retry(spent)
    assert not may_retry_upload(spent)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (connection_error(K.UNREACHABLE), True),
        (connection_error(K.CONNECTION_LOST), True),
        (connection_error(K.TIMED_OUT), True),
        (connection_error(K.CONNECTION_LOST, body_sent=True), False),
        (connection_error(K.TIMED_OUT, body_sent=True), False),
        (connection_error(K.TLS_FAILED), False),
        (connection_error(K.FILE_CHANGED), False),
        (connection_error(K.FILE_MISSING), False),
        (error_with_status(429), True),
        (error_with_status(429, retry_after=5.0), True),
        (error_with_status(503, retry_after=5.0), True),
        (error_with_status(503), False),
        (error_with_status(500), False),
        (error_with_status(502), False),
        (error_with_status(504, retry_after=5.0), False),
        (error_with_status(408), False),
        (error_with_status(409), False),
        (error_with_status(400), False),
        (error_with_status(500, should_retry=True), False),
        (error_with_status(503, should_retry=True), False),
        (error_with_status(503, should_retry=True, retry_after=5.0), True),
        (error_with_status(503, should_retry=False, retry_after=5.0), False),
        (error_with_status(200, should_retry=True), False),
        (error_with_status(303, should_retry=True), False),
        (error_with_status(408, should_retry=True), False),
        (error_with_status(499, should_retry=True), False),
        (error_with_status(400, should_retry=True), True),
        (error_with_status(409, should_retry=True), True),
        (error_with_status(429, should_retry=True), True),
        (error_with_status(429, should_retry=False), False),
        # The body wasn't sent completely.
        (error_with_status(500, should_retry=True, body_sent=False), True),
        (error_with_status(408, should_retry=True, body_sent=False), True),
        (error_with_status(500, body_sent=False), False),
    ],
)
def test_an_upload_is_retried_only_if_it_certainly_created_no_file(
    error: FilesError, again: bool
) -> None:
    assert may_retry_upload(error) is again


# How long to wait


@pytest.mark.parametrize(
    ("repeat", "longest"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0), (50, 8.0)]
)
def test_pauses_double_up_to_eight_seconds_minus_up_to_a_quarter(
    repeat: int, longest: float
) -> None:
    assert pause_before(repeat, None, lambda: 0.0) == longest
    assert pause_before(repeat, None, lambda: 1.0) == longest * 0.75


@given(st.integers(1, 10), st.floats(0, 1))
def test_every_pause_is_between_three_eighths_and_eight_seconds(repeat: int, chance: float) -> None:
    assert 0.375 <= pause_before(repeat, None, lambda: chance) <= 8


def test_the_pause_requested_by_the_server_is_used_unchanged() -> None:
    assert pause_before(1, 17.5, lambda: 1.0) == 17.5
    assert pause_before(1, 0.0, lambda: 0.0) == 0.5


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": " 3 "}, 3.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "3"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "3"}, 3.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "1e400"}, None),
        ({"retry-after": format_datetime(datetime.fromtimestamp(NOW + 30, UTC))}, 30.0),
        ({"retry-after": format_datetime(datetime.fromtimestamp(NOW - 30, UTC))}, 0.0),
        ({"retry-after": "Wed, 99 Foo 2024 00:00:00 GMT"}, None),
        ({"retry-after": "Fri, 31 Dec 9999 23:59:59 -2359"}, 251_702_402_399.0),
    ],
)
def test_the_pause_is_read_from_the_headers(headers: dict[str, str], seconds: float | None) -> None:
    found = requested_wait(headers, NOW)
    if seconds is None or seconds < 1e9:
        assert found == seconds
    else:
        assert found is None or found > 1e9


@pytest.mark.parametrize("ahead", [-7200, -150, 0, 86_400])
@pytest.mark.parametrize("seconds", [0, 30])
def test_a_retry_date_is_measured_by_the_servers_clock(ahead: int, seconds: int) -> None:
    def date(after: int) -> str:
        return format_datetime(datetime.fromtimestamp(NOW + ahead + after, UTC), usegmt=True)

    assert requested_wait({"date": date(0), "retry-after": date(seconds)}, NOW) == seconds
    assert requested_wait({"date": date(0), "retry-after": date(-60)}, NOW) == 0


def test_an_invalid_server_date_falls_back_to_the_local_clock() -> None:
    until = format_datetime(datetime.fromtimestamp(NOW + 30, UTC))
    assert requested_wait({"date": "some day", "retry-after": until}, NOW) == 30


@given(st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms", "date"]), st.text()))
def test_any_header_gives_a_pause_or_none(headers: dict[str, str]) -> None:
    found = requested_wait(headers, NOW)
    assert found is None or found >= 0


# The retry loop


def test_the_last_error_is_raised_after_two_retries(token: NonWaitingToken) -> None:
    errors = [
        connection_error(K.TIMED_OUT),
        connection_error(K.CONNECTION_LOST),
        connection_error(K.UNREACHABLE),
    ]
    left = iter(errors)

    def attempt() -> None:
        raise next(left)

    with pytest.raises(FilesError) as caught:
        with_retries(attempt, token=token, random=lambda: 0.0)
    assert caught.value is errors[-1]
    assert token.pauses == [0.5, 1.0]


def test_each_pause_and_its_reason_are_reported_before_waiting(token: NonWaitingToken) -> None:
    reported: list[tuple[float, Problem, int]] = []
    left = iter([error_with_status(429, retry_after=7.0), connection_error(K.TIMED_OUT)])

    def attempt() -> str:
        for error in left:
            raise error
        return "answer"

    def report(pause: float, why: Problem) -> None:
        reported.append((pause, why, len(token.pauses)))

    assert with_retries(attempt, token=token, random=lambda: 0.0, on_wait=report) == "answer"
    assert [(pause, why.status, waited) for pause, why, waited in reported] == [
        (7.0, 429, 0),
        (1.0, None, 1),
    ]


@pytest.mark.parametrize(("wanted", "repeated"), [(120.0, True), (120.1, False)])
def test_a_requested_wait_over_two_minutes_raises_the_error(
    token: NonWaitingToken, wanted: float, repeated: bool
) -> None:
    attempts = 0

    def attempt() -> None:
        nonlocal attempts
        attempts += 1
        raise error_with_status(429, retry_after=wanted)

    with pytest.raises(FilesError):
        with_retries(attempt, token=token, random=lambda: 0.0)
    assert (attempts > 1) is repeated


# Over a real connection


TWICE_THEN_RIGHT: list[tuple[list[Fault | None], list[float]]] = [
    ([unavailable(500), unavailable(503)], [0.5, 1.0]),
    ([rate_limited(retry_after="3"), rate_limited(retry_after_ms="250")], [3.0, 0.25]),
    ([html(502), Reset(Moment.BEFORE_BODY)], [0.5, 1.0]),
    ([Refuse(), Refuse()], [0.5, 1.0]),
    ([Reset(Moment.AFTER_BODY), html(504)], [0.5, 1.0]),
    ([api_error(409, "busy"), api_error(408, "slow")], [0.5, 1.0]),
    ([Answer(418, (("x-should-retry", "true"),))], [0.5]),
]


@pytest.mark.parametrize(("faults", "pauses"), TWICE_THEN_RIGHT)
@pytest.mark.parametrize("operation", ["list", "retrieve", "delete"])
def test_idempotent_requests_are_retried_until_they_succeed(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    operation: str,
    faults: list[Fault | None],
    pauses: list[float],
) -> None:
    files_server.add(served_file(id="file-a"))
    files_server.next(*faults)
    if operation == "list":
        assert len(api.list_page(token).files) == 1
    elif operation == "retrieve":
        assert api.retrieve("file-a", token).file is not None
    else:
        api.delete("file-a", token)
        assert files_server.files == []
    assert token.pauses == pauses


@pytest.mark.parametrize(
    "fault",
    [
        api_error(400, "no"),
        api_error(401, "no"),
        api_error(403, "no"),
        api_error(404, "no"),
        rate_limited(retry_after="121"),
        rate_limited(code="insufficient_quota", retry_after="1"),
        Answer(503, (("x-should-retry", "false"),)),
    ],
)
def test_permanent_errors_are_not_retried(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken, fault: Answer
) -> None:
    files_server.next(fault)
    with pytest.raises(FilesError):
        api.list_page(token)
    assert len(files_server.requests) == 1
    assert token.pauses == []


@pytest.mark.parametrize(
    ("fault", "again"),
    [
        (Refuse(), True),
        (Reset(Moment.BEFORE_BODY), True),
        (Reset(Moment.IN_BODY, after_bytes=1_000_000), True),
        (Reset(Moment.AFTER_BODY), False),
        (Reset(Moment.AFTER_BODY, carried_out=True), False),
        (rate_limited(), True),
        (rate_limited(code="insufficient_quota"), False),
        (unavailable(503, retry_after="1"), True),
        (unavailable(503), False),
        (unavailable(500), False),
        (html(502), False),
        (api_error(409, "busy"), False),
        (api_error(401, "no", early=True), False),
        (api_error(413, "too large", early=True), False),
    ],
)
def test_an_upload_is_sent_once_and_its_error_says_whether_to_retry(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    large_file: Path,
    fault: Fault,
    again: bool,
) -> None:
    files_server.next(fault)
    with pytest.raises(FilesError) as caught:
        api.upload(upload_request(large_file), token)
    assert len(files_server.requests) <= 1
    assert token.pauses == []
    assert may_retry_upload(caught.value) is again
    if again:
        assert files_server.files == []
