from pathlib import Path

import pytest

from services.previews import bounded_lines as module
from services.previews.bounded_lines import bounded_lines


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
