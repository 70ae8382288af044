"""Count and total size of the selected files, by purpose. No Qt.

Summing 100,000 files takes a few milliseconds and needs no list of them. Larger selections
are summed in chunks, so that the window stays responsive.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from services.api.remote_file import RemoteFile

Range = tuple[int, int]
"""The first and last of a run of rows."""


class PurposeSum(msgspec.Struct, frozen=True):
    """The files of one purpose."""

    count: int = 0
    size: int = 0
    """The total of the known sizes, in bytes."""
    unknown: int = 0
    """The number of files of unknown size."""


class SelectionSums(msgspec.Struct, frozen=True):
    """The selected files by purpose; the empty name stands for no purpose."""

    purposes: Mapping[str, PurposeSum]

    @property
    def total(self) -> PurposeSum:
        """The sum over all purposes."""
        sums = self.purposes.values()
        return PurposeSum(
            sum(one.count for one in sums),
            sum(one.size for one in sums),
            sum(one.unknown for one in sums),
        )


class IncrementalSum:
    """Sums the files of some rows in chunks; call `advance` until it returns True."""

    def __init__(self, files: Sequence[RemoteFile], ranges: Iterable[Range]) -> None:
        """`ranges` must not overlap."""
        self._files = files
        self._ranges = list(ranges)
        self._left = iter(self._ranges)
        self._rest: Range | None = None
        self._counts: Counter[str | None] = Counter()
        self._sizes: defaultdict[str | None, int] = defaultdict(int)
        self._unknown: Counter[str | None] = Counter()

    @property
    def count(self) -> int:
        """The number of files, known from the start."""
        return sum(last - first + 1 for first, last in self._ranges)

    def advance(self, rows: int) -> bool:
        """Sum about this many more rows; return whether all are done."""
        chunk: list[RemoteFile] = []
        for first, last in self._chunks(rows):
            chunk += self._files[first : last + 1]
        self._add(chunk)
        return self._rest is None

    @property
    def sums(self) -> SelectionSums:
        """The sums so far."""
        by_name: dict[str, PurposeSum] = {}
        for purpose, count in self._counts.items():
            # No purpose and an empty one look the same to the user.
            before = by_name.get(purpose or "", PurposeSum())
            by_name[purpose or ""] = PurposeSum(
                before.count + count,
                before.size + self._sizes[purpose],
                before.unknown + self._unknown[purpose],
            )
        return SelectionSums(by_name)

    def _chunks(self, rows: int) -> Iterator[Range]:
        while rows > 0:
            part = self._rest or next(self._left, None)
            self._rest = None
            if part is None:
                return
            first, last = part
            end = min(last, first + rows - 1)
            if end < last:
                self._rest = end + 1, last
            yield first, end
            rows -= end - first + 1
        if self._rest is None:
            self._rest = next(self._left, None)

    def _add(self, files: Sequence[RemoteFile]) -> None:
        by_purpose: defaultdict[str | None, list[int | None]] = defaultdict(list)
        for file in files:
            by_purpose[file.purpose].append(file.size)
        for purpose, sizes in by_purpose.items():
            self._counts[purpose] += len(sizes)
            self._sizes[purpose] += sum(filter(None, sizes))
            self._unknown[purpose] += sizes.count(None)


def sums_of(files: Sequence[RemoteFile]) -> SelectionSums:
    """Sum all files at once."""
    summing = IncrementalSum(files, [(0, len(files) - 1)] if files else [])
    summing.advance(len(files) + 1)
    return summing.sums
