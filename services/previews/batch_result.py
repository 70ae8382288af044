"""What a line of a batch's output or error file says.

Both files hold one object per line: `{id, custom_id, response: {status_code, request_id, body},
error: {code, message}}`, where `response` or `error` is null. The body is the answer of the
endpoint that the batch used. A request that the endpoint refused has a status code of 400 or more,
and the reason is in `response.body.error`.
"""

from collections.abc import Mapping
from enum import Enum

import msgspec

from services.system.language import ngettext
from services.system.locale_format import whole

JsonObject = Mapping[str, object]

MAX_ANSWER_CHARACTERS = 400
"""A cell shows no more of an answer."""


class Outcome(Enum):
    """How a request of a batch ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    """The endpoint refused it, or the batch couldn't run it."""
    EXPIRED = "expired"
    """The batch ended before the request had its turn."""
    CANCELLED = "cancelled"
    UNREADABLE = "unreadable"
    """The line isn't a result."""


class TokenCount(msgspec.Struct, frozen=True):
    """The tokens of a request, as far as the server counted them."""

    input: int = 0
    output: int = 0
    cached: int = 0
    """The part of the input that came from the server's cache."""

    @property
    def total(self) -> int:
        """Input and output."""
        return self.input + self.output


class BatchResult(msgspec.Struct, frozen=True):
    """A line of an output or error file."""

    custom_id: str | None
    outcome: Outcome
    status_code: int | None = None
    model: str | None = None
    answer: str = ""
    """The first characters of the answer, on one line."""
    tokens: TokenCount | None = None
    error_code: str | None = None
    error_message: str | None = None
    request_id: str | None = None


def read_result(line: bytes) -> BatchResult | None:
    """Read a line; None if it isn't a JSON object with a `custom_id`, `response` or `error`."""
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(value, dict) or not value.keys() & {"custom_id", "response", "error"}:
        return None
    return result_of(value)


def result_of(value: JsonObject) -> BatchResult:
    """What a line says that was decoded already."""
    response = _object(value.get("response"))
    body = _object(response.get("body"))
    status_code = _int(response.get("status_code"))
    error = _object(value.get("error")) or _object(body.get("error"))
    code = _text(error.get("code")) or _text(error.get("type"))
    return BatchResult(
        custom_id=_text(value.get("custom_id")),
        outcome=outcome_of(status_code, bool(error), code),
        status_code=status_code,
        model=_text(body.get("model")),
        answer=answer_in(body),
        tokens=_tokens_in(body),
        error_code=code,
        error_message=_text(error.get("message")),
        request_id=_text(response.get("request_id")),
    )


def outcome_of(status_code: int | None, has_error: bool, error_code: str | None) -> Outcome:
    """How a request with this status code and this error ended."""
    if error_code == "batch_expired":
        return Outcome.EXPIRED
    if error_code == "batch_cancelled":
        return Outcome.CANCELLED
    if has_error or status_code is None or status_code >= 400:
        return Outcome.FAILED
    return Outcome.SUCCEEDED


def answer_in(body: JsonObject) -> str:
    """The answer in the body of any endpoint, on one line and cut to what a cell shows."""
    text = (
        _chat_answer(body)
        or _responses_answer(body)
        or _data_answer(body)
        or _moderation_answer(body)
        or _text(body.get("output_text"))
        or ""
    )
    return " ".join(text[: 2 * MAX_ANSWER_CHARACTERS].split())[:MAX_ANSWER_CHARACTERS]


def _chat_answer(body: JsonObject) -> str | None:
    """Of chat completions and of legacy completions."""
    choice = _first(body.get("choices"))
    message = _object(choice.get("message"))
    content = message.get("content")
    if isinstance(content, list):
        content = " ".join(filter(None, (_text(_object(part).get("text")) for part in content)))
    calls = message.get("tool_calls")
    return (
        _text(content)
        or _text(message.get("refusal"))
        or (_calls_in_words(calls) if isinstance(calls, list) else None)
        or _text(choice.get("text"))
    )


def _calls_in_words(calls: list[object]) -> str:
    functions = (_object(_object(call).get("function")) for call in calls)
    return ", ".join(f"{one.get('name')}({one.get('arguments') or ''})" for one in functions)


def _responses_answer(body: JsonObject) -> str | None:
    output = body.get("output")
    if not isinstance(output, list):
        return None
    texts: list[str] = []
    for item in map(_object, output):
        content = item.get("content")
        for part in map(_object, content if isinstance(content, list) else ()):
            text = _text(part.get("text")) or _text(part.get("refusal"))
            if text is not None:
                texts.append(text)
        if item.get("type") == "function_call":
            texts.append(f"{item.get('name')}({item.get('arguments') or ''})")
    return " ".join(texts)


def _data_answer(body: JsonObject) -> str | None:
    """Of embeddings and images."""
    first = _first(body.get("data"))
    embedding = first.get("embedding")
    if isinstance(embedding, list):
        words = ngettext("vector of {number} number", "vector of {number} numbers", len(embedding))
        return words.format(number=whole(len(embedding)))
    return _text(first.get("url")) or _text(first.get("revised_prompt"))


def _moderation_answer(body: JsonObject) -> str | None:
    flagged = _first(body.get("results")).get("flagged")
    return None if flagged is None else f"flagged: {str(flagged).lower()}"


def _tokens_in(body: JsonObject) -> TokenCount | None:
    usage = _object(body.get("usage"))
    if not usage:
        return None
    details = _object(usage.get("prompt_tokens_details") or usage.get("input_tokens_details"))
    return TokenCount(
        input=_int(usage.get("prompt_tokens")) or _int(usage.get("input_tokens")) or 0,
        output=_int(usage.get("completion_tokens")) or _int(usage.get("output_tokens")) or 0,
        cached=_int(details.get("cached_tokens")) or 0,
    )


def _object(value: object) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _first(value: object) -> JsonObject:
    return _object(value[0]) if isinstance(value, list) and value else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _int(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
