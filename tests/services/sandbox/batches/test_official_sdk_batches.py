"""The official client works with the sandbox's batches."""

import openai
import pytest

from tests.services.sandbox.batches.batch_files import CHAT, jsonl, requests_of
from tests.support.manual_clock import ManualClock


@pytest.fixture
def input_file_id(sdk: openai.OpenAI) -> str:
    content = jsonl(requests_of(40))
    return sdk.files.create(file=("requests.jsonl", content), purpose="batch").id


def test_a_batch_from_its_creation_to_its_files(
    sdk: openai.OpenAI, input_file_id: str, clock: ManualClock
) -> None:
    made = sdk.batches.create(
        input_file_id=input_file_id,
        endpoint="/v1/chat/completions",
        completion_window="24h",
        metadata={"name": "sweep"},
        output_expires_after={"anchor": "created_at", "seconds": 3600},
    )
    assert made.status == "validating"
    assert sdk.batches.retrieve(made.id) == made
    clock.now += 60
    batch = sdk.batches.retrieve(made.id)
    assert batch.status == "completed"
    assert batch.request_counts is not None
    assert batch.request_counts.total == 40
    assert batch.usage is not None
    assert batch.usage.total_tokens > 0
    assert batch.output_file_id is not None
    output = sdk.files.content(batch.output_file_id).text
    assert len(output.splitlines()) == batch.request_counts.completed
    (file,) = (one for one in sdk.files.list(purpose="batch_output") if "output" in one.filename)
    assert file.id == batch.output_file_id


def test_a_failed_batch_says_why(sdk: openai.OpenAI, clock: ManualClock) -> None:
    file = sdk.files.create(file=("bad.jsonl", b"{}\n"), purpose="batch")
    made = sdk.batches.create(
        input_file_id=file.id, endpoint="/v1/responses", completion_window="24h"
    )
    clock.now += 60
    batch = sdk.batches.retrieve(made.id)
    assert batch.status == "failed"
    assert batch.errors is not None
    first = (batch.errors.data or [])[0]
    assert (first.code, first.line, first.param) == ("missing_required_parameter", 1, "custom_id")


def test_cancelling(sdk: openai.OpenAI, input_file_id: str, clock: ManualClock) -> None:
    made = sdk.batches.create(
        input_file_id=input_file_id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    clock.now += 4
    assert sdk.batches.cancel(made.id).status == "cancelling"
    clock.now += 60
    assert sdk.batches.retrieve(made.id).status == "cancelled"
    other = sdk.batches.create(
        input_file_id=input_file_id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    clock.now += 60
    with pytest.raises(openai.ConflictError, match="Cannot cancel a batch"):
        sdk.batches.cancel(other.id)


def test_pages_are_followed_to_the_end(sdk: openai.OpenAI, input_file_id: str) -> None:
    made = [
        sdk.batches.create(
            input_file_id=input_file_id, endpoint="/v1/chat/completions", completion_window="24h"
        ).id
        for _number in range(7)
    ]
    for limit in (1, 3, 7, 100):
        assert [batch.id for batch in sdk.batches.list(limit=limit)] == made[::-1]
    assert [batch.id for batch in sdk.batches.list(after=made[3])] == made[2::-1]


def test_errors_are_its_errors(sdk: openai.OpenAI, input_file_id: str) -> None:
    with pytest.raises(openai.NotFoundError, match="No batch found"):
        sdk.batches.retrieve("batch_unknown")
    with pytest.raises(openai.BadRequestError) as caught:
        sdk.batches.create(
            input_file_id=input_file_id,
            endpoint="/v1/answers",  # type: ignore[arg-type]
            completion_window="24h",
        )
    assert (caught.value.param, caught.value.code) == ("endpoint", "invalid_value")
    assert CHAT in caught.value.message
