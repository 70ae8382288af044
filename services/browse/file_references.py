"""What the file list needs to know about references to files. No Qt."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

from msgspec import structs

if TYPE_CHECKING:
    from services.browse.conditions import Condition
    from services.browse.file_filter import Query


class FileReferences(Protocol):
    """Answers about references to files."""

    def files_of(self, field: str, text: str) -> frozenset[str]:
        """The IDs of the files that matching batches, vector stores or jobs refer to.

        `field` is `batch`, `store` or `job`; `text` is case-folded and part of an ID or name.
        """
        ...

    def referenced(self) -> tuple[frozenset[str], float] | None:
        """The IDs of all files with a reference, and the Unix timestamp at which that was so.

        None if not everything was asked, so that nothing can be said about the others.
        """
        ...

    def names(self) -> Mapping[str, str]:
        """The names of what refers to each file, the most important first, by file ID."""
        ...


class _NoReferences:
    """Nothing is known."""

    def files_of(self, field: str, text: str) -> frozenset[str]:
        """See `FileReferences`."""
        return frozenset()

    def referenced(self) -> tuple[frozenset[str], float] | None:
        """See `FileReferences`."""
        return None

    def names(self) -> Mapping[str, str]:
        """See `FileReferences`."""
        return {}


NO_REFERENCES: FileReferences = _NoReferences()


def expand_references(query: "Query", references: FileReferences) -> "Query":
    """Replace the conditions about references by ones with the files that match now."""
    if not query.conditions:
        return query
    expanded = tuple(_expanded(one, references) for one in query.conditions)
    return structs.replace(query, conditions=expanded)


def asks_for_references(query: "Query") -> bool:
    """Whether any condition is about references."""
    from services.browse.conditions import Not, ReferredToBy, Unreferenced

    return any(
        isinstance(one.condition if isinstance(one, Not) else one, ReferredToBy | Unreferenced)
        for one in query.conditions
    )


def _expanded(condition: "Condition", references: FileReferences) -> "Condition":
    from services.browse.conditions import IdIs, IdIsNot, Not, ReferredToBy, Unreferenced

    match condition:
        case Not(inner):
            return Not(_expanded(inner, references))
        case ReferredToBy(field, text):
            return IdIs(references.files_of(field, text))
        case Unreferenced():
            known = references.referenced()
            return IdIs(frozenset()) if known is None else IdIsNot(*known)
    return condition
