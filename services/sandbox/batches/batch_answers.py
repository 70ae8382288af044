"""Made-up answers to the requests of a batch, in the format of each endpoint.

The same request always gets the same answer.
"""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from services.sandbox.batches.batch_input import BatchRequest
from services.sandbox.batches.made_up_values import judgment, picture, vector

_EMBEDDING_SIZES = {"text-embedding-3-large": 3072}
_USUAL_EMBEDDING_SIZE = 1536
_MAX_EMBEDDING_SIZE = 3072
_BYTES_PER_TOKEN = 4
_MAX_QUOTED = 80
"""Letters of a request that its answer quotes."""
_MAX_DEPTH = 8
"""Deeper texts in a request aren't looked for."""

Json = dict[str, Any]


class TokenUsage(msgspec.Struct):
    """The tokens of an answer, or of all answers of a batch."""

    input: int = 0
    output: int = 0

    def __iadd__(self, other: "TokenUsage") -> "TokenUsage":
        self.input += other.input
        self.output += other.output
        return self


def answer_to(request: BatchRequest, endpoint: str, created: int) -> tuple[Json, TokenUsage]:
    """The body of the answer to a request, and its tokens; `created` is in seconds since 1970."""
    return _MAKERS[endpoint](request.body, _Ids(request, created))


class _Ids:
    """IDs and the time of an answer."""

    def __init__(self, request: BatchRequest, created: int) -> None:
        self.created = created
        custom_id = request.custom_id.encode()
        self._hex = hashlib.sha256(custom_id + msgspec.json.encode(request.body)).hexdigest()

    def named(self, prefix: str) -> str:
        return prefix + self._hex[:32]


