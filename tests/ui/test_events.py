"""The whole window with an engine that does nothing: the commands it sends, the events it shows."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel, QListView, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.events import AccountFailed, AccountOpened, AccountOpening, AccountsLoaded
from services.accounts.settings import SettingsStore
from services.browse.file_views import View
from services.catalog.events import (
    CachedFilesListed,
    FilesListed,
    ListingEnded,
    ListingStarted,
    NewFilesFound,
)
from services.problems.errors import ProblemKind
from services.problems.events import SomethingFailed
from services.providers.account import Account
from services.system.events import Event
from services.transfers.events import TransfersSaved
from tests.support.factories import CREATED_AT, account, problem, remote_file
from tests.support.narrowing import not_none
from tests.support.recording_engine import RecordingEngine
from ui.main_window import MainWindow
from ui.theme import Theme

ACME, TEAM = account("Acme", id="acme"), account("Team", id="team")
NOW = 1_800_000_000.0
FILES = tuple(remote_file(f"{number}.jsonl") for number in range(3))


class Opened:
    def __init__(self, qtbot: QtBot, application: QApplication, folder: Path) -> None:
        self.qtbot = qtbot
        self.now = NOW
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.engine = RecordingEngine(self.settings)
        self.theme = Theme(application, "light")
        self.theme.apply_style_sheet()
        self.window = MainWindow(
            self.engine.backend, self.theme, folder / "Downloads", lambda: self.now
        )
        qtbot.addWidget(self.window)
        self.window.show()

    def deliver(self, *events: Event) -> None:
        self.engine.publish(*events)

    def open(self, opened: Account = ACME) -> None:
        self.deliver(AccountsLoaded((ACME, TEAM)), AccountOpening(opened), AccountOpened(opened))

    def words(self, part: QWidget) -> str:
        return "\n".join(one.text() for one in part.findChildren(QLabel) if one.isVisible())

    def press(self, text: str, part: QWidget) -> None:
        (button,) = [
            one for one in part.findChildren(QPushButton) if one.isVisible() and one.text() == text
        ]
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def names(self) -> set[str]:
        return {file.name for file in self.window.workspace.area.shown}


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Opened]:
    made = Opened(qtbot, qapp, tmp_path)
    yield made
    made.theme.deleteLater()
    qapp.setStyleSheet("")
    qapp.setPalette(QPalette())


def test_watching_starts_with_the_settings_of_the_account_that_opens(opened: Opened) -> None:
    opened.settings.change(watch_minutes={"team": 5})
    opened.deliver(AccountsLoaded((ACME, TEAM)), AccountOpening(TEAM))
    assert opened.engine.arguments_of("listing.watch") == []
    opened.deliver(AccountOpened(TEAM))
    opened.open(ACME)
    assert opened.engine.arguments_of("listing.watch") == [(5,), (0,)]


def test_the_cached_list_is_shown_with_its_age_until_the_new_one_replaces_it(
    opened: Opened,
) -> None:
    opened.open()
    opened.deliver(CachedFilesListed("acme", FILES, NOW - 7200), ListingStarted("acme", 1))
    assert opened.names() == {"0.jsonl", "1.jsonl", "2.jsonl"}
    assert "Updated 2 h ago · Listing…" in opened.words(opened.window.status)
    opened.deliver(FilesListed("acme", 1, FILES[:2], 2))
    assert "Updated 2 h ago · Listing… 2 so far" in opened.words(opened.window.status)
    assert len(opened.names()) == 3
    opened.deliver(ListingEnded("acme", 1, complete=True))
    assert opened.names() == {"0.jsonl", "1.jsonl"}
    assert "Updated just now" in opened.words(opened.window.status)


def test_the_status_line_shows_the_first_of_many_quick_pages_and_soon_the_last(
    opened: Opened,
) -> None:
    opened.open()
    pieces = [FilesListed("acme", 1, (file,), so_far) for so_far, file in enumerate(FILES, 1)]
    opened.deliver(ListingStarted("acme", 1), *pieces)
    assert "Listing… 1 so far" in opened.words(opened.window.status)
    opened.qtbot.waitUntil(
        lambda: "Listing… 3 so far" in opened.words(opened.window.status), timeout=5000
    )
    opened.deliver(ListingEnded("acme", 1, complete=True))
    assert "Updated just now" in opened.words(opened.window.status)


def test_an_interrupted_listing_resumes_from_the_status_line_or_the_message(
    opened: Opened,
) -> None:
    opened.open()
    opened.deliver(
        ListingStarted("acme", 1),
        FilesListed("acme", 1, FILES, 3),
        ListingEnded("acme", 1, False, problem("The connection was lost"), can_resume=True),
    )
    assert "The connection was lost" in opened.words(opened.window.status)
    opened.press("Try again from here", opened.window.messages)
    opened.press("Try again from here", opened.window.status)
    assert opened.engine.arguments_of("listing.resume") == [(), ()]
    opened.press("Refresh", opened.window.status)
    assert opened.engine.arguments_of("listing.refresh") == [()]
    opened.deliver(ListingStarted("acme", 1))
    assert "Listing… 3 so far" in opened.words(opened.window.status)


def test_an_account_that_fails_keeps_its_cached_list_and_shows_the_reason(
    opened: Opened,
) -> None:
    opened.open()
    opened.deliver(CachedFilesListed("acme", FILES, NOW - 7200))
    trouble = problem("There is no key", kind=ProblemKind.KEY_MISSING)
    opened.deliver(AccountFailed(ACME, trouble))
    assert len(opened.names()) == 3
    assert "Updated 2 h ago · There is no key" in opened.words(opened.window.status)
    assert "There is no key" in opened.words(opened.window.messages)


def test_opening_another_account_clears_everything_of_the_last_one(opened: Opened) -> None:
    opened.open()
    opened.deliver(
        CachedFilesListed("acme", FILES, NOW - 7200),
        ListingStarted("acme", 1),
        ListingEnded("acme", 1, False, problem("No"), ("Sizes are missing.",)),
    )
    opened.open(TEAM)
    status = opened.words(opened.window.status)
    assert "From" not in status
    assert "Listing…" in status
    assert opened.names() == set()
    remarks = [one for one in opened.window.status.findChildren(QPushButton) if one.isVisible()]
    assert [one.text() for one in remarks] == ["Stop"]


def test_new_outputs_are_counted_since_the_last_visit(opened: Opened) -> None:
    before = remote_file("before.jsonl", purpose="batch_output")
    after = remote_file("after.jsonl", purpose="batch_output", created_at=CREATED_AT + 1)
    opened.settings.change(looked_at={"acme": before.created_at})
    opened.open()
    opened.deliver(ListingStarted("acme", 1), FilesListed("acme", 1, (before, after), 2))
    opened.deliver(ListingEnded("acme", 1, complete=True))
    found = remote_file("found.jsonl", purpose="batch_output")
    opened.deliver(NewFilesFound("acme", (found,)))
    counts = opened.window.workspace.area.files.counts()
    assert counts.views[View.NEW_OUTPUTS] == 2
    assert opened.settings.current.looked_at == {"acme": NOW}


def test_no_counts_are_shown_before_any_files_are_known(opened: Opened) -> None:
    window = opened.window
    sidebar = window.workspace.sidebar

    def counts() -> list[str]:
        rows = not_none(sidebar.findChild(QListView)).model()
        read = [rows.index(row, 0).data(_READ) for row in range(rows.rowCount())]
        numbers = (opened.words(sidebar), opened.words(window.status), *read)
        return [words for words in numbers if "0 files" in words or "0 bytes" in words]

    opened.open()
    assert counts() == []
    refused = problem(ProblemKind.KEY_REFUSED)
    opened.deliver(ListingStarted("acme", 1), ListingEnded("acme", 1, False, problem=refused))
    assert counts() == []
    opened.deliver(ListingStarted("acme", 2), ListingEnded("acme", 2, True))
    assert len(counts()) > 3
    opened.deliver(AccountOpening(TEAM), AccountOpened(TEAM))
    assert counts() == []


_READ = Qt.ItemDataRole.AccessibleTextRole


def test_an_unsaved_queue_is_reported_until_it_is_saved_again(opened: Opened) -> None:
    opened.open()
    not_saved = problem("The list can't be saved", kind=ProblemKind.DISK_FAILED)
    opened.deliver(SomethingFailed(not_saved))
    assert "The list can't be saved" in opened.words(opened.window)
    opened.deliver(TransfersSaved())
    assert "saved again" in opened.words(opened.window)
