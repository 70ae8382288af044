"""The table of lines: columns share the room there is."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from services.checks.line_findings import LineFindings
from services.previews.content.content_kind import ContentKind
from services.previews.open_content import OpenContent
from services.previews.preview import PreviewSource
from services.previews.rows.line_readers import line_reader
from tests.services.previews.batches.test_batch_summary import succeeded, write
from ui.inside.lines.line_model import LineModel
from ui.inside.lines.line_table import LineTable


def results(folder: Path) -> OpenContent:
    lines = [succeeded(f"request-{number:06}", model="m" * 40) for number in range(100)]
    path = write(folder / "results", *lines)
    content = OpenContent("file-a", path, PreviewSource.SERVER, ContentKind.BATCH_RESULTS)
    for _read in content.index.index_file(path):
        pass
    content.index.finish()
    content.finish()
    return content


def test_the_answer_gives_way_before_the_tokens_are_out_of_sight(
    qtbot: QtBot, tmp_path: Path
) -> None:
    content = results(tmp_path)
    model = LineModel()
    table = LineTable(model)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    model.show_content(content, line_reader(content.kind, []))
    heads, tokens = table.horizontalHeader(), model.columnCount() - 1
    table.resize(1, 300)
    assert heads.sectionSize(tokens - 1) == heads.sectionSizeHint(tokens - 1) + 2
    least = heads.sectionPosition(tokens) + heads.sectionSize(tokens)
    table.resize(1_000, 300)
    table.resize(least + table.width() - table.viewport().width(), 300)
    right = heads.sectionViewportPosition(tokens) + heads.sectionSize(tokens)
    assert right <= table.viewport().width()
    assert all(heads.sectionSize(one) >= heads.sectionSizeHint(one) for one in range(tokens + 1))
    content.close()


def test_the_table_may_be_resized_before_it_hears_of_a_new_column(
    qtbot: QtBot, tmp_path: Path
) -> None:
    """Qt resizes the viewport while it takes in the column, if the heads become higher."""
    content = results(tmp_path)
    model = LineModel()

    def shrink() -> None:
        table.resize(900, 300)

    model.columnsInserted.connect(shrink)
    table = LineTable(model)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    table.resize(1_000, 300)
    model.show_content(content, line_reader(content.kind, []))
    model.show_findings(LineFindings([1 << 25]))
    heads, problem = table.horizontalHeader(), model.columnCount() - 1
    assert problem == model.problem_section
    assert table.width() == 900
    right = heads.sectionViewportPosition(problem) + heads.sectionSize(problem)
    assert right == table.viewport().width()
    content.close()
