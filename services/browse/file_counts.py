"""How many files there are, kept up to date file by file. No Qt."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec

from services.api.remote_file import RemoteFile
from services.browse.file_views import ExpiringSoon, NewOutputs, View

_CLOCK_STEADIED = 2.0
"""Seconds by which a clock may be set back without anything being counted anew."""


class Amount(msgspec.Struct, frozen=True):
    """So many files and the sum of the sizes that are known, in bytes."""

    count: int = 0
    size: int = 0


class Counts(msgspec.Struct, frozen=True):
    """How many files there are, by what the sidebar offers."""

    everything: Amount
    purposes: Mapping[str, Amount]
    """By name; the empty name stands for the files without a purpose."""
    views: Mapping[View, int]


class LiveCounts:
    """Counts every file that comes and goes, so that nobody has to go through all of them."""

    def __init__(self, now: float) -> None:
        """`now` is in seconds since 1970."""
        self.soon = ExpiringSoon(now)
        self.outputs = NewOutputs()
        self._sums: dict[str, list[int]] = {}
        self._new_outputs = 0
        self._unusual = 0

    def count(self, file: RemoteFile, change: int) -> None:
        """The file has come, for 1, or gone, for -1."""
        purpose = file.purpose or ""
        sums = self._sums.get(purpose)
        if sums is None:
            sums = self._sums[purpose] = [0, 0]
        sums[0] += change
        sums[1] += change * (file.size or 0)
        if not sums[0]:
            del self._sums[purpose]
        if file.expires_at is not None:
            (self.soon.add if change == 1 else self.soon.remove)(file.expires_at)
        if self.outputs.has(file):
            self._new_outputs += change
        if file.status != "processed" and file.status:
            self._unusual += change

    def count_new(self, files: Collection[RemoteFile]) -> None:
        """These files have come; as `count` one by one, but quicker."""
        sizes: defaultdict[str, list[int]] = defaultdict(list)
        for file in files:
            sizes[file.purpose or ""].append(file.size or 0)
        for purpose, all_sizes in sizes.items():
            sums = self._sums.setdefault(purpose, [0, 0])
            sums[0] += len(all_sizes)
            sums[1] += sum(all_sizes)
        self.soon.add_all([file.expires_at for file in files if file.expires_at is not None])
        self._new_outputs += self.outputs.count(files)
        statuses = [file.status for file in files]
        if statuses.count("processed") != len(statuses):
            self._unusual += sum(status not in ("processed", None, "") for status in statuses)

    def pass_time(self, now: float, files: Callable[[], Iterable[RemoteFile]]) -> None:
        """Bring what depends on the time up to `now`, in seconds since 1970.

        `files` gives every file, and is asked only when the clock was set back.
        """
        if now < self.soon.now - _CLOCK_STEADIED:
            self.soon = ExpiringSoon(now)
            self.soon.add_all([one.expires_at for one in files() if one.expires_at is not None])
        else:
            self.soon.pass_time(now)

    def of(self, everything: int) -> Counts:
        """The counts; `everything` is how many files there are."""
        purposes = {name: Amount(count, size) for name, (count, size) in self._sums.items()}
        return Counts(
            Amount(everything, self.size),
            purposes,
            {
                View.EXPIRING: self.soon.count,
                View.LARGEST: everything,
                View.NEW_OUTPUTS: self._new_outputs,
            },
        )

    @property
    def size(self) -> int:
        """The sum of the sizes that are known, in bytes."""
        return sum(size for _count, size in self._sums.values())

    @property
    def any_status(self) -> bool:
        """Whether some file has a status other than the usual one."""
        return self._unusual != 0
