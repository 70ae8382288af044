from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from services.browse.file_list import FileList
from services.catalog.events import FilesListed, ListingEnded, ListingStarted
from tests.support.factories import remote_file
from ui.files.files_area import FilesArea
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel


def test_end_and_home_select_the_last_and_first_file(qtbot: QtBot) -> None:
    area = FilesArea(lambda: 1_800_000_000.0)
    qtbot.addWidget(area)
    area.show()
    area.switch_account("acme", None)
    files = tuple(remote_file(f"{number}.jsonl") for number in range(300))
    area.apply_event(ListingStarted("acme", 1))
    area.apply_event(FilesListed("acme", 1, files, len(files)))
    area.apply_event(ListingEnded("acme", 1, complete=True))
    qtbot.waitUntil(lambda: len(area.shown) == 300)
    table = area.table
    table.select_ids([area.shown[5].id])
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_End)
    assert table.selected_files() == [area.shown[299]]
    QTest.keyClick(table, Qt.Key.Key_Home)
    assert table.selected_files() == [area.shown[0]]
    QTest.keyClick(table, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert len(table.selected_files()) == 300


class CountingModel(FileTableModel):
    asked = 0

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        self.asked += 1
        return super().flags(index)


@pytest.fixture
def assistive_technology() -> Iterator[None]:
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


def test_selecting_all_queries_no_cells_even_with_assistive_technology(
    qtbot: QtBot, assistive_technology: None
) -> None:
    files = FileList(lambda: 1_800_000_000.0)
    files.begin_listing(1)
    files.add_page(1, [remote_file(f"{number}.jsonl") for number in range(2_000)])
    files.end_listing(1, complete=True)
    model = CountingModel(files, lambda: 1_800_000_000.0)
    table = FileTable(model)
    qtbot.addWidget(table)
    with qtbot.waitExposed(table):
        table.show()
    model.refresh()
    qtbot.waitUntil(lambda: model.rowCount() == 2_000)
    before = model.asked
    table.selectAll()
    assert len(table.selected_files()) == 2_000
    table.clearSelection()
    assert table.selected_files() == []
    assert model.asked - before < 500


def test_a_search_that_hides_the_current_file_scrolls_to_the_top(qtbot: QtBot) -> None:
    area = FilesArea(lambda: 1_800_000_000.0)
    qtbot.addWidget(area)
    area.resize(600, 300)
    area.show()
    area.switch_account("acme", None)
    files = tuple(
        remote_file(f"{'even' if number % 2 else 'odd'}-{number}.jsonl") for number in range(600)
    )
    area.apply_event(ListingStarted("acme", 1))
    area.apply_event(FilesListed("acme", 1, files, len(files)))
    area.apply_event(ListingEnded("acme", 1, complete=True))
    qtbot.waitUntil(lambda: len(area.shown) == 600)
    odd = next(file for file in area.shown[400:] if file.name.startswith("odd"))
    area.table.select_ids([odd.id])
    area.search("even")
    qtbot.waitUntil(lambda: len(area.shown) == 300)
    assert area.table.verticalScrollBar().value() == 0
    assert area.table.currentIndex().row() == 0
    area.search("")
    qtbot.waitUntil(lambda: len(area.shown) == 600)
    area.table.select_ids([odd.id])
    area.search("odd")
    qtbot.waitUntil(lambda: len(area.shown) == 300)
    assert area.table.current_file() == odd
    assert area.table.verticalScrollBar().value() > 0
