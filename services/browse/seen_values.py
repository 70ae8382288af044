"""The values that the account's files have, for completing searches. No Qt."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice
from typing import TypeVar

from services.api.remote_file import RemoteFile
from services.system.name_matching import folded

_T = TypeVar("_T")


class SeenValues:
    """Purposes, statuses and file extensions, collected on first use."""

    def __init__(
        self,
        purposes: Callable[[], Iterable[str]],
        sample: Callable[[int], Iterable[RemoteFile]],
    ) -> None:
        """`purposes` returns all of the account's; `sample(n)` at most `n` files from all over."""
        self._purposes = purposes
        self._sample = sample
        self._statuses: list[str] | None = None
        self._extensions: list[str] | None = None
        self._common: list[str] | None = None

    def clear(self) -> None:
        """Discard the collected values, as new files may have others."""
        self._statuses = self._extensions = self._common = None

    @property
    def purposes(self) -> list[str]:
        """In alphabetical order."""
        return sorted(filter(None, self._purposes()))

    @property
    def common_purposes(self) -> list[str]:
        """Most common first; those that the sample doesn't have come last."""
        if self._common is None:
            counted = Counter(file.purpose or "" for file in self._sample(_SAMPLE))
            self._common = sorted(self.purposes, key=lambda name: -counted[name])
        return self._common

    @property
    def statuses(self) -> list[str]:
        """In alphabetical order, always including the ones that the API defines."""
        if self._statuses is None:
            seen = {file.status for file in self._sample(_SAMPLE)}
            self._statuses = sorted(_USUAL_STATUSES.union(filter(None, seen)))
        return self._statuses

    @property
    def extensions(self) -> list[str]:
        """In lower case without the dot, most common first."""
        if self._extensions is None:
            names = (file.filename or "" for file in self._sample(_SAMPLE))
            tails = Counter(folded(name[name.rfind(".") + 1 :]) for name in names if "." in name)
            # Anything can follow the last dot; skip what doesn't look like an extension.
            self._extensions = [tail for tail, _count in tails.most_common() if _is_extension(tail)]
        return self._extensions


def no_seen_values() -> SeenValues:
    """For when no account is open."""
    return SeenValues(tuple, lambda _most: ())


def sample_evenly(things: Collection[_T], most: int) -> Iterable[_T]:
    """At most this many items, in runs spread over the whole collection.

    Not every nth item: names often alternate, such as inputs and outputs.
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


def _is_extension(tail: str) -> bool:
    return len(tail) <= _LONGEST and tail.isalnum()


_SAMPLE = 5_000
"""Scanned within a few milliseconds, as a keystroke waits for it."""
_RUN = 100
_LONGEST = 10
_USUAL_STATUSES = frozenset({"error", "processed", "uploaded"})
