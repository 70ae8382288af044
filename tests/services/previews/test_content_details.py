"""What is worked out about a content that is all there."""

from pathlib import Path

import pytest

from services.previews.content.content_kind import ContentKind
from services.previews.content_details import details_of
from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource
from tests.support.narrowing import not_none


def table(path: Path, data: bytes) -> OpenContent:
    path.write_bytes(data)
    return OpenContent("file-a", path, PreviewSource.CACHE, ContentKind.TABLE, separator=",")


def work_out(content: OpenContent) -> None:
    for _event in details_of(content, lambda _path: None):
        pass


@pytest.mark.slow
def test_a_record_of_several_lines_is_found_anywhere_in_a_table(tmp_path: Path) -> None:
    content = table(tmp_path / "a.csv", b"a,b\n" + b"1,2\n" * 100_000 + b'"x\ny",3\n4,5\n')
    work_out(content)
    assert not_none(content.records).line_of(100_003) == 100_004


def test_a_table_with_a_record_on_each_line_needs_no_numbers(tmp_path: Path) -> None:
    content = table(tmp_path / "a.csv", b'a,b\n"x",2\n')
    work_out(content)
    assert content.records is None
