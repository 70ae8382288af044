"""What is known of an upload after it is done: from where it came, and under which account."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import msgspec

from services.problems.errors import Problem


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Which files an account sees; two accounts of the program may be the same to the server.

    A key that is replaced makes another identity: nobody but the server knows whether the new
    one sees the same files.
    """

    base_url: str
    organization: str
    project: str
    key_fingerprint: bytes
    """See `key_fingerprint`; never the key."""


@dataclass(frozen=True, slots=True)
class RememberedUpload:
    """One file that a server took."""

    path: Path
    """Where it was on this computer; absolute."""
    size: int
    modified_ns: int
    sha256: str | None
    """In hexadecimal; None when it was not known: remembering was off while the file went out."""
    purpose: str
    expires_after: int | None
    """As it was asked for, in seconds from creation."""
    file_id: str
    name: str
    """The name that was sent."""
    uploaded_at: float
    """When the server had it, in seconds since 1970."""
    deleted: bool = False
    """It is no longer at the server, as far as is known."""


class LocalCopy(Enum):
    """What became of the local file since it was uploaded, as far as a glance tells."""

    UNCHANGED = "unchanged"
    """Size and time are the same."""
    TOUCHED = "touched"
    """The size is the same, the time is not: only its hash can tell."""
    CHANGED = "changed"
    MISSING = "missing"


class KnownUpload(msgspec.Struct, frozen=True):
    """A file at the server that may be the one about to be sent."""

    file_id: str
    same_content: bool
    """Otherwise only name and size are the same, and nothing says that the content is not."""
    purpose: str
    when: float
    """Seconds since 1970."""
    name: str


class UploadOrigin(msgspec.Struct, frozen=True):
    """Where a remote file came from."""

    path: Path
    size: int
    sha256: str | None
    purpose: str
    uploaded_at: float
    """Seconds since 1970."""
    local: LocalCopy


class NotRestored(msgspec.Struct, frozen=True):
    """A file that is not uploaded again, and why."""

    file_id: str
    name: str
    problem: Problem
