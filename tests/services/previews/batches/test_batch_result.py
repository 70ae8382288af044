"""Lines of output and error files, of every endpoint, odd and hostile."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.batches.batch_result import (
    BatchResult,
    Outcome,
    TokenCount,
    read_brief,
    read_result,
)
from tests.support.narrowing import not_none


def line(body: object, status: object = 200, **more: object) -> bytes:
    response = {"status_code": status, "request_id": "req_1", "body": body}
    return json.dumps(
        {"id": "batch_req_1", "custom_id": "a", "response": response, "error": None, **more}
    ).encode()


def read(body: object, status: object = 200, **more: object) -> BatchResult:
    return not_none(read_result(line(body, status, **more)))


def chat(message: object, **more: object) -> dict[str, object]:
    return {"object": "chat.completion", "choices": [{"index": 0, "message": message}], **more}


CALLS = [
    {"type": "function", "function": {"name": "find", "arguments": '{"a": 1}'}},
    {"type": "function", "function": {"name": "stop", "arguments": ""}},
]
OUTPUT = [
    {"type": "reasoning", "summary": []},
    {"type": "message", "content": [{"type": "output_text", "text": "One"}]},
    {"type": "message", "content": [{"type": "refusal", "refusal": "No"}]},
    {"type": "function_call", "name": "find", "arguments": "{}"},
]


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (chat({"role": "assistant", "content": "Hi"}), "Hi"),
        (chat({"content": [{"type": "text", "text": "a"}, {"text": None}, {"text": "b"}]}), "a b"),
        (chat({"content": None, "refusal": "I can't"}), "I can't"),
        (chat({"content": None, "tool_calls": CALLS}), 'find({"a": 1}), stop()'),
        (chat({"content": "Wait", "tool_calls": CALLS}), "Wait"),
        ({"object": "response", "output": OUTPUT}, "One No find({})"),
        ({"object": "response", "output": [], "output_text": "All"}, "All"),
        ({"object": "text_completion", "choices": [{"text": "and so on"}]}, "and so on"),
        ({"object": "list", "data": [{"embedding": [0.1] * 1536}]}, "vector of 1,536 numbers"),
        ({"object": "list", "data": [{"embedding": "AAAA"}]}, ""),
        ({"results": [{"flagged": True, "categories": {}}]}, "flagged: true"),
        ({"results": [{"flagged": False}]}, "flagged: false"),
        (
            {"created": 1, "data": [{"url": "https://images.example/1.png"}]},
            "https://images.example/1.png",
        ),
        ({"data": [{"b64_json": "AAAA", "revised_prompt": "A red cat"}]}, "A red cat"),
        ({"data": [{"b64_json": "AAAA" * 500}]}, "picture of 2 KB"),
        ({}, ""),
    ],
    ids=lambda value: None if isinstance(value, str) else "",
)
def test_the_answer_of_every_endpoint_is_found(body: object, answer: str) -> None:
    result = read(body)
    assert result.answer == answer
    assert (result.custom_id, result.outcome, result.status_code, result.request_id) == (
        "a",
        Outcome.SUCCEEDED,
        200,
        "req_1",
    )


def test_an_answer_is_told_whole_and_as_it_is() -> None:
    for answer in (" a\n\n b\t\u2028c ", "xy " * 10_000):
        assert read(chat({"content": answer})).answer == answer


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 15,
                "prompt_tokens_details": {"cached_tokens": 4},
            },
            TokenCount(10, 5, 4),
        ),
        (
            {"input_tokens": 7, "output_tokens": 2, "input_tokens_details": {"cached_tokens": 1}},
            TokenCount(7, 2, 1),
        ),
        ({"prompt_tokens": 3, "total_tokens": 3}, TokenCount(3, 0, 0)),
        ({"prompt_tokens": None, "input_tokens": 3, "prompt_tokens_details": {}}, TokenCount(3)),
        ({"prompt_tokens": "many", "completion_tokens": True}, TokenCount()),
        ({}, TokenCount()),
        (None, None),
        ([1], None),
    ],
)
def test_tokens_are_counted(usage: object, tokens: TokenCount | None) -> None:
    result = read(chat({"content": "x"}, model="m", usage=usage))
    assert (result.model, result.tokens) == ("m", tokens)


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"usage": {"total_time": 1.25, "total_tokens": 3}}, 1.25),
        ({"usage": {"total_time": 2}}, 2.0),
        ({"created_at": 1_790_000_000, "completed_at": 1_790_000_003.5}, 3.5),
        ({"created_at": 1_790_000_000, "completed_at": None}, None),
        ({"created_at": 1_790_000_003, "completed_at": 1_790_000_000}, None),
        ({"created_at": 0, "completed_at": 1_790_000_000}, None),
        ({"usage": {"total_time": "fast"}}, None),
        ({"usage": {"total_time": True}}, None),
        ({"usage": {"total_time": 10**400}}, None),
        ({}, None),
    ],
)
def test_the_duration_is_told_where_it_is_given(
    body: dict[str, object], seconds: float | None
) -> None:
    assert read(body).seconds == seconds
    assert not_none(read_brief(line(body))).seconds == seconds


def test_the_total_is_input_and_output() -> None:
    assert TokenCount(10, 5, 4).total == 15


@pytest.mark.parametrize(
    ("given", "outcome", "status", "code", "message"),
    [
        (
            line({"error": {"code": "bad", "message": "No", "type": "t"}}, 400),
            Outcome.FAILED,
            400,
            "bad",
            "No",
        ),
        (
            line({"error": {"code": None, "type": "server_error"}}, 500),
            Outcome.FAILED,
            500,
            "server_error",
            None,
        ),
        (
            line({"error": {"code": 429, "message": "Slow"}}, 429),
            Outcome.FAILED,
            429,
            "429",
            "Slow",
        ),
        (line({"error": "Bad gateway"}, 502), Outcome.FAILED, 502, None, "Bad gateway"),
        (line({}, 404), Outcome.FAILED, 404, None, None),
        (line(None, None), Outcome.FAILED, None, None, None),
        (line({"error": {"code": "bad"}}, 200), Outcome.FAILED, 200, "bad", None),
        (line({"error": {}}, 200), Outcome.SUCCEEDED, 200, None, None),
        (line({}, 200, error={}), Outcome.SUCCEEDED, 200, None, None),
        (line({}, 200, error={"code": None, "message": None}), Outcome.SUCCEEDED, 200, None, None),
        (
            b'{"custom_id": "a", "response": null, "error": {"code": "batch_expired", "message": "Late"}}',
            Outcome.EXPIRED,
            None,
            "batch_expired",
            "Late",
        ),
        (
            b'{"custom_id": "a", "response": null, "error": {"code": "batch_cancelled"}}',
            Outcome.CANCELLED,
            None,
            "batch_cancelled",
            None,
        ),
        (
            line({"error": {"code": "inner", "message": "Inner"}}, 500, error={"code": "outer"}),
            Outcome.FAILED,
            500,
            "outer",
            None,
        ),
        (
            line({"error": {"code": "inner"}}, 500, error={"message": "Outer"}),
            Outcome.FAILED,
            500,
            None,
            "Outer",
        ),
        (
            b'{"custom_id": "a", "response": null, "error": {"code": "request_timeout"}}',
            Outcome.FAILED,
            None,
            "request_timeout",
            None,
        ),
        (
            b'{"custom_id": "a", "response": null, "error": "Gone"}',
            Outcome.FAILED,
            None,
            None,
            "Gone",
        ),
        (b'{"custom_id": "a"}', Outcome.FAILED, None, None, None),
    ],
)
def test_errors_of_both_kinds_are_understood(
    given: bytes, outcome: Outcome, status: int | None, code: str | None, message: str | None
) -> None:
    for result in (not_none(read_result(given)), not_none(read_brief(given))):
        assert result.custom_id == "a"
        assert (result.outcome, result.status_code) == (outcome, status)
        assert (result.error_code, result.error_message) == (code, message)


@pytest.mark.parametrize("odd", [None, True, 7, 0.5, "text", "", [], [7], {}, {"a": 1}, [[]], [{}]])
@pytest.mark.parametrize(
    "path",
    [
        "choices",
        "choices.0.message",
        "choices.0.message.content",
        "choices.0.message.content.0",
        "choices.0.message.tool_calls",
        "choices.0.message.tool_calls.0",
        "choices.0.message.tool_calls.0.function",
        "choices.0.text",
        "output",
        "output.0",
        "output.0.content",
        "output.0.content.0",
        "data",
        "data.0",
        "data.0.embedding",
        "results",
        "results.0.flagged",
        "usage",
        "usage.prompt_tokens_details",
        "error",
        "model",
    ],
)
def test_odd_types_anywhere_in_a_body_do_no_harm(path: str, odd: object) -> None:
    body = odd
    for name in reversed(path.split(".")):
        body = [body] if name.isdigit() else {name: body}
    result = read(body)
    assert result.custom_id == "a"
    assert isinstance(result.answer, str)


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"\n",
        b"nothing",
        b"[]",
        b"7",
        b"null",
        b'"custom_id"',
        b"{}",
        b'{"id": "x"}',
        b'{"custom_id": "a", "response": {"status_code": 200',
        b"\xff\xfe{}",
        b'{"custom_id": ' + b"[" * 100_000,
    ],
    ids=range(12),
)
def test_what_is_no_result_is_none(given: bytes) -> None:
    assert read_result(given) is None
    assert read_brief(given) is None


def test_an_answer_that_is_no_text_is_no_reason_to_lose_the_outcome() -> None:
    given = line(chat({"content": "?"}, model="m")).replace(b"?", b"\xff\xfe")
    assert read_result(given) is None
    brief = not_none(read_brief(given))
    assert (brief.outcome, brief.model) == (Outcome.SUCCEEDED, "m")


WORDS = st.sampled_from(["", "a", "batch_expired", "batch_cancelled", "m", "\u2028 é"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 600)
    | st.integers(-(2**70), 2**70)
    | st.sampled_from([1.0, 200.0, 0.5, 1e300])
    | WORDS
)
ANYTHING = LEAVES | st.lists(LEAVES, max_size=2) | st.dictionaries(WORDS, LEAVES, max_size=2)


def objects(**fields: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """Objects with some of these fields, or anything else in their place."""
    good = st.fixed_dictionaries({}, optional=dict(fields.items()))
    return st.one_of(good, good, good, good, ANYTHING)


ERRORS = objects(code=ANYTHING, message=ANYTHING, type=ANYTHING, param=ANYTHING)
DETAILS = objects(cached_tokens=ANYTHING)
USAGE = objects(
    prompt_tokens=ANYTHING,
    completion_tokens=ANYTHING,
    input_tokens=ANYTHING,
    output_tokens=ANYTHING,
    prompt_tokens_details=DETAILS,
    input_tokens_details=DETAILS,
)
PARTS = objects(type=ANYTHING, text=ANYTHING, refusal=ANYTHING)
CALL = objects(function=objects(name=ANYTHING, arguments=ANYTHING))
MESSAGES = objects(
    content=st.lists(PARTS, max_size=2) | ANYTHING,
    refusal=ANYTHING,
    tool_calls=st.lists(CALL, max_size=2) | ANYTHING,
)
BODIES = objects(
    model=ANYTHING,
    usage=USAGE,
    error=ERRORS,
    choices=st.lists(objects(message=MESSAGES, text=ANYTHING), max_size=2) | ANYTHING,
    output=st.lists(
        objects(type=WORDS, content=st.lists(PARTS, max_size=2) | ANYTHING, name=ANYTHING),
        max_size=2,
    ),
    data=st.lists(objects(embedding=ANYTHING, url=ANYTHING), max_size=2) | ANYTHING,
    results=st.lists(objects(flagged=ANYTHING), max_size=2) | ANYTHING,
)
RESPONSES = objects(status_code=ANYTHING, request_id=ANYTHING, body=BODIES)
RESULTS = objects(custom_id=ANYTHING, response=RESPONSES, error=ERRORS, id=ANYTHING)


@pytest.mark.slow
@settings(max_examples=500)
@given(RESULTS)
def test_the_brief_says_of_any_values_what_the_whole_does(value: object) -> None:
    given = json.dumps(value).encode()
    result = read_result(given)
    expected = result and msgspec.structs.replace(result, answer="", request_id=None)
    assert read_brief(given) == expected


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_read_or_not(given: bytes) -> None:
    for whole in (given, b'{"custom_id": "a", "error": ' + given + b"}"):
        read_result(whole)
        read_brief(whole)
