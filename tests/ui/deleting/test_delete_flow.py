from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.catalog.events import (
    FileAdded,
    FileDeleted,
    FilesListed,
    ListingEnded,
    ListingStarted,
    RestorableFound,
)
from services.problems.errors import ProblemKind
from services.references.answer import Unchecked
from services.references.events import ScanEnded, ScanOutcome
from services.references.reference import Reference, ReferenceKind, Role
from services.transfers.events import DeletesEnded
from services.transfers.transfer import Transfer, TransferKind, TransferState
from tests.support.factories import account, problem, remote_file, transfer
from tests.support.recording_engine import RecordingEngine
from ui.backend import TransfersChanged
from ui.deleting.delete_dialog import DeleteDialog
from ui.deleting.delete_flow import DeleteFlow
from ui.deleting.delete_results import DeleteResults
from ui.downloading.download_flow import DownloadFlow
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.messages.message_bar import MessageBar
from ui.save_dialogs import SaveDialogs

ONE, TWO = remote_file("one.jsonl", id="file-1"), remote_file("two.jsonl", id="file-2")


class Flow:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.area = FilesArea(lambda: 1_800_000_000.0)
        self.messages = MessageBar()
        column = QVBoxLayout(self.window)
        column.addWidget(self.messages)
        column.addWidget(self.area)
        with qtbot.waitExposed(self.window):
            self.window.show()
        settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.engine = RecordingEngine(settings)
        refused = self.refused = RefusedContent()
        downloads = DownloadFlow(
            self.window,
            self.engine.backend,
            folder,
            refused,
            self.area.table.selected_files,
            self.messages,
        )
        self.engine.backend.account = account("Acme")
        self.engine.backend.is_open = True
        self.flow = DeleteFlow(
            self.window,
            self.engine.backend,
            self.area,
            downloads,
            self.messages,
        )
        self.results = DeleteResults(
            self.window,
            self.engine.backend,
            self.messages,
            SaveDialogs(settings, lambda: 1_800_000_000.0),
            {"acme": "Acme", "beta": "Beta"}.__getitem__,
            QAction(self.window),
        )
        self.engine.backend.files = self.area.switch_account("acme", None)
        self.area.apply_event(ListingStarted("acme", 1))
        self.area.apply_event(FilesListed("acme", 1, (ONE, TWO), 2))
        self.area.apply_event(ListingEnded("acme", 1, complete=True))
        self.area.table.select_ids([ONE.id, TWO.id])

    def dialogs(self) -> list[DeleteDialog]:
        return [one for one in self.window.findChildren(DeleteDialog) if one.isVisible()]

    def press(self, text: str) -> None:
        (button,) = [
            one
            for one in self.window.findChildren(QAbstractButton)
            if one.isVisible() and one.text() == text
        ]
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def message_texts(self) -> str:
        labels = self.messages.findChildren(QLabel)
        return "\n".join(one.text() for one in labels if one.isVisible())


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def failed(file_id: str, kind: ProblemKind = ProblemKind.NOT_PERMITTED) -> Transfer:
    return transfer(
        TransferKind.DELETE,
        TransferState.FAILED,
        file_id=file_id,
        name=f"{file_id}.jsonl",
        problem=problem("No", kind=kind),
    )


def test_nothing_is_sent_before_the_countdown_is_over(flow: Flow) -> None:
    flow.flow.ask()
    flow.press("Delete 2 files")
    assert flow.engine.arguments_of("delete") == []
    assert flow.area.files.deleting == {ONE.id, TWO.id}
    flow.press("Delete now")
    (files,) = flow.engine.arguments_of("delete")[0]
    assert set(files) == {ONE, TWO}


