"""What the files of the account have, to complete a search with. No Qt."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from services.api.remote_file import RemoteFile
from services.system.name_matching import folded

_T = TypeVar("_T")


class SeenValues:
    """Purposes, statuses and endings of names, looked up when they are asked for."""

    def __init__(
        self,
        purposes: Callable[[], Iterable[str]],
        sample: Callable[[int], Iterable[RemoteFile]],
    ) -> None:
        """`purposes` gives all of the account; `sample` at most so many files, from everywhere."""
        self._purposes = purposes
        self._sample = sample
        self._statuses: list[str] | None = None
        self._endings: list[str] | None = None
        self._common: list[str] | None = None

    def look_again(self) -> None:
        """Forget what was found in the files: a value has been chosen, the next may be new."""
        self._statuses = self._endings = self._common = None

    @property
    def purposes(self) -> list[str]:
        """In alphabetical order."""
        return sorted(filter(None, self._purposes()))

    @property
    def commonest_purposes(self) -> list[str]:
        """The commonest first; those that the sample has none of come last."""
        if self._common is None:
            counted = Counter(file.purpose or "" for file in self._sample(_SAMPLE))
            self._common = sorted(self.purposes, key=lambda name: -counted[name])
        return self._common

    @property
    def statuses(self) -> list[str]:
        """In alphabetical order; those that the API knows are always among them."""
        if self._statuses is None:
            seen = {file.status for file in self._sample(_SAMPLE)}
            self._statuses = sorted(_USUAL_STATUSES.union(filter(None, seen)))
        return self._statuses

    @property
    def endings(self) -> list[str]:
        """In lower case without the dot, the commonest first."""
        if self._endings is None:
            names = (file.filename or "" for file in self._sample(_SAMPLE))
            tails = Counter(folded(name[name.rfind(".") + 1 :]) for name in names if "." in name)
            # After the last dot there may be anything; what looks like no ending is none.
            self._endings = [tail for tail, _count in tails.most_common() if _is_ending(tail)]
        return self._endings


def nothing_seen() -> SeenValues:
    """For where there is no account."""
    return SeenValues(tuple, lambda _most: ())


def taken_evenly(things: Collection[_T], most: int) -> Iterable[_T]:
    """At most so many of them, in runs from everywhere.

    Not each of a certain number: names often go in turns, such as inputs and outputs.
    """
    if len(things) <= most:
        return things
    runs = max(1, most // _RUN)
    return _runs(things, most // runs, len(things) // runs, runs)


def _runs(things: Iterable[_T], length: int, every: int, runs: int) -> Iterator[_T]:
    rest = iter(things)
    for _run in range(runs):
        yield from islice(rest, length)
        next(islice(rest, every - length, every - length), None)


def _is_ending(tail: str) -> bool:
    return len(tail) <= _LONGEST and tail.isalnum()


_SAMPLE = 5_000
"""Gone through within some milliseconds, as a keystroke waits for it."""
_RUN = 100
_LONGEST = 10
_USUAL_STATUSES = frozenset({"error", "processed", "uploaded"})
