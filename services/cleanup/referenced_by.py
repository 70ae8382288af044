"""What a plan needs to know about references, and since when that is known."""

from collections.abc import Mapping, Sequence

import msgspec

from services.api.remote_file import RemoteFile
from services.references.answer import was_there
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
    one that isn't referenced, apart from `checked_files`."""
    checked_files: Mapping[str, float] = {}
    """When files were checked that everything was asked for one by one, by file ID."""
    listed_at: float | None = None
    """When all files of the account were there, in seconds since 1970; None if that isn't known.
    It stands in for the time of upload of a file that the server doesn't tell it of."""

    def of(self, file_id: str) -> tuple[Reference, ...]:
        """What refers to a file, as far as is known."""
        return self.by_file.get(file_id, ())

    def last_checked(self, file: RemoteFile) -> float | None:
        """When everything that can refer to a file was asked for last; None if never."""
        at = self.checked_files.get(file.id)
        if self.complete and self.checked_at is not None:
            at = self.checked_at if at is None else max(at, self.checked_at)
        return at

    def is_checked(self, file: RemoteFile) -> bool:
        """Whether all references to a file are known, as far as can be asked."""
        there_since = self.listed_at if file.created_at is None else file.created_at
        return there_since is not None and was_there(there_since, self.last_checked(file))

    def unchecked(self, files: Sequence[RemoteFile]) -> set[str]:
        """The IDs of the files that aren't checked; fast for many."""
        if self.complete and self.checked_at is not None:
            before = int(self.checked_at)
            files = [one for one in files if one.created_at is None or one.created_at >= before]
        elif not self.checked_files:
            return {one.id for one in files}
        return {one.id for one in files if not self.is_checked(one)}

    def rules_out(self, file: RemoteFile) -> bool:
        """Whether nothing refers to a file, as far as can be asked."""
        return file.id not in self.by_file and self.is_checked(file)


def references_now(references: References, listed_at: float | None = None) -> ReferencedBy:
    """All references of an account that are known now; `listed_at` as in `ReferencedBy`."""
    # The references come last: a file that was checked meanwhile is never without its references.
    checked_files, coverage = references.checked_files(), references.coverage
    return ReferencedBy(
        references.by_file(), coverage.checked_at, coverage.complete, checked_files, listed_at
    )


NEVER_CHECKED = ReferencedBy({}, None, complete=False)
