"""The sandbox's refusals, in the words and format of the official service.

Every refusal has the body `{"error": {"message", "type", "param", "code"}}`. Messages are those
seen from the official service, because programs look for them; where none is known (paging, a
missing key) the wording is our own in the same style. They are part of the protocol and hence
not translated.
"""

from collections.abc import Sequence
from typing import Any

from services.providers.purposes import UPLOAD_PURPOSES

SHORTEST_EXPIRY = 3600
"""Least `expires_after[seconds]`, by the API reference."""
LONGEST_EXPIRY = 2_592_000
"""Greatest `expires_after[seconds]`: 30 days, by the API reference."""
LARGEST_PAGE = 10_000
"""Greatest `limit` of a listing, and the one used when none is given."""


class Refused(Exception):
    """A request that the server refuses; `status` is the HTTP status, `body` is sent as JSON."""

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


def key_missing() -> Refused:
    """No `Authorization: Bearer` in the request."""
    return Refused(
        401,
        "You didn't provide an API key. Send it in an Authorization header using Bearer auth "
        "(i.e. Authorization: Bearer YOUR_KEY).",
    )


def key_wrong(key: str) -> Refused:
    """A key other than the server's; the answer shows only its ends."""
    shown = f"{key[:5]}…{key[-4:]}" if len(key) > 12 else "…"
    return Refused(401, f"Incorrect API key provided: {shown}.", code="invalid_api_key")


def no_such_file(file_id: str, *, param: str = "id") -> Refused:
    """No file has this id, or no file has it any more."""
    status = 404 if param == "id" else 400
    return Refused(status, f"No such File object: {file_id}", param=param)


def misdirected() -> Refused:
    """Addressed to a host other than this computer."""
    return Refused(421, "The sandbox answers only at 127.0.0.1 and localhost.")


def no_such_url(method: str, path: str) -> Refused:
    """None of the endpoints."""
    return Refused(404, f"Invalid URL ({method} {path})")


def method_not_allowed(method: str, path: str) -> Refused:
    """A method that this endpoint does not support."""
    return Refused(
        405,
        f"Not allowed to {method} on {path} "
        "(HINT: Perhaps you meant to use a different HTTP method?)",
        code="method_not_supported",
    )


def content_not_allowed(purpose: str) -> Refused:
    """Files of this purpose can't be downloaded."""
    return Refused(400, f"Not allowed to download files of purpose: {purpose}")


def limit_not_a_number() -> Refused:
    """`limit` is not an integer."""
    return Refused(
        400,
        "Invalid type for 'limit': expected an integer, but got a string instead.",
        param="limit",
        code="invalid_type",
    )


def limit_out_of_range(limit: int) -> Refused:
    """`limit` is below 1 or above the largest page."""
    if limit < 1:
        rule, bound, code = "below minimum", "value >= 1", "integer_below_min_value"
    else:
        rule, bound, code = "above maximum", f"value <= {LARGEST_PAGE}", "integer_above_max_value"
    return Refused(
        400,
        f"Invalid 'limit': integer {rule} value. Expected a {bound}, but got {limit} instead.",
        param="limit",
        code=code,
    )


def order_unknown(order: str) -> Refused:
    """`order` is neither asc nor desc."""
    return Refused(
        400,
        f"Invalid value: '{order}'. Supported values are: 'asc' and 'desc'.",
        param="order",
        code="invalid_value",
    )


def not_multipart() -> Refused:
    """The body of an upload is not a multipart form."""
    return Refused(400, "Invalid Content-Type: expected multipart/form-data with a boundary.")


def form_unreadable() -> Refused:
    """The body of an upload breaks the rules of multipart forms."""
    return Refused(400, "Could not parse multipart form.")


def form_too_large() -> Refused:
    """The form fields are far larger than any field of this endpoint can be."""
    return Refused(400, "The form fields are too large.")


def more_than_one_file() -> Refused:
    """Two file parts in one upload."""
    return Refused(400, "Only one file can be uploaded at a time.")


def field_missing(name: str) -> Refused:
    """A field that every upload must have is missing."""
    return Refused(400, f"'{name}' is a required property")


def fields_unexpected(names: Sequence[str]) -> Refused:
    """Fields the endpoint does not have, other spellings of `expires_after[…]` among them."""
    listed = ", ".join(f"'{name}'" for name in names)
    were = "was" if len(names) == 1 else "were"
    return Refused(400, f"Additional properties are not allowed ({listed} {were} unexpected)")


def purpose_unknown(purpose: str) -> Refused:
    """A purpose that can't be uploaded; outputs are among these."""
    allowed = [known.name for known in UPLOAD_PURPOSES]
    return Refused(400, f"'{purpose}' is not one of {allowed} - 'purpose'")


def anchor_unknown(anchor: str) -> Refused:
    """Expiry can only be counted from the creation of the file."""
    return Refused(400, f"'{anchor}' is not one of ['created_at'] - 'expires_after.anchor'")


def expiry_incomplete(missing: str) -> Refused:
    """Only one of `expires_after[anchor]` and `expires_after[seconds]` was sent."""
    return Refused(400, f"'{missing}' is a required property - 'expires_after'")


def seconds_not_a_number(seconds: str) -> Refused:
    """`expires_after[seconds]` is not an integer."""
    return Refused(400, f"'{seconds}' is not of type 'integer' - 'expires_after.seconds'")


def seconds_out_of_range(seconds: int) -> Refused:
    """`expires_after[seconds]` is under an hour or over 30 days."""
    if seconds < SHORTEST_EXPIRY:
        rule = f"less than the minimum of {SHORTEST_EXPIRY}"
    else:
        rule = f"greater than the maximum of {LONGEST_EXPIRY}"
    return Refused(400, f"{seconds} is {rule} - 'expires_after.seconds'")


def not_jsonl(purpose: str) -> Refused:
    """Batch and fine-tune accept only `.jsonl`."""
    api = {"batch": "Batch API", "fine-tune": "Fine-Tuning API"}[purpose]
    return Refused(400, f"Invalid file format for {api}. Must be .jsonl")


def larger_than_any(limit: int, size: int) -> Refused:
    """More bytes than the endpoint accepts for any purpose; `size` is what was read so far."""
    return Refused(
        413,
        f"Maximum content size limit ({limit}) exceeded ({size} bytes read)",
        kind="server_error",
    )


def larger_than_purpose_takes() -> Refused:
    """More bytes than this purpose accepts, though another purpose would."""
    return Refused(400, "File is too large.")


def storage_full() -> Refused:
    """The official service's message for a full account."""
    return Refused(400, "You have exceeded your file storage quota. The sandbox's disk is full.")


def server_failed() -> Refused:
    """A bug in the sandbox itself."""
    return Refused(
        500, "The server had an error while processing your request.", kind="server_error"
    )
