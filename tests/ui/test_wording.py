from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QLocale

from ui.wording import (
    DAY,
    HOUR,
    MINUTE,
    NOTHING,
    Urgency,
    ago_in_words,
    count_in_words,
    created_in_words,
    day_in_words,
    days_in_words,
    exact_moment,
    expires_in_words,
    files_in_words,
    one_line,
    period_in_words,
    sizes_in_words,
    span_in_words,
    speed_in_words,
    time_left_in_words,
    urgency_of,
)


@pytest.fixture(autouse=True)
def _english() -> object:
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    yield
    QLocale.setDefault(before)


def local(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> int:
    """A local time in seconds since 1970."""
    return int(datetime(year, month, day, hour, minute).astimezone().timestamp())


NOW = local(2026, 11, 20, 10, 0)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (local(2026, 11, 20, 9, 12), "Today 09:12"),
        (local(2026, 11, 20, 0, 0), "Today 00:00"),
        (local(2026, 11, 19, 23, 59), "Yesterday 23:59"),
        (local(2026, 11, 18, 23, 59), "18 Nov"),
        (local(2026, 1, 2), "2 Jan"),
        (local(2025, 11, 20, 9, 12), "20 Nov 2025"),
        (None, NOTHING),
        (10**18, NOTHING),
    ],
)
def test_creation_times(moment: int | None, words: str) -> None:
    assert created_in_words(moment, NOW) == words


def test_days_without_a_time() -> None:
    moments = local(2026, 11, 20, 9, 12), local(2026, 11, 19, 23, 59), local(2025, 11, 20, 9), None
    words = [day_in_words(moment, NOW) for moment in moments]
    assert words == ["Today", "Yesterday", "20 Nov 2025", NOTHING]


def test_yesterday_works_across_months_and_years() -> None:
    assert created_in_words(local(2025, 12, 31, 8), local(2026, 1, 1, 9)) == "Yesterday 08:00"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (30 * DAY, "in 30 days"),
        (2 * DAY, "in 2 days"),
        (2 * DAY - 1, "in 47 hours"),
        (HOUR, "in 1 hour"),
        (HOUR - 1, "in 59 minutes"),
        (90, "in 1 minute"),
        (1, "in 1 minute"),
        (0, "expired"),
        (-DAY, "expired"),
    ],
)
def test_expiry_times(left: int, words: str) -> None:
    assert expires_in_words(NOW + left, NOW) == words


def test_a_file_without_expiry_shows_a_dash() -> None:
    assert expires_in_words(None, NOW) == NOTHING
    assert urgency_of(None, NOW) is Urgency.NONE


@pytest.mark.parametrize(
    ("left", "urgency"),
    [
        (7 * DAY, Urgency.NONE),
        (7 * DAY - 1, Urgency.SOON),
        (DAY, Urgency.SOON),
        (DAY - 1, Urgency.LAST_DAY),
        (1, Urgency.LAST_DAY),
        (0, Urgency.PAST),
        (-DAY, Urgency.PAST),
    ],
)
def test_urgency_rises_within_seven_days_and_within_one(left: int, urgency: Urgency) -> None:
    assert urgency_of(NOW + left, NOW) is urgency


def test_exact_times_have_seconds() -> None:
    assert exact_moment(local(2026, 11, 20, 9, 58) + 21) == "20 Nov 2026 09:58:21"
    assert exact_moment(None) == NOTHING
    assert exact_moment(-(10**18)) == NOTHING


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "1 s left"),
        (3.4, "3 s left"),
        (MINUTE, "1 min left"),
        (HOUR - 1, "60 min left"),
        (2 * HOUR, "2 h left"),
    ],
)
def test_remaining_times(seconds: float, words: str) -> None:
    assert time_left_in_words(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (12, "12 s ago"),
        (4 * MINUTE, "4 min ago"),
        (2 * HOUR, "2 h ago"),
        (DAY, "1 day ago"),
        (3 * DAY, "3 days ago"),
    ],
)
def test_elapsed_times(seconds: float, words: str) -> None:
    assert ago_in_words(seconds) == words


def test_counts_are_grouped() -> None:
    assert count_in_words(12408) == "12,408"
    assert files_in_words(1) == "1 file"
    assert files_in_words(12408) == "12,408 files"
    assert files_in_words(0) == "0 files"


def test_speeds() -> None:
    assert speed_in_words(21_400_000.4) == "21.4 MB/s"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("plain.jsonl", "plain.jsonl"),
        ("Prüfung 你好 🙂.txt", "Prüfung 你好 🙂.txt"),
        ("two\nlines\r\n", "two�lines��"),
        ("bell\x07\x1b[31m", "bell��[31m"),
        ("gpj.\u202eexe", "gpj.�exe"),
        ("a\u2066b\u2069", "a�b�"),
    ],
)
def test_untrusted_text_becomes_one_harmless_line(text: str, line: str) -> None:
    assert one_line(text) == line


@given(st.integers(-(10**12), 10**12), st.integers(0, 4 * 10**9))
def test_any_time_can_be_described(moment: int, now: int) -> None:
    for words in (
        created_in_words(moment, now),
        expires_in_words(moment, now),
        exact_moment(moment),
        ago_in_words(abs(moment)),
    ):
        assert words


@given(st.integers(1, 3650))
def test_days_are_whole_numbers(days: int) -> None:
    later = NOW + int(timedelta(days=days, hours=5).total_seconds())
    words = expires_in_words(later, NOW)
    assert words == (f"in {days:,} days" if days > 1 else "in 29 hours")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3_600, "1 hour"),
        (5_400, "90 minutes"),
        (36 * 3_600, "36 hours"),
        (86_400, "1 day"),
        (2 * 86_400 + 5, "2 days"),
        (2_592_000, "30 days"),
    ],
)
def test_durations_use_a_suitable_unit(seconds: int, words: str) -> None:
    assert span_in_words(seconds) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 12), date(2026, 3, 12), "12 Mar 2026"),
        (date(2026, 3, 12), date(2026, 11, 3), "12 Mar – 3 Nov 2026"),
        (date(2025, 12, 30), date(2026, 1, 2), "30 Dec 2025 – 2 Jan 2026"),
        (date(2026, 3, 1), date(2026, 3, 31), "1 Mar – 31 Mar 2026"),
    ],
)
def test_days(first: date, last: date, words: str) -> None:
    assert days_in_words(first, last) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), "1 Mar 2026"),
        (date(2026, 3, 9), date(2026, 3, 15), "9 Mar – 15 Mar 2026"),
        (date(2026, 2, 1), date(2026, 2, 28), "Feb 2026"),
        (date(2024, 2, 1), date(2024, 2, 28), "1 Feb – 28 Feb 2024"),
        (date(2026, 1, 1), date(2026, 3, 31), "Jan – Mar 2026"),
        (date(2026, 1, 1), date(2026, 12, 31), "2026"),
        (date(2020, 1, 1), date(2024, 12, 31), "2020 – 2024"),
        (date(9500, 1, 1), date(9999, 12, 31), "9500 – 9999"),
    ],
)
def test_periods(first: date, last: date, words: str) -> None:
    assert period_in_words(first, last) == words


def test_total_sizes() -> None:
    assert sizes_in_words(3_000_000, 0) == "3.0 MB"
    assert sizes_in_words(3_000_000, 1_200) == "3.0 MB · 1,200 of unknown size"
