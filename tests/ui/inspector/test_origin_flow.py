"""Where a file came from, as the inspector shows it, and bringing back what was deleted."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from services.catalog.events import (
    FileNotRetrieved,
    FilesRestored,
    OriginFound,
    RestorableFound,
    UploadsForgotten,
)
from services.catalog.remembered_upload import LocalCopy, NotRestored, UploadOrigin
from services.problems.errors import ProblemKind
from services.transfers.events import DeletesEnded
from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.support.factories import account, problem, remote_file, transfer
from tests.support.recording_engine import RecordingEngine
from ui.downloading.refused_content import RefusedContent
from ui.inspector.inspector import Inspector
from ui.inspector.origin_flow import OriginFlow
from ui.messages.message_bar import MessageBar
from ui.show_in_folder import ShowInFolder

NOW = 1_800_000_000
SHA256 = "0123456789abcdef" * 4


def origin(local: LocalCopy = LocalCopy.UNCHANGED, sha256: str | None = SHA256) -> UploadOrigin:
    return UploadOrigin(Path("/data/runs/a.jsonl"), 1200, sha256, "batch", NOW - 0.5, local)


def deleted(*file_ids: str, state: TransferState = TransferState.DONE) -> tuple[Transfer, ...]:
    return tuple(
        transfer(TransferKind.DELETE, state, file_id=file_id, name=file_id) for file_id in file_ids
    )


def ended(*file_ids: str) -> DeletesEnded:
    return DeletesEnded("acme", 1, len(file_ids), (), 0, deleted(*file_ids))


class Flow:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.inspector = Inspector(RefusedContent(), lambda: NOW)
        self.messages = MessageBar()
        column = QVBoxLayout(self.window)
        column.addWidget(self.inspector, 1)
        column.addWidget(self.messages)
        self.window.resize(700, 700)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.engine = RecordingEngine()
        self.engine.backend.account = account(id="acme")
        self.action = QAction("Restore deleted files", self.window)
        self.action.setEnabled(False)
        self.flow = OriginFlow(
            self.window,
            self.engine.backend,
            self.inspector,
            self.messages,
            self.action,
            ShowInFolder(self.window),
        )

    def select(self, file_id: str = "file-1") -> None:
        self.inspector.show_files([remote_file("a.jsonl", id=file_id)])

    def tell(self, origin: UploadOrigin | None, file_id: str = "file-1") -> None:
        self.engine.publish(OriginFound("acme", file_id, origin))

    def says_gone(self) -> None:
        gone = problem("The file is not there", kind=ProblemKind.NOT_FOUND)
        self.inspector.show_problem(FileNotRetrieved("acme", "file-1", gone))

    def buttons(self) -> dict[str, QAbstractButton]:
        return {
            one.text() or one.accessibleName(): one
            for one in self.window.findChildren(QAbstractButton)
            if one.isVisible()
        }

    def press(self, text: str) -> None:
        self.qtbot.mouseClick(self.buttons()[text], Qt.MouseButton.LeftButton)

    def values(self) -> dict[str, str]:
        return {
            one.accessibleName(): one.toPlainText()
            for one in self.window.findChildren(QTextEdit)
            if one.isVisible()
        }

    def said(self) -> str:
        return "\n".join(one.text() for one in self.window.findChildren(QLabel) if one.isVisible())


@pytest.fixture
def flow(qtbot: QtBot) -> Flow:
    return Flow(qtbot)


# The inspector


def test_the_inspected_file_is_asked_about(flow: Flow) -> None:
    flow.select()
    flow.qtbot.waitUntil(lambda: flow.engine.arguments_of("uploads.origin_of") == [("file-1",)])


def test_it_shows_from_where_and_when_a_file_came_and_its_hash_in_short(flow: Flow) -> None:
    flow.select()
    flow.tell(origin())
    assert flow.values()["File"] == str(Path("/data/runs/a.jsonl"))
    assert ":" in flow.values()["Uploaded"]
    assert flow.values()["SHA-256"] == "0123456789ab…abcdef"
    assert "FROM THIS COMPUTER" in flow.said()
    assert {"Show in folder", "Copy hash"} <= flow.buttons().keys()
    assert "Restore" not in flow.buttons()


def test_without_a_hash_there_is_none_to_copy(flow: Flow) -> None:
    flow.select()
    flow.tell(origin(sha256=None))
    assert "SHA-256" not in flow.values()
    assert "Copy hash" not in flow.buttons()


def test_of_a_file_from_elsewhere_nothing_is_shown(flow: Flow) -> None:
    flow.select()
    flow.tell(None)
    assert "FROM THIS COMPUTER" not in flow.said()


def test_an_answer_about_another_file_or_account_is_not_shown(flow: Flow) -> None:
    flow.select()
    flow.tell(origin(), "file-2")
    flow.engine.publish(OriginFound("other", "file-1", origin()))
    assert "FROM THIS COMPUTER" not in flow.said()
    flow.tell(origin())
    flow.select("file-2")
    assert "FROM THIS COMPUTER" not in flow.said()


@pytest.mark.parametrize(
    ("local", "words"),
    [
        (LocalCopy.TOUCHED, "date has changed"),
        (LocalCopy.CHANGED, "file has changed since"),
        (LocalCopy.MISSING, "was moved or deleted"),
    ],
)
def test_what_became_of_the_local_file_is_said(flow: Flow, local: LocalCopy, words: str) -> None:
    flow.select()
    flow.tell(origin(local))
    assert words in flow.said()
    assert flow.buttons()["Show in folder"].isEnabled() == (local is not LocalCopy.MISSING)
    flow.tell(origin())
    assert words not in flow.said()


def test_the_hash_is_copied_whole(flow: Flow) -> None:
    flow.select()
    flow.tell(origin())
    flow.press("Copy hash")
    assert QGuiApplication.clipboard().text() == SHA256


def test_the_folder_is_opened(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    flow.select()
    flow.tell(origin())
    flow.press("Show in folder")
    # No file manager is on this bus, which it says in its own time.
    flow.qtbot.waitUntil(lambda: opened == [QUrl.fromLocalFile(str(Path("/data/runs")))])


def test_a_file_that_the_server_has_no_longer_can_be_restored(flow: Flow) -> None:
    flow.select()
    flow.says_gone()
    flow.tell(origin())
    flow.press("Restore")
    assert flow.engine.arguments_of("uploads.restore") == [(("file-1",),)]
    flow.select("file-2")
    flow.tell(origin(), "file-2")
    assert "Restore" not in flow.buttons()


@pytest.mark.parametrize(
    ("where", "can"),
    [
        (origin(LocalCopy.TOUCHED), True),
        (origin(LocalCopy.TOUCHED, sha256=None), False),
        (origin(LocalCopy.CHANGED), False),
        (origin(LocalCopy.MISSING), False),
    ],
)
def test_restoring_is_greyed_when_the_local_file_is_surely_not_the_one(
    flow: Flow, where: UploadOrigin, can: bool
) -> None:
    flow.select()
    flow.tell(where)
    flow.says_gone()
    assert flow.buttons()["Restore"].isEnabled() == can


def test_what_is_forgotten_is_not_shown_any_more(flow: Flow) -> None:
    flow.select()
    flow.tell(origin())
    flow.engine.publish(UploadsForgotten())
    assert "FROM THIS COMPUTER" not in flow.said()
    assert "Upload history cleared" in flow.said()


# After a delete


def test_after_a_delete_it_is_asked_what_can_be_restored(flow: Flow) -> None:
    failed = deleted("file-3", state=TransferState.FAILED)
    flow.engine.publish(DeletesEnded("acme", 1, 2, failed, 0, deleted("file-1", "file-2") + failed))
    flow.engine.publish(DeletesEnded("acme", 2, 0, failed, 0, failed))
    flow.engine.publish(DeletesEnded("other", 3, 1, (), 0, deleted("file-4")))
    assert flow.engine.arguments_of("uploads.find_restorable") == [(("file-1", "file-2"),)]


def tell_restorable(flow: Flow, able: tuple[str, ...], count: int) -> None:
    """So many were deleted, and these of them can be restored."""
    asked = tuple(f"file-{number}" for number in range(1, count + 1))
    flow.engine.publish(DeletesEnded("acme", 1, count, (), 0, deleted(*asked)))
    flow.engine.publish(RestorableFound("acme", able, asked))


def test_what_is_found_before_a_delete_is_not_told_as_deleted(flow: Flow) -> None:
    flow.engine.publish(RestorableFound("acme", ("file-1",), ("file-1",)))
    assert flow.messages.isHidden()
    assert not flow.action.isEnabled()


def test_restoring_is_offered_beside_the_sum_and_done(flow: Flow) -> None:
    tell_restorable(flow, ("file-1", "file-2"), 3)
    assert "3 files deleted · 2 can be uploaded again from this computer" in flow.said()
    assert flow.action.isEnabled()
    flow.press("Restore deleted files")
    assert flow.engine.arguments_of("uploads.restore") == [(("file-1", "file-2"),)]
    assert not flow.action.isEnabled()
    assert "can be uploaded" not in flow.said()


def test_one_file_is_offered_in_the_singular(flow: Flow) -> None:
    tell_restorable(flow, ("file-1",), 1)
    assert "1 file deleted · it can be uploaded again from this computer" in flow.said()


def test_nothing_is_offered_that_cant_be_done(flow: Flow) -> None:
    tell_restorable(flow, (), 3)
    flow.engine.publish(RestorableFound("other", ("file-1",), ("file-1",)))
    assert not flow.action.isEnabled()
    assert flow.messages.isHidden()


def test_the_offer_outlasts_the_news_but_not_the_account(flow: Flow) -> None:
    tell_restorable(flow, ("file-1",), 1)
    flow.messages.show_notice("Something else")
    assert "Restore deleted files" not in flow.buttons()
    assert flow.action.isEnabled()
    flow.flow.abandon()
    assert not flow.action.isEnabled()


def test_what_came_of_it_is_told(flow: Flow) -> None:
    refused = NotRestored("file-2", "b.jsonl", problem("The file is another one by now"))
    flow.engine.publish(FilesRestored("acme", 2, (refused,)))
    assert "Re-uploading 2 files" in flow.said()
    assert "b.jsonl: The file is another one by now" in flow.said()
