"""Reads a batch's input file and finds its errors, with the official service's codes and messages.

A file with one bad line fails as a whole. A request that its endpoint would refuse is no error
here: it fails by itself, in the error file.
"""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import msgspec

from services.providers.limits import OFFICIAL

_MAX_ERRORS = 1000
"""Later errors of a file aren't listed."""

_PARAMETERS = {"custom_id": "string", "method": "string", "url": "string", "body": "object"}
_TYPE_NAMES = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    list: "an array",
    dict: "an object",
}
_ENDPOINT_NAMES = {
    "/v1/chat/completions": "Chat Completions",
    "/v1/completions": "Completions",
    "/v1/responses": "Responses",
}

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding a line may raise."""


class BatchError(msgspec.Struct, frozen=True):
    """An error in an input file, as in `errors.data` of a batch."""

    code: str
    message: str
    param: str | None = None
    line: int | None = None


class InputCheck(msgspec.Struct, frozen=True):
    """What an input file holds."""

    errors: list[BatchError]
    requests: int
    model: str | None
    """The model of the first request that names one."""


class BatchRequest(msgspec.Struct, frozen=True):
    """A line of an input file without errors."""

    custom_id: str
    body: dict[str, Any]


def read_requests(file: BinaryIO) -> Iterator[BatchRequest]:
    """The requests of a file that has no errors."""
    decode = msgspec.json.Decoder(BatchRequest).decode
    for line in file:
        if not line.isspace():
            yield decode(line)


def check_input(lines: Iterable[bytes], endpoint: str) -> InputCheck:
    """Check the lines of an input file."""
    checker = _Checker(endpoint)
    errors: list[BatchError] = []
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        errors += checker.check(line, number)
        if len(errors) >= _MAX_ERRORS:
            break
    else:
        errors += checker.check_count()
    return InputCheck(errors[:_MAX_ERRORS], checker.requests, checker.model)


class _Checker:
    def __init__(self, endpoint: str) -> None:
        self.model: str | None = None
        self._endpoint = endpoint
        self.requests = 0
        self._ids: set[str] = set()

    def check(self, line: bytes, number: int) -> list[BatchError]:
        self.requests += 1
        try:
            request = msgspec.json.decode(line)
        except UNREADABLE:
            request = None
        if not isinstance(request, dict):
            message = "This line is not parseable as valid JSON."
            return [BatchError("invalid_json_line", message, None, number)]
        errors = list(_type_errors(request, number))
        if errors:
            return errors
        found = (
            self._check_id(request["custom_id"]),
            self._check_method(request["method"]),
            self._check_url(request["url"]),
            self._check_model(request["body"].get("model")),
            self._check_stream(request["body"].get("stream")),
        )
        return [msgspec.structs.replace(error, line=number) for error in found if error]

    def check_count(self) -> list[BatchError]:
        if self.requests == 0:
            message = (
                "The input file is empty. Please ensure that your batch contains at least one "
                "request."
            )
            return [BatchError("empty_file", message, "input_file_id")]
        most = OFFICIAL.batch_requests
        if most is not None and self.requests > most:
            message = f"The input file has {self.requests} requests. The maximum is {most}."
            return [BatchError("request_limit_exceeded", message, "input_file_id")]
        return []

    def _check_id(self, custom_id: str) -> BatchError | None:
        if custom_id not in self._ids:
            self._ids.add(custom_id)
            return None
        message = (
            f"The custom_id '{custom_id}' for this request is a duplicate of another request. "
            "The custom_id parameter must be unique for each request in a batch."
        )
        return BatchError("duplicate_custom_id", message, "custom_id")

    def _check_method(self, method: str) -> BatchError | None:
        if method == "POST":
            return None
        message = f"Invalid value: '{method}'. Supported values are: 'POST'."
        return BatchError("invalid_value", message, "method")

    def _check_url(self, url: str) -> BatchError | None:
        if url == self._endpoint:
            return None
        message = "The URL provided for this request does not match the batch endpoint."
        return BatchError("invalid_url", message, "url")

    def _check_model(self, model: object) -> BatchError | None:
        if not isinstance(model, str):
            return None  # its endpoint refuses it
        if self.model is None:
            self.model = model
        if model == self.model:
            return None
        message = (
            f"The model '{model}' for this request does not match the rest of the batch. Each "
            "batch must contain requests for a single model."
        )
        return BatchError("mismatched_model", message, "body.model")

    def _check_stream(self, stream: object) -> BatchError | None:
        if stream is not True:
            return None
        name = _ENDPOINT_NAMES.get(self._endpoint, self._endpoint)
        message = f"{name}: Streaming is not supported in the Batch API."
        return BatchError("streaming_unsupported", message, "body.stream")


def _type_errors(request: dict[str, Any], number: int) -> Iterator[BatchError]:
    for name, expected in _PARAMETERS.items():
        value = request.get(name)
        if value is None:
            message = f"Missing required parameter: '{name}'."
            yield BatchError("missing_required_parameter", message, name, number)
        elif not isinstance(value, str if expected == "string" else dict):
            article = "an" if expected == "object" else "a"
            message = (
                f"Invalid type for '{name}': expected {article} {expected}, but got "
                f"{_TYPE_NAMES[type(value)]} instead."
            )
            yield BatchError("invalid_type", message, name, number)
