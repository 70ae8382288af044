"""The sandbox's errors about the form of an upload; see `api_errors`."""

from collections.abc import Sequence

from services.providers.purposes import UPLOAD_PURPOSES
from services.sandbox.api_errors import ApiError

SHORTEST_EXPIRY = 3600
"""Minimum of `expires_after[seconds]`, from the API reference."""
LONGEST_EXPIRY = 2_592_000
"""Maximum of `expires_after[seconds]`: 30 days, from the API reference."""


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
