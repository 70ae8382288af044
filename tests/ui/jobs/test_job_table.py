"""The table of jobs, with pointer and keys."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.shown_widget import shown_widget
from tests.ui.jobs.some_batches import NOW, batch, failed, running
from ui.jobs.batches.batch_look import BATCH_LOOK
from ui.jobs.job_cell import Cell
from ui.jobs.job_model import JobModel
from ui.jobs.job_table import JobTable
from ui.table.cell_look import INSET
from ui.theme import Role, color

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def model() -> JobModel:
    made = JobModel(BATCH_LOOK, lambda: NOW)
    made.add([batch(number) for number in range(1, 60)])
    return made


@pytest.fixture
def table(model: JobModel, qtbot: QtBot, light: None) -> JobTable:
    made = JobTable(model)
    model.setParent(made)
    return shown_widget(qtbot, made, 900, 500)


def chosen(table: JobTable) -> str | None:
    return None if table.job is None else table.job.id


def place(table: JobTable, row: int, column: int = 0) -> QPoint:
    return table.visualRect(table.model().index(row, column)).center()


def test_names_models_and_dates_are_whole_in_a_window_of_usual_size(
    table: JobTable, model: JobModel
) -> None:
    """788 pixels are left for the columns if the window is 1360 wide."""
    width = table.fontMetrics().horizontalAdvance
    table.resize(788 + table.verticalScrollBar().sizeHint().width(), 500)
    progress = width("Running 61%") + width("29,890 of 48,210") + 6
    for column, needed in enumerate(
        (
            width("nightly-embeddings"),
            width("text-embedding-3-large"),
            progress,
            width("Yesterday 22:46"),
            width("Yesterday 22:46"),
        )
    ):
        assert table.columnWidth(column) - 2 * INSET >= needed, column


def test_a_click_selects_and_a_double_click_opens(table: JobTable) -> None:
    opened = QSignalSpy(table.opened)
    QTest.mouseClick(table.viewport(), LEFT, pos=place(table, 2))
    assert chosen(table) == "batch_0057"
    QTest.mouseDClick(table.viewport(), LEFT, pos=place(table, 2))
    assert [opened.at(0)[0].id, opened.count()] == ["batch_0057", 1]


def test_keys_move_open_and_copy(table: JobTable, qtbot: QtBot) -> None:
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    opened = QSignalSpy(table.opened)
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert chosen(table) == "batch_0059"
    for _step in range(2):
        QTest.keyClick(table, Qt.Key.Key_Down)
    assert chosen(table) == "batch_0057"
    QTest.keyClick(table, Qt.Key.Key_Return)
    QTest.keyClick(table, Qt.Key.Key_Space)
    assert opened.count() == 2
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "batch_0057"
    QTest.keyClick(table, Qt.Key.Key_End)
    assert chosen(table) == "batch_0001"
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert chosen(table) == "batch_0059"


def test_a_selected_job_stays_selected_when_the_list_is_sorted_or_searched(
    table: JobTable, model: JobModel
) -> None:
    assert table.select_id("batch_0030")
    QTest.mouseClick(table.heads.viewport(), LEFT, pos=QPoint(20, 10))
    assert model.order == (0, Qt.SortOrder.AscendingOrder)
    assert chosen(table) == "batch_0030"
    told = QSignalSpy(table.job_changed)
    model.search("invoices-5")
    assert chosen(table) is None
    assert told.at(told.count() - 1)[0] is None
    model.search("")
    assert chosen(table) == "batch_0030"


def test_a_selected_job_that_changes_is_told_again_and_its_neighbor_takes_its_place(
    table: JobTable, model: JobModel
) -> None:
    table.select_id("batch_0030")
    told = QSignalSpy(table.job_changed)
    model.add([running(30)])
    assert told.at(told.count() - 1)[0] == running(30)
    model.remove(["batch_0030"])
    assert told.at(told.count() - 1)[0] == batch(29)


def test_the_head_of_a_column_sorts_by_key_too(table: JobTable, model: JobModel) -> None:
    table.heads.setFocus()
    for _step in range(3):
        QTest.keyClick(table.heads, Qt.Key.Key_Right)
    QTest.keyClick(table.heads, Qt.Key.Key_Space)
    assert model.order == (3, Qt.SortOrder.AscendingOrder)
    assert chosen(table) is None


@pytest.mark.parametrize("width", [300, 450, 900, 1600])
def test_columns_fill_the_width_and_the_last_ones_give_way(
    table: JobTable, qtbot: QtBot, width: int
) -> None:
    table.resize(width, 400)
    qtbot.waitUntil(lambda: table.width() == width)
    shown = [one for one in range(5) if not table.isColumnHidden(one)]
    assert shown == list(range(len(shown)))
    total = sum(table.columnWidth(one) for one in shown)
    assert total == table.contentsRect().width() - table.verticalScrollBar().sizeHint().width()
    assert (len(shown) == 5) is (width >= 900)


def test_only_rows_in_sight_cost_anything(
    table: JobTable, model: JobModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.add([batch(number) for number in range(60, 3_000)])
    painted: set[int] = set()
    real = model.cell

    def cell(row: int, section: int) -> Cell:
        painted.add(row)
        return real(row, section)

    monkeypatch.setattr(model, "cell", cell)
    table.viewport().repaint()
    assert painted == set(range(table.rowAt(table.viewport().height() - 1) + 1))


def test_a_bar_shows_what_is_done_and_what_failed(table: JobTable, model: JobModel) -> None:
    model.add([batch(100), running(101), failed(102)])
    image = table.viewport().grab().toImage()
    palette = table.palette()

    def colors(row: int) -> set[str]:
        cell = table.visualRect(model.index(row, 2))
        line = range(cell.left(), cell.right())
        found = {
            image.pixelColor(x, y).name() for x in line for y in range(cell.top(), cell.bottom())
        }
        roles = (Role.ACCENT, Role.SUCCESS, Role.DANGER, Role.TRACK)
        return {role.name for role in roles if color(role, palette).name() in found}

    assert "DANGER" in colors(0)
    assert "TRACK" not in colors(0)
    assert colors(1) >= {"ACCENT", "TRACK"}
    assert "SUCCESS" not in colors(1)
    assert colors(2) >= {"SUCCESS", "DANGER"}


def test_a_menu_is_asked_for_the_row_under_the_pointer(table: JobTable) -> None:
    asked = QSignalSpy(table.menu_asked)
    at = place(table, 4)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, table.viewport().mapToGlobal(at))
    QApplication.sendEvent(table.viewport(), event)
    assert chosen(table) == "batch_0055"
    assert asked.count() == 1
