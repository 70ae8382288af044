import tracemalloc
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.previews.lines import bounded_lines as module
from services.previews.lines.bounded_lines import bounded_lines, lines_in_stream


@pytest.fixture(autouse=True)
def _four_bytes_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 4)


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"a\n\nb", [(b"a\n", 2), (b"\n", 1), (b"b", 1)]),
        (b"abc\nabcd\nx", [(b"abc\n", 4), (b"abcd", 5), (b"x", 1)]),
        (b"abcd", [(b"abcd", 4)]),
        (b"abcde", [(b"abcd", 5)]),
        (b"abcdefgh\nx\n", [(b"abcd", 9), (b"x\n", 2)]),
        (b"abcdefghi" * 100, [(b"abcd", 900)]),
        (b"a\r\nb\r\n", [(b"a\r\n", 3), (b"b\r\n", 3)]),
    ],
)
def test_only_the_beginning_of_a_long_line_is_kept_but_all_of_it_is_counted(
    tmp_path: Path, content: bytes, lines: list[tuple[bytes, int]]
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    found = list(bounded_lines(path))
    assert found == lines
    assert sum(length for _line, length in found) == len(content)


def test_a_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(bounded_lines(tmp_path / "none"))


@pytest.mark.slow
@settings(max_examples=400)
@given(
    content=st.lists(st.sampled_from([b"\n", b"a", b"bc", b"\r\n", b"defghi"]), max_size=20),
    cuts=st.lists(st.integers(0, 60), max_size=8).map(sorted),
    bound=st.integers(1, 8),
)
def test_a_stream_has_the_lines_of_the_file_however_it_is_cut(
    tmp_path_factory: pytest.TempPathFactory, content: list[bytes], cuts: list[int], bound: int
) -> None:
    data = b"".join(content)
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(data)
    places = [0, *cuts, max([len(data), *cuts])]
    pieces = [data[start:end] for start, end in pairwise(places)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "MAX_LINE_BYTES", bound)
        assert list(lines_in_stream(pieces)) == list(bounded_lines(path))


def test_an_endless_line_in_a_stream_takes_no_more_memory_than_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_LINE_BYTES", 1_000_000)
    tracemalloc.start()
    try:
        found = list(lines_in_stream(b"x" * 65_536 for _piece in range(400)))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [(len(line), length) for line, length in found] == [(1_000_000, 400 * 65_536)]
    assert peak < 4_000_000
