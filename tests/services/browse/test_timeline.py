"""The sizes of selected files over time, added up in chunks."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.remote_file import RemoteFile
from services.browse.selection_sums import IncrementalSum, SelectionSums, sums_of
from services.browse.timeline import MAX_PERIODS, IncrementalTimeline, Period, local_day

DAY = 86_400
LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Lets a test change the time zone."""
    with monkeypatch.context() as changes:
        yield changes
    time.tzset()


def use_zone(zone: pytest.MonkeyPatch, name: str) -> None:
    zone.setenv("TZ", name)
    time.tzset()


def noon(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, 12).astimezone().timestamp())


def files_at(*moments: int | None, size: int | None = 10) -> list[RemoteFile]:
    return [
        RemoteFile(f"file-{number}", size=size, created_at=moment)
        for number, moment in enumerate(moments)
    ]


def periods_of(files: Sequence[RemoteFile]) -> tuple[Period, ...]:
    ranges = [(0, len(files) - 1)]
    sums = IncrementalSum(files, ranges)
    assert sums.advance(len(files))
    timeline = IncrementalTimeline(files, ranges, sums.sums)
    assert timeline.advance(len(files))
    return timeline.periods


def test_days_are_counted_with_the_empty_ones_between() -> None:
    files = files_at(noon(2026, 3, 1), noon(2026, 3, 1), noon(2026, 3, 3))
    assert periods_of(files) == (
        Period(date(2026, 3, 1), date(2026, 3, 1), 2, 20),
        Period(date(2026, 3, 2), date(2026, 3, 2)),
        Period(date(2026, 3, 3), date(2026, 3, 3), 1, 10),
    )


def test_unknown_sizes_and_dates_do_not_disturb() -> None:
    files = [
        *files_at(noon(2026, 3, 1), noon(2026, 3, 2)),
        *files_at(noon(2026, 3, 2), size=None),
        *files_at(None),
    ]
    found = [(one.count, one.size, one.unknown) for one in periods_of(files)]
    assert found == [(1, 10, 0), (2, 10, 1)]


@pytest.mark.parametrize(
    ("first", "last", "starts"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), [date(2026, 3, 1)]),
        (date(2026, 3, 1), date(2026, 3, 24), [date(2026, 3, 1), date(2026, 3, 2)]),
        # Weeks begin on Monday.
        (date(2026, 3, 1), date(2026, 3, 25), [date(2026, 2, 23), date(2026, 3, 2)]),
        (date(2026, 3, 12), date(2026, 11, 3), [date(2026, 3, 1), date(2026, 4, 1)]),
        (date(2023, 5, 2), date(2026, 11, 3), [date(2023, 4, 1), date(2023, 7, 1)]),
        (date(2003, 5, 2), date(2026, 11, 3), [date(2003, 1, 1), date(2004, 1, 1)]),
        (date(1973, 5, 2), date(2026, 11, 3), [date(1970, 1, 1), date(1975, 1, 1)]),
    ],
)
def test_periods_are_as_long_as_needed_for_few_bars(
    first: date, last: date, starts: list[date]
) -> None:
    moments = (noon(one.year, one.month, one.day) for one in (first, last))
    periods = periods_of(files_at(*moments))
    assert [one.first for one in periods[:2]] == starts
    assert len(periods) <= MAX_PERIODS
    assert periods[0].first <= first <= periods[0].last
    assert periods[-1].first <= last <= periods[-1].last
    for one, following in pairwise(periods):
        assert following.first == one.last + timedelta(days=1)


def test_dates_that_no_server_should_send_are_taken_as_they_are() -> None:
    periods = periods_of(files_at(0, LAST_SECOND))
    assert len(periods) <= MAX_PERIODS
    assert sum(one.count for one in periods) == 2
    assert periods[-1].last == date(9999, 12, 31)


@pytest.mark.parametrize(
    "name", ["UTC", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati"]
)
def test_days_are_those_of_the_time_zone(zone: pytest.MonkeyPatch, name: str) -> None:
    use_zone(zone, name)
    # Three weeks around the end of summer time.
    start = int(datetime(2026, 10, 25, tzinfo=UTC).timestamp())
    files = files_at(*range(start, start + 21 * DAY, 1_800))
    for period in periods_of(files):
        mine = [file for file in files if local_day(file.created_at or 0) == period.first]
        assert (period.count, period.size) == (len(mine), 10 * len(mine))


@pytest.mark.slow
@given(
    moments=st.lists(st.none() | st.integers(0, LAST_SECOND), min_size=1, max_size=40),
    at_once=st.integers(1, 50),
    span=st.sampled_from([DAY, 40 * DAY, 400 * DAY, 4_000 * DAY, LAST_SECOND]),
)
def test_each_dated_file_is_in_the_period_of_its_day(
    moments: list[int | None], at_once: int, span: int
) -> None:
    files = files_at(*(moment if moment is None else moment % span for moment in moments))
    dated = [file.created_at for file in files if file.created_at is not None]
    if not dated:
        return
    timeline = IncrementalTimeline(files, [(0, len(files) - 1)], sums_of(files))
    turns = 1
    while not timeline.advance(at_once):
        turns += 1
    assert turns == -(-len(files) // at_once)
    periods = timeline.periods
    assert len(periods) <= MAX_PERIODS
    for period in periods:
        mine = [one for one in dated if period.first <= local_day(one) <= period.last]
        assert (period.count, period.size) == (len(mine), 10 * len(mine))
    assert sum(one.count for one in periods) == len(dated)


class CountedFiles(Sequence[RemoteFile]):
    """A million files, all the same; counts how many are read."""

    def __init__(self) -> None:
        self.read = 0

    def __len__(self) -> int:
        return 1_000_000

    def __getitem__(self, place: int | slice) -> RemoteFile | list[RemoteFile]:  # type: ignore[override]
        assert isinstance(place, slice)
        count = len(range(*place.indices(len(self))))
        self.read += count
        return [FILE] * count


FILE = RemoteFile("file-1", purpose="batch", size=1, created_at=1_700_000_000)


@pytest.mark.slow
@pytest.mark.parametrize("scattered", [False, True])
def test_of_a_million_files_each_turn_reads_only_its_share(scattered: bool) -> None:
    files = CountedFiles()
    ranges = [(row, row) for row in range(0, 100_000, 2)] if scattered else [(0, 999_999)]
    for summing in (
        IncrementalSum(files, ranges),
        IncrementalTimeline(files, ranges, SelectionSums({}, 1_690_000_000, 1_700_000_000)),
    ):
        is_done = False
        while not is_done:
            before = files.read
            is_done = summing.advance(20_000)
            assert files.read - before <= 20_000
