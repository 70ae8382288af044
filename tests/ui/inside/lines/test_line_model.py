"""The lines of a file as rows: read when they're painted, and not all at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from services.previews.content.content_kind import ContentKind
from services.previews.lines.record_lines import RecordLines, find_records
from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource
from services.previews.rows.line_readers import line_reader
from services.previews.rows.line_rows import LineReader, LineRow
from ui.inside.lines import line_model
from ui.inside.lines.line_model import LineModel
from ui.inside.lines.line_table import LineTable

Open = Callable[..., OpenContent]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def open_content(data: bytes, kind: ContentKind, separator: str = "") -> OpenContent:
        path = tmp_path / "content"
        path.write_bytes(data)
        content = OpenContent("file-a", path, PreviewSource.SERVER, kind, separator=separator)
        for _read in content.index.index_file(path):
            pass
        content.index.finish()
        content.finish()
        return content

    return open_content


def model_of(content: OpenContent) -> LineModel:
    model = LineModel()
    sample = [line.data for line in content.lines(1, 100)]
    model.show_content(content, line_reader(content.kind, sample, content.separator or ","))
    return model


def texts(model: LineModel) -> list[list[str]]:
    columns = range(model.columnCount())
    return [[model.text_at(row, one) for one in columns] for row in range(model.rowCount())]


def test_all_lines_are_rows_or_only_some(qapp: object, opened: Open) -> None:
    data = b"".join(b'{"name": "%d"}\n' % number for number in range(5))
    content = opened(data, ContentKind.JSON_LINES)
    model = model_of(content)
    assert [model.head(column) for column in range(2)] == ["Line", "name"]
    assert texts(model) == [["1", "0"], ["2", "1"], ["3", "2"], ["4", "3"], ["5", "4"]]
    model.show_numbers([2, 4])
    assert texts(model) == [["2", "1"], ["4", "3"]]
    assert [model.row_of(number) for number in (1, 2, 3, 4, 5)] == [0, 0, 1, 1, None]
    model.show_numbers(None)
    assert model.rowCount() == 5
    content.close()


def test_the_header_of_a_table_is_no_row_and_records_may_have_several_lines(
    qapp: object, opened: Open
) -> None:
    content = opened(b'id,text\n1,"one\nmore"\n2,two\n', ContentKind.TABLE, ",")
    records = RecordLines()
    for _progress in find_records(content.path, ",", records):
        pass
    content.find_records(records)
    model = model_of(content)
    assert texts(model) == [["2", "1", "one more"], ["4", "2", "two"]]
    assert (model.line_count, model.row_of(3), model.row_of(4)) == (2, 0, 1)
    content.close()


def test_rows_that_take_long_are_read_in_several_turns(
    qtbot: QtBot, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = opened(b'{"name": "x"}\n' * 3, ContentKind.JSON_LINES)
    model = model_of(content)
    monkeypatch.setattr(line_model, "_READING_MS", 0.0001)
    read: list[bytes] = []
    reading = LineReader.read

    def note(self: LineReader, line: bytes, *, is_whole: bool = True) -> LineRow:
        read.append(line)
        return reading(self, line, is_whole=is_whole)

    monkeypatch.setattr(LineReader, "read", note)
    assert [model.text_at(row, 1) for row in range(3)] == ["x", "…", "…"]
    for turn in (2, 3):
        with qtbot.waitSignal(model.rows_left):
            pass
        assert [model.text_at(row, 1) for row in range(3)].count("x") == turn
    assert len(read) == 3
    content.close()


def test_rows_that_take_long_are_copied_whole(
    qtbot: QtBot, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = opened(b'{"name": "x", "number": 1000}\n' * 3, ContentKind.JSON_LINES)
    model = model_of(content)
    table = LineTable(model)
    qtbot.addWidget(table)
    table.selectAll()
    monkeypatch.setattr(line_model, "_READING_MS", 0.0001)
    table.copy()
    assert QGuiApplication.clipboard().text() == "\n".join(["x\t1000"] * 3)
    content.close()
