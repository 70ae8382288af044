import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sizes import size_in_words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (None, "—"),
        (0, "0 bytes"),
        (1, "1 byte"),
        (2, "2 bytes"),
        (999, "999 bytes"),
        (1_000, "1 KB"),
        (12_345, "12 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (999_999, "1.0 MB"),
        (1_000_000, "1.0 MB"),
        (41_700_000, "41.7 MB"),
        (388_000_000, "388.0 MB"),
        (999_949_999, "999.9 MB"),
        (999_950_000, "1.0 GB"),
        (1_000_000_000, "1.0 GB"),
        (2_500_000_000, "2.5 GB"),
        (999_950_000_000, "1.0 TB"),
        (2_500_000_000_000, "2.5 TB"),
        (12_345_000_000_000_000, "12345.0 TB"),
    ],
)
def test_a_size_reads_as_people_write_it(size: int | None, words: str) -> None:
    assert size_in_words(size) == words


UNITS = {"byte": 1, "bytes": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@given(st.integers(0, 10**15))
def test_the_words_are_within_half_of_their_last_digit(size: int) -> None:
    number, unit = size_in_words(size).split(" ")
    digit = UNITS[unit] / (10 if "." in number else 1)
    assert abs(float(number) * UNITS[unit] - size) <= digit * 0.5001


@given(st.integers(0, 10**12 - 10**9))
def test_below_a_terabyte_no_number_has_four_digits(size: int) -> None:
    assert len(size_in_words(size).split(" ")[0].split(".")[0]) <= 3
