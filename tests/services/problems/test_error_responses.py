"""How an answer that is no success is put into words, at the edges."""

import json
from collections.abc import Mapping

import pytest

from services.problems.error_responses import Operation, error_from_response
from services.problems.errors import Problem, ProblemKind


def told(
    status: int,
    body: object = "",
    headers: Mapping[str, str] | None = None,
    operation: Operation = Operation.UPLOAD,
) -> Problem:
    text = body if isinstance(body, str) else json.dumps(body)
    return error_from_response(operation, status, headers or {}, text.encode(), now=0).problem


@pytest.mark.parametrize("message", ["Insufficient permissions", "Missing scopes: api.files.read"])
def test_a_restricted_key_is_not_called_a_wrong_one(message: str) -> None:
    assert told(401, {"error": {"message": message}}).kind is ProblemKind.NOT_PERMITTED
    assert told(400, {"error": {"message": message}}).kind is ProblemKind.REQUEST_REFUSED


def test_a_full_storage_is_known_by_its_code_too() -> None:
    error = {"error": {"message": "no", "code": "quotaExceeded"}}
    assert told(400, error).kind is ProblemKind.STORAGE_FULL


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
def test_a_code_is_told_where_it_says_something(code: object, detail: str) -> None:
    assert told(400, {"error": {"message": "full", "code": code}}).detail == detail


@pytest.mark.parametrize(
    ("seconds", "words"),
    [("0.2", "1 second."), ("3", "3 seconds."), ("120", "120 seconds."), ("121", "2 minutes.")],
)
def test_a_wait_is_told_in_seconds_or_minutes(seconds: str, words: str) -> None:
    assert told(429, headers={"retry-after": seconds}).advice.endswith(f" {words}")


def test_an_overloaded_server_is_told_from_one_that_failed() -> None:
    waiting = {"retry-after": "3"}
    assert told(503).title != told(500).title == told(502).title
    assert told(503, headers=waiting).advice != told(500, headers=waiting).advice


def test_long_words_are_cut_and_those_that_just_fit_are_not() -> None:
    assert told(400, "x" * 600).detail == "x" * 600
    assert told(400, "x" * 601).detail == "x" * 599 + "…"


def test_of_a_page_its_title_is_told_however_it_is_written() -> None:
    assert (
        told(502, "<html><TITLE id=a>\n 502 \n Bad &amp; slow</TITLE>").detail == "502 Bad & slow"
    )
    assert told(502, "<html>No title").detail == ""
