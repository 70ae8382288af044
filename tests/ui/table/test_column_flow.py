from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.browse.file_list import FileList
from services.browse.ordering import Column
from ui.table.column_flow import ColumnFlow
from ui.table.columns import SECTION_OF
from ui.table.file_table import FileTable
from ui.table.file_table_model import FileTableModel

ID, SIZE, CREATED = (SECTION_OF[one] for one in (Column.ID, Column.SIZE, Column.CREATED))


class Session:
    """One run of the program, reduced to the columns."""

    def __init__(self, qtbot: QtBot, path: Path) -> None:
        files = FileList(lambda: 0)
        model = FileTableModel(files, lambda: 0)
        self.table = FileTable(model)
        model.setParent(self.table)
        self.menu = QMenu("Columns", self.table)
        self.flow = ColumnFlow(self.table, self.menu, SettingsStore(path, lambda write: write()))
        qtbot.addWidget(self.table)
        self.table.resize(900, 400)
        with qtbot.waitExposed(self.table):
            self.table.show()

    def press(self, title: str) -> None:
        """Choose an entry of the menu, which is filled as it opens."""
        self.menu.aboutToShow.emit()
        next(one for one in self.menu.actions() if one.text() == title).trigger()

    def hidden(self) -> set[int]:
        return {one for one in (ID, SIZE, CREATED) if self.table.isColumnHidden(one)}


@pytest.fixture
def begin(qtbot: QtBot, tmp_path: Path) -> Callable[[], Session]:
    return lambda: Session(qtbot, tmp_path / "settings.json")


def test_each_account_keeps_its_own_columns(begin: Callable[[], Session]) -> None:
    session = begin()
    session.flow.switch_account("one")
    session.press("ID")
    session.table.setColumnWidth(CREATED, 222)
    session.table.header.moveSection(session.table.header.visualIndex(SIZE), 0)
    session.flow.switch_account("two")
    session.press("ID")
    session.press("Size")
    session.table.setColumnWidth(CREATED, 111)
    session.flow.switch_account("one")
    assert session.hidden() == {ID}
    assert session.table.columnWidth(CREATED) == 222
    assert session.table.header.visualIndex(SIZE) == 0
    session.flow.switch_account("two")
    assert session.hidden() == {SIZE}
    assert session.table.columnWidth(CREATED) == 111


def test_columns_are_restored_in_the_next_session(begin: Callable[[], Session]) -> None:
    session = begin()
    session.flow.switch_account("one")
    session.press("Size")
    session.flow.switch_account("two")
    session.press("Size")
    session.press("ID")
    session.flow.save()
    later = begin()
    later.flow.switch_account("one")
    assert later.hidden() == {SIZE}
    later.flow.switch_account("two")
    assert later.hidden() == {ID}


def test_a_new_account_starts_with_the_columns_used_last(
    begin: Callable[[], Session],
) -> None:
    session = begin()
    session.flow.switch_account("one")
    session.press("Created")
    session.flow.save()
    later = begin()
    assert later.hidden() == set()
    later.flow.switch_account("new")
    assert later.hidden() == {CREATED}


def test_without_an_account_nothing_is_saved(begin: Callable[[], Session]) -> None:
    session = begin()
    session.flow.switch_account("")
    session.press("ID")
    session.flow.save()
    later = begin()
    later.flow.switch_account("one")
    assert later.hidden() == set()


def test_reset_restores_columns_order_and_widths(begin: Callable[[], Session]) -> None:
    session = begin()
    before = session.table.header.save()
    session.press("ID")
    session.press("Created")
    session.table.setColumnWidth(SIZE, 300)
    session.table.header.moveSection(4, 0)
    session.table.header.moveSection(2, 5)
    assert session.table.header.save() != before
    session.press("Reset columns")
    assert session.table.header.save() == before
    bar = session.table.verticalScrollBar().sizeHint().width()
    assert session.table.header.length() == session.table.contentsRect().width() - bar


def test_the_menu_lists_each_column_once_however_often_it_opens(
    begin: Callable[[], Session],
) -> None:
    session = begin()
    for _time in range(3):
        session.press("ID")
    assert session.hidden() == {ID}
    titles = [one.text() for one in session.menu.actions() if not one.isSeparator()]
    assert titles == [
        "Sort by",
        "Name",
        "Purpose",
        "Size",
        "Created",
        "Expires",
        "ID",
        "Needed by",
        "Reset columns",
    ]
