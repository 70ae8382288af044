"""What a plan needs to know about references: who needs which file, and since when that is known."""

from collections.abc import Mapping
from enum import Enum

import msgspec


class ReferrerKind(Enum):
    """What refers to a file."""

    BATCH = "batch"
    FINE_TUNING = "fine_tuning"
    VECTOR_STORE = "vector_store"


class Referrer(msgspec.Struct, frozen=True, gc=False):
    """A batch, fine-tuning job or vector store that refers to a file."""

    kind: ReferrerKind
    name: str
    """As shown to people."""
    unfinished: bool = False
    """Whether it is a batch or job that has not ended."""


class ReferencedBy(msgspec.Struct, frozen=True):
    """The references that were found."""

    by_file: Mapping[str, tuple[Referrer, ...]]
    """By file ID."""
    checked_at: float | None = None
    """When they were last asked for, in seconds since 1970; None if never."""
    complete: bool = True
    """Whether everything that can refer to files was asked for; otherwise no file is taken for
    one that isn't referenced."""

    def of(self, file_id: str) -> tuple[Referrer, ...]:
        """What refers to a file, as far as is known."""
        return self.by_file.get(file_id, ())

    @property
    def can_be_ruled_out(self) -> bool:
        """Whether a file without a known reference has none."""
        return self.complete and self.checked_at is not None


NEVER_CHECKED = ReferencedBy({}, None, complete=False)
