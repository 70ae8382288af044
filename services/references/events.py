"""Events about what refers to files."""

from enum import StrEnum, auto
from typing import TYPE_CHECKING

from services.problems.errors import Problem
from services.system.events import SessionEvent

if TYPE_CHECKING:
    from services.references.answer import Unchecked


class ScanOutcome(StrEnum):
    """How a scan ended."""

    DONE = auto()
    STOPPED = auto()
    """It was stopped; the next one goes on from there."""
    MORE_NEEDED = auto()
    """It would need more requests than promised: ask for the new price, and whether to go on."""
    FAILED = auto()


class ReferencesChanged(SessionEvent, frozen=True):
    """Something about references became known; ask again for what is shown."""

    account_id: str


class ScanProgress(SessionEvent, frozen=True):
    """A scan has sent a request, or waits because the server told it to."""

    account_id: str
    scan: int
    done: int
    """How many requests it has sent."""
    promised: int | None
    """How many it may send, with those that had to be sent again or that
    small pages add; None while that isn't known."""
    wait_seconds: float | None = None
    waits_for: Problem | None = None
    per_page: int | None = None
    """How many objects the server has on a page, if the promise was raised as they are few."""


class ScanEnded(SessionEvent, frozen=True):
    """A scan has ended; what it found so far is kept."""

    account_id: str
    scan: int
    outcome: ScanOutcome
    done: int
    problem: Problem | None = None
    unread: "tuple[Unchecked, ...]" = ()
    """The lists that it should have read, but couldn't, each with the problem."""