def _chat(body: Json, ids: _Ids) -> tuple[Json, TokenUsage]:
    messages = body["messages"]
    asked = _last_text(messages)
    text = _answer_text(asked, _wants_json(body.get("response_format")))
    usage = TokenUsage(_tokens(messages), _tokens(text))
    choices: list[Json] = [
        {
            "index": index,
            "message": {
                "role": "assistant",
                "content": text,
                "refusal": None,
                "annotations": [],
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
        for index in range(_count(body))
    ]
    usage.output *= len(choices)
    answer = {
        "id": ids.named("chatcmpl-"),
        "object": "chat.completion",
        "created": ids.created,
        "model": body["model"],
        "choices": choices,
        "usage": {
            "prompt_tokens": usage.input,
            "completion_tokens": usage.output,
            "total_tokens": usage.input + usage.output,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
        "service_tier": "default",
        "system_fingerprint": None,
    }
    return answer, usage


def _responses(body: Json, ids: _Ids) -> tuple[Json, TokenUsage]:
    asked = body.get("input")
    format_asked = body.get("text")
    wants_json = isinstance(format_asked, dict) and _wants_json(format_asked.get("format"))
    text = _answer_text(_last_text(asked), wants_json)
    usage = TokenUsage(_tokens(asked), _tokens(text))
    answer = {
        "id": ids.named("resp_"),
        "object": "response",
        "created_at": ids.created,
        "status": "completed",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": _text_in(body, "instructions"),
        "max_output_tokens": None,
        "metadata": {},
        "model": _text_in(body, "model") or "gpt-4.1",
        "output": [
            {
                "id": ids.named("msg_"),
                "type": "message",
                "status": "completed",
                "role": "assistant",
                "content": [
                    {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
                ],
            }
        ],
        "parallel_tool_calls": True,
        "previous_response_id": _text_in(body, "previous_response_id"),
        "temperature": 1.0,
        "tool_choice": "auto",
        "tools": [],
        "top_p": 1.0,
        "usage": {
            "input_tokens": usage.input,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": usage.output,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": usage.input + usage.output,
        },
    }
    return answer, usage


def _completions(body: Json, ids: _Ids) -> tuple[Json, TokenUsage]:
    prompts = body["prompt"]
    if not isinstance(prompts, list) or not isinstance(prompts[0], str):
        prompts = [prompts]
    texts = [_answer_text(_last_text(prompt), False) for prompt in prompts]
    usage = TokenUsage(_tokens(prompts), sum(map(_tokens, texts)))
    answer = {
        "id": ids.named("cmpl-"),
        "object": "text_completion",
        "created": ids.created,
        "model": body["model"],
        "choices": [
            {"text": text, "index": index, "logprobs": None, "finish_reason": "stop"}
            for index, text in enumerate(texts)
        ],
        "usage": {
            "prompt_tokens": usage.input,
            "completion_tokens": usage.output,
            "total_tokens": usage.input + usage.output,
        },
    }
    return answer, usage


def _embeddings(body: Json, _ids: _Ids) -> tuple[Json, TokenUsage]:
    inputs = body["input"]
    if not isinstance(inputs, list) or isinstance(inputs[0], int):
        inputs = [inputs]  # one text, or the tokens of one
    size = body.get("dimensions")
    if type(size) is not int or not 1 <= size <= _MAX_EMBEDDING_SIZE:
        size = _EMBEDDING_SIZES.get(body["model"], _USUAL_EMBEDDING_SIZE)
    is_base64 = body.get("encoding_format") == "base64"
    usage = TokenUsage(_tokens(inputs))
    answer = {
        "object": "list",
        "data": [
            {
                "object": "embedding",
                "index": index,
                "embedding": vector(text, size, is_base64=is_base64),
            }
            for index, text in enumerate(inputs)
        ],
        "model": body["model"],
        "usage": {"prompt_tokens": usage.input, "total_tokens": usage.input},
    }
    return answer, usage


def _moderations(body: Json, ids: _Ids) -> tuple[Json, TokenUsage]:
    inputs = body["input"]
    if not isinstance(inputs, list) or not isinstance(inputs[0], str):
        inputs = [inputs]  # one text, or one input of several parts
    answer = {
        "id": ids.named("modr-"),
        "model": _text_in(body, "model") or "omni-moderation-latest",
        "results": [judgment(_last_text(one)) for one in inputs],
    }
    return answer, TokenUsage()  # moderation is free


def _images(body: Json, ids: _Ids) -> tuple[Json, TokenUsage]:
    usage = TokenUsage(_tokens(body["prompt"]), 272 * _count(body))
    image = base64.b64encode(picture(body["prompt"])).decode("ascii")
    answer = {
        "created": ids.created,
        "background": "opaque",
        "data": [{"b64_json": image} for _index in range(_count(body))],
        "output_format": "png",
        "quality": "low",
        "size": "1024x1024",
        "usage": {
            "input_tokens": usage.input,
            "input_tokens_details": {"text_tokens": usage.input, "image_tokens": 0},
            "output_tokens": usage.output,
            "total_tokens": usage.input + usage.output,
        },
    }
    return answer, usage


def _videos(body: Json, ids: _Ids) -> tuple[Json, TokenUsage]:
    answer = {
        "id": ids.named("video_"),
        "object": "video",
        "model": _text_in(body, "model") or "sora-2",
        "status": "completed",
        "progress": 100,
        "created_at": ids.created,
        "completed_at": ids.created,
        "expires_at": None,
        "error": None,
        "prompt": _text_in(body, "prompt"),
        "size": _text_in(body, "size") or "720x1280",
        "seconds": _text_in(body, "seconds") or "4",
        "remixed_from_video_id": None,
    }
    return answer, TokenUsage()


_MAKERS: Mapping[str, Callable[[Json, _Ids], tuple[Json, TokenUsage]]] = {
    "/v1/responses": _responses,
    "/v1/chat/completions": _chat,
    "/v1/embeddings": _embeddings,
    "/v1/completions": _completions,
    "/v1/moderations": _moderations,
    "/v1/images/generations": _images,
    "/v1/images/edits": _images,
    "/v1/videos": _videos,
}
ENDPOINTS = tuple(_MAKERS)
"""The endpoints that a batch can use, in the order of the official service's messages."""


def _answer_text(asked: str, as_json: bool) -> str:
    quoted = " ".join(asked.split())
    if len(quoted) > _MAX_QUOTED:
        quoted = quoted[: _MAX_QUOTED - 1] + "…"
    text = f"A made-up answer to “{quoted}”" if quoted else "A made-up answer."
    return msgspec.json.encode({"answer": text}).decode() if as_json else text


def _wants_json(response_format: object) -> bool:
    return isinstance(response_format, dict) and response_format.get("type") in {
        "json_object",
        "json_schema",
    }


def _last_text(value: object, depth: int = 0) -> str:
    """The last text in a message, a list of messages or parts, or a text itself."""
    if isinstance(value, str):
        return value
    if depth < _MAX_DEPTH and isinstance(value, list):
        return next((text for one in reversed(value) if (text := _last_text(one, depth + 1))), "")
    if depth < _MAX_DEPTH and isinstance(value, dict):
        return _last_text(value.get("content") or value.get("text"), depth + 1)
    return ""


def _text_in(body: Json, name: str) -> str | None:
    value = body.get(name)
    return value if isinstance(value, str) else None


def _count(body: Json) -> int:
    number = body.get("n")
    return number if isinstance(number, int) and 1 <= number <= 10 else 1


def _tokens(value: object) -> int:
    return max(1, len(msgspec.json.encode(value)) // _BYTES_PER_TOKEN)
