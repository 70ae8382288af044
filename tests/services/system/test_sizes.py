from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.system.locale_format import ENGLISH, LocaleFormat, use_locale_format
from services.system.sizes import (
    GB,
    KB,
    MB,
    TB,
    ParsedSize,
    exact_size,
    format_size,
    format_sizes,
    parse_size,
)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (None, "—"),
        (0, "0 bytes"),
        (1, "1 byte"),
        (2, "2 bytes"),
        (999, "999 bytes"),
        (1_000, "1 KB"),
        (4_500, "5 KB"),
        (12_345, "12 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (999_999, "1.0 MB"),
        (1_000_000, "1.0 MB"),
        (4_250_000, "4.3 MB"),
        (41_700_000, "41.7 MB"),
        (388_000_000, "388.0 MB"),
        (999_949_999, "999.9 MB"),
        (999_950_000, "1.0 GB"),
        (1_000_000_000, "1.0 GB"),
        (2_500_000_000, "2.5 GB"),
        (999_950_000_000, "1.0 TB"),
        (2_500_000_000_000, "2.5 TB"),
        (12_345_000_000_000_000, "12,345.0 TB"),
    ],
)
def test_a_size_is_formatted(size: int | None, words: str) -> None:
    assert format_size(size) == words


UNITS = {"byte": 1, "bytes": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


@given(st.integers(0, 10**15))
def test_a_formatted_size_is_within_half_of_its_last_digit(size: int) -> None:
    number, unit = format_size(size).split(" ")
    digit = UNITS[unit] / (10 if "." in number else 1)
    assert abs(float(number.replace(",", "")) * UNITS[unit] - size) <= digit * 0.5001


@given(st.integers(0, 10**12 - 10**9))
def test_below_a_terabyte_no_number_has_four_digits(size: int) -> None:
    assert len(format_size(size).split(" ")[0].split(".")[0]) <= 3


@pytest.mark.parametrize(
    ("text", "size", "step"),
    [
        ("0", 0, 1),
        ("512", 512, 1),
        ("512 bytes", 512, 1),
        ("1 byte", 1, 1),
        ("7B", 7, 1),
        ("12KB", 12_000, 1_000),
        ("12 kb", 12_000, 1_000),
        ("12k", 12_000, 1_000),
        ("41.7MB", 41_700_000, 100_000),
        ("2.5 TB", 2_500_000_000_000, 100_000_000_000),
        ("1KiB", 1_024, 1_024),
        ("1.5 GiB", 1_610_612_736, 107_374_182),
        ("2,000 GB", 2_000_000_000_000, 1_000_000_000),
        ("1,234,567", 1_234_567, 1),
        ("1.23456789KB", 1_234, 1),
        (" 5 GB ", 5_000_000_000, 1_000_000_000),
    ],
)
def test_a_size_is_parsed(text: str, size: int, step: int) -> None:
    assert parse_size(text) == ParsedSize(size, step)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "KB", "-1", "+1", "1e9", "1.", ".5", "1,5", "1,50 GB", "5 XB", "5 MBit", "1 2"),
        *("٣", "9" * 19, "inf", "nan", "0x10", "5KiBB", "1..2"),
    ],
)
def test_an_invalid_size_is_not_parsed(text: str) -> None:
    assert parse_size(text) is None


@pytest.mark.slow
@given(st.text())
def test_parsing_a_size_never_raises(text: str) -> None:
    written = parse_size(text)
    assert written is None or (written.size >= 0 and written.step >= 1)


@given(st.integers(1, 10**18))
def test_an_exact_size_is_parsed_back_exactly(size: int) -> None:
    written = parse_size(exact_size(size))
    assert written is not None
    assert written.size == size


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (2_500_000_000_000, "2.5 TB"),
        (100_000_000_000, "100 GB"),
        (1_500, "1.5 KB"),
        (512, "512"),
        (1_000_001, "1000.001 KB"),
    ],
)
def test_an_exact_size_is_as_short_as_possible(size: int, text: str) -> None:
    assert exact_size(size) == text


@pytest.fixture
def german() -> Iterator[None]:
    use_locale_format(
        LocaleFormat(
            lambda number: f"{number:,}".replace(",", "."),
            lambda number, digits: f"{number:.{digits}f}".replace(".", ","),
            ",",
            ".",
        )
    )
    yield
    use_locale_format(ENGLISH)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("text", "size", "step"),
    [
        ("41,7 MB", 41_700_000, 100_000),
        ("1.234,5 KB", 1_234_500, 100),
        ("41.7MB", 41_700_000, 100_000),  # as in the search field's help
        ("2,000 kb", 2_000_000, 1_000),
    ],
)
def test_a_size_in_the_users_locale_is_parsed_too(text: str, size: int, step: int) -> None:
    assert parse_size(text) == ParsedSize(size, step)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("size", [999, 12_345, 999_500, 41_700_000, 2_500_000_000])
def test_a_formatted_size_can_be_parsed(size: int) -> None:
    shown = format_size(size)
    assert "." not in shown
    written = parse_size(shown)
    assert written is not None
    assert abs(written.size - size) <= written.step / 2


def test_many_sizes_look_like_each() -> None:
    edges = [
        limit + step for limit in (KB, MB, 50_000, 41_650_000, GB, TB) for step in range(-2, 3)
    ]
    near = [int(10 * MB + tenth * MB / 20) + step for tenth in range(9) for step in (-1, 0, 1)]
    sizes = [None, 0, 1, 999, *edges, *near, 999_949_999, 999_950_000, 3 * TB]
    assert format_sizes(sizes) == [format_size(size) for size in sizes]
