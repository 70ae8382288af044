import os
import tracemalloc
from pathlib import Path

import pytest

from services.checks.lines_around import LineExcerpt, lines_around
from services.problems.errors import FilesError


def write(folder: Path, content: bytes) -> Path:
    path = folder / "a.jsonl"
    path.write_bytes(content)
    return path


def test_lines_before_and_after_have_their_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, b"\n".join(b"%d" % number for number in range(1, 11)) + b"\n")
    excerpts = lines_around(path, 5, before=2, after=1)
    assert excerpts == tuple(LineExcerpt(number, str(number)) for number in (3, 4, 5, 6))
    assert [line.number for line in lines_around(path, 1)] == [1, 2, 3, 4]
    assert [line.number for line in lines_around(path, 10)] == [7, 8, 9, 10]


def test_a_last_line_without_a_newline_counts(tmp_path: Path) -> None:
    assert lines_around(write(tmp_path, b"a\nb"), 2)[-1] == LineExcerpt(2, "b")


@pytest.mark.parametrize("content", [b"", b"a\n"])
def test_a_line_that_no_longer_exists_returns_nothing(tmp_path: Path, content: bytes) -> None:
    assert lines_around(write(tmp_path, content), 2) == ()


def test_byte_order_marks_line_endings_and_invalid_utf8_are_harmless(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbfone\r\n\xff\xfe\r\n")
    assert [line.text for line in lines_around(path, 1)] == ["one", "\ufffd\ufffd"]


def test_a_long_line_is_cut_to_the_part_around_the_column(tmp_path: Path) -> None:
    # In UTF-8, these two end with the smallest and the largest continuation byte.
    text = "À" * 50_000 + "HERE" + "ÿ" * 50_000
    path = write(tmp_path, f"a\n{text}\nb\n".encode())
    long = lines_around(path, 2, 50_001)[1]
    at = 50_000 - long.skipped
    assert long.text[at : at + 4] == "HERE"
    assert long.skipped > 0
    assert long.more
    assert len(long.text) <= 2_000
    start = lines_around(path, 2)[1]
    assert (start.skipped, start.text[0]) == (0, "À")
    assert set(long.text) == set("ÀHEREÿ")


@pytest.mark.slow
def test_a_line_of_many_megabytes_uses_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024)
    tracemalloc.start()
    try:
        (line,) = lines_around(path, 1, 60_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert line.skipped < 60_000_000 <= line.skipped + len(line.text)
    assert line.more
    assert peak < 8 * 1024 * 1024


def test_a_missing_file_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        lines_around(tmp_path / "gone", 1)


@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_pipes_and_devices_do_not_block(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a.jsonl"
    os.mkfifo(path) if kind == "pipe" else path.symlink_to("/dev/zero")
    with pytest.raises(FilesError, match="isn't a file"):
        lines_around(path, 1)
