from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.events import AccountOpening
from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.catalog.events import FilesListed, ListingEnded, ListingStarted, NewFilesFound
from services.disk.when_taken import WhenTaken
from tests.support.factories import account, remote_file
from tests.support.recording_engine import RecordingEngine
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.files.output_flow import OutputFlow
from ui.messages.desktop_notifier import DesktopNotifier
from ui.messages.message_bar import MessageBar

NOW = 1_800_000_000.0
OUTPUT = remote_file("answers.jsonl", purpose="batch_output")
ERRORS = remote_file("errors.jsonl", purpose="batch_output")
INPUT = remote_file("requests.jsonl", purpose="batch")


class Window(QWidget):
    """Active, or not, as the test says."""

    in_front = False

    def isActiveWindow(self) -> bool:
        return self.in_front


class Flow:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.window = Window()
        qtbot.addWidget(self.window)
        self.area = FilesArea(lambda: NOW)
        self.messages = MessageBar()
        column = QVBoxLayout(self.window)
        column.addWidget(self.area)
        column.addWidget(self.messages)
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.engine = RecordingEngine(self.settings)
        self.engine.backend.account, self.engine.backend.is_open = account(id="acme"), True
        self.refused = RefusedContent()
        self.refused.switch_account(account(id="acme"))
        notice = DesktopNotifier(self.window)
        self.outside = QSignalSpy(notice.notified)
        self.flow = OutputFlow(
            self.window, self.engine.backend, self.area, self.messages, notice, self.refused
        )
        self.area.switch_account("acme", None)
        for event in (
            ListingStarted("acme", 1),
            FilesListed("acme", 1, (INPUT,), 1),
            ListingEnded("acme", 1, complete=True),
        ):
            self.area.apply_event(event)
        self.window.show()

    def tell(self, *events: NewFilesFound) -> None:
        for event in events:
            self.area.apply_event(event)
            self.engine.publish(event)
        self.pass_time()

    def pass_time(self) -> None:
        """As if the timer that collects outputs had run out."""
        timer = self.flow.findChild(QTimer)
        assert timer is not None
        if timer.isActive():
            timer.stop()
            timer.timeout.emit()

    @property
    def said_outside(self) -> list[str]:
        return [self.outside.at(place)[0] for place in range(self.outside.count())]

    def reads(self, part: QWidget) -> str:
        return "\n".join(one.text() for one in part.findChildren(QLabel) if one.isVisible())


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def test_new_outputs_raise_a_desktop_notification_while_the_window_is_in_the_background(
    flow: Flow,
) -> None:
    flow.tell(NewFilesFound("acme", (OUTPUT,)))
    assert flow.said_outside == ["New output: answers.jsonl"]
    more = (ERRORS, replace_id(OUTPUT, "file-other"))
    flow.tell(NewFilesFound("acme", more))
    assert flow.said_outside[1:] == ["2 new outputs"]


def test_outputs_from_several_pages_are_reported_together(flow: Flow) -> None:
    for event in (
        ListingStarted("acme", 2),
        FilesListed("acme", 2, (OUTPUT,), 1),
        FilesListed("acme", 2, (ERRORS,), 2),
    ):
        flow.area.apply_event(event)
    assert flow.said_outside == []
    flow.pass_time()
    assert flow.said_outside == ["2 new outputs"]


def test_outputs_that_were_reported_with_their_batch_are_saved_but_not_reported_again(
    flow: Flow, tmp_path: Path
) -> None:
    flow.settings.change(save_outputs_to={"acme": str(tmp_path)})
    flow.tell(NewFilesFound("acme", (OUTPUT,), are_reported=True))
    assert flow.said_outside == []
    assert OUTPUT.id in flow.area.files.new_ids
    assert flow.engine.arguments_of("download") == [((OUTPUT,), tmp_path, WhenTaken.KEEP_BOTH)]
    flow.tell(NewFilesFound("acme", (ERRORS,)))
    assert flow.said_outside == ["New output: errors.jsonl"]


def test_outputs_not_reported_yet_are_dropped_when_another_account_is_opened(flow: Flow) -> None:
    flow.area.apply_event(NewFilesFound("acme", (OUTPUT,)))
    flow.engine.publish(AccountOpening(account(id="team")))
    flow.pass_time()
    assert flow.said_outside == []


