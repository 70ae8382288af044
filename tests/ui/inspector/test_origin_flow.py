"""Shows where a file came from, and restores deleted files."""

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
    UploadHistoryCleared,
)
from services.catalog.upload_record import LocalCopy, NotRestored, UploadOrigin
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

    def show_origin(self, origin: UploadOrigin | None, file_id: str = "file-1") -> None:
        self.engine.publish(OriginFound("acme", file_id, origin))

    def fail_to_retrieve(self) -> None:
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

    def message_texts(self) -> str:
        return "\n".join(one.text() for one in self.window.findChildren(QLabel) if one.isVisible())


@pytest.fixture
def flow(qtbot: QtBot) -> Flow:
    return Flow(qtbot)


# The inspector


def test_the_origin_of_the_inspected_file_is_looked_up(flow: Flow) -> None:
    flow.select()
    flow.qtbot.waitUntil(lambda: flow.engine.arguments_of("uploads.origin_of") == [("file-1",)])


def test_it_shows_path_time_and_shortened_hash(flow: Flow) -> None:
    flow.select()
    flow.show_origin(origin())
    assert flow.values()["File"] == str(Path("/data/runs/a.jsonl"))
    assert ":" in flow.values()["Uploaded"]
    assert flow.values()["SHA-256"] == "0123456789ab…abcdef"
    assert "FROM THIS COMPUTER" in flow.message_texts()
    assert {"Show in folder", "Copy hash"} <= flow.buttons().keys()
    assert "Restore" not in flow.buttons()


def test_without_a_hash_there_is_no_copy_button(flow: Flow) -> None:
    flow.select()
    flow.show_origin(origin(sha256=None))
    assert "SHA-256" not in flow.values()
    assert "Copy hash" not in flow.buttons()


def test_a_file_of_unknown_origin_shows_nothing(flow: Flow) -> None:
    flow.select()
    flow.show_origin(None)
    assert "FROM THIS COMPUTER" not in flow.message_texts()


def test_origins_of_other_files_or_accounts_are_ignored(flow: Flow) -> None:
    flow.select()
    flow.show_origin(origin(), "file-2")
    flow.engine.publish(OriginFound("other", "file-1", origin()))
    assert "FROM THIS COMPUTER" not in flow.message_texts()
    flow.show_origin(origin())
    flow.select("file-2")
    assert "FROM THIS COMPUTER" not in flow.message_texts()


@pytest.mark.parametrize(
    ("local", "words"),
    [
        (LocalCopy.TOUCHED, "date has changed"),
        (LocalCopy.CHANGED, "file has changed since"),
        (LocalCopy.MISSING, "was moved or deleted"),
    ],
)
def test_the_state_of_the_local_file_is_shown(flow: Flow, local: LocalCopy, words: str) -> None:
    flow.select()
    flow.show_origin(origin(local))
    assert words in flow.message_texts()
    assert flow.buttons()["Show in folder"].isEnabled() == (local is not LocalCopy.MISSING)
    flow.show_origin(origin())
    assert words not in flow.message_texts()


def test_the_full_hash_is_copied(flow: Flow) -> None:
    flow.select()
    flow.show_origin(origin())
    flow.press("Copy hash")
    assert QGuiApplication.clipboard().text() == SHA256


def test_the_folder_can_be_opened(flow: Flow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    flow.select()
    flow.show_origin(origin())
    flow.press("Show in folder")
    # There is no file manager on this bus, which is reported later.
    flow.qtbot.waitUntil(lambda: opened == [QUrl.fromLocalFile(str(Path("/data/runs")))])


def test_a_deleted_file_can_be_restored(flow: Flow) -> None:
    flow.select()
    flow.fail_to_retrieve()
    flow.show_origin(origin())
    flow.press("Restore")
    assert flow.engine.arguments_of("uploads.restore") == [(("file-1",),)]
    flow.select("file-2")
    flow.show_origin(origin(), "file-2")
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
def test_restore_is_disabled_if_the_local_file_has_changed(
    flow: Flow, where: UploadOrigin, can: bool
) -> None:
    flow.select()
    flow.show_origin(where)
    flow.fail_to_retrieve()
    assert flow.buttons()["Restore"].isEnabled() == can


def test_a_cleared_history_hides_the_origin(flow: Flow) -> None:
    flow.select()
    flow.show_origin(origin())
    flow.engine.publish(UploadHistoryCleared())
    assert "FROM THIS COMPUTER" not in flow.message_texts()
    assert "Upload history cleared" in flow.message_texts()


# After a delete


def test_after_a_delete_restorable_files_are_looked_up(flow: Flow) -> None:
    failed = deleted("file-3", state=TransferState.FAILED)
    flow.engine.publish(DeletesEnded("acme", 1, 2, failed, 0, deleted("file-1", "file-2") + failed))
    flow.engine.publish(DeletesEnded("acme", 2, 0, failed, 0, failed))
    flow.engine.publish(DeletesEnded("other", 3, 1, (), 0, deleted("file-4")))
    assert flow.engine.arguments_of("uploads.find_restorable") == [(("file-1", "file-2"),)]


def report_restorable(flow: Flow, restorable: tuple[str, ...], count: int) -> None:
    """Report that `count` files were deleted, and which of them can be restored."""
    asked = tuple(f"file-{number}" for number in range(1, count + 1))
    flow.engine.publish(DeletesEnded("acme", 1, count, (), 0, deleted(*asked)))
    flow.engine.publish(RestorableFound("acme", restorable, asked))


def test_lookups_before_a_delete_are_not_reported_as_deleted(flow: Flow) -> None:
    flow.engine.publish(RestorableFound("acme", ("file-1",), ("file-1",)))
    assert flow.messages.isHidden()
    assert not flow.action.isEnabled()


def test_restore_is_offered_with_the_result_and_works(flow: Flow) -> None:
    report_restorable(flow, ("file-1", "file-2"), 3)
    assert "3 files deleted · 2 can be uploaded again from this computer" in flow.message_texts()
    assert flow.action.isEnabled()
    flow.press("Restore deleted files")
    assert flow.engine.arguments_of("uploads.restore") == [(("file-1", "file-2"),)]
    assert not flow.action.isEnabled()
    assert "can be uploaded" not in flow.message_texts()


def test_one_file_is_offered_in_the_singular(flow: Flow) -> None:
    report_restorable(flow, ("file-1",), 1)
    assert "1 file deleted · it can be uploaded again from this computer" in flow.message_texts()


def test_restore_is_offered_only_if_possible(flow: Flow) -> None:
    report_restorable(flow, (), 3)
    flow.engine.publish(RestorableFound("other", ("file-1",), ("file-1",)))
    assert not flow.action.isEnabled()
    assert flow.messages.isHidden()


def test_the_offer_outlasts_its_message_but_not_the_account(flow: Flow) -> None:
    report_restorable(flow, ("file-1",), 1)
    flow.messages.show_notice("Something else")
    assert "Restore deleted files" not in flow.buttons()
    assert flow.action.isEnabled()
    flow.flow.abandon()
    assert not flow.action.isEnabled()


def test_the_result_of_a_restore_is_reported(flow: Flow) -> None:
    refused = NotRestored("file-2", "b.jsonl", problem("The file is another one by now"))
    flow.engine.publish(FilesRestored("acme", 2, (refused,)))
    assert "Re-uploading 2 files" in flow.message_texts()
    assert "b.jsonl: The file is another one by now" in flow.message_texts()
