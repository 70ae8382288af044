"""Lines of files, found again wherever blocks begin and end."""

from io import FileIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.lines import line_index
from services.previews.lines.line_index import (
    BLOCK_BYTES,
    MAX_SHOWN_BYTES,
    IndexedLine,
    LineIndex,
    count_newlines,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines.jsonl"


def indexed(path: Path) -> LineIndex:
    index = LineIndex()
    for _size in index.index_file(path):
        pass
    index.finish()
    return index


def lines_in(path: Path, first: int = 1, count: int = 1_000) -> list[IndexedLine]:
    index = indexed(path)
    with FileIO(path) as file:
        return index.lines(file, first, count)


def contents(lines: list[IndexedLine]) -> list[bytes]:
    return [line.data for line in lines]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"\n", [b""]),
        (b"\n\n\n", [b"", b"", b""]),
        (b"a", [b"a"]),
        (b"a\n", [b"a"]),
        (b"a\nb", [b"a", b"b"]),
        (b"a\r\nb\r\n", [b"a", b"b"]),
        (b"\r\n\r\na", [b"", b"", b"a"]),
        (b"a\n\n \n\nb\n", [b"a", b"", b" ", b"", b"b"]),
        (b"a\rb\nc\r", [b"a\rb", b"c\r"]),
        (b"\x00\xff\n\xe2\x80\xa8\n", [b"\x00\xff", b"\xe2\x80\xa8"]),
    ],
)
def test_lines_end_at_line_feeds_and_blank_ones_count(
    path: Path, content: bytes, lines: list[bytes]
) -> None:
    path.write_bytes(content)
    found = lines_in(path)
    assert contents(found) == lines
    assert [line.number for line in found] == list(range(1, len(lines) + 1))
    assert all(line.is_whole for line in found)
    assert indexed(path).line_count == len(lines)


def test_only_the_lines_asked_for_are_returned(path: Path) -> None:
    path.write_bytes(b"1\n2\n3\n4\n5")
    assert contents(lines_in(path, 2, 3)) == [b"2", b"3", b"4"]
    assert contents(lines_in(path, 5, 10)) == [b"5"]
    assert lines_in(path, 6, 1) == []
    assert lines_in(path, 0, 1) == []
    assert lines_in(path, 1, 0) == []


def test_a_line_longer_than_several_blocks_is_one_line(path: Path) -> None:
    long = b"x" * (3 * BLOCK_BYTES)
    path.write_bytes(b"before\n" + long + b"\nafter\n")
    index = indexed(path)
    assert (index.line_count, index.size) == (3, path.stat().st_size)
    before, within, after = lines_in(path)
    assert contents([before, after]) == [b"before", b"after"]
    assert (within.data, within.is_whole) == (long[:MAX_SHOWN_BYTES], False)
    assert after.start == len(b"before\n") + len(long) + 1


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize(("more", "is_whole"), [(-1, True), (0, True), (1, False)])
def test_as_many_bytes_of_a_line_are_shown_as_allowed(
    path: Path, ending: bytes, more: int, is_whole: bool
) -> None:
    content = b"y" * (MAX_SHOWN_BYTES + more)
    path.write_bytes(content + ending)
    (line,) = lines_in(path)
    assert line.is_whole == is_whole
    assert line.data == content[:MAX_SHOWN_BYTES]


def test_a_first_line_counts_before_its_end_is_there_if_it_is_long(path: Path) -> None:
    path.write_bytes(b"x" * (MAX_SHOWN_BYTES + 3) + b"\n" + b"y\n")
    index = LineIndex()
    counts = []
    for size in (MAX_SHOWN_BYTES, MAX_SHOWN_BYTES + 3, MAX_SHOWN_BYTES + 4, MAX_SHOWN_BYTES + 5):
        assert list(index.index_file(path, first_bytes=size))
        counts.append(index.line_count)
        with FileIO(path) as file:
            assert [line.is_whole for line in index.lines(file, 1, 9)] == [False] * counts[-1]
    assert counts == [0, 1, 1, 1]


