"""The sandbox's errors, with the messages and format of the official service.

Every error has the body `{"error": {"message", "type", "param", "code"}}`. The messages are the
official service's, because programs look for them; where its message isn't known (paging, a missing
key) there is a similar one. They are part of the protocol, so they aren't translated.
"""

from collections.abc import Sequence
from typing import Any

LARGEST_PAGE = 10_000
"""Maximum `limit` of a listing, and the default."""


class ApiError(Exception):
    """An error response; `status` is the HTTP status, `body` is sent as JSON."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {
            "error": {"message": message, "type": kind, "param": param, "code": code}
        }


def key_missing() -> ApiError:
    """The request has no `Authorization: Bearer` header."""
    return ApiError(
        401,
        "You didn't provide an API key. Send it in an Authorization header using Bearer auth "
        "(i.e. Authorization: Bearer YOUR_KEY).",
    )


def key_wrong(key: str) -> ApiError:
    """The key is wrong; the message shows only its ends."""
    shown = f"{key[:5]}…{key[-4:]}" if len(key) > 12 else "…"
    return ApiError(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")


def no_such_file(file_id: str, *, param: str = "id") -> ApiError:
    """No file has this ID, or it no longer exists."""
    status = 404 if param == "id" else 400
    return ApiError(status, f"No such File object: {file_id}", param=param)


def misdirected() -> ApiError:
    """The request is addressed to a host other than this computer."""
    return ApiError(421, "The sandbox responds only at 127.0.0.1 and localhost.")


def no_such_url(method: str, path: str) -> ApiError:
    """The URL isn't one of the endpoints."""
    return ApiError(404, f"Invalid URL ({method} {path})")


def method_not_allowed(method: str, path: str) -> ApiError:
    """The endpoint doesn't support this method."""
    return ApiError(
        405,
        f"Not allowed to {method} on {path} "
        "(HINT: Perhaps you meant to use a different HTTP method?)",
        code="method_not_supported",
    )


def content_not_allowed(purpose: str) -> ApiError:
    """Files with this purpose can't be downloaded."""
    return ApiError(400, f"Not allowed to download files of purpose: {purpose}")


def limit_not_a_number() -> ApiError:
    """`limit` isn't an integer."""
    return ApiError(
        400,
        "Invalid type for 'limit': expected an integer, but got a string instead.",
        param="limit",
        code="invalid_type",
    )


def integer_out_of_range(name: str, value: float, lowest: int, highest: int) -> ApiError:
    """An integer is below `lowest` or above `highest`."""
    if value < lowest:
        rule, bound, code = "below minimum", f">= {lowest}", "integer_below_min_value"
    else:
        rule, bound, code = "above maximum", f"<= {highest}", "integer_above_max_value"
    return ApiError(
        400,
        f"Invalid '{name}': integer {rule} value. Expected a value {bound}, but got {value} "
        "instead.",
        param=name,
        code=code,
    )


def order_unknown(order: str) -> ApiError:
    """`order` is neither asc nor desc."""
    return ApiError(
        400,
        f"Invalid value: '{order}'. Supported values are: 'asc' and 'desc'.",
        param="order",
        code="invalid_value",
    )


def json_unreadable() -> ApiError:
    """The body isn't a JSON object, or far larger than its fields can be."""
    return ApiError(
        400,
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't "
        "using your HTTP library correctly. The API expects a JSON payload, but what was sent was "
        "not valid JSON.)",
    )


def parameter_missing(name: str) -> ApiError:
    """A required field of a JSON body is missing."""
    return ApiError(
        400,
        f"Missing required parameter: '{name}'.",
        param=name,
        code="missing_required_parameter",
    )