def test_new_outputs_are_reported_in_the_window_while_it_is_active(flow: Flow) -> None:
    flow.window.in_front = True
    flow.tell(NewFilesFound("acme", (OUTPUT,)))
    assert flow.said_outside == []
    assert "New output: answers.jsonl" in flow.reads(flow.messages)


def test_no_desktop_notification_if_the_setting_is_off(flow: Flow) -> None:
    flow.settings.change(notify_of_outputs=False)
    flow.tell(NewFilesFound("acme", (OUTPUT,)))
    assert flow.said_outside == []


def test_a_name_of_ten_thousand_characters_is_left_out(flow: Flow) -> None:
    flow.tell(NewFilesFound("acme", (remote_file("x" * 10_000, purpose="batch_output"),)))
    assert flow.said_outside == ["1 new output"]


def test_files_that_arent_outputs_are_not_reported(flow: Flow, qtbot: QtBot) -> None:
    other = remote_file("more.jsonl", purpose="batch")
    flow.tell(NewFilesFound("acme", (other,)))
    qtbot.waitUntil(lambda: other in flow.area.shown)
    assert flow.said_outside == []
    assert flow.engine.arguments_of("download") == []


def test_new_outputs_are_saved_once_to_the_folder_of_the_account(
    flow: Flow, tmp_path: Path
) -> None:
    flow.settings.change(save_outputs_to={"acme": str(tmp_path), "team": "/elsewhere"})
    flow.tell(NewFilesFound("acme", (OUTPUT, INPUT)), NewFilesFound("acme", (OUTPUT, ERRORS)))
    flow.area.files.remove(OUTPUT.id)
    flow.tell(NewFilesFound("acme", (OUTPUT,)))
    assert flow.engine.arguments_of("download") == [
        ((OUTPUT,), tmp_path, WhenTaken.KEEP_BOTH),
        ((ERRORS,), tmp_path, WhenTaken.KEEP_BOTH),
    ]


def test_nothing_is_saved_without_a_folder(flow: Flow) -> None:
    flow.settings.change(save_outputs_to={"team": "/elsewhere"})
    flow.tell(NewFilesFound("acme", (OUTPUT,)))
    assert flow.engine.arguments_of("download") == []


def test_outputs_that_cant_be_downloaded_are_reported_with_the_reason(
    flow: Flow, tmp_path: Path
) -> None:
    flow.settings.change(save_outputs_to={"acme": str(tmp_path)})
    flow.refused.add("acme", "batch_output", "not allowed")
    had = remote_file("run.csv", purpose="fine-tune-results")
    flow.tell(NewFilesFound("acme", (OUTPUT, had)))
    assert flow.engine.arguments_of("download") == [((had,), tmp_path, WhenTaken.KEEP_BOTH)]
    told = flow.reads(flow.messages)
    assert OUTPUT.name in told
    assert had.name not in told
    assert "not allowed" in told


def test_unsaved_outputs_are_reported_once_in_one_message(flow: Flow, tmp_path: Path) -> None:
    flow.settings.change(save_outputs_to={"acme": str(tmp_path)})
    flow.refused.add("acme", "batch_output", "not allowed")
    flow.tell(NewFilesFound("acme", (OUTPUT,)), NewFilesFound("acme", (ERRORS,)))
    flow.area.files.remove(OUTPUT.id)
    flow.tell(NewFilesFound("acme", (OUTPUT,)))
    assert "(2 files)" in flow.reads(flow.messages)


def test_unsaved_outputs_are_not_reported_without_a_folder(flow: Flow) -> None:
    flow.refused.add("acme", "batch_output", "not allowed")
    flow.tell(NewFilesFound("acme", (OUTPUT,)))
    assert "not allowed" not in flow.reads(flow.messages)


def test_an_output_found_by_a_refresh_is_saved_too(flow: Flow, tmp_path: Path) -> None:
    flow.settings.change(save_outputs_to={"acme": str(tmp_path)})
    for event in (ListingStarted("acme", 2), FilesListed("acme", 2, (OUTPUT, INPUT), 2)):
        flow.area.apply_event(event)
    assert flow.engine.arguments_of("download") == [((OUTPUT,), tmp_path, WhenTaken.KEEP_BOTH)]


def replace_id(file: RemoteFile, file_id: str) -> RemoteFile:
    return remote_file(file.filename, id=file_id, purpose=file.purpose)