def test_a_file_is_indexed_block_by_block(path: Path) -> None:
    path.write_bytes(b"a\n" * BLOCK_BYTES)
    index = LineIndex()
    steps = index.index_file(path)
    assert next(steps) == BLOCK_BYTES
    assert (index.line_count, index.is_complete) == (BLOCK_BYTES // 2, False)
    with FileIO(path) as file:
        (last,) = index.lines(file, BLOCK_BYTES // 2, 5)
    assert (last.number, last.start) == (BLOCK_BYTES // 2, BLOCK_BYTES - 2)
    assert list(steps) == [2 * BLOCK_BYTES]
    index.finish()
    assert (index.line_count, index.is_complete) == (BLOCK_BYTES, True)


def test_a_file_that_is_still_written_is_indexed_as_far_as_it_is_there(path: Path) -> None:
    path.write_bytes(b"one\ntwo\nthr" + b"\0" * 100)  # room that is still to be filled
    index = LineIndex()
    assert list(index.index_file(path, first_bytes=11)) == [11]
    assert (index.line_count, index.size) == (2, 11)
    with FileIO(path) as file:
        assert contents(index.lines(file, 1, 5)) == [b"one", b"two"]
    path.write_bytes(b"one\ntwo\nthree\nfour")
    assert list(index.index_file(path, first_bytes=18)) == [18]
    assert index.line_count == 3
    index.finish()
    with FileIO(path) as file:
        assert contents(index.lines(file, 1, 5)) == [b"one", b"two", b"three", b"four"]


@pytest.mark.parametrize("first_bytes", [0, 3, 8])
def test_indexing_again_without_more_of_the_file_loses_nothing(
    path: Path, first_bytes: int
) -> None:
    path.write_bytes(b"one\ntwo\n")
    index = LineIndex()
    list(index.index_file(path, first_bytes=8))
    assert list(index.index_file(path, first_bytes=first_bytes)) == []
    assert (index.line_count, index.size) == (2, 8)


def test_what_is_written_between_two_steps_is_indexed_the_next_time(path: Path) -> None:
    path.write_bytes(b"one\ntwo")
    index = LineIndex()
    steps = index.index_file(path)
    assert next(steps) == 7
    with path.open("ab") as file:
        file.write(b"\nthree\n" + b"x\n" * BLOCK_BYTES)
    assert list(steps) == []
    list(index.index_file(path))
    index.finish()
    assert index.line_count == 3 + BLOCK_BYTES
    assert contents(lines_in(path, 2, 2)) == [b"two", b"three"]
    with FileIO(path) as reading:
        assert contents(index.lines(reading, BLOCK_BYTES, 1)) == [b"x"]


def test_lines_stay_known_while_the_last_block_is_indexed_again(path: Path) -> None:
    path.write_bytes(b"one\ntwo\n")
    index = LineIndex()
    list(index.index_file(path))
    with path.open("ab") as file:
        file.write(b"three\n")
    steps = index.index_file(path)
    with FileIO(path) as reading:
        assert contents(index.lines(reading, 2, 1)) == [b"two"]
        next(steps)
        assert contents(index.lines(reading, 2, 2)) == [b"two", b"three"]
    assert list(steps) == []


def test_the_line_of_an_offset(path: Path) -> None:
    path.write_bytes(b"ab\n\ncd\n" + b"x" * BLOCK_BYTES + b"\nend")
    index = indexed(path)
    with FileIO(path) as file:
        assert [index.line_at(at, file) for at in range(8)] == [1, 1, 1, 2, 3, 3, 3, 4]
        assert index.line_at(BLOCK_BYTES, file) == 4
        assert index.line_at(BLOCK_BYTES + 8, file) == 5
        assert index.line_at(index.size - 1, file) == 5


def test_an_offset_behind_the_end_is_in_the_last_line(path: Path) -> None:
    path.write_bytes(b"")
    with FileIO(path) as file:
        assert indexed(path).line_at(0, file) == 1
    path.write_bytes(b"a\nb")
    with FileIO(path) as file:
        assert indexed(path).line_at(10**12, file) == 2


def test_a_file_that_is_missing_is_an_error(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(LineIndex().index_file(path))


@pytest.mark.parametrize("line", [b"\n", b"ab\n", b"x" * 63 + b"\n", b"x" * 466 + b"\n", b"x"])
def test_newlines_are_counted_in_short_and_long_lines(line: bytes) -> None:
    block = line * (20_000 // len(line))
    assert count_newlines(block) == count_newlines(bytearray(block)) == block.count(b"\n")


@pytest.mark.slow
@settings(max_examples=300)
@given(
    parts=st.lists(st.sampled_from([b"\n", b"\r\n", b"\r", b"a", b"bcd", b"e" * 20]), max_size=40),
    block=st.integers(1, 12),
    shown=st.integers(1, 25),
    stops=st.lists(st.integers(0, 200), max_size=4).map(sorted),
)
def test_any_content_is_found_line_by_line(
    tmp_path_factory: pytest.TempPathFactory,
    parts: list[bytes],
    block: int,
    shown: int,
    stops: list[int],
) -> None:
    content = b"".join(parts)
    path = tmp_path_factory.mktemp("index") / "file"
    path.write_bytes(content)
    *ended, rest = content.split(b"\n")
    starts = [sum(len(line) + 1 for line in ended[:number]) for number in range(len(ended) + 1)]
    expected = [line.removesuffix(b"\r") for line in ended] + ([rest] if rest else [])
    with pytest.MonkeyPatch.context() as patch, FileIO(path) as file:
        patch.setattr(line_index, "BLOCK_BYTES", block)
        patch.setattr(line_index, "MAX_SHOWN_BYTES", shown)
        index = LineIndex()
        for stop in stops:
            list(index.index_file(path, first_bytes=min(stop, len(content))))
            ended_lines = content.count(b"\n", 0, index.size)
            is_long = not ended_lines and index.size > shown + len(b"\r\n")
            assert index.line_count == ended_lines + is_long
        list(index.index_file(path))
        index.finish()
        assert index.size == len(content)
        found = index.lines(file, 1, 1_000)
        assert [(line.data, line.is_whole) for line in found] == [
            (line[:shown], len(line) <= shown) for line in expected
        ]
        assert [line.start for line in found] == starts[: len(expected)]
        for line in found:
            assert index.lines(file, line.number, 1) == [line]
        for offset in range(len(content)):
            assert index.line_at(offset, file) == content.count(b"\n", 0, offset) + 1


@pytest.mark.parametrize("content", [b"", b"x" * BLOCK_BYTES, b"\n" * (2 * BLOCK_BYTES)])
def test_a_file_that_has_changed_since_is_read_as_it_is_now(path: Path, content: bytes) -> None:
    path.write_bytes(b"a\nlonger\n" * (BLOCK_BYTES // 4))
    index = indexed(path)
    path.write_bytes(content)
    with FileIO(path) as file:
        for first in (1, 2, index.line_count // 2, index.line_count - 2):
            for line in index.lines(file, first, 3):
                assert line.data in content
        assert index.line_at(index.size - 1, file) >= 1
