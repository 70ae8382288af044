"""What isn't known about files while lists of jobs can't be read."""

from collections.abc import Iterable

from services.problems.errors import Problem, ProblemKind
from services.providers.purposes import Side, official_name, purpose_named
from services.references.answer import Unchecked
from services.references.reference import ReferenceKind

NEVER_READABLE = frozenset({ProblemKind.NOT_OFFERED, ProblemKind.NOT_PERMITTED})
"""The server doesn't have the list, or not for this key. After any other problem, the list may
have what needs a file: if only a later page isn't found, there is a list."""

_TAKERS = {"batch": ReferenceKind.BATCH, "fine-tune": ReferenceKind.FINE_TUNING}
"""The jobs that take files of a purpose. No job takes those of any other purpose that is known."""


def unread_about(purpose: str | None, unread: Iterable[Unchecked]) -> list[Problem]:
    """Why lists weren't read that may have jobs which need files of a purpose.

    A list that the server doesn't have is left out.
    """
    taker = _TAKERS.get(official_name(purpose))
    unknown = purpose_named(purpose).side is Side.UNKNOWN
    return [
        one.problem
        for one in unread
        if (one.kind in _TAKERS.values() if unknown else one.kind is taker)
        and one.problem is not None
        and one.problem.kind is not ProblemKind.NOT_OFFERED
    ]


def why_unknown(purpose: str | None, unread: Iterable[Unchecked]) -> Problem | None:
    """Why files of a purpose must not be deleted without asking: a job may need them.

    None if all that can be known is known.
    """
    problems = unread_about(purpose, unread)
    return next((one for one in problems if one.kind not in NEVER_READABLE), None)
