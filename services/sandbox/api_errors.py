"""The sandbox's errors, with the messages and format of the official service.

Every error has the body `{"error": {"message", "type", "param", "code"}}`. The messages are the
official service's, because programs look for them; where its message isn't known (paging, a missing
key) there is a similar one. They are part of the protocol, so they aren't translated.
"""

from collections.abc import Sequence
from typing import Any

from services.providers.purposes import UPLOAD_PURPOSES

SHORTEST_EXPIRY = 3600
"""Minimum of `expires_after[seconds]`, from the API reference."""
LONGEST_EXPIRY = 2_592_000
"""Maximum of `expires_after[seconds]`: 30 days, from the API reference."""
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


def limit_out_of_range(limit: int) -> ApiError:
    """`limit` is below 1 or above the largest page."""
    if limit < 1:
        rule, bound, code = "below minimum", "value >= 1", "integer_below_min_value"
    else:
        rule, bound, code = "above maximum", f"value <= {LARGEST_PAGE}", "integer_above_max_value"
    return ApiError(
        400,
        f"Invalid 'limit': integer {rule} value. Expected a {bound}, but got {limit} instead.",
        param="limit",
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


def not_multipart() -> ApiError:
    """The body of an upload isn't a multipart form."""
    return ApiError(400, "Invalid Content-Type: expected multipart/form-data with a boundary.")


def form_unreadable() -> ApiError:
    """The body of an upload isn't a valid multipart form."""
    return ApiError(400, "Could not parse multipart form.")


def form_too_large() -> ApiError:
    """The form fields are far larger than this endpoint's fields can be."""
    return ApiError(400, "The form fields are too large.")


def more_than_one_file() -> ApiError:
    """The upload has more than one file part."""
    return ApiError(400, "Only one file can be uploaded at a time.")


def field_missing(name: str) -> ApiError:
    """A required field is missing."""
    return ApiError(400, f"'{name}' is a required property")


def fields_unexpected(names: Sequence[str]) -> ApiError:
    """There are unknown fields, including misspellings of `expires_after[…]`."""
    listed = ", ".join(f"'{name}'" for name in names)
    were = "was" if len(names) == 1 else "were"
    return ApiError(400, f"Additional properties are not allowed ({listed} {were} unexpected)")


def purpose_unknown(purpose: str) -> ApiError:
    """Files with this purpose can't be uploaded; includes the purposes of outputs."""
    allowed = [known.name for known in UPLOAD_PURPOSES]
    return ApiError(400, f"'{purpose}' is not one of {allowed} - 'purpose'")


def anchor_unknown(anchor: str) -> ApiError:
    """The anchor isn't `created_at`, the only one supported."""
    return ApiError(400, f"'{anchor}' is not one of ['created_at'] - 'expires_after.anchor'")


def expiry_incomplete(missing: str) -> ApiError:
    """Only one of `expires_after[anchor]` and `expires_after[seconds]` was sent."""
    return ApiError(400, f"'{missing}' is a required property - 'expires_after'")


def seconds_not_a_number(seconds: str) -> ApiError:
    """`expires_after[seconds]` isn't an integer."""
    return ApiError(400, f"'{seconds}' is not of type 'integer' - 'expires_after.seconds'")


def seconds_out_of_range(seconds: int) -> ApiError:
    """`expires_after[seconds]` is under an hour or over 30 days."""
    if seconds < SHORTEST_EXPIRY:
        rule = f"less than the minimum of {SHORTEST_EXPIRY}"
    else:
        rule = f"greater than the maximum of {LONGEST_EXPIRY}"
    return ApiError(400, f"{seconds} is {rule} - 'expires_after.seconds'")


def not_jsonl(purpose: str) -> ApiError:
    """Batch and fine-tune accept only `.jsonl`."""
    api = {"batch": "Batch API", "fine-tune": "Fine-Tuning API"}[purpose]
    return ApiError(400, f"Invalid file format for {api}. Must be .jsonl")


def larger_than_any(limit: int, size: int) -> ApiError:
    """The file is larger than any purpose allows; `size` is the number of bytes read so far."""
    return ApiError(
        413,
        f"Maximum content size limit ({limit}) exceeded ({size} bytes read)",
        kind="server_error",
    )


def too_large_for_purpose() -> ApiError:
    """The file is larger than this purpose allows, though another purpose would allow it."""
    return ApiError(400, "File is too large.")


def storage_full() -> ApiError:
    """The disk is full; starts with the official service's message for a full account."""
    return ApiError(400, "You have exceeded your file storage quota. The sandbox's disk is full.")


def server_failed() -> ApiError:
    """The sandbox itself has a bug."""
    return ApiError(
        500, "The server had an error while processing your request.", kind="server_error"
    )