def test_saving_first_reports_what_cannot_be_downloaded(flow: Flow) -> None:
    third = remote_file("three.txt", id="file-3", purpose="user_data")
    flow.area.apply_event(FileAdded("acme", third))
    flow.qtbot.waitUntil(lambda: third in flow.area.shown)
    flow.area.table.select_ids([ONE.id, TWO.id, third.id])
    flow.refused.add("", "user_data", "not allowed")
    flow.flow.ask()
    flow.press("Save them first…")
    ((files, _folder, _when_taken),) = flow.engine.arguments_of("download")
    assert set(files) == {ONE, TWO}
    assert "1 file" in flow.message_texts()
    assert "not allowed" in flow.message_texts()
    assert flow.engine.arguments_of("delete") == []


def test_files_about_to_be_deleted_are_not_asked_about_again(flow: Flow) -> None:
    flow.flow.ask()
    flow.press("Delete 2 files")
    flow.flow.ask()
    assert flow.dialogs() == []
    flow.flow.abandon()


def test_the_dialog_shows_how_many_can_be_restored(flow: Flow) -> None:
    flow.flow.ask()
    ((asked,),) = flow.engine.arguments_of("uploads.find_restorable")
    (dialog,) = flow.dialogs()

    def told() -> str:
        return "\n".join(one.text() for one in dialog.findChildren(QLabel))

    before = told()
    flow.engine.publish(RestorableFound("acme", (ONE.id,), ("file-3",)))
    assert told() == before
    flow.engine.publish(RestorableFound("acme", (ONE.id,), asked))
    assert told() != before
    flow.flow.abandon()
    flow.engine.publish(RestorableFound("acme", (ONE.id,), asked))


def test_without_an_account_nothing_is_asked(flow: Flow) -> None:
    flow.engine.backend.is_open = False
    flow.flow.ask()
    assert flow.dialogs() == []


def test_another_account_closes_the_dialog_and_stops_the_countdown(flow: Flow) -> None:
    flow.flow.ask()
    flow.flow.abandon()
    assert flow.dialogs() == []
    flow.flow.ask()
    flow.press("Delete 2 files")
    flow.flow.abandon()
    assert flow.area.files.deleting == frozenset()
    assert flow.engine.arguments_of("delete") == []


@pytest.mark.parametrize("state", [TransferState.FAILED, TransferState.CANCELLED])
def test_files_that_were_not_deleted_are_unmarked(flow: Flow, state: TransferState) -> None:
    flow.area.mark_deleting((ONE, TWO))
    flow.engine.publish(TransfersChanged((transfer(TransferKind.DELETE, state, file_id=ONE.id),)))
    assert flow.area.files.deleting == {TWO.id}
    flow.engine.publish(TransfersChanged((transfer(TransferKind.DOWNLOAD, state, file_id=TWO.id),)))
    assert flow.area.files.deleting == {TWO.id}


def test_one_total_is_reported(flow: Flow) -> None:
    flow.engine.publish(DeletesEnded("acme", 1, deleted=3, failed=(), cancelled=0))
    assert "3 files deleted" in flow.message_texts()
    assert flow.engine.calls == []


def test_equal_failures_share_one_line(flow: Flow) -> None:
    gone = tuple(failed(str(number)) for number in range(500))
    flow.engine.publish(DeletesEnded("acme", 1, deleted=0, failed=gone, cancelled=0))
    assert "No (500 files)" in flow.message_texts()
    assert "1 of" not in flow.message_texts()


def test_the_list_is_refreshed_if_files_may_be_gone_anyway(flow: Flow) -> None:
    flow.engine.publish(DeletesEnded("acme", 1, deleted=0, failed=(), cancelled=1))
    flow.engine.publish(
        DeletesEnded("acme", 2, 0, (failed(ONE.id, ProblemKind.NOT_FOUND),), cancelled=0)
    )
    assert flow.engine.arguments_of("listing.refresh") == [(), ()]


