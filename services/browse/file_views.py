"""The views of the sidebar: choices of files by something other than the purpose. No Qt."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache
from math import floor

from services.api.remote_file import RemoteFile
from services.providers.purposes import Side, purpose_named

SOON = 7 * 24 * 3600
"""Seconds; a file that expires within them is in the view of those that do."""


class View(Enum):
    """A choice of files by something other than the purpose."""

    EXPIRING = "expiring"
    """Still there, and gone within seven days."""
    LARGEST = "largest"
    """All, the largest first."""
    NEW_OUTPUTS = "new outputs"
    """Put out by the service since the account was last looked at."""


@lru_cache(1024)
def is_output(purpose: str | None) -> bool:
    """Whether the service puts such files out; guessed by the name for a purpose not known here."""
    side = purpose_named(purpose).side
    if side is not Side.UNKNOWN:
        return side is Side.OUTPUT
    words = (purpose or "").casefold().replace("-", "_").split("_")
    return not {"output", "outputs", "result", "results", "generated", "summary"}.isdisjoint(words)


class ExpiringSoon:
    """How many files expire soon; those that have expired do not any more."""

    def __init__(self, now: float) -> None:
        """`now` is in seconds since 1970, as all moments here."""
        self.now = now
        """The moment it was last brought up to."""
        self._soon = _Reached(now + SOON)
        self._past = _Reached(_after(now))
        """Of those that expire soon; the others come to it later."""

    @property
    def count(self) -> int:
        """How many files are in the view."""
        return self._soon.count - self._past.count

    @property
    def window(self) -> tuple[float, float]:
        """From when on, and before when, files expire that are in the view.

        It moves only when that brings a file in or out.
        """
        return self._past.limit, self._soon.limit

    def add(self, expires_at: int) -> None:
        """A file that expires then has come."""
        if self._soon.add(expires_at):
            self._past.add(expires_at)

    def add_all(self, moments: Sequence[int]) -> None:
        """Files that expire then have come."""
        self._past.add_all(self._soon.add_all(moments))

    def remove(self, expires_at: int) -> None:
        """A file that expires then has gone."""
        if self._soon.remove(expires_at):
            self._past.remove(expires_at)

    def pass_time(self, now: float) -> None:
        """It is later now; for a clock that was set back, begin with a new object."""
        self.now = now
        for moment in self._soon.move_to(now + SOON):
            self._past.add(moment)
        self._past.move_to(_after(now))


class NewOutputs:
    """What the service put out since the account was last looked at, or watching has found."""

    def __init__(self) -> None:
        self.since: float | None = None
        """When the account was last looked at; None for never before."""
        self.found: set[str] = set()
        """The ids of files that watching found."""

    def count(self, files: Iterable[RemoteFile]) -> int:
        """How many of the files are some of them."""
        return sum(map(self.has, files)) if self.since is not None or self.found else 0

    def has(self, file: RemoteFile) -> bool:
        """Whether the file is one of them."""
        since, created = self.since, file.created_at
        recent = since is not None and created is not None and created > since
        return (recent or file.id in self.found) and is_output(file.purpose)


_AHEAD = 24 * 3600
"""Seconds for which moments are put in order ahead: all of a million would take half a second."""


class _Reached:
    """Counts the moments before a limit; as it moves on, only those are looked at that it meets."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        """It moves only when that changes the count."""
        self.count = 0
        self._later: list[int] = []
        """Downwards, so that the next one is taken from the end."""
        self._more: list[int] = []
        self._first_of_more: float = float("inf")
        self._gone: Counter[int] = Counter()

    def add(self, moment: int) -> bool:
        """Whether it counts already."""
        reached = moment < self.limit
        if reached:
            self.count += 1
        else:
            self._more.append(moment)
            self._first_of_more = min(self._first_of_more, moment)
        return reached

    def add_all(self, moments: Sequence[int]) -> list[int]:
        """Those of these that count already."""
        limit = self.limit
        reached = [moment for moment in moments if moment < limit]
        self.count += len(reached)
        if len(reached) != len(moments):
            later = [moment for moment in moments if moment >= limit]
            self._more += later
            self._first_of_more = min(self._first_of_more, min(later))
        return reached

    def remove(self, moment: int) -> bool:
        """Take back what was added; whether it counted."""
        reached = moment < self.limit
        if reached:
            self.count -= 1
        else:
            self._gone[moment] += 1
        return reached

    def move_to(self, limit: float) -> list[int]:
        """The moments that count from now on."""
        if self._first_of_more < limit:
            ahead = limit + _AHEAD
            near = [moment for moment in self._more if moment < ahead]
            self._more = [moment for moment in self._more if moment >= ahead]
            self._first_of_more = min(self._more, default=float("inf"))
            self._later = sorted([*self._later, *near], reverse=True)
        met: list[int] = []
        while self._later and self._later[-1] < limit:
            moment = self._later.pop()
            if self._gone[moment]:
                self._gone[moment] -= 1
            else:
                met.append(moment)
        if met:
            self.count += len(met)
            self.limit = limit
        return met


def _after(now: float) -> int:
    """The first moment that is not over, in whole seconds as servers tell them."""
    return floor(now) + 1
