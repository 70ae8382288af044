"""Records of finished uploads: where each file came from, and which account has it."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import msgspec

from services.problems.errors import Problem


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Identifies what an account sees; two accounts here may be the same to the server.

    A replaced key makes a new identity: only the server knows whether the new key sees the same
    files.
    """

    base_url: str
    organization: str
    project: str
    key_fingerprint: bytes
    """See `key_fingerprint`; never the key."""


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """One uploaded file."""

    path: Path
    """The absolute local path."""
    size: int
    modified_ns: int
    sha256: str | None
    """In hexadecimal; None if upload history was off during the upload."""
    purpose: str
    expires_after: int | None
    """The requested lifetime, in seconds from creation."""
    file_id: str
    name: str
    """The name that was sent."""
    uploaded_at: float
    """When the upload finished, as a Unix timestamp."""
    deleted: bool = False
    """Whether, as far as is known, it is no longer on the server."""


class LocalCopy(Enum):
    """The state of the local file since its upload, judged by its metadata."""

    UNCHANGED = "unchanged"
    """Same size and time."""
    TOUCHED = "touched"
    """Same size, different time: only the hash can tell."""
    CHANGED = "changed"
    MISSING = "missing"


class KnownUpload(msgspec.Struct, frozen=True):
    """A file on the server that may be the one about to be uploaded."""

    file_id: str
    same_content: bool
    """If False, only name and size are known to be the same; the content may be too."""
    purpose: str
    when: float
    """A Unix timestamp."""
    name: str


class UploadOrigin(msgspec.Struct, frozen=True):
    """Where a remote file came from."""

    path: Path
    size: int
    sha256: str | None
    purpose: str
    uploaded_at: float
    """A Unix timestamp."""
    local: LocalCopy
    modified_ns: int = 0
    """The modification time of the local file when it was uploaded, in nanoseconds."""


class NotRestored(msgspec.Struct, frozen=True):
    """A file that wasn't uploaded again, and why."""

    file_id: str
    name: str
    problem: Problem