def test_the_report_is_named_after_the_account(flow: Flow, tmp_path: Path) -> None:
    gone = (failed("one"),)
    flow.engine.publish(DeletesEnded("beta", 1, deleted=0, failed=gone, cancelled=0, all=gone))
    flow.results.save_report()
    (dialog,) = flow.window.findChildren(QFileDialog)
    (name,) = dialog.findChildren(QLineEdit)
    assert Path(name.text()).name.startswith("Beta deleted files ")
    dialog.fileSelected.emit(str(tmp_path / "report.csv"))
    ((path, make),) = flow.engine.arguments_of("saver.save")
    assert path == tmp_path / "report.csv"
    assert b'"No"' in b"".join(make())
    dialog.reject()


def test_the_report_that_was_asked_for_is_saved_whatever_ends_meanwhile(
    flow: Flow, tmp_path: Path
) -> None:
    first, second = (failed("file-of-beta"),), (failed("file-of-acme"),)
    flow.engine.publish(DeletesEnded("beta", 1, deleted=0, failed=first, cancelled=0, all=first))
    flow.results.save_report()
    flow.engine.publish(DeletesEnded("acme", 2, deleted=0, failed=second, cancelled=0, all=second))
    (dialog,) = flow.window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "report.csv"))
    ((_path, make),) = flow.engine.arguments_of("saver.save")
    report = b"".join(make())
    assert b"file-of-beta" in report
    assert b"file-of-acme" not in report
    dialog.reject()


NEEDED = (Reference(ReferenceKind.BATCH, "nightly", True, "batch_1", Role.INPUT),)
STORED = (Reference(ReferenceKind.VECTOR_STORE, "Support docs", False, "vs_1"),)


def confirm(flow: Flow, *, needed_too: bool = False) -> None:
    """Confirm the dialog, and let the countdown end."""
    (dialog,) = flow.dialogs()
    if needed_too:
        dialog.findChildren(QCheckBox)[0].click()
    next(one for one in dialog.findChildren(QPushButton) if "Delete" in one.text()).click()
    flow.flow.undo_bar.send_now()


def deleted(flow: Flow) -> list[str]:
    return [file.id for (files,) in flow.engine.arguments_of("delete") for file in files]


def test_a_needed_file_stays(flow: Flow) -> None:
    flow.engine.references.known = {ONE.id: NEEDED, TWO.id: STORED}
    flow.flow.ask()
    words = [one.text() for one in flow.dialogs()[0].findChildren(QLabel)]
    assert "one.jsonl is needed by the unfinished batch nightly." in words
    assert any(text.startswith("In the vector store Support docs.") for text in words)
    confirm(flow)
    assert deleted(flow) == [TWO.id]


def test_a_needed_file_that_was_confirmed_is_deleted(flow: Flow) -> None:
    flow.engine.references.known = {ONE.id: NEEDED}
    flow.flow.ask()
    confirm(flow, needed_too=True)
    assert sorted(deleted(flow)) == [ONE.id, TWO.id]


def test_jobs_are_looked_at_again_when_that_is_too_long_ago(flow: Flow) -> None:
    references = flow.engine.references
    references.scans.lists_are_fresh = False
    flow.flow.ask()
    assert flow.engine.arguments_of("references.scans.start_lists") == [()]
    references.scans.lists_are_fresh = True
    references.known = {ONE.id: NEEDED}
    flow.engine.publish(ScanEnded("acme", references.scans.last_scan, ScanOutcome.DONE, 3))
    assert len(flow.dialogs()[0].held) == 1
    confirm(flow)
    assert deleted(flow) == [TWO.id]


def test_what_became_needed_during_the_countdown_stays(flow: Flow) -> None:
    references = flow.engine.references
    flow.flow.ask()
    references.scans.lists_are_fresh = False
    confirm(flow)
    assert deleted(flow) == []
    references.known = {ONE.id: NEEDED}
    flow.engine.publish(ScanEnded("acme", references.scans.last_scan, ScanOutcome.DONE, 3))
    assert deleted(flow) == [TWO.id]
    assert flow.area.files.deleting == {TWO.id}
    words = [one.text() for one in flow.messages.findChildren(QLabel)]
    assert "1 file wasn't deleted: needed by the unfinished batch nightly" in words


