"""The plan of a clean-up: which files would go, which stay although the rules fit, and sums."""

from collections.abc import Container, Sequence
from enum import Enum

import msgspec

from services.api.remote_file import RemoteFile
from services.cleanup.referenced_by import ReferencedBy
from services.cleanup.rules import CleanUpRules

TYPED_ABOVE = 1_000
"""Above this many files, or half of the account, a person types the number to confirm it."""


class WhyKept(Enum):
    """Why a file stays although it fits the rules."""

    NEEDED = "needed"
    """A batch or job that has not ended needs it."""
    IN_STORE = "in a vector store"
    NOT_CHECKED = "references unknown"
    NOT_DOWNLOADABLE = "not downloadable"
    """It could neither be downloaded nor uploaded again."""
    NEWEST = "newest"
    """It is one of the newest of its kind."""


class KeptFiles(msgspec.Struct, frozen=True):
    """Files that stay for one reason, in the order in which the account's files were given."""

    why: WhyKept
    files: Sequence[RemoteFile]
    size: int
    """The total of the known sizes, in bytes."""
    largest: RemoteFile


class PurposeSum(msgspec.Struct, frozen=True):
    """What would go of one purpose."""

    purpose: str
    """Empty for files without one."""
    count: int
    size: int
    """The total of the known sizes, in bytes."""


class Plan(msgspec.Struct, frozen=True):
    """What a clean-up would do: exactly `files` are deleted, if they haven't changed by then."""

    rules: CleanUpRules
    made_at: float
    """In seconds since 1970."""
    references: ReferencedBy
    files: Sequence[RemoteFile]
    """Those that would be deleted, in the order that was asked for."""
    size: int
    """The total of their known sizes, in bytes."""
    sums: tuple[PurposeSum, ...]
    """The most files first."""
    kept: tuple[KeptFiles, ...]
    """In the order of `WhyKept`, without those that have no files."""
    in_account: int
    """How many files the account has."""
    size_in_account: int
    lost: frozenset[str]
    """The IDs of `files` that could neither be downloaded nor uploaded again."""
    originals: Container[str]
    """The IDs of files whose unchanged original is on this computer, as far as was asked for."""
    to_check: Sequence[RemoteFile] = ()
    """The files that the other rules would delete, whatever refers to them once it has ended."""
    unchecked: int = 0
    """How many of those weren't checked for references."""
    invalid_search: str = ""
    """What is wrong with the search text; nothing is deleted then."""

    @property
    def kept_for(self) -> dict[WhyKept, KeptFiles]:
        """The kept files by reason."""
        return {group.why: group for group in self.kept}

    @property
    def is_large(self) -> bool:
        """Whether a person has to type the number of files: over 1,000, or half of the account."""
        count = len(self.files)
        return count > TYPED_ABOVE or count * 2 > self.in_account
