"""When the selected files were created: their sizes added up by day, week, month or longer. No Qt.

The periods depend on the first and the last file, so all files are gone through once more after
their sums, in chunks too. Only the limits of the periods are converted to local time, not each file.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import msgspec

from services.api.remote_file import RemoteFile
from services.browse.row_chunks import Range, RowChunks
from services.browse.selection_sums import SelectionSums

MAX_PERIODS = 24
_MONTHS = (1, 3, 12, 60, 120, 600, 1200, 6000)
"""The lengths of periods longer than weeks, in months. The longest fits what Python calls dates."""
_SECONDS_PER_DAY = 86_400


class Period(msgspec.Struct, frozen=True):
    """The files created in a period."""

    first: date
    """The first day, in local time."""
    last: date
    count: int = 0
    size: int = 0
    """The total of the known sizes, in bytes."""
    unknown: int = 0
    """The number of files of unknown size."""


class IncrementalTimeline:
    """Adds up the sizes of files by period in chunks; call `advance` until it returns True."""

    def __init__(
        self, files: Sequence[RemoteFile], ranges: Iterable[Range], sums: SelectionSums
    ) -> None:
        """`sums` are those of the files; `ranges` must not overlap."""
        self._chunks = RowChunks(files, ranges)
        self._first_days = _first_days(local_day(sums.earliest or 0), local_day(sums.latest or 0))
        self._starts = [_midnight(day) for day in self._first_days[1:-1]]
        """When each period but the first begins, in seconds since 1970."""
        self._counts = [0] * (len(self._first_days) - 1)
        self._sizes = [0] * (len(self._first_days) - 1)
        self._unknown = [0] * (len(self._first_days) - 1)

    def advance(self, rows: int) -> bool:
        """Add up this many more rows; return whether all are done."""
        starts, counts = self._starts, self._counts
        sizes, unknown = self._sizes, self._unknown
        for file in self._chunks.take(rows):
            moment = file.created_at
            if moment is not None:
                place = bisect_right(starts, moment)
                counts[place] += 1
                if file.size is None:
                    unknown[place] += 1
                else:
                    sizes[place] += file.size
        return self._chunks.are_all_taken

    @property
    def periods(self) -> tuple[Period, ...]:
        """The sums so far, one period after the other; at most 24, also empty ones."""
        days = pairwise(self._first_days)
        sums = zip(days, self._counts, self._sizes, self._unknown, strict=True)
        return tuple(
            Period(date.fromordinal(first), date.fromordinal(following - 1), count, size, unknown)
            for (first, following), count, size, unknown in sums
        )


def has_timeline(sums: SelectionSums) -> bool:
    """Whether there is something to see: a single day has no shape, nor have sizes that are all 0."""
    if sums.earliest is None or sums.latest is None or not sums.total.size:
        return False
    return local_day(sums.earliest) != local_day(sums.latest)


def local_day(moment: int) -> date:
    """The day of a moment in local time; in UTC if the system doesn't know that year."""
    try:
        return datetime.fromtimestamp(moment).astimezone().date()
    except (OverflowError, OSError, ValueError):
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=moment)).date()


def _first_days(first: date, last: date) -> list[int]:
    """The first day of each period, and the day after the last, as ordinal numbers."""
    for length, start in ((1, first.toordinal()), (7, first.toordinal() - first.weekday())):
        count = (last.toordinal() - start) // length + 1
        if count <= MAX_PERIODS:
            return [start + length * number for number in range(count + 1)]
    for months in _MONTHS:
        begin, end = _month(first) // months, _month(last) // months
        if end - begin < MAX_PERIODS:
            break
    return [_first_of(number * months) for number in range(begin, end + 2)]


def _month(day: date) -> int:
    """The number of its month since the year 0."""
    return day.year * 12 + day.month - 1


def _first_of(month: int) -> int:
    year, rest = divmod(month, 12)
    if year > date.max.year:
        return date.max.toordinal() + 1
    return date(year, rest + 1, 1).toordinal()


def _midnight(ordinal: int) -> float:
    """When a day begins, in seconds since 1970."""
    day = date.fromordinal(ordinal)
    try:
        return datetime.combine(day, time()).timestamp()
    except (OverflowError, OSError, ValueError):
        return float((ordinal - date(1970, 1, 1).toordinal()) * _SECONDS_PER_DAY)
