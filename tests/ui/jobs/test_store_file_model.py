"""The files of a vector store in their table."""

from typing import cast

import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QSignalSpy
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.api.vector_store import VectorStoreFile
from tests.support.factories import remote_file
from tests.support.shown_widget import shown_widget
from tests.ui.jobs.some_stores import NOW, store_file
from ui.jobs.stores.store_file_model import StoreFileModel
from ui.jobs.stores.store_file_table import StoreFileTable

ROOT = QModelIndex()
KNOWN = {"file-0002": remote_file("two.md", id="file-0002")}


@pytest.fixture
def model() -> StoreFileModel:
    def find(file_id: str) -> RemoteFile | None:
        return KNOWN.get(file_id)

    return StoreFileModel(find, lambda: NOW)


@pytest.fixture
def table(qtbot: QtBot, model: StoreFileModel) -> StoreFileTable:
    return shown_widget(qtbot, StoreFileTable(model), 700, 400)


def ids(model: StoreFileModel) -> list[str]:
    return [file.id for file in model.files]


def test_names_come_from_the_list_of_files(model: StoreFileModel) -> None:
    model.show_files([store_file(1), store_file(2)])
    assert model.cell(0, 0).in_words == "file-0001, not in the list"
    assert model.cell(1, 0).in_words == "two.md, file-0002"


def test_pages_are_added_at_the_end_and_detached_files_go(model: StoreFileModel) -> None:
    model.show_files([store_file(number) for number in range(3)])
    model.add_files([store_file(number) for number in range(3, 6)])
    model.remove(["file-0001", "file-0002", "file-0004", "elsewhere"])
    assert ids(model) == ["file-0000", "file-0003", "file-0005"]


def test_more_is_asked_for_once_until_it_has_come(model: StoreFileModel) -> None:
    spy = QSignalSpy(model.more_requested)
    root = QModelIndex()
    model.show_files([store_file(1)])
    assert not model.canFetchMore(root)
    model.set_can_have_more(can=True)
    model.fetchMore(root)
    model.fetchMore(root)
    assert spy.count() == 1
    assert not model.canFetchMore(root)


def test_the_same_files_keep_their_rows_and_others_keep_the_selection(
    table: StoreFileTable, model: StoreFileModel
) -> None:
    model.show_files([store_file(number) for number in range(5)])
    table.selectRow(3)
    resets = QSignalSpy(model.modelReset)
    model.show_files([store_file(number, status="failed") for number in range(5)])
    assert resets.count() == 0
    assert [file.status for file in table.selected] == ["failed"]
    model.show_files([store_file(number) for number in range(9, 1, -1)])
    assert [file.id for file in table.selected] == ["file-0003"]


def test_a_short_first_page_asks_for_more(table: StoreFileTable, model: StoreFileModel) -> None:
    spy = QSignalSpy(model.more_requested)
    model.show_files([store_file(1)])
    model.set_can_have_more(can=True)
    table.fetch_if_end_shows()
    assert spy.count() == 1


def test_a_long_page_asks_for_more_only_at_its_end(
    table: StoreFileTable, model: StoreFileModel
) -> None:
    spy = QSignalSpy(model.more_requested)
    model.show_files([store_file(number) for number in range(100)])
    model.set_can_have_more(can=True)
    table.fetch_if_end_shows()
    assert spy.count() == 0
    table.scrollToBottom()
    assert spy.count() == 1


class CountingModel(StoreFileModel):
    """Counts how often Qt asks for the number of rows."""

    asked = 0

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        self.asked += 1
        return super().rowCount(parent)


def test_all_of_very_many_files_are_selected_without_going_through_them(qtbot: QtBot) -> None:
    model = CountingModel(lambda _file_id: None, lambda: NOW)
    table = shown_widget(qtbot, StoreFileTable(model), 700, 400)
    model.show_files([store_file(number) for number in range(20_000)])
    table.repaint()
    table.horizontalHeader().viewport().repaint()
    model.asked = 0
    QAccessible.setActive(True)
    table.selectAll()
    QAccessible.setActive(False)
    table.repaint()
    table.horizontalHeader().viewport().repaint()
    assert table.selected_count == 20_000
    assert table.only_selected is None
    assert model.asked < 2_000
    table.selectRow(7)
    assert table.only_selected == store_file(7)


class CountedFile:
    """Counts how often the IDs of files are looked at."""

    looks = 0

    def __init__(self, number: int) -> None:
        self._id = f"file-{number:07}"

    @property
    def id(self) -> str:
        CountedFile.looks += 1
        return self._id

    def __getattr__(self, name: str) -> None:
        """The server said nothing else."""


def test_removing_and_replacing_very_many_selected_files_looks_at_few(
    table: StoreFileTable, model: StoreFileModel
) -> None:
    files = cast("list[VectorStoreFile]", [CountedFile(number) for number in range(100_000)])
    model.show_files(files)
    table.selectAll()
    CountedFile.looks = 0
    model.remove(["file-0050000"])
    assert CountedFile.looks < 3_000
    assert (model.rowCount(), table.selected_count) == (99_999, 99_999)
    CountedFile.looks = 0
    model.show_files([*files[49_990:50_010], *files[:5]])
    assert CountedFile.looks < 6_000
    assert (model.rowCount(), table.selected_count) == (25, 24)
