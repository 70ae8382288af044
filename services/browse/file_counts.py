"""File counts, updated file by file. No Qt."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec

from services.api.remote_file import RemoteFile
from services.browse.file_views import ExpiringSoon, NewOutputs, View

_CLOCK_TOLERANCE = 2.0
"""How far the clock may be set back without a recount, in seconds."""


class Amount(msgspec.Struct, frozen=True):
    """A number of files and the total of their known sizes, in bytes."""

    count: int = 0
    size: int = 0


class Counts(msgspec.Struct, frozen=True):
    """File counts for each entry of the sidebar."""

    everything: Amount
    purposes: Mapping[str, Amount]
    """By name; the empty name counts files without a purpose."""
    views: Mapping[View, int]


class LiveCounts:
    """Keeps running counts as files are added and removed, so nothing has to scan them all."""

    def __init__(self, now: float) -> None:
        """`now` is a Unix timestamp."""
        self.soon = ExpiringSoon(now)
        self.outputs = NewOutputs()
        self._sums: dict[str, list[int]] = {}
        self._new_outputs = 0
        self._unusual = 0

    def count(self, file: RemoteFile, change: int) -> None:
        """Add a file (`change` is 1) or remove it (-1)."""
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

    def count_all(self, files: Collection[RemoteFile]) -> None:
        """Add files; the same as `count` for each, but faster."""
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

    def advance_to(self, now: float, files: Callable[[], Iterable[RemoteFile]]) -> None:
        """Update the counts that depend on the time; `now` is a Unix timestamp.

        `files` returns every file; it is called only if the clock was set back.
        """
        if now < self.soon.now - _CLOCK_TOLERANCE:
            self.soon = ExpiringSoon(now)
            self.soon.add_all([one.expires_at for one in files() if one.expires_at is not None])
        else:
            self.soon.advance_to(now)

    def snapshot(self, everything: int) -> Counts:
        """The counts; `everything` is the number of files."""
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
        """The total of the known sizes, in bytes."""
        return sum(size for _count, size in self._sums.values())

    @property
    def any_status(self) -> bool:
        """Whether any file has a status other than "processed"."""
        return self._unusual != 0