def parameter_unknown(name: str) -> ApiError:
    """A JSON body has an unknown field."""
    return ApiError(400, f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")


def type_wrong(name: str, expected: str, found: str) -> ApiError:
    """A field of a JSON body has another type; both types have an article."""
    return ApiError(
        400,
        f"Invalid type for '{name}': expected {expected}, but got {found} instead.",
        param=name,
        code="invalid_type",
    )


def value_unknown(name: str, value: str, allowed: Sequence[str]) -> ApiError:
    """A field isn't one of the allowed texts."""
    quoted = [f"'{one}'" for one in allowed]
    if len(quoted) > 2:
        listed = f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
    else:
        listed = " and ".join(quoted)
    return ApiError(
        400,
        f"Invalid value: '{value}'. Supported values are: {listed}.",
        param=name,
        code="invalid_value",
    )


def text_too_long(name: str, longest: int, length: int) -> ApiError:
    """A text has too many characters."""
    return ApiError(
        400,
        f"Invalid '{name}': string too long. Expected a string with maximum length {longest}, but "
        f"got a string with length {length} instead.",
        param=name,
        code="string_above_max_length",
    )


def array_too_long(name: str, most: int, length: int) -> ApiError:
    """A list has too many items."""
    return ApiError(
        400,
        f"Invalid '{name}': array too long. Expected an array with maximum length {most}, but got "
        f"an array with length {length} instead.",
        param=name,
        code="array_above_max_length",
    )


def too_many_properties(name: str, most: int, count: int) -> ApiError:
    """An object has too many fields."""
    return ApiError(
        400,
        f"Invalid '{name}': too many properties. Expected an object with at most {most} "
        f"properties, but got an object with {count} properties instead.",
        param=name,
        code="object_above_max_properties",
    )


def id_malformed(name: str, value: str, prefix: str) -> ApiError:
    """An ID doesn't begin as IDs of its kind do."""
    return ApiError(
        400,
        f"Invalid '{name}': '{value}'. Expected an ID that begins with '{prefix}'.",
        param=name,
        code="invalid_value",
    )


def purpose_wrong(name: str, purpose: str, expected: str) -> ApiError:
    """A job needs a file with another purpose."""
    return ApiError(
        400,
        f"Invalid '{name}': expected a file with purpose '{expected}', but got a file with "
        f"purpose '{purpose}' instead.",
        param=name,
        code="invalid_value",
    )


def no_such_batch(batch_id: str, *, param: str | None = None) -> ApiError:
    """No batch has this ID; `param` is set if the ID is in a parameter."""
    status = 404 if param is None else 400
    return ApiError(status, f"No batch found with id '{batch_id}'.", param=param)


def batch_ended(status: str) -> ApiError:
    """A batch can't be cancelled, because it has ended."""
    return ApiError(409, f"Cannot cancel a batch with status '{status}'.")


def no_such_store(store_id: str, *, param: str | None = None) -> ApiError:
    """No vector store has this ID; `param` is set if the ID is in a parameter."""
    status = 404 if param is None else 400
    return ApiError(status, f"No vector store found with id '{store_id}'.", param=param)


def not_in_store(file_id: str, store_id: str, *, param: str | None = None) -> ApiError:
    """The vector store doesn't contain this file; `param` is set if the ID is in a parameter."""
    status = 404 if param is None else 400
    return ApiError(
        status,
        f"No file found with id '{file_id}' in vector store '{store_id}'.",
        param=param,
    )


def store_expired(store_id: str) -> ApiError:
    """Nothing can be added to an expired vector store."""
    return ApiError(400, f"Vector store '{store_id}' has expired.")


def no_such_job(job_id: str, *, param: str | None = None) -> ApiError:
    """No fine-tuning job has this ID; `param` is set if the ID is in a parameter."""
    status = 404 if param is None else 400
    return ApiError(
        status,
        f"Could not find fine tune: {job_id}",
        param=param or "fine_tune_id",
        code="fine_tune_not_found",
    )


def no_such_item(item_id: str) -> ApiError:
    """No event or checkpoint of a fine-tuning job has the ID in `after`."""
    return ApiError(400, f"Could not find the event or checkpoint: {item_id}", param="after")


def job_ended(job_id: str) -> ApiError:
    """A fine-tuning job can't be cancelled, because it has ended."""
    return ApiError(400, f"Job has already completed: {job_id}")


def storage_full() -> ApiError:
    """The disk is full; starts with the official service's message for a full account."""
    return ApiError(400, "You have exceeded your file storage quota. The sandbox's disk is full.")


def server_failed() -> ApiError:
    """The sandbox itself has a bug."""
    return ApiError(
        500, "The server had an error while processing your request.", kind="server_error"
    )
