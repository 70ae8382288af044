"""Regular expressions, looked for in files by a child process."""

import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.lines import bounded_lines, regex_search
from services.previews.lines.regex_search import (
    CostlyPatternError,
    InvalidPatternError,
    RegexQuery,
    search_regex,
)

pytestmark = pytest.mark.slow

ENDLESS = r"(a+)+$"
"""Takes longer than anyone can wait for a line like the one below."""
BAIT = b"a" * 60 + b"!"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines.jsonl"


def found(path: Path, pattern: str, *, match_case: bool = False) -> list[int]:
    steps = list(search_regex(path, RegexQuery(pattern, match_case)))
    if pattern:
        assert steps[-1].searched == path.stat().st_size
    return [line for step in steps for line in step.lines]


def test_lines_that_match_are_found_once_in_order(path: Path) -> None:
    path.write_bytes(b"cat\ndog cat cat\r\n\ndog\ncAt")
    assert found(path, "c.t") == [1, 2, 5]
    assert found(path, "cat", match_case=True) == [1, 2]
    assert found(path, "^dog$") == [4]
    assert found(path, "cat$") == [1, 2, 5]
    assert found(path, "^$") == [3]
    assert found(path, "cow") == []
    assert found(path, "") == []


def test_text_is_matched_in_characters(path: Path) -> None:
    path.write_bytes("\ufeffé\nÉx\n日本\n😀\n".encode() + b"caf\xe9\n")
    assert found(path, "^é") == [1, 2]
    assert found(path, "^..$") == [2, 3]
    assert found(path, "^.$") == [1, 4]
    assert found(path, "café") == [5]
    assert found(path, r"\w") == [1, 2, 3, 5]
    assert found(path, "\ud800") == []


@pytest.mark.parametrize(
    ("pattern", "place"),
    [("a(b", 1), ("a[", 1), ("*", 0), ("a{2}{3}", 4), ("(?P<n>a)(?P<n>b)", 12)],
)
def test_a_pattern_that_is_none_is_told_with_its_place(
    path: Path, pattern: str, place: int
) -> None:
    path.write_bytes(b"a\n")
    with pytest.raises(InvalidPatternError) as raised:
        found(path, pattern)
    assert raised.value.place == place
    assert raised.value.reason


def test_a_pattern_that_is_too_large_is_none(path: Path) -> None:
    path.write_bytes(b"a\n")
    with pytest.raises(InvalidPatternError):
        found(path, "a{99999999999999999999}")
    with pytest.raises(InvalidPatternError):
        found(path, "(" * 100_000 + ")" * 100_000)


def test_a_pattern_that_takes_too_long_ends_the_search(path: Path) -> None:
    path.write_bytes(b"b\n" * 10 + BAIT)
    search = search_regex(path, RegexQuery(ENDLESS), seconds_per_line=0.5)
    with pytest.raises(CostlyPatternError) as raised:
        list(search)
    assert raised.value.after_line <= 10


def test_a_search_that_would_never_end_can_be_ended(path: Path) -> None:
    path.write_bytes(b"b\n" * 10 + BAIT)
    search = search_regex(path, RegexQuery(ENDLESS), seconds_per_line=100)
    for _step in range(5):  # it reports even if it gets nowhere
        assert next(search).lines == ()
    search.close()
    assert list(search) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory")
def test_a_pattern_that_needs_too_much_memory_ends_the_search(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regex_search, "_MEMORY_BYTES", 200_000_000)
    path.write_bytes(b"a" * bounded_lines.MAX_LINE_BYTES + b"\n")
    with pytest.raises(CostlyPatternError) as raised:
        found(path, "^(?:a|bb)*c")
    assert raised.value.after_line == 0


def test_a_file_that_cannot_be_read_is_an_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        found(path, "a")
    path.mkdir()
    with pytest.raises((IsADirectoryError, PermissionError)):
        found(path, "a")


def test_names_of_files_can_be_anything(tmp_path: Path) -> None:
    path = tmp_path / "a\n\udce9 日本"
    try:
        path.write_bytes(b"a\n")
    except (OSError, UnicodeEncodeError):
        pytest.skip("this file system has no such names")
    assert found(path, "a") == [1]


def test_an_endless_line_is_searched_at_its_beginning(path: Path) -> None:
    path.write_bytes(b"cat" + b"x" * bounded_lines.MAX_LINE_BYTES + b"dog\ndog\n")
    assert found(path, "cat|dog") == [1, 2]
    assert found(path, "dog") == [2]


def test_many_lines_are_reported_in_steps(path: Path) -> None:
    path.write_bytes(b"abc\n" * 1_500_000)
    steps = list(search_regex(path, RegexQuery("b")))
    assert len(steps) > 1
    assert [line for step in steps for line in step.lines] == list(range(1, 1_500_001))


@settings(max_examples=20)
@given(
    st.lists(st.text(st.sampled_from("aAbé \t"), max_size=6), max_size=8),
    st.sampled_from(["a", "^a", "b$", "é+", "a|b", r"\s", "(?i:B)", "^$", r"(a)\1"]),
    st.booleans(),
)
def test_what_is_found_is_what_python_finds(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], pattern: str, match_case: bool
) -> None:
    path = tmp_path_factory.mktemp("regex") / "lines"
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    flags = re.NOFLAG if match_case else re.IGNORECASE
    assert found(path, pattern, match_case=match_case) == [
        number for number, line in enumerate(lines, 1) if re.search(pattern, line, flags)
    ]
