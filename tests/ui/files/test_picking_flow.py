"""Selecting among 100,000 files; the rest is tested in the window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QMainWindow, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.browse.ordering import Column
from services.catalog.events import FilesListed, ListingEnded, ListingStarted
from tests.support.recording_engine import RecordingEngine
from ui.actions import Actions
from ui.backend import AccountLeaving
from ui.files.files_area import FilesArea
from ui.files.picking_flow import PickingFlow
from ui.messages.message_bar import MessageBar
from ui.sidebar.sidebar import Sidebar
from ui.table.columns import SECTION_OF

MANY = 100_000
PURPOSES = ("batch", "batch_output", "vision", "user_data")


class Bench:
    """The parts that the flow works with."""

    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.backend = RecordingEngine().backend
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.commands = Actions(self.window)
        self.area = FilesArea(lambda: 1_800_000_000)
        self.sidebar = Sidebar()
        self.sidebar.setParent(self.window)
        self.messages = MessageBar(self.window)
        self.window.setCentralWidget(self.area)
        PickingFlow(
            self.window,
            self.commands,
            self.area,
            self.sidebar,
            self.messages,
            lambda: self.area.search(""),
            self.backend,
        )
        self.area.switch_account("acme", None)
        files = tuple(
            RemoteFile(
                f"file-{number:06}",
                f"run-{number * 7919 % MANY}.jsonl",
                PURPOSES[number * 7919 % 5 % 4],
                created_at=number,
            )
            for number in range(MANY)
        )
        self.area.apply_event(ListingStarted("acme", 1))
        self.area.apply_event(FilesListed("acme", 1, files, MANY))
        self.area.apply_event(ListingEnded("acme", 1, True))
        self.window.resize(900, 600)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.wait_for(MANY)

    def wait_for(self, rows: int) -> None:
        model = self.area.model
        self.qtbot.waitUntil(
            lambda: len(model.files) == rows and not model.is_arranging, timeout=20_000
        )

    def selected(self) -> set[str]:
        return {file.id for file in self.area.table.selected_files()}


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench(qtbot)


def test_scattered_files_of_a_purpose_are_selected_in_place(bench: Bench) -> None:
    def choose(purpose: str) -> None:
        menu = bench.commands.select_purpose
        menu.aboutToShow.emit()
        next(one for one in menu.actions() if one.data() == purpose).trigger()

    wanted = {
        purpose: {
            f"file-{number:06}"
            for number in range(MANY)
            if PURPOSES[number * 7919 % 5 % 4] == purpose
        }
        for purpose in PURPOSES
    }
    choose("vision")
    bench.qtbot.waitUntil(lambda: bench.selected() == wanted["vision"], timeout=20_000)
    choose("batch")
    bench.qtbot.waitUntil(lambda: bench.selected() == wanted["batch"], timeout=20_000)
    assert len(bench.area.model.files) == MANY


IDS = {"file-000001", "file-050000", "file-099999"}


def choose_ids_during_a_sort(bench: Bench) -> None:
    bench.commands.select_by_ids.trigger()
    (dialog,) = bench.window.findChildren(QDialog)
    text = dialog.findChild(QPlainTextEdit)
    assert text is not None
    text.setPlainText("\n".join(IDS))
    (select,) = [one for one in dialog.findChildren(QPushButton) if one.isDefault()]
    bench.qtbot.waitUntil(select.isEnabled)
    bench.area.model.arranger.slice_ms = 0
    bench.area.table.sortByColumn(SECTION_OF[Column.NAME], Qt.SortOrder.AscendingOrder)
    assert bench.area.model.is_arranging
    select.click()
    assert bench.selected() == set()


def test_ids_chosen_during_a_sort_are_selected_afterwards(bench: Bench) -> None:
    choose_ids_during_a_sort(bench)
    bench.qtbot.waitUntil(lambda: bench.selected() == IDS, timeout=20_000)
    assert not bench.area.model.is_arranging


def test_a_selection_that_still_waits_is_given_up_with_its_account(bench: Bench) -> None:
    choose_ids_during_a_sort(bench)
    bench.backend.events.publish(AccountLeaving())
    bench.wait_for(MANY)
    assert bench.selected() == set()
