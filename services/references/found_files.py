"""The files that searches for references find; see `FileReferences`."""

from collections.abc import Mapping

from services.references.reference import ReferenceKind, most_important_first
from services.references.references import References
from services.system.name_matching import folded

_KINDS = {
    "batch": ReferenceKind.BATCH,
    "store": ReferenceKind.VECTOR_STORE,
    "job": ReferenceKind.FINE_TUNING,
}
_MOST_NAMES = 5
"""A cell has room for no more."""


class FoundFiles:
    """Looks up what is known at the moment of each call."""

    def __init__(self, references: References) -> None:
        self._references = references

    def files_of(self, field: str, text: str) -> frozenset[str]:
        """The IDs of the files that matching batches, vector stores or jobs refer to."""
        kind = _KINDS[field]
        matching = [
            one.id
            for one in self._references.referrers(kind)
            if text in folded(one.id) or text in folded(one.name)
        ]
        return self._references.files_of(kind, matching)

    def referenced(self) -> tuple[frozenset[str], float] | None:
        """The IDs of all files with a reference, and when that was checked, if all was."""
        coverage = self._references.coverage
        if not coverage.complete or coverage.checked_at is None:
            return None
        return frozenset(self._references.by_file()), coverage.checked_at

    def names(self) -> Mapping[str, str]:
        """The names of the first few references to each file, by file ID."""
        return {
            file_id: ", ".join(one.name for one in most_important_first(references)[:_MOST_NAMES])
            for file_id, references in self._references.by_file().items()
        }
