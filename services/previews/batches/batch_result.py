"""What a line of a batch's output or error file says.

Both files hold one object per line: `{id, custom_id, response: {status_code, request_id, body},
error: {code, message}}`, where `response` or `error` is null. The body is the answer of the
endpoint that the batch used. A request that the endpoint refused has a status code of 400 or more,
and the reason is in `response.body.error`.
"""

from enum import Enum

import msgspec

from services.previews.batches.answer_text import answer_in
from services.previews.json_parts import JsonObject, int_in, object_in, text_in


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
    """The text of the answer, or a few words that say what it is."""
    tokens: TokenCount | None = None
    error_code: str | None = None
    error_message: str | None = None
    request_id: str | None = None
    seconds: float | None = None
    """How long the service worked on it, if it says so."""


def read_result(line: bytes) -> BatchResult | None:
    """Read a line; None if it isn't a JSON object with a `custom_id`, `response` or `error`."""
    try:
        full = _decode_full(line)
        response = full.response
        if response is None:
            return _result_of(full)
        answer = "" if response.body is None else answer_in(_decoded_answers(response.body))
        return _result_of(full, answer, text_in(response.request_id))
    except _UNREADABLE:
        # Not a result, or one with values of other types than documented.
        return _read_any(line)


def _read_any(line: bytes) -> BatchResult | None:
    try:
        value = _decode(line)
    except _UNREADABLE:
        return None
    if not isinstance(value, dict) or not value.keys() & {"custom_id", "response", "error"}:
        return None
    return result_of(value)


def result_of(value: JsonObject) -> BatchResult:
    """What a line says that was decoded already."""
    response = object_in(value.get("response"))
    body = object_in(response.get("body"))
    status_code = int_in(response.get("status_code"))
    code, message = error_in(value)
    if code is None and message is None:
        code, message = error_in(body)
    custom_id = value.get("custom_id")
    return BatchResult(
        custom_id=custom_id if isinstance(custom_id, str) else None,
        outcome=_outcome_of(status_code, code, message),
        status_code=status_code,
        model=text_in(body.get("model")),
        answer=answer_in(body),
        tokens=tokens_in(body),
        error_code=code,
        error_message=message,
        request_id=text_in(response.get("request_id")),
        seconds=_seconds_between(
            object_in(body.get("usage")).get("total_time"),
            body.get("created_at"),
            body.get("completed_at"),
        ),
    )


def read_brief(line: bytes) -> BatchResult | None:
    """As `read_result`, but without the answer and the request ID: several times as fast.

    A line whose answer isn't valid JSON may be read too.
    """
    try:
        return _result_of(_decode_brief(line))
    except _UNREADABLE:
        result = _read_any(line)
        return result and msgspec.structs.replace(result, answer="", request_id=None)


def _result_of(
    brief: "_Brief | _Full", answer: str = "", request_id: str | None = None
) -> BatchResult:
    status_code = model = tokens = seconds = None
    code, message = _stated(brief.error)
    if brief.response is not None:
        status_code = brief.response.status_code
        body = brief.response.body
        if body is not None:
            model = body.model or None
            total_time = None
            if body.usage is not None:
                tokens = _tokens_of(body.usage)
                total_time = body.usage.total_time
            seconds = _seconds_between(total_time, body.created_at, body.completed_at)
            if code is None and message is None:
                code, message = _stated(body.error)
    return BatchResult(
        custom_id=brief.custom_id,
        outcome=_outcome_of(status_code, code, message),
        status_code=status_code,
        model=model,
        answer=answer,
        tokens=tokens,
        error_code=code,
        error_message=message,
        request_id=request_id,
        seconds=seconds,
    )


def _seconds_between(total_time: object, created_at: object, completed_at: object) -> float | None:
    """How long a request took: some services say it, and some when it began and ended."""
    taken = _number(total_time)
    if taken is None:
        began, ended = _number(created_at), _number(completed_at)
        taken = ended - began if began is not None and ended is not None else None
    return taken if taken is not None and 0 <= taken <= _LONGEST_SECONDS else None


def _number(value: object) -> float | None:
    if not isinstance(value, float | int) or isinstance(value, bool):
        return None
    return float(value) if abs(value) < _LARGEST_TIME else None


