"""How many files are selected and how large they are, by purpose. No Qt.

A hundred thousand files are added up in some milliseconds, without a list of them; more are added
up in portions, so that the window goes on between.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from services.api.remote_file import RemoteFile

Range = tuple[int, int]
"""The first and the last of rows that follow each other."""


class PurposeSum(msgspec.Struct, frozen=True):
    """The files of one purpose."""

    count: int = 0
    size: int = 0
    """Bytes, as far as they are known."""
    unknown: int = 0
    """Of so many files the size is not known."""


class SelectionSums(msgspec.Struct, frozen=True):
    """The selected files by purpose; the empty name stands for none."""

    purposes: Mapping[str, PurposeSum]

    @property
    def total(self) -> PurposeSum:
        """All together."""
        sums = self.purposes.values()
        return PurposeSum(
            sum(one.count for one in sums),
            sum(one.size for one in sums),
            sum(one.unknown for one in sums),
        )


class Summing:
    """Adds up the files of some rows; `go_on` until it is through."""

    def __init__(self, files: Sequence[RemoteFile], ranges: Iterable[Range]) -> None:
        """`ranges` don't overlap."""
        self._files = files
        self._ranges = list(ranges)
        self._left = iter(self._ranges)
        self._rest: Range | None = None
        self._counts: Counter[str | None] = Counter()
        self._sizes: defaultdict[str | None, int] = defaultdict(int)
        self._unknown: Counter[str | None] = Counter()

    @property
    def count(self) -> int:
        """How many files there are, known from the beginning."""
        return sum(last - first + 1 for first, last in self._ranges)

    def go_on(self, rows: int) -> bool:
        """Add up about so many more rows; whether all are through."""
        portion: list[RemoteFile] = []
        for first, last in self._portions(rows):
            portion += self._files[first : last + 1]
        self._add(portion)
        return self._rest is None

    @property
    def sums(self) -> SelectionSums:
        """What has been added up."""
        by_name: dict[str, PurposeSum] = {}
        for purpose, count in self._counts.items():
            # No purpose and an empty one are the same to a person.
            before = by_name.get(purpose or "", PurposeSum())
            by_name[purpose or ""] = PurposeSum(
                before.count + count,
                before.size + self._sizes[purpose],
                before.unknown + self._unknown[purpose],
            )
        return SelectionSums(by_name)

    def _portions(self, rows: int) -> Iterator[Range]:
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
    """All of them, at once."""
    summing = Summing(files, [(0, len(files) - 1)] if files else [])
    summing.go_on(len(files) + 1)
    return summing.sums
