"""Writes what a batch's requests came to: the lines of its output and error files."""

import hashlib
import itertools
from collections.abc import Callable, Iterable

import msgspec

from services.sandbox.batches.batch_answers import Json, TokenUsage, answer_to
from services.sandbox.batches.batch_failures import BATCH_EXPIRED, Failure, failure_of
from services.sandbox.batches.batch_input import BatchRequest

_SHUFFLED = 100
"""Results are in another order than the requests, within so many lines."""

Write = Callable[[bytes], None]


def write_results(
    requests: Iterable[BatchRequest],
    *,
    endpoint: str,
    total: int,
    processed: int,
    created: int,
    write_output: Write,
    write_error: Write,
    expired: bool,
) -> TokenUsage:
    """Write the results of the first `processed` of `total` requests; return their tokens.

    `created` is the time in the answers, in seconds since 1970. If the batch has `expired`, the
    rest goes to the error file.
    """
    usage = TokenUsage()
    rest = iter(requests)
    done = itertools.islice(rest, processed)
    while block := list(itertools.islice(done, _SHUFFLED)):
        for request in sorted(block, key=_hex_of):
            failure = failure_of(request, endpoint, total)
            if failure is not None:
                write_error(_line(request, *_failed(failure)))
                continue
            body, tokens = answer_to(request, endpoint, created)
            write_output(_line(request, {"status_code": 200, "body": body}, None))
            usage += tokens
    if expired:
        for request in rest:
            write_error(_line(request, *_failed(BATCH_EXPIRED)))
    return usage


def _failed(failure: Failure) -> tuple[Json | None, Json | None]:
    if failure.status is None:
        return None, {"code": failure.code, "message": failure.message}
    return {"status_code": failure.status, "body": failure.body}, None


def _line(request: BatchRequest, response: Json | None, error: Json | None) -> bytes:
    number = _hex_of(request)
    if response is not None:
        response = {
            "status_code": response["status_code"],
            "request_id": number[24:56],
            "body": response["body"],
        }
    result = {
        "id": f"batch_req_{number[:24]}",
        "custom_id": request.custom_id,
        "response": response,
        "error": error,
    }
    return msgspec.json.encode(result) + b"\n"


def _hex_of(request: BatchRequest) -> str:
    return hashlib.sha256(request.custom_id.encode()).hexdigest()