_LONGEST_SECONDS = 7 * 24 * 3600
"""A batch ends after a day; more is a mistake."""
_LARGEST_TIME = 1e15


def _outcome_of(status_code: int | None, error_code: str | None, message: str | None) -> Outcome:
    if error_code == "batch_expired":
        return Outcome.EXPIRED
    if error_code == "batch_cancelled":
        return Outcome.CANCELLED
    has_error = error_code is not None or message is not None
    if has_error or status_code is None or status_code >= 400:
        return Outcome.FAILED
    return Outcome.SUCCEEDED


def error_in(value: JsonObject) -> tuple[str | None, str | None]:
    """Code and message of an error; None and None if there is none, or it says nothing."""
    error = value.get("error")
    if isinstance(error, str):
        return None, error or None
    stated = object_in(error)
    code = stated.get("code")
    if int_in(code) is not None:
        code = str(code)
    return text_in(code) or text_in(stated.get("type")), text_in(stated.get("message"))


def tokens_in(body: JsonObject) -> TokenCount | None:
    """The tokens that a response counted; None if it has no counts."""
    usage = body.get("usage")
    if not isinstance(usage, dict):
        return None
    details = usage.get("prompt_tokens_details"), usage.get("input_tokens_details")
    cached = [int_in(object_in(one).get("cached_tokens")) for one in details]
    return TokenCount(
        input=int_in(usage.get("prompt_tokens")) or int_in(usage.get("input_tokens")) or 0,
        output=int_in(usage.get("completion_tokens")) or int_in(usage.get("output_tokens")) or 0,
        cached=cached[0] or cached[1] or 0,
    )


class _Details(msgspec.Struct, gc=False):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct, gc=False):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    prompt_tokens_details: _Details | None = None
    input_tokens_details: _Details | None = None
    total_time: float | str | None = None


class _Error(msgspec.Struct, gc=False):
    code: str | int | None = None
    message: str | None = None
    type: str | None = None


class _Body(msgspec.Struct, gc=False):
    """Only what is added up: msgspec skips the rest, which is nearly all of it."""

    model: str | None = None
    usage: _Usage | None = None
    error: _Error | None = None
    created_at: float | str | None = None
    completed_at: float | str | None = None


class _Response(msgspec.Struct, gc=False):
    status_code: int | None = None
    body: _Body | None = None


class _Brief(msgspec.Struct, gc=False):
    custom_id: str
    response: _Response | None = None
    error: _Error | None = None


class _FullBody(_Body):
    """With the places where endpoints put their answers, not decoded yet."""

    choices: msgspec.Raw | None = None
    output: msgspec.Raw | None = None
    data: msgspec.Raw | None = None
    results: msgspec.Raw | None = None
    output_text: msgspec.Raw | None = None


class _FullResponse(msgspec.Struct, gc=False):
    status_code: int | None = None
    body: _FullBody | None = None
    request_id: object = None


class _Full(msgspec.Struct, gc=False):
    custom_id: str
    response: _FullResponse | None = None
    error: _Error | None = None


def _decoded_answers(body: _FullBody) -> JsonObject:
    return {name: _decode(value) for name in _ANSWERS if (value := getattr(body, name)) is not None}


_ANSWERS = tuple(
    field.name
    for field in msgspec.structs.fields(_FullBody)
    if field.name not in _Body.__struct_fields__
)
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_decode = msgspec.json.Decoder().decode
_decode_brief = msgspec.json.Decoder(_Brief).decode
_decode_full = msgspec.json.Decoder(_Full).decode


def _stated(error: _Error | None) -> tuple[str | None, str | None]:
    if error is None:
        return None, None
    code = str(error.code) if isinstance(error.code, int) else error.code
    return code or error.type or None, error.message or None


def _tokens_of(usage: _Usage) -> TokenCount:
    cached = 0
    for details in (usage.prompt_tokens_details, usage.input_tokens_details):
        if details is not None:
            cached = cached or details.cached_tokens or 0
    return TokenCount(
        usage.prompt_tokens or usage.input_tokens or 0,
        usage.completion_tokens or usage.output_tokens or 0,
        cached,
    )
