"""Using the column headers with the keyboard."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from services.browse.file_list import FileList
from services.browse.ordering import Column, Order
from tests.support.factories import remote_file
from tests.support.narrowing import now
from ui.table.columns import SECTION_OF
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel

Key = Qt.Key


@pytest.fixture
def focused(files: FileList, table: FileTable, qtbot: QtBot) -> FileTable:
    """A table whose header has the focus."""
    for number in range(5):
        files.add(remote_file(f"{number}.jsonl", size=number))
    model = table.model()
    assert isinstance(model, FileTableModel)
    model.refresh()
    table.activateWindow()
    table.header.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(table.header.hasFocus)
    return table


def press(table: FileTable, *keys: Qt.Key) -> None:
    for key in keys:
        QTest.keyClick(table.header, key)


def test_a_column_can_be_focused_and_sorted_both_ways(files: FileList, focused: FileTable) -> None:
    press(focused, Key.Key_Right, Key.Key_Right, Key.Key_Space)
    assert files.order == Order(Column.SIZE, descending=True)
    press(focused, Key.Key_Return)
    assert files.order == Order(Column.SIZE, descending=False)
    press(focused, Key.Key_Left, Key.Key_Left, Key.Key_Left, Key.Key_Enter)
    assert files.order == Order(Column.NAME, descending=False)


def test_arrow_keys_follow_the_visual_order(files: FileList, focused: FileTable) -> None:
    header = focused.header
    header.moveSection(header.visualIndex(SECTION_OF[Column.ID]), 1)
    header.setSectionHidden(SECTION_OF[Column.PURPOSE], True)
    press(focused, Key.Key_Right, Key.Key_Space)
    assert now(files.order.column) is Column.ID
    press(focused, Key.Key_Right, Key.Key_Space)
    assert files.order.column is Column.SIZE


def test_the_focused_header_is_framed_and_described(focused: FileTable) -> None:
    header = focused.header
    told, pictures = [], []
    for _step in range(3):
        told.append(header.accessibleDescription())
        pictures.append(header.grab().toImage())
        press(focused, Key.Key_Right)
    assert len(set(told)) == 3
    assert pictures[0] != pictures[1] != pictures[2]
    before = header.accessibleDescription()
    press(focused, Key.Key_Space)
    sorted_down = header.accessibleDescription()
    press(focused, Key.Key_Space)
    assert len({before, sorted_down, header.accessibleDescription()}) == 3


def test_down_goes_to_the_rows_and_hidden_headers_scroll_into_view(
    focused: FileTable, qtbot: QtBot
) -> None:
    focused.resize(300, 300)
    press(focused, *[Key.Key_Right] * 6)
    assert focused.horizontalScrollBar().value() == focused.horizontalScrollBar().maximum()
    press(focused, *[Key.Key_Left] * 6)
    assert focused.horizontalScrollBar().value() == 0
    press(focused, Key.Key_Down)
    qtbot.waitUntil(focused.hasFocus)
