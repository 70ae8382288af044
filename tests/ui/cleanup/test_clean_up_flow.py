"""From the menu to the countdown, and the report at the end."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.catalog.events import FilesListed, ListingEnded, ListingStarted
from services.cleanup.clean_ups import PlanRequest, SaveFirst
from services.cleanup.events import CleanUpPlanned
from services.cleanup.plan import Plan
from services.cleanup.planning import make_plan
from services.cleanup.report import FileResult, Outcome
from services.cleanup.rules import CleanUpRules, rules_as_json
from services.references.answer import Coverage
from services.references.events import ScanEnded, ScanOutcome, ScanProgress
from services.references.price import Price
from services.transfers.events import CleanUpEnded
from services.transfers.transfer import TransferKind, TransferState
from tests.support.factories import account, remote_file, transfer
from tests.support.recording_engine import RecordingEngine
from ui.backend import TransfersChanged
from ui.cleanup.clean_up_dialog import CleanUpDialog
from ui.cleanup.clean_up_flow import CleanUpFlow
from ui.cleanup.clean_up_words import references_in_words
from ui.deleting.delete_flow import DeleteFlow
from ui.deleting.delete_results import DeleteResults
from ui.downloading.download_flow import DownloadFlow
from ui.downloading.refused_content import RefusedContent
from ui.files.files_area import FilesArea
from ui.messages.message_bar import MessageBar
from ui.save_dialogs import SaveDialogs

NOW = 1_800_000_000.0
ONE, TWO = remote_file("one.jsonl", id="file-1"), remote_file("two.jsonl", id="file-2")
KEPT = remote_file("three.txt", id="file-3", purpose="user_data")
FOUR, FIVE = remote_file("4", purpose="vision"), remote_file("5", purpose="vision")
BATCH = CleanUpRules(("batch",))


class Flow:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        self.window.resize(1200, 800)
        qtbot.addWidget(self.window)
        self.area = FilesArea(lambda: NOW)
        self.messages = MessageBar()
        column = QVBoxLayout(self.window)
        column.addWidget(self.messages)
        column.addWidget(self.area)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.settings = SettingsStore(folder / "settings.json", lambda job: job())
        self.engine = RecordingEngine(self.settings)
        backend = self.engine.backend
        backend.account = account("Acme")
        backend.is_open = True
        self.refused = RefusedContent()
        self.refused.switch_account(account("Acme", id="acme"))
        self.refused.add("acme", "user_data", "not allowed")
        downloads = DownloadFlow(
            self.window,
            backend,
            folder,
            self.refused,
            self.area.table.selected_files,
            self.messages,
        )
        dialogs = SaveDialogs(self.settings, lambda: NOW)
        self.deletes = DeleteFlow(self.window, backend, self.area, downloads, self.messages)
        self.report = QAction("Save report", self.window)
        self.results = DeleteResults(
            self.window, backend, self.messages, dialogs, {"acme": "Acme"}.__getitem__, self.report
        )
        self.flow = CleanUpFlow(
            self.window,
            backend,
            self.area,
            self.deletes,
            self.refused,
            dialogs,
            lambda: folder,
            lambda: NOW,
        )
        self.engine.backend.files = self.area.switch_account("acme", None)
        self.area.apply_event(ListingStarted("acme", 1))
        self.area.apply_event(FilesListed("acme", 1, (ONE, TWO, KEPT, FOUR, FIVE), 5))
        self.area.apply_event(ListingEnded("acme", 1, complete=True))

    @property
    def dialog(self) -> CleanUpDialog:
        (dialog,) = [one for one in self.window.findChildren(CleanUpDialog) if one.isVisible()]
        return dialog

    def answer(self) -> Plan:
        """Answer the last request as the services do."""
        ((request,),) = self.engine.arguments_of("clean_ups.plan")[-1:]
        assert isinstance(request, PlanRequest)
        plan = make_plan(
            request.files,
            request.rules,
            request.now,
            request.references,
            not_downloadable=request.not_downloadable,
        )
        self.engine.publish(CleanUpPlanned(request.number, plan))
        return plan

    def plan(self, rules: CleanUpRules = BATCH) -> Plan:
        self.flow.ask()
        self.dialog.rules_form.show_rules(rules)
        return self.answer()

    def press(self, text: str) -> None:
        (button,) = [
            one
            for one in self.window.findChildren(QAbstractButton)
            if one.isVisible() and one.text() == text
        ]
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def rules_texts(self) -> str:
        """What the dialog says about references."""
        (words,) = [
            one.text()
            for one in self.dialog.rules_form.findChildren(QLabel)
            if "hecked" in one.text() or "Checking" in one.text()
        ]
        return words

    def message_texts(self) -> str:
        labels = self.messages.findChildren(QLabel)
        return "\n".join(one.text() for one in labels if one.isVisible())


@pytest.fixture
def flow(qtbot: QtBot, tmp_path: Path) -> Flow:
    return Flow(qtbot, tmp_path)


def test_nothing_is_queued_before_the_countdown_is_over(flow: Flow) -> None:
    plan = flow.plan()
    flow.press("Delete 2 files")
    assert flow.engine.arguments_of("clean_ups.carry_out") == []
    assert flow.area.files.deleting == {ONE.id, TWO.id}
    flow.press("Delete now")
    assert flow.engine.arguments_of("clean_ups.carry_out") == [(plan, None)]
    assert flow.engine.arguments_of("delete") == []


def test_undo_queues_nothing(flow: Flow) -> None:
    flow.plan()
    flow.press("Delete 2 files")
    flow.press("Undo")
    assert flow.engine.arguments_of("clean_ups.carry_out") == []
    assert flow.area.files.deleting == frozenset()
    flow.area.table.select_ids([KEPT.id])
    flow.deletes.ask()
    flow.press("Delete 1 file")
    flow.press("Delete now")
    assert flow.engine.arguments_of("clean_ups.carry_out") == []


def test_other_deletes_during_the_countdown_are_sent_as_usual(flow: Flow) -> None:
    plan = flow.plan()
    flow.press("Delete 2 files")
    flow.area.table.select_ids([FOUR.id])
    flow.deletes.ask()
    flow.press("Delete 1 file")
    flow.press("Delete now")
    assert flow.engine.arguments_of("delete") == [((FOUR,),)]
    assert flow.engine.arguments_of("clean_ups.carry_out") == [(plan, None)]


def test_files_that_are_being_deleted_are_in_no_plan(flow: Flow) -> None:
    flow.area.mark_deleting((ONE,))
    flow.flow.ask()
    ((request,),) = flow.engine.arguments_of("clean_ups.plan")
    assert ONE not in request.files
    assert request.not_downloadable == {"user_data"}


def test_only_the_answer_to_the_last_request_is_shown(flow: Flow) -> None:
    plan = flow.plan()
    flow.dialog.rules_form.show_rules(CleanUpRules(("vision",)))
    flow.engine.publish(CleanUpPlanned(1, plan))
    assert "Delete 0 files" not in flow.message_texts()
    flow.answer()
    assert flow.dialog.view.table.plan_model.rowCount() == 2


def test_a_plan_is_saved_in_the_chosen_format(flow: Flow, tmp_path: Path) -> None:
    flow.plan()
    flow.press("Save plan…")
    (dialog,) = flow.window.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("Acme clean-up plan 2027-01-15.csv")
    dialog.fileSelected.emit(str(tmp_path / "plan.json"))
    dialog.close()
    ((path, make),) = flow.engine.arguments_of("saver.save")
    assert path == tmp_path / "plan.json"
    assert b'"made_at":1800000000' in b"".join(make())


def test_rules_are_saved_and_offered_again(flow: Flow) -> None:
    flow.plan()
    flow.dialog.saved_rules.save_requested.emit("Batches")
    assert flow.settings.current.saved_clean_ups == {"Batches": rules_as_json(BATCH)}
    flow.press("Cancel")
    flow.flow.ask()
    assert flow.dialog.rules == BATCH
    flow.dialog.saved_rules.remove_requested.emit("Batches")
    assert flow.settings.current.saved_clean_ups == {}


def test_rules_that_cannot_be_read_are_not_offered(flow: Flow) -> None:
    flow.settings.change(saved_clean_ups={"odd": '{"a_later_rule": 1}'})
    flow.flow.ask()
    names = flow.dialog.saved_rules.fields[0]
    assert names.count() == 0  # type: ignore[attr-defined]


def test_the_folder_to_save_to_is_the_usual_one(flow: Flow, tmp_path: Path) -> None:
    plan = flow.plan()
    flow.press("Save the files first")
    flow.press("Delete 2 files")
    flow.press("Delete now")
    assert flow.engine.arguments_of("clean_ups.carry_out") == [(plan, SaveFirst(tmp_path))]


def test_another_folder_is_chosen_from_the_one_chosen_before(flow: Flow, tmp_path: Path) -> None:
    plan = flow.plan()
    flow.press("Save the files first")
    flow.press("Change…")
    pickers = flow.dialog.findChildren(QFileDialog)
    assert Path(pickers[0].directory().path()) == tmp_path
    other = tmp_path / "other"
    other.mkdir()
    pickers[0].fileSelected.emit(str(other))
    pickers[0].reject()
    flow.press("Change…")
    picker = next(one for one in flow.dialog.findChildren(QFileDialog) if one.isVisible())
    assert Path(picker.directory().path()) == other
    picker.reject()
    flow.press("Delete 2 files")
    flow.press("Delete now")
    assert flow.engine.arguments_of("clean_ups.carry_out") == [(plan, SaveFirst(other))]


def test_references_are_checked_on_request_for_their_price(flow: Flow) -> None:
    references: Any = flow.engine.backend.session.references
    references.scans.known_price = Price(12, 1_040)
    references.scans.seconds_per_request = 0.25
    flow.plan(CleanUpRules(("batch",), not_referenced=True))
    assert flow.rules_texts() == (
        "Not checked yet. All files are kept with this rule. "
        "Checking takes 1,052 requests, about 4 minutes."
    )
    assert flow.dialog.view.table.plan_model.rowCount() == 0
    flow.press("Check")
    assert flow.engine.arguments_of("references.scans.start") == [((ONE.id, TWO.id), 1_052)]
    references.scans.running = ScanProgress("acme", 1, 12, 1_052)
    flow.engine.publish(references.scans.running)
    assert flow.rules_texts() == "Checking: 12 of 1,052 requests"
    flow.press("Stop")
    assert flow.engine.arguments_of("references.scans.stop") == [()]
    references.scans.running = None
    references.coverage = Coverage((), NOW - 240)
    references.scans.known_price = Price()
    flow.engine.publish(ScanEnded("acme", 1, ScanOutcome.DONE, 1_052))
    flow.answer()
    assert flow.rules_texts() == "Last checked 4 min ago."
    assert flow.dialog.view.table.plan_model.rowCount() == 2


def test_leaving_the_account_closes_the_dialog_and_forgets_the_rules(flow: Flow) -> None:
    flow.plan()
    flow.flow.abandon()
    assert not [one for one in flow.window.findChildren(CleanUpDialog) if one.isVisible()]
    flow.flow.ask()
    assert flow.dialog.rules == CleanUpRules()


def test_the_report_names_what_was_left_alone(flow: Flow) -> None:
    flow.area.mark_deleting((ONE, TWO))
    flow.engine.publish(
        CleanUpEnded(
            "acme",
            (
                FileResult(ONE, Outcome.DELETED),
                FileResult(TWO, Outcome.CHANGED, "its size has changed"),
            ),
        )
    )
    words = flow.message_texts()
    assert "1 file was left alone" in words
    assert "Its size has changed." in words
    assert "1 file deleted, 1 left alone" in words
    assert TWO.id not in flow.area.files.deleting
    assert flow.report.isEnabled()
    flow.results.save_report()
    (dialog,) = flow.window.findChildren(QFileDialog)
    dialog.fileSelected.emit("/reports/one.csv")
    dialog.close()
    ((path, make),) = flow.engine.arguments_of("saver.save")
    assert path == Path("/reports/one.csv")
    assert b"its size has changed" in b"".join(make())


def test_the_report_names_what_failed(flow: Flow) -> None:
    flow.engine.publish(CleanUpEnded("acme", (FileResult(FOUR, Outcome.FAILED, "Server error"),)))
    words = flow.message_texts()
    assert "1 file couldn't be deleted" in words
    assert "Server error." in words


def test_a_canceled_clean_up_has_a_report_and_lists_the_files_again(flow: Flow) -> None:
    results = (
        FileResult(ONE, Outcome.DELETED),
        FileResult(TWO, Outcome.UNKNOWN, "it was being deleted when the clean-up stopped"),
        FileResult(FOUR, Outcome.NOT_TRIED, "the clean-up stopped first"),
    )
    before = len(flow.engine.arguments_of("listing.refresh"))
    flow.engine.publish(CleanUpEnded("acme", results, stopped=True))
    assert "Clean-up stopped: 1 of 3 files deleted" in flow.message_texts()
    assert flow.report.isEnabled()
    assert len(flow.engine.arguments_of("listing.refresh")) == before + 1


@pytest.mark.parametrize("state", [TransferState.FAILED, TransferState.CANCELLED])
def test_a_stopped_clean_up_fades_nothing_any_more(flow: Flow, state: TransferState) -> None:
    flow.plan()
    flow.press("Delete 2 files")
    flow.press("Delete now")
    flow.engine.publish(TransfersChanged((transfer(TransferKind.CLEAN_UP, state),)))
    assert flow.area.files.deleting == frozenset()


def test_what_was_checked_in_part_is_not_called_unchecked() -> None:
    coverage = Coverage((), NOW - 240, vector_stores=2, unchecked_stores=("vs_1",))
    assert references_in_words(coverage, None, None, None, NOW) == (
        "Not everything has been checked. All files are kept with this rule. "
        "Last checked 4 min ago."
    )


def test_what_is_checked_for_the_selected_files_alone_is_enough(flow: Flow) -> None:
    references: Any = flow.engine.backend.session.references
    references.coverage = Coverage((), NOW - 10, vector_stores=2, unchecked_stores=("vs_1",))
    references.checked = {ONE.id: NOW - 240}
    flow.plan(CleanUpRules(("batch",), not_referenced=True))
    assert flow.rules_texts() == (
        "Not everything has been checked. Unchecked files are kept with this rule. "
        "Last checked 10 s ago."
    )
    references.checked = {ONE.id: NOW - 240, TWO.id: NOW - 120}
    flow.engine.publish(ScanEnded("acme", 1, ScanOutcome.DONE, 2))
    assert flow.answer().files == [ONE, TWO]
    assert flow.rules_texts() == "Last checked 4 min ago."


def test_too_many_files_are_checked_like_all_of_them(flow: Flow) -> None:
    many = tuple(remote_file(f"{number}") for number in range(1_001))
    flow.area.apply_event(ListingStarted("acme", 2))
    flow.area.apply_event(FilesListed("acme", 2, many, len(many)))
    flow.area.apply_event(ListingEnded("acme", 2, complete=True))
    flow.plan(CleanUpRules(("batch",), not_referenced=True))
    flow.press("Check")
    assert flow.engine.arguments_of("references.scans.start") == [(None, None)]