def test_nothing_is_sent_to_another_account(flow: Flow) -> None:
    flow.flow.ask()
    flow.engine.references.scans.lists_are_fresh = False
    confirm(flow)
    flow.flow.abandon()
    flow.engine.publish(
        ScanEnded("acme", flow.engine.references.scans.last_scan, ScanOutcome.DONE, 3)
    )
    assert deleted(flow) == []
    assert not flow.area.files.deleting


OFFLINE = problem("127.0.0.1 can't be reached", kind=ProblemKind.UNREACHABLE)
UNREACHED = tuple(Unchecked(kind, OFFLINE) for kind in ReferenceKind)


def confirm_and_check(
    flow: Flow, unread: Sequence[Unchecked], outcome: ScanOutcome = ScanOutcome.FAILED
) -> None:
    """Confirm, and let the check before sending end."""
    references = flow.engine.references
    flow.flow.ask()
    references.scans.lists_are_fresh = False
    confirm(flow)
    assert deleted(flow) == []
    flow.engine.publish(
        ScanEnded("acme", references.scans.last_scan, outcome, 1, unread=tuple(unread))
    )


def test_files_stay_if_jobs_cannot_be_checked_before_sending(flow: Flow) -> None:
    confirm_and_check(flow, UNREACHED)
    assert deleted(flow) == []
    assert not flow.area.files.deleting
    assert "2 files weren't deleted" in flow.message_texts()
    assert "127.0.0.1 can't be reached" in flow.message_texts()


def test_files_that_could_not_be_checked_are_deleted_if_that_is_confirmed(flow: Flow) -> None:
    confirm_and_check(flow, UNREACHED)
    scans = flow.engine.references.scans.last_scan
    flow.press("Delete anyway")
    assert flow.area.files.deleting == {ONE.id, TWO.id}
    assert deleted(flow) == [], "the countdown comes first"
    flow.press("Delete now")
    assert sorted(deleted(flow)) == [ONE.id, TWO.id]
    assert flow.engine.references.scans.last_scan == scans, "they aren't checked again"


def test_files_held_back_twice_are_one_message(flow: Flow) -> None:
    flow.area.table.select_ids([ONE.id])
    confirm_and_check(flow, UNREACHED)
    assert "1 file wasn't deleted" in flow.message_texts()
    flow.area.table.select_ids([TWO.id])
    confirm_and_check(flow, UNREACHED)
    assert "2 files weren't deleted" in flow.message_texts()
    assert "1 of 2" not in flow.message_texts()
    flow.press("Delete anyway")
    flow.press("Delete now")
    assert sorted(deleted(flow)) == [ONE.id, TWO.id]


def test_files_of_a_dismissed_message_are_not_deleted_later(flow: Flow) -> None:
    flow.area.table.select_ids([ONE.id])
    confirm_and_check(flow, UNREACHED)
    (dismiss,) = [
        one
        for one in flow.messages.findChildren(QAbstractButton)
        if one.isVisible() and one.accessibleName() == "Dismiss"
    ]
    dismiss.click()
    flow.area.table.select_ids([TWO.id])
    confirm_and_check(flow, UNREACHED)
    assert "1 file wasn't deleted" in flow.message_texts()
    flow.press("Delete anyway")
    flow.press("Delete now")
    assert deleted(flow) == [TWO.id]


def test_what_is_gone_by_then_is_not_deleted_anyway(flow: Flow) -> None:
    confirm_and_check(flow, UNREACHED)
    flow.area.apply_event(FileDeleted("acme", ONE.id))
    flow.press("Delete anyway")
    flow.press("Delete now")
    assert deleted(flow) == [TWO.id]


def test_nothing_is_deleted_anyway_in_another_account(flow: Flow) -> None:
    confirm_and_check(flow, UNREACHED)
    flow.flow.abandon()
    assert "Delete anyway" not in [
        one.text() for one in flow.window.findChildren(QAbstractButton) if one.isVisible()
    ]


