from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from services.checks.local_file import UploadRequest
from services.events import PathsGathered
from services.settings import SettingsStore
from tests.support.making import local_file
from tests.support.recording_service import RecordingService
from ui.messages import MessageBar
from ui.uploads.review_sheet import ReviewSheet
from ui.uploads.upload_flow import UploadFlow

ONE = Path("/mine/one.jsonl")


class Flow:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.service = RecordingService()
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.account: str | None = "Acme"
        self.messages = MessageBar(self.window)
        self.flow = UploadFlow(
            self.window,
            self.window,
            self.service,
            self.settings,
            self.messages,
            lambda: self.account,
        )

    def gathered(self, *names: str, request: int | None = None) -> PathsGathered:
        asked = self.service.arguments_of("gather")[-1][1]
        files = tuple(local_file(Path("/mine") / name) for name in names)
        return PathsGathered(request or asked, files, left_out=0, folders=0)

    def sheets(self) -> list[ReviewSheet]:
        return [one for one in self.window.findChildren(ReviewSheet) if one.isVisible()]

    def press_upload(self) -> None:
        (sheet,) = self.sheets()
        (button,) = [
            one for one in sheet.findChildren(QAbstractButton) if one.text().startswith("Upload ")
        ]
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def uploaded(self) -> list[UploadRequest]:
        return [one for (requests,) in self.service.arguments_of("upload") for one in requests]


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def test_the_sheet_opens_when_the_paths_have_been_looked_at(flow: Flow) -> None:
    flow.flow.begin([ONE])
    assert flow.sheets() == []
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.press_upload()
    (request,) = flow.uploaded()
    assert (request.file.path, request.purpose) == (ONE, "batch")


def test_answers_about_paths_of_before_open_nothing(flow: Flow) -> None:
    flow.flow.begin([ONE])
    late = flow.gathered("one.jsonl")
    flow.flow.begin([Path("/mine/two.jsonl")])
    flow.flow.take(late)
    assert flow.sheets() == []
    flow.flow.take(flow.gathered("two.jsonl"))
    assert len(flow.sheets()) == 1


def test_nothing_to_look_at_asks_nothing(flow: Flow) -> None:
    flow.flow.begin([])
    assert flow.service.commands == []


def test_the_sheet_is_skipped_only_when_a_purpose_was_chosen_and_all_fit(flow: Flow) -> None:
    flow.settings.change(skip_review=True)
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    assert len(flow.sheets()) == 1
    flow.sheets()[0].reject()
    flow.flow.begin([ONE], "evals")
    flow.flow.take(flow.gathered("one.jsonl"))
    assert flow.sheets() == []
    assert [one.purpose for one in flow.uploaded()] == ["evals"]
    flow.flow.begin([ONE], "vision")
    flow.flow.take(flow.gathered("one.jsonl"))
    assert len(flow.sheets()) == 1


def test_without_an_account_no_sheet_opens(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.account = None
    flow.flow.take(flow.gathered("one.jsonl"))
    assert flow.sheets() == []


def test_when_the_account_changes_sheet_and_waiting_paths_are_let_go(flow: Flow) -> None:
    flow.flow.begin([ONE])
    flow.flow.take(flow.gathered("one.jsonl"))
    flow.flow.abandon()
    assert flow.sheets() == []
    flow.flow.begin([ONE])
    flow.flow.abandon()
    flow.flow.take(flow.gathered("one.jsonl"))
    assert flow.sheets() == []
    assert flow.uploaded() == []
