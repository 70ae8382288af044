"""The made-up answers have the formats of their endpoints, as the official client's types say."""

import json
from typing import Any

import msgspec
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types import (
    Completion,
    CreateEmbeddingResponse,
    ImagesResponse,
    ModerationCreateResponse,
    Video,
)
from openai.types.chat import ChatCompletion
from openai.types.responses import Response

from services.sandbox.batches.batch_answers import ENDPOINTS, answer_to
from services.sandbox.batches.batch_failures import failure_of
from services.sandbox.batches.batch_input import BatchRequest

BODIES: dict[str, tuple[type[pydantic.BaseModel], list[dict[str, Any]]]] = {
    "/v1/chat/completions": (
        ChatCompletion,
        [
            {"model": "m", "messages": [{"role": "user", "content": "Hello?"}]},
            {"model": "m", "n": 3, "messages": [{"content": [{"type": "text", "text": "Hello?"}]}]},
        ],
    ),
    "/v1/responses": (
        Response,
        [
            {"model": "m", "input": "Hello?"},
            {"model": "m", "input": [{"role": "user", "content": "Hello?"}]},
            {"prompt": {"id": "pmpt_1"}},
        ],
    ),
    "/v1/completions": (
        Completion,
        [{"model": "m", "prompt": "Hello?"}, {"model": "m", "prompt": ["Hello?", "You?"]}],
    ),
    "/v1/embeddings": (
        CreateEmbeddingResponse,
        [
            {"model": "m", "input": "Hello?"},
            {"model": "m", "input": ["Hello?", "You?"], "dimensions": 8},
            {"model": "m", "input": [5, 6, 7], "dimensions": 8},
        ],
    ),
    "/v1/moderations": (
        ModerationCreateResponse,
        [{"input": "Hello?"}, {"model": "m", "input": [{"type": "text", "text": "I hate it"}]}],
    ),
    "/v1/images/generations": (ImagesResponse, [{"model": "m", "prompt": "A cat", "n": 2}]),
    "/v1/images/edits": (ImagesResponse, [{"model": "m", "prompt": "A cat"}]),
    "/v1/videos": (Video, [{"model": "sora-2", "prompt": "A cat"}]),
}


def answer(endpoint: str, body: dict[str, Any], custom_id: str = "one") -> Any:
    made, _tokens = answer_to(BatchRequest(custom_id, body), endpoint, 1_795_000_000)
    return json.loads(msgspec.json.encode(made))


def test_every_endpoint_of_a_batch_is_here() -> None:
    assert BODIES.keys() == set(ENDPOINTS)


@pytest.mark.parametrize(
    ("endpoint", "body"),
    [(url, body) for url, (_type, bodies) in BODIES.items() for body in bodies],
)
def test_an_answer_is_of_the_official_type(endpoint: str, body: dict[str, Any]) -> None:
    made = answer(endpoint, body)
    BODIES[endpoint][0].model_validate(made)
    assert answer(endpoint, body) == made  # the same again


def test_what_was_asked_is_followed() -> None:
    chat = {"model": "m", "messages": [{"role": "user", "content": "Where is Lyon?"}]}
    made = answer("/v1/chat/completions", chat)
    assert "Where is Lyon?" in made["choices"][0]["message"]["content"]
    assert made["id"] != answer("/v1/chat/completions", chat, "two")["id"]
    made = answer(
        "/v1/chat/completions", chat | {"response_format": {"type": "json_object"}, "n": 2}
    )
    assert [json.loads(choice["message"]["content"]).keys() for choice in made["choices"]] == [
        {"answer"}
    ] * 2
    text = {"format": {"type": "json_schema", "name": "x", "schema": {}}}
    made = answer("/v1/responses", {"model": "m", "input": "Hello?", "text": text})
    assert json.loads(made["output"][0]["content"][0]["text"]).keys() == {"answer"}
    made = answer("/v1/embeddings", {"model": "m", "input": ["a", "b", "a"], "dimensions": 8})
    first, second, third = (one["embedding"] for one in made["data"])
    assert len(first) == 8
    assert first == third != second
    assert sum(number * number for number in first) == pytest.approx(1)
    large = answer("/v1/embeddings", {"model": "text-embedding-3-large", "input": "a"})
    assert len(large["data"][0]["embedding"]) == 3072
    packed = answer(
        "/v1/embeddings",
        {"model": "m", "input": "a", "dimensions": 8, "encoding_format": "base64"},
    )
    assert isinstance(packed["data"][0]["embedding"], str)
    body = {"model": "m", "input": "a", "dimensions": True, "encoding_format": "base64"}
    assert isinstance(answer("/v1/embeddings", body)["data"][0]["embedding"], str)
    calm, angry = answer("/v1/moderations", {"input": ["Hello?", "I will kill you"]})["results"]
    assert (calm["flagged"], angry["flagged"]) == (False, True)
    assert len(answer("/v1/images/generations", {"prompt": "A cat", "n": 2})["data"]) == 2


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["content", "text", "type", "role"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_NAMES = [
    "model",
    "messages",
    "input",
    "prompt",
    "n",
    "dimensions",
    "encoding_format",
    "response_format",
    "text",
    "instructions",
    "size",
    "seconds",
    "previous_response_id",
]


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(st.sampled_from(ENDPOINTS), st.dictionaries(st.sampled_from(_NAMES), _VALUES))
def test_no_body_is_too_odd_for_an_answer(endpoint: str, body: dict[str, Any]) -> None:
    # A batch that can't be answered would never end.
    request = BatchRequest("one", json.loads(json.dumps(body)))
    if failure_of(request, endpoint, 1) is None:
        answer(endpoint, request.body)
