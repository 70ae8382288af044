"""Whether anything refers to a file, as far as is known."""

from enum import StrEnum, auto

import msgspec

from services.problems.errors import Problem
from services.references.reference import Reference, ReferenceKind


class Verdict(StrEnum):
    """What is known about the references to a file."""

    FOUND = auto()
    NONE_FOUND = auto()
    """Everything that can be asked was asked, and nothing refers to it."""
    NOT_CHECKED = auto()
    REFUSED = auto()
    """The server didn't answer everything, so nothing can be said."""


class Unchecked(msgspec.Struct, frozen=True):
    """A list that wasn't checked, and why, if the server refused it."""

    kind: ReferenceKind
    problem: Problem | None = None


def was_there(created_at: float, checked_at: float | None) -> bool:
    """Whether a file existed when something was checked; both are Unix timestamps.

    Servers round `created_at` down to a second, so one of the same second may be newer.
    """
    return checked_at is not None and int(created_at) < int(checked_at)


class Coverage(msgspec.Struct, frozen=True):
    """What of an account was checked."""

    unchecked: tuple[Unchecked, ...]
    """The lists that were never read to their end, or were refused when asked last."""
    checked_at: float | None
    """When the part that was checked longest ago was, as a Unix timestamp; None if none was."""
    vector_stores: int = 0
    """How many are known."""
    unchecked_stores: tuple[str, ...] = ()
    """The IDs of those whose files weren't all read, or have changed since."""
    store_problem: Problem | None = None
    """Why the files of a store couldn't be read."""

    @property
    def complete(self) -> bool:
        """Whether everything that can be asked was asked."""
        return not self.unchecked and not self.unchecked_stores and self.checked_at is not None

    @property
    def refusal(self) -> Problem | None:
        """Why something couldn't be checked."""
        problems = [one.problem for one in self.unchecked if one.problem is not None]
        return problems[0] if problems else self.store_problem


class Answer(msgspec.Struct, frozen=True):
    """What is known about the references to one file."""

    references: tuple[Reference, ...]
    """The most important ones first."""
    verdict: Verdict
    checked_at: float | None
    """How old it is: see `Coverage`."""
    complete: bool = False
    """Whether everything that can be asked was asked about this file."""
