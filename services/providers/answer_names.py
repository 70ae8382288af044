"""What servers call the parts of their answers."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnswerNames:
    """The names that a server uses; by default those of the OpenAI API."""

    items: str = "data"
    """The field of a page with the list of files."""
    id: str = "id"
    """If another one, it may be a path, such as `accounts/acme/datasets/train`: the ID is its end."""
    filename: str = "filename"
    purpose: str = "purpose"
    size: str = "bytes"
    created_at: str = "created_at"
    expires_at: str = "expires_at"
    status: str = "status"
    status_details: str = "status_details"


OFFICIAL_NAMES = AnswerNames()

ALSO_SEEN: Mapping[str, tuple[str, ...]] = {
    "filename": ("name", "display_name"),
    "size": ("size_bytes", "file_size"),
    "created_at": ("create_time", "created"),
    "expires_at": ("expire_at", "expiration_time"),
    "status": ("state",),
}
"""Other names for the fields of a file, tried on every server if the expected one is missing.

Upper case and underscores don't count: `createdAt` and `CreatedAt` are the same as `created_at`.
"""

ENVELOPE = "data"
"""The field that contains the actual answer on servers that wrap every answer (SiliconFlow)."""


def folded(name: str) -> str:
    """A field's name without upper case and underscores."""
    return name.replace("_", "").lower()
