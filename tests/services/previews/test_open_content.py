"""Lines are read together, and stay right while the file grows."""

from pathlib import Path

import pytest

from services.previews.content.content_kind import ContentKind
from services.previews.lines.line_index import MAX_SHOWN_BYTES
from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lines.jsonl"


def opened(path: Path) -> OpenContent:
    return OpenContent("file-a", path, PreviewSource.SERVER, ContentKind.JSON_LINES)


def index(content: OpenContent) -> None:
    for _size in content.index.index_file(content.path):
        pass


def test_lines_are_the_same_in_any_order(path: Path) -> None:
    lines = [b"%d" % number * (number % 700) for number in range(2_000)]
    path.write_bytes(b"\n".join(lines) + b"\n")
    content = opened(path)
    index(content)
    for first, count in [(1, 1), (2, 1), (500, 3), (499, 2), (1_990, 20), (3, 900), (1, 2)]:
        found = [line.data for line in content.lines(first, count)]
        assert found == lines[first - 1 : first - 1 + count]
    content.close()
    assert content.lines(1, 1) == []


def test_a_line_that_grows_is_read_again(path: Path) -> None:
    path.write_bytes(b"x" * (MAX_SHOWN_BYTES + 10))
    content = opened(path)
    index(content)
    [before] = content.lines(1, 1)
    assert not before.is_whole
    with path.open("ab") as file:
        file.write(b"y\nlast\n")
    index(content)
    assert [line.data for line in content.lines(2, 1)] == [b"last"]
    [after] = content.lines(1, 1)
    assert after.data == before.data
    content.close()


def test_lines_that_come_later_are_found(path: Path) -> None:
    path.write_bytes(b"one\n")
    content = opened(path)
    index(content)
    assert [line.data for line in content.lines(1, 5)] == [b"one"]
    with path.open("ab") as file:
        file.write(b"two\nthree\n")
    index(content)
    assert [line.data for line in content.lines(1, 5)] == [b"one", b"two", b"three"]
    content.close()
