import re
from collections.abc import Iterator
from datetime import datetime, time

import pytest
from PySide6.QtCore import QLocale

from services.system.locale_format import ENGLISH, decimal, use_locale_format, whole
from services.system.sizes import format_size
from ui.locale_format import format_of
from ui.table.columns import exact_size
from ui.transfers.transfer_words import amount_in_words
from ui.wording import (
    count_in_words,
    created_in_words,
    exact_moment,
    files_in_words,
    speed_in_words,
)


@pytest.fixture(params=["de_DE", "fr_FR", "en_US", "hi_IN", "pt_PT"])
def locale(request: pytest.FixtureRequest) -> Iterator[QLocale]:
    made = QLocale(request.param)
    use_locale_format(format_of(made))
    yield made
    use_locale_format(ENGLISH)


def test_numbers_follow_the_locale(locale: QLocale) -> None:
    number, tenth = locale.toString(1_234_567), locale.toString(41.7, "f", 1)
    assert count_in_words(1_234_567) == whole(1_234_567) == number
    assert number in files_in_words(1_234_567)
    assert number in exact_size(1_234_567)
    assert decimal(41.7) == tenth
    assert tenth in format_size(41_700_000)
    assert tenth in speed_in_words(41_700_000)
    assert tenth in amount_in_words(41_700_000, 95_300_000)
    assert locale.toString(95.3, "f", 1) in amount_in_words(41_700_000, 95_300_000)


def test_no_text_mixes_two_formats() -> None:
    use_locale_format(format_of(QLocale("de_DE")))
    try:
        line = f"{files_in_words(12_408)} · {format_size(38_249_000)}"
    finally:
        use_locale_format(ENGLISH)
    assert re.findall(r"[0-9.,]+", line) == ["12.408", "38,2"]


@pytest.mark.parametrize(
    ("name", "short", "long", "month"),
    [
        ("en_GB", "09:05", "09:05:07", "Nov"),
        ("de_DE", "09:05", "09:05:07", "Nov"),
        ("fi_FI", "9.05", "9.05.07", "marras"),
        ("en_US", "9:05 AM", "9:05:07 AM", "Nov"),
        ("fr_FR", "09:05", "09:05:07", "nov"),
    ],
)
def test_dates_and_times_follow_the_locale(name: str, short: str, long: str, month: str) -> None:
    made = format_of(QLocale(name))
    moment = time(9, 5, 7)
    # The space before AM depends on Qt's version.
    written = [re.sub(r"\s", " ", form(moment)) for form in (made.clock, made.clock_with_seconds)]
    assert written == [short, long]
    assert made.month(11) == month


def test_texts_about_time_follow_the_locale() -> None:
    moment = datetime(2026, 11, 20, 9, 5, 7).astimezone()
    seconds = int(moment.timestamp())
    use_locale_format(format_of(QLocale("fi_FI")))
    try:
        words = [created_in_words(seconds, seconds + 1.0), exact_moment(seconds)]
    finally:
        use_locale_format(ENGLISH)
    assert words == ["Today 9.05", "20 marras 2026 9.05.07"]
