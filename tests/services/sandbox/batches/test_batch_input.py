"""Errors in the input file of a batch."""

from typing import Any

import pytest

from tests.services.sandbox.batches.batch_files import CHAT_BODY, Batches, jsonl, requests_of
from tests.services.sandbox.conftest import Client
from tests.support.manual_clock import ManualClock


def line(**change: Any) -> bytes:
    """A good request, changed; a field that is None is left out."""
    fields = requests_of(1, prefix="changed")[0] | change
    return jsonl([{name: value for name, value in fields.items() if value is not None}])


GOOD = jsonl(requests_of(1, prefix="good"))


def errors_of(client: Client, clock: ManualClock, content: bytes) -> Any:
    batches = Batches(client)
    file = client.create("requests.jsonl", content, purpose="batch")
    made = batches.start_with(file["id"])
    assert (made["status"], made["errors"]) == ("validating", None)
    clock.now += 60
    batch = batches.retrieve(made["id"])
    assert batch["status"] == "failed"
    assert batch["failed_at"] < clock.now
    assert batch["in_progress_at"] is batch["output_file_id"] is batch["error_file_id"] is None
    assert batch["request_counts"] == {"total": 0, "completed": 0, "failed": 0}
    return batch["errors"]["data"]


@pytest.mark.parametrize(
    ("bad", "code", "param", "words"),
    [
        (b"{invalid json here\n", "invalid_json_line", None, "not parseable as valid JSON"),
        (b"[]\n", "invalid_json_line", None, "not parseable as valid JSON"),
        (b'"\xff"\n', "invalid_json_line", None, "not parseable as valid JSON"),
        (b"[" * 50_000 + b"\n", "invalid_json_line", None, "not parseable as valid JSON"),
        (line(custom_id=None), "missing_required_parameter", "custom_id", "'custom_id'"),
        (line(method=None), "missing_required_parameter", "method", "'method'"),
        (line(url=None), "missing_required_parameter", "url", "'url'"),
        (line(body=None), "missing_required_parameter", "body", "'body'"),
        (line(custom_id=7), "invalid_type", "custom_id", "expected a string, but got an integer"),
        (line(body="x"), "invalid_type", "body", "expected an object, but got a string"),
        (line(custom_id="good-0"), "duplicate_custom_id", "custom_id", "'good-0'"),
        (line(method="GET"), "invalid_value", "method", "'GET'"),
        (line(url="/v1/responses"), "invalid_url", "url", "does not match the batch endpoint"),
        (line(url="/chat"), "invalid_url", "url", "does not match the batch endpoint"),
        (
            line(body=CHAT_BODY | {"model": "gpt-4o"}),
            "mismatched_model",
            "body.model",
            "The model 'gpt-4o'",
        ),
        (
            line(body=CHAT_BODY | {"stream": True}),
            "streaming_unsupported",
            "body.stream",
            "Chat Completions: Streaming",
        ),
    ],
)
def test_a_bad_line_fails_the_batch(
    client: Client, clock: ManualClock, bad: bytes, code: str, param: str | None, words: str
) -> None:
    (error,) = errors_of(client, clock, GOOD + b"\n" + bad)
    assert (error["code"], error["line"], error["param"]) == (code, 3, param)
    assert words in error["message"]


def test_every_bad_line_is_listed(client: Client, clock: ManualClock) -> None:
    bad = [b"{}\n", line(method="GET"), b"x\n"]
    errors = errors_of(client, clock, bad[0] + GOOD + bad[1] + bad[2])
    assert [error["line"] for error in errors] == [1, 1, 1, 1, 3, 4]


@pytest.mark.parametrize("content", [b"\n", b"\n \r\n"])
def test_an_empty_file(client: Client, clock: ManualClock, content: bytes) -> None:
    (error,) = errors_of(client, clock, content)
    assert (error["code"], error["line"], error["param"]) == ("empty_file", None, "input_file_id")


def test_a_byte_order_mark(client: Client, clock: ManualClock) -> None:
    (error,) = errors_of(client, clock, b"\xef\xbb\xbf" + GOOD)
    assert (error["code"], error["line"]) == ("invalid_json_line", 1)


@pytest.mark.slow
def test_too_many_requests_and_too_many_errors(client: Client, clock: ManualClock) -> None:
    (error,) = errors_of(client, clock, jsonl(requests_of(50_001)))
    assert error["code"] == "request_limit_exceeded"
    assert len(errors_of(client, clock, b"x\n" * 5000)) == 1000
