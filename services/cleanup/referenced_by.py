"""What a plan needs to know about references, and since when that is known."""

from collections.abc import Mapping

import msgspec

from services.api.remote_file import RemoteFile
from services.references.reference import Reference
from services.references.references import References


class ReferencedBy(msgspec.Struct, frozen=True):
    """The references that were found."""

    by_file: Mapping[str, tuple[Reference, ...]]
    """By file ID."""
    checked_at: float | None = None
    """When they were last asked for, in seconds since 1970; None if never."""
    complete: bool = True
    """Whether everything that can refer to files was asked for; otherwise no file is taken for
    one that isn't referenced."""

    def of(self, file_id: str) -> tuple[Reference, ...]:
        """What refers to a file, as far as is known."""
        return self.by_file.get(file_id, ())

    @property
    def can_be_ruled_out(self) -> bool:
        """Whether a file that was there then, and has no known reference, has none."""
        return self.complete and self.checked_at is not None

    def rules_out(self, file: RemoteFile) -> bool:
        """Whether nothing refers to a file, as far as can be asked."""
        if file.id in self.by_file or not self.complete or self.checked_at is None:
            return False
        return file.created_at is None or file.created_at <= self.checked_at


def references_now(references: References) -> ReferencedBy:
    """All references of an account that are known now."""
    coverage = references.coverage
    return ReferencedBy(references.by_file(), coverage.checked_at, coverage.complete)


NEVER_CHECKED = ReferencedBy({}, None, complete=False)
