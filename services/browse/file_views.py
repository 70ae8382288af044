"""The views of the sidebar: sets of files not defined by a purpose. No Qt."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache
from math import floor

from services.api.remote_file import RemoteFile
from services.providers.purposes import Side, purpose_named

SOON = 7 * 24 * 3600
"""Files that expire within this time are in the Expiring view, in seconds."""


class View(Enum):
    """A set of files not defined by a purpose."""

    EXPIRING = "expiring"
    """Not expired yet, but will within seven days."""
    LARGEST = "largest"
    """All files, largest first."""
    NEW_OUTPUTS = "new outputs"
    """Created by the service since the account was last viewed."""


@lru_cache(1024)
def is_output(purpose: str | None) -> bool:
    """Whether files with this purpose are outputs; for unknown purposes, a guess by name."""
    side = purpose_named(purpose).side
    if side is not Side.UNKNOWN:
        return side is Side.OUTPUT
    words = (purpose or "").casefold().replace("-", "_").split("_")
    return not {"output", "outputs", "result", "results", "generated", "summary"}.isdisjoint(words)


class ExpiringSoon:
    """Counts the files that expire soon, without those that have expired."""

    def __init__(self, now: float) -> None:
        """`now` is a Unix timestamp, like all times here."""
        self.now = now
        """The time of the last update."""
        self._soon_count = _CountBefore(now + SOON)
        self._past_count = _CountBefore(_after(now))
        """Only of files that expire soon; the others are added later."""

    @property
    def count(self) -> int:
        """How many files are in the view."""
        return self._soon_count.count - self._past_count.count

    @property
    def window(self) -> tuple[float, float]:
        """The range of expiry times of the files in the view: start (inclusive), end (exclusive).

        It changes only if that adds or removes a file.
        """
        return self._past_count.limit, self._soon_count.limit

    def add(self, expires_at: int) -> None:
        """Add a file that expires at this time."""
        if self._soon_count.add(expires_at):
            self._past_count.add(expires_at)

    def add_all(self, moments: Sequence[int]) -> None:
        """Add files that expire at these times."""
        self._past_count.add_all(self._soon_count.add_all(moments))

    def remove(self, expires_at: int) -> None:
        """Remove a file that expires at this time."""
        if self._soon_count.remove(expires_at):
            self._past_count.remove(expires_at)

    def advance_to(self, now: float) -> None:
        """Move on to a later time. If the clock was set back, make a new object instead."""
        self.now = now
        for moment in self._soon_count.move_to(now + SOON):
            self._past_count.add(moment)
        self._past_count.move_to(_after(now))


class NewOutputs:
    """Tells which files are new outputs: created since the last visit, or found by watching."""

    def __init__(self) -> None:
        self.since: float | None = None
        """When the account was last viewed; None if never."""
        self.found: set[str] = set()
        """The IDs of files that watching found."""

    def count(self, files: Iterable[RemoteFile]) -> int:
        """How many of the files are new outputs."""
        return sum(map(self.has, files)) if self.since is not None or self.found else 0

    def has(self, file: RemoteFile) -> bool:
        """Whether the file is a new output."""
        since, created = self.since, file.created_at
        recent = since is not None and created is not None and created > since
        return (recent or file.id in self.found) and is_output(file.purpose)


_AHEAD = 24 * 3600
"""How far ahead times are sorted, in seconds. Sorting a million takes half a second."""


class _CountBefore:
    """Counts the times before a limit; moving the limit touches only the times it passes."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        """It changes only if that changes the count."""
        self.count = 0
        self._later: list[int] = []
        """Descending, so that the next one is popped from the end."""
        self._more: list[int] = []
        self._first_of_more: float = float("inf")
        self._gone: Counter[int] = Counter()

    def add(self, moment: int) -> bool:
        """Add a time; return whether it is before the limit."""
        before = moment < self.limit
        if before:
            self.count += 1
        else:
            self._more.append(moment)
            self._first_of_more = min(self._first_of_more, moment)
        return before

    def add_all(self, moments: Sequence[int]) -> Sequence[int]:
        """Add times; return those before the limit."""
        # All of a page's times are usually on one side, which is found three times as fast.
        limit = self.limit
        if not moments or max(moments) < limit:
            self.count += len(moments)
            return moments
        earliest = min(moments)
        before = [] if earliest >= limit else [moment for moment in moments if moment < limit]
        self.count += len(before)
        later = [moment for moment in moments if moment >= limit] if before else moments
        self._more += later
        self._first_of_more = min(self._first_of_more, min(later) if before else earliest)
        return before

    def remove(self, moment: int) -> bool:
        """Remove a time that was added; return whether it was before the limit."""
        before = moment < self.limit
        if before:
            self.count -= 1
        else:
            self._gone[moment] += 1
        return before

    def move_to(self, limit: float) -> list[int]:
        """Raise the limit; return the times that it passes."""
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
    """The first whole second after `now`; server timestamps are in whole seconds."""
    return floor(now) + 1
