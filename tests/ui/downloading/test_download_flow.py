from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.api.remote_file import RemoteFile
from services.disk.when_taken import WhenTaken
from tests.support.factories import account, remote_file
from tests.support.recording_engine import RecordingEngine
from ui.downloading.download_flow import DownloadFlow
from ui.downloading.refused_content import RefusedContent
from ui.messages.message_bar import MessageBar

GIVEN = remote_file("answers.jsonl", purpose="batch_output")
REFUSED = remote_file("report.pdf", purpose="user_data")


class Flow:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.messages = MessageBar(self.window)
        self.window.show()
        self.folder = folder
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.engine = RecordingEngine(self.settings)
        refused = RefusedContent()
        refused.switch_account(account(provider_id="openai"))
        self.selected: list[RemoteFile] = [GIVEN, REFUSED]
        self.flow = DownloadFlow(
            self.window,
            self.engine.backend,
            folder / "usual",
            refused,
            lambda: self.selected,
            self.messages,
        )

    def message_texts(self) -> str:
        """All texts of the message bar."""
        labels = self.messages.findChildren(QLabel)
        return "\n".join(one.text() for one in labels if one.isVisible())


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def test_downloads_go_to_the_system_folder_by_default(flow: Flow) -> None:
    flow.flow.download()
    assert flow.engine.last == (
        "download",
        ((GIVEN,), flow.folder / "usual", WhenTaken.KEEP_BOTH),
    )


@pytest.mark.parametrize("act", ["download", "download_zip"])
def test_files_left_out_are_reported_with_the_reason(flow: Flow, act: str) -> None:
    other = remote_file("notes.txt", purpose="user_data")
    flow.selected = [GIVEN]
    getattr(flow.flow, act)()
    assert flow.message_texts() == ""
    flow.selected = [GIVEN, REFUSED, other]
    getattr(flow.flow, act)()
    assert flow.engine.last[1][0] == (GIVEN,)
    assert "2 files" in flow.message_texts()
    assert "user_data" in flow.message_texts()


def test_download_anyway_requests_everything(flow: Flow) -> None:
    flow.flow.download_anyway()
    assert flow.engine.last[1][0] == (GIVEN, REFUSED)


def test_the_settings_set_the_folder_and_what_to_do_with_existing_files(flow: Flow) -> None:
    flow.settings.change(download_folder=str(flow.folder / "mine"), when_taken="skip")
    flow.flow.download()
    assert flow.engine.last[1][1:] == (flow.folder / "mine", WhenTaken.SKIP)


def test_an_unknown_setting_keeps_both_files(flow: Flow) -> None:
    flow.settings.change(when_taken="burn")
    flow.flow.download()
    assert flow.engine.last[1][2] is WhenTaken.KEEP_BOTH


def test_the_files_are_those_selected_before_picking_the_folder(flow: Flow) -> None:
    flow.flow.download_to()
    flow.selected = []
    (picker,) = flow.window.findChildren(QFileDialog)
    (name,) = picker.findChildren(QLineEdit)
    name.setText(str(flow.folder))
    picker.accept()
    assert flow.engine.last == ("download", ((GIVEN,), flow.folder, WhenTaken.KEEP_BOTH))


def test_the_folder_dialog_starts_at_the_last_folder(flow: Flow) -> None:
    chosen = flow.folder / "chosen"
    chosen.mkdir()
    flow.flow.download_to()
    (picker,) = flow.window.findChildren(QFileDialog)
    (name,) = picker.findChildren(QLineEdit)
    name.setText(str(chosen))
    picker.accept()
    flow.flow.download_to()
    picker = flow.window.findChildren(QFileDialog)[-1]
    assert Path(picker.directory().absolutePath()) == chosen
    picker.reject()


def test_without_a_folder_nothing_is_downloaded(flow: Flow) -> None:
    flow.flow.download_to()
    (picker,) = flow.window.findChildren(QFileDialog)
    picker.reject()
    assert flow.engine.calls == []
