"""Edge cases of turning error responses into problems."""

import json
from collections.abc import Mapping

import pytest

from services.problems.error_responses import Operation, error_from_response
from services.problems.errors import Problem, ProblemKind


def problem_for(
    status: int,
    body: object = "",
    headers: Mapping[str, str] | None = None,
    operation: Operation = Operation.UPLOAD,
) -> Problem:
    text = body if isinstance(body, str) else json.dumps(body)
    return error_from_response(operation, status, headers or {}, text.encode(), now=0).problem


@pytest.mark.parametrize("message", ["Insufficient permissions", "Missing scopes: api.files.read"])
def test_a_restricted_key_is_not_reported_as_wrong(message: str) -> None:
    assert problem_for(401, {"error": {"message": message}}).kind is ProblemKind.NOT_PERMITTED
    assert problem_for(400, {"error": {"message": message}}).kind is ProblemKind.REQUEST_REFUSED


def test_full_storage_is_also_recognized_by_its_code() -> None:
    error = {"error": {"message": "no", "code": "quotaExceeded"}}
    assert problem_for(400, error).kind is ProblemKind.STORAGE_FULL


@pytest.mark.parametrize(
    ("code", "detail"),
    [
        ("no_room", "full (no_room)"),
        ("full", "full"),
        ("400", "full"),
        (400, "full"),
        (4001, "full (4001)"),
        ("None", "full"),
        (None, "full"),
        (["no_room"], "full"),
    ],
)
def test_an_informative_code_is_shown(code: object, detail: str) -> None:
    assert problem_for(400, {"error": {"message": "full", "code": code}}).detail == detail


@pytest.mark.parametrize(
    ("seconds", "words"),
    [("0.2", "1 second."), ("3", "3 seconds."), ("120", "120 seconds."), ("121", "2 minutes.")],
)
def test_a_wait_is_shown_in_seconds_or_minutes(seconds: str, words: str) -> None:
    assert problem_for(429, headers={"retry-after": seconds}).advice.endswith(f" {words}")


def test_an_overloaded_server_is_distinguished_from_a_server_error() -> None:
    waiting = {"retry-after": "3"}
    assert problem_for(503).title != problem_for(500).title == problem_for(502).title
    assert problem_for(503, headers=waiting).advice != problem_for(500, headers=waiting).advice


def test_long_messages_are_truncated_but_those_that_just_fit_are_not() -> None:
    assert problem_for(400, "x" * 600).detail == "x" * 600
    assert problem_for(400, "x" * 601).detail == "x" * 599 + "…"


def test_the_title_of_an_html_page_is_shown() -> None:
    assert (
        problem_for(502, "<html><TITLE id=a>\n 502 \n Bad &amp; slow</TITLE>").detail
        == "502 Bad & slow"
    )
    assert problem_for(502, "<html>No title").detail == ""
