"""The views of the sidebar: choices of files by something other than the purpose. No Qt."""

from collections import Counter
from enum import Enum
from functools import lru_cache

from services.api.purposes import Side, purpose_named
from services.api.remote_file import RemoteFile

SOON = 7 * 24 * 3600
"""Seconds; a file that is gone within them is in the view of those that expire."""


class View(Enum):
    """A choice of files by something other than the purpose."""

    EXPIRING = "expiring"
    """Gone within seven days."""
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
    """How many files expire soon; as time passes, only those are looked at that come to it."""

    def __init__(self, now: float) -> None:
        """`now` is in seconds since 1970, as all moments here."""
        self.limit = now + SOON
        """Who expires before it does so soon. It moves only when a file has come to it."""
        self.count = 0
        self._later: list[int] = []
        """Downwards, so that the next one is taken from the end."""
        self._more: list[int] = []
        self._first_of_more: float = float("inf")
        self._gone: Counter[int] = Counter()

    def add(self, expires_at: int) -> None:
        """A file that expires then has come."""
        if expires_at < self.limit:
            self.count += 1
        else:
            self._more.append(expires_at)
            self._first_of_more = min(self._first_of_more, expires_at)

    def remove(self, expires_at: int) -> None:
        """A file that expires then has gone."""
        if expires_at < self.limit:
            self.count -= 1
        else:
            self._gone[expires_at] += 1

    def pass_time(self, now: float) -> bool:
        """It is later now; whether that has brought files into the view.

        A clock that was turned back changes nothing.
        """
        limit = now + SOON
        if self._first_of_more < limit:
            self._later = sorted([*self._later, *self._more], reverse=True)
            self._more = []
            self._first_of_more = float("inf")
        before = self.count
        while self._later and self._later[-1] < limit:
            moment = self._later.pop()
            if self._gone[moment]:
                self._gone[moment] -= 1
            else:
                self.count += 1
        if self.count == before:
            return False
        self.limit = limit
        return True


class NewOutputs:
    """What the service put out since the account was last looked at, or watching has found."""

    def __init__(self) -> None:
        self.since: float | None = None
        """When the account was last looked at; None for never before."""
        self.found: set[str] = set()
        """The ids of files that watching found."""

    def has(self, file: RemoteFile) -> bool:
        """Whether the file is one of them."""
        since, created = self.since, file.created_at
        recent = since is not None and created is not None and created > since
        return (recent or file.id in self.found) and is_output(file.purpose)
