from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.events import AccountOpened, AccountOpening
from services.accounts.settings import SettingsStore
from services.catalog.events import ListingEnded, ListingStarted, NewFilesFound, WatchFailed
from services.system.events import Event
from tests.support.factories import account, problem, remote_file
from tests.support.recording_engine import RecordingEngine
from ui.files.files_area import FilesArea
from ui.files.status_line import StatusLine
from ui.files.watch_flow import WatchFlow

NOW = 1_800_000_000.0
ACME, TEAM = account("Acme", id="acme"), account("Team", id="team")
TROUBLE = "Couldn't check for new files: The server can't be reached"


class Flow:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.area = FilesArea(lambda: NOW)
        self.status = StatusLine(lambda: NOW)
        column = QVBoxLayout(self.window)
        column.addWidget(self.area)
        column.addWidget(self.status)
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.engine = RecordingEngine(self.settings)
        self.backend = self.engine.backend
        self.backend.account, self.backend.is_open = ACME, True
        self.flow = WatchFlow(self.window, self.backend, self.area, self.status)
        self.area.switch_account("acme", None)
        self.area.apply_event(ListingStarted("acme", 1))
        self.area.apply_event(ListingEnded("acme", 1, complete=True))
        self.window.show()

    def tell(self, *events: Event) -> None:
        for event in events:
            self.engine.publish(event)

    def trouble(self) -> str:
        """Everything the status line says."""
        labels = self.status.findChildren(QLabel)
        return "\n".join(one.text() for one in labels if one.isVisible())


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def test_an_account_is_watched_at_the_interval_in_its_settings(flow: Flow) -> None:
    flow.tell(AccountOpened(ACME))
    flow.settings.change(watch_minutes={"acme": 5, "team": 15})
    flow.flow.apply_settings()
    flow.backend.account = TEAM
    flow.tell(AccountOpened(TEAM))
    flow.backend.is_open = False
    flow.flow.apply_settings()
    assert flow.engine.arguments_of("listing.watch") == [(0,), (5,), (15,)]


def test_an_account_in_the_background_is_not_watched(flow: Flow) -> None:
    flow.settings.change(watch_minutes={"acme": 5})
    flow.tell(AccountOpened(ACME))
    flow.backend.open("team")
    assert flow.engine.arguments_of("listing.watch") == [(5,), (0,)]


def test_new_files_are_added_to_the_list(flow: Flow, qtbot: QtBot) -> None:
    found = remote_file("more.jsonl", purpose="batch")
    flow.tell(NewFilesFound("acme", (found,)))
    qtbot.waitUntil(lambda: found in flow.area.shown)


def test_repeated_trouble_is_one_line_that_ends_with_the_next_success(flow: Flow) -> None:
    failure = problem("The server can't be reached")
    flow.tell(*[WatchFailed("acme", failure)] * 5)
    assert flow.trouble().count(TROUBLE) == 1
    flow.tell(NewFilesFound("acme", ()))
    assert TROUBLE not in flow.trouble()


def test_the_servers_own_words_are_shown_with_the_trouble(flow: Flow) -> None:
    refused = problem("The key was refused", detail="It has expired", status=401)
    flow.tell(WatchFailed("acme", refused))
    assert "It has expired" in flow.trouble()


def test_trouble_of_another_account_is_not_shown(flow: Flow) -> None:
    flow.tell(WatchFailed("team", problem("The server can't be reached")))
    assert TROUBLE not in flow.trouble()


def test_trouble_ends_when_watching_is_turned_off_or_another_account_is_opened(flow: Flow) -> None:
    failure = WatchFailed("acme", problem("The server can't be reached"))
    flow.tell(failure)
    flow.flow.apply_settings()
    assert TROUBLE not in flow.trouble()
    flow.tell(failure)
    assert TROUBLE in flow.trouble()
    flow.tell(AccountOpening(TEAM))
    assert TROUBLE not in flow.trouble()
