"""Which requests of a batch fail, and how: about one in 25, and those their endpoint would refuse.

The choice depends on the `custom_id` and on the number of requests. So the same file always fails
in the same lines, and a file with only its failed requests mostly succeeds, as after a rate limit.
"""

import zlib
from collections.abc import Mapping
from typing import Any

from services.sandbox.batches.batch_input import BatchRequest

_ONE_IN = 25

_REQUIRED = {
    "/v1/chat/completions": ("model", "messages"),
    "/v1/completions": ("model", "prompt"),
    "/v1/embeddings": ("model", "input"),
    "/v1/moderations": ("input",),
    "/v1/images/generations": ("prompt",),
    "/v1/images/edits": ("prompt",),
    "/v1/videos": ("prompt",),
}


class Failure:
    """How a request fails: with an HTTP status and an error body, or, with no status, before that."""

    def __init__(
        self,
        status: int | None,
        code: str | None,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.message = message
        self.body: dict[str, Any] = {
            "error": {"message": message, "type": kind, "param": param, "code": code}
        }


BATCH_EXPIRED = Failure(
    None,
    "batch_expired",
    "This request could not be executed before the completion window expired.",
)
_RANDOM = (
    Failure(429, "rate_limit_exceeded", "Rate limit reached for requests.", kind="requests"),
    Failure(
        400,
        "context_length_exceeded",
        "Your input exceeds the context window of this model. Please adjust your input and try "
        "again.",
        param="messages",
    ),
    Failure(
        500,
        None,
        "The server had an error while processing your request. Sorry about that!",
        kind="server_error",
    ),
    Failure(None, "request_timeout", "This request took too long to process."),
)


def failure_of(request: BatchRequest, endpoint: str, total: int) -> Failure | None:
    """How a request of a batch with `total` requests fails; None if it succeeds."""
    missing = _missing(request.body, endpoint)
    if missing == "model":
        return Failure(400, None, "you must provide a model parameter")
    if missing is not None:
        return Failure(
            400,
            "missing_required_parameter",
            f"Missing required parameter: '{missing}'.",
            param=missing,
        )
    number = zlib.crc32(f"{total} {request.custom_id}".encode())
    if number % _ONE_IN:
        return None
    return _RANDOM[number // _ONE_IN % len(_RANDOM)]


def _missing(body: Mapping[str, Any], endpoint: str) -> str | None:
    for name in _REQUIRED.get(endpoint, ()):
        value = body.get(name)
        if value in (None, [], "") or (name == "model" and not isinstance(value, str)):
            return name
    return None