def test_undoing_takes_the_confirmation_back(flow: Flow) -> None:
    confirm_and_check(flow, UNREACHED)
    flow.press("Delete anyway")
    flow.press("Undo")
    confirm_and_check(flow, UNREACHED)
    assert deleted(flow) == []


def test_nothing_is_sent_if_the_check_was_stopped(flow: Flow) -> None:
    confirm_and_check(flow, (), ScanOutcome.STOPPED)
    assert deleted(flow) == []
    assert not flow.area.files.deleting


def test_only_what_jobs_may_need_is_held_back(flow: Flow) -> None:
    picture = remote_file("chart.png", id="file-3", purpose="vision")
    flow.area.apply_event(FileAdded("acme", picture))
    flow.qtbot.waitUntil(lambda: picture in flow.area.shown)
    flow.area.table.select_ids([ONE.id, picture.id])
    confirm_and_check(flow, UNREACHED)
    assert deleted(flow) == [picture.id]
    assert flow.area.files.deleting == {picture.id}


@pytest.mark.parametrize("kind", [ProblemKind.NOT_OFFERED, ProblemKind.NOT_PERMITTED])
def test_a_list_that_is_never_readable_holds_nothing_back(flow: Flow, kind: ProblemKind) -> None:
    no_list = problem("No such list", kind=kind)
    unread = [Unchecked(one, no_list) for one in ReferenceKind]
    confirm_and_check(flow, unread, ScanOutcome.DONE)
    assert sorted(deleted(flow)) == [ONE.id, TWO.id]


def test_what_is_known_to_be_needed_is_not_offered_to_be_deleted_anyway(flow: Flow) -> None:
    references = flow.engine.references
    flow.flow.ask()
    references.scans.lists_are_fresh = False
    confirm(flow)
    references.known = {ONE.id: NEEDED}
    last = references.scans.last_scan
    flow.engine.publish(ScanEnded("acme", last, ScanOutcome.FAILED, 3, OFFLINE, UNREACHED))
    assert "1 file wasn't deleted: needed by the unfinished batch nightly" in flow.message_texts()
    flow.press("Delete anyway")
    flow.press("Delete now")
    assert deleted(flow) == [TWO.id]


def test_what_is_needed_stays_even_if_other_lists_were_not_read(flow: Flow) -> None:
    references = flow.engine.references
    flow.flow.ask()
    references.scans.lists_are_fresh = False
    confirm(flow)
    references.known = {ONE.id: NEEDED}
    unread = (Unchecked(ReferenceKind.VECTOR_STORE, OFFLINE),)
    flow.engine.publish(
        ScanEnded("acme", references.scans.last_scan, ScanOutcome.FAILED, 3, OFFLINE, unread)
    )
    assert deleted(flow) == [TWO.id]


@pytest.mark.parametrize(
    ("unread", "words"),
    [
        (Unchecked(ReferenceKind.BATCH, OFFLINE), "Unfinished jobs couldn't be checked."),
        (
            Unchecked(ReferenceKind.BATCH, problem("No", kind=ProblemKind.NOT_PERMITTED)),
            "Unfinished jobs couldn't be checked.",
        ),
        (
            Unchecked(ReferenceKind.BATCH, problem("No", kind=ProblemKind.NOT_OFFERED)),
            "No unfinished batch or fine-tuning job needs them.",
        ),
        (
            Unchecked(ReferenceKind.VECTOR_STORE, OFFLINE),
            "No unfinished batch or fine-tuning job needs them.",
        ),
    ],
)
def test_the_dialog_says_if_jobs_could_not_be_checked(
    flow: Flow, unread: Unchecked, words: str
) -> None:
    flow.engine.references.scans.lists_are_fresh = False
    flow.flow.ask()
    last = flow.engine.references.scans.last_scan
    flow.engine.publish(ScanEnded("acme", last, ScanOutcome.DONE, 3, unread=(unread,)))
    assert words in [one.text() for one in flow.dialogs()[0].findChildren(QLabel)]
