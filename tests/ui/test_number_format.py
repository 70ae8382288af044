import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale

from services.system.numbers import ENGLISH, decimal, whole, write_numbers_as
from services.system.sizes import size_in_words
from ui.number_format import format_of
from ui.table.columns import exact_size
from ui.transfers.transfer_words import amount_in_words
from ui.wording import count_in_words, files_in_words, speed_in_words


@pytest.fixture(params=["de_DE", "fr_FR", "en_US", "hi_IN", "pt_PT"])
def locale(request: pytest.FixtureRequest) -> Iterator[QLocale]:
    made = QLocale(request.param)
    write_numbers_as(format_of(made))
    yield made
    write_numbers_as(ENGLISH)


def test_all_numbers_are_written_as_the_locale_does(locale: QLocale) -> None:
    number, tenth = locale.toString(1_234_567), locale.toString(41.7, "f", 1)
    assert count_in_words(1_234_567) == whole(1_234_567) == number
    assert number in files_in_words(1_234_567)
    assert number in exact_size(1_234_567)
    assert decimal(41.7) == tenth
    assert tenth in size_in_words(41_700_000)
    assert tenth in speed_in_words(41_700_000)
    assert tenth in amount_in_words(41_700_000, 95_300_000)
    assert locale.toString(95.3, "f", 1) in amount_in_words(41_700_000, 95_300_000)


def test_no_line_has_two_formats() -> None:
    write_numbers_as(format_of(QLocale("de_DE")))
    try:
        line = f"{files_in_words(12_408)} · {size_in_words(38_249_000)}"
    finally:
        write_numbers_as(ENGLISH)
    assert re.findall(r"[0-9.,]+", line) == ["12.408", "38,2"]
