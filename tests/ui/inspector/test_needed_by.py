"""What needs the selected files, in the inspector: what is said, asked and shown."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from services.accounts.settings import SettingsStore
from services.jobs.job_kind import JobKind
from services.problems.errors import ProblemKind
from services.references.answer import Answer, Coverage, Unchecked, Verdict
from services.references.events import ReferencesChanged, ScanEnded, ScanOutcome, ScanProgress
from services.references.price import Price
from services.references.reference import Reference, ReferenceKind, Role
from tests.support.factories import account, problem, remote_file
from tests.support.narrowing import not_none
from tests.support.recording_engine import RecordingEngine
from ui.downloading.refused_content import RefusedContent
from ui.inspector.inspector import Inspector
from ui.inspector.job_link import JobLink
from ui.inspector.needed_by_flow import NeededByFlow
from ui.inspector.needed_by_view import NeededByView
from ui.wording import tool_tip

NOW = 1_800_000_000
FILE = remote_file("a.jsonl", id="file-1")
OTHER = remote_file("b.jsonl", id="file-2")
BATCH = Reference(ReferenceKind.BATCH, "nightly", True, "batch_1", Role.INPUT, "in_progress")
STORE = Reference(ReferenceKind.VECTOR_STORE, "Support docs", False, "vs_1")
CHECKED = Coverage((), NOW - 7_200, vector_stores=12)


class Shown:
    """The inspector of an open account."""

    def __init__(self, qtbot: QtBot, settings: SettingsStore) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        refused = RefusedContent()
        self.inspector = Inspector(refused, lambda: NOW)
        QVBoxLayout(self.window).addWidget(self.inspector)
        self.window.resize(360, 800)
        with qtbot.waitExposed(self.window):
            self.window.show()
        self.engine = RecordingEngine(settings)
        self.engine.backend.account = account(id="acme")
        self.engine.backend.is_open = True
        self.references = self.engine.references
        self.selected = [FILE]
        self.flow = NeededByFlow(
            self.window, self.engine.backend, self.inspector, lambda: self.selected, lambda: NOW
        )

    def select(self, *files: object) -> None:
        self.selected = list(files)  # type: ignore[arg-type]
        self.inspector.show_files(self.selected)
        self.flow.show_now()

    @property
    def view(self) -> NeededByView:
        return not_none(self.inspector.findChild(NeededByView))

    def said(self) -> str:
        labels = self.view.findChildren(QLabel)
        return "\n".join(one.text() for one in labels if one.isVisible() and one.text())

    def buttons(self) -> list[str]:
        buttons = self.view.findChildren(QPushButton)
        return [one.accessibleName() or one.text() for one in buttons if one.isVisible()]

    def press(self, text: str) -> None:
        buttons = self.view.findChildren(QPushButton)
        next(
            one for one in buttons if one.isVisible() and text in (one.accessibleName(), one.text())
        ).click()


def tab_order(shown: Shown) -> list[QWidget]:
    """The visible buttons in the order in which Tab reaches them."""
    widget = shown.window.nextInFocusChain()
    reached = []
    while widget is not None and widget is not shown.window:
        if isinstance(widget, QPushButton) and shown.view.isAncestorOf(widget):
            reached.append(widget)
        widget = widget.nextInFocusChain()
    return [one for one in reached if one.isVisible()]


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Shown:
    return Shown(qtbot, SettingsStore(tmp_path / "settings.json", lambda save: save()))


def test_never_checked(shown: Shown) -> None:
    shown.select(FILE)
    assert "Not checked yet" in shown.said()
    assert shown.buttons() == ["Check"]
    shown.press("Check")
    assert shown.engine.arguments_of("references.scans.start") == [(("file-1",), None)]


def test_the_price_is_told_and_promised(shown: Shown) -> None:
    shown.references.scans.known_price = Price(57, 995)
    shown.references.coverage = Coverage((), NOW - 10, 50, tuple(f"vs_{one}" for one in range(50)))
    shown.select(FILE)
    assert "Not checked yet in 50 vector stores" in shown.said()
    assert shown.buttons() == ["Check (1,052 requests)"]
    buttons = shown.view.findChildren(QPushButton)
    assert [one.toolTip() for one in buttons if "1,052" in one.text()] == [
        tool_tip("about 4 minutes")
    ]
    shown.press("Check (1,052 requests)")
    assert shown.engine.arguments_of("references.scans.start") == [(("file-1",), 1_052)]


def test_small_pages_of_the_server_are_said_to_take_more_requests(shown: Shown) -> None:
    shown.references.scans.running = ScanProgress("acme", 1, 312, 2_104, per_page=50)
    shown.select(FILE)
    assert (
        "Checking: 312 of 2,104 requests. It takes more than expected, as the server lists only "
        "50 at a time."
    ) in shown.said()


def test_a_running_scan_counts_and_can_be_stopped(shown: Shown) -> None:
    shown.references.scans.running = ScanProgress("acme", 1, 312, 1_052)
    shown.select(FILE)
    assert "Checking: 312 of 1,052 requests" in shown.said()
    assert shown.buttons() == ["Stop"]
    shown.references.scans.running = ScanProgress("acme", 1, 312, 1_052, 20.0, problem())
    shown.engine.publish(shown.references.scans.running)
    shown.flow.show_now()
    assert "Waiting 20 s, as the server asks" in shown.said()
    shown.press("Stop")
    assert shown.engine.last == ("references.scans.stop", ())
    shown.references.scans.running = None
    shown.engine.publish(ScanEnded("acme", 1, ScanOutcome.STOPPED, 312))
    shown.flow.show_now()
    assert shown.buttons() == ["Check"]


def test_nothing_found(shown: Shown) -> None:
    shown.references.answers["file-1"] = Answer((), Verdict.NONE_FOUND, NOW - 7_200, True)
    shown.references.coverage = CHECKED
    shown.references.scans.known_price = Price(3, 12)
    shown.select(FILE)
    assert (
        "No reference found in batches, fine-tuning jobs, 12 vector stores (2 h ago). "
        "Responses and conversations can't be checked."
    ) in shown.said()
    assert shown.buttons() == ["Check again (15 requests)"]


def test_what_needs_the_file(shown: Shown) -> None:
    shown.references.answers["file-1"] = Answer((BATCH, STORE), Verdict.FOUND, NOW - 240, True)
    shown.references.coverage = CHECKED
    shown.select(FILE)
    links = ["Batch nightly", "Vector store Support docs"]
    assert sorted(shown.buttons()) == [*links[:1], "Check again", *links[1:]]
    assert [one.accessibleName() for one in tab_order(shown)][:2] == links
    said = shown.said()
    assert "input · running" in said
    assert "indexed" in said
    assert "Checked 4 min ago. Responses and conversations can't be checked." in said
    requested = QSignalSpy(shown.flow.job_requested)
    shown.press("Batch nightly")
    shown.press("Vector store Support docs")
    assert [requested.at(one)[0] for one in range(2)] == [
        JobLink(JobKind.BATCHES, "batch_1"),
        JobLink(JobKind.VECTOR_STORES, "vs_1"),
    ]


def test_a_refusal_is_never_called_not_needed(shown: Shown) -> None:
    no = problem("You don't have permission", kind=ProblemKind.NOT_PERMITTED)
    shown.references.answers["file-1"] = Answer((), Verdict.REFUSED, NOW - 5)
    shown.references.coverage = Coverage((Unchecked(ReferenceKind.VECTOR_STORE, no),), NOW - 5)
    shown.select(FILE)
    said = shown.said()
    assert "Vector stores couldn't be checked: You don't have permission." in said
    assert "So nothing can be said about other references." in said
    assert "No reference" not in said


def test_a_scan_that_failed_or_needs_more_says_so(shown: Shown) -> None:
    shown.references.scans.known_price = Price(0, 10)
    shown.select(FILE)
    shown.press("Check (10 requests)")
    shown.references.scans.known_price = Price(0, 2)
    shown.engine.publish(ScanEnded("acme", 1, ScanOutcome.MORE_NEEDED, 10))
    shown.flow.show_now()
    assert "It takes more requests than expected." in shown.said()
    assert shown.buttons() == ["Check (2 requests)"]
    failed = problem("Too many requests", kind=ProblemKind.RATE_LIMITED)
    shown.engine.publish(ScanEnded("acme", 2, ScanOutcome.FAILED, 1, failed))
    shown.flow.show_now()
    assert "Too many requests" in shown.said()


def test_what_became_of_a_scan_is_told_only_of_the_files_it_was_for(shown: Shown) -> None:
    shown.select(FILE)
    shown.press("Check")
    failed = problem("Too many requests", kind=ProblemKind.RATE_LIMITED)
    shown.engine.publish(ScanEnded("acme", 1, ScanOutcome.FAILED, 1, failed))
    shown.select(OTHER)
    assert "Too many requests" not in shown.said()
    shown.select(FILE)
    assert "Too many requests" in shown.said()


def test_other_files_with_the_same_sums_are_other_files(shown: Shown, qtbot: QtBot) -> None:
    more = [remote_file("c.jsonl", id="file-3"), remote_file("d.jsonl", id="file-4")]
    shown.references.answers["file-1"] = Answer((BATCH,), Verdict.FOUND, NOW - 240, True)
    shown.select(FILE, OTHER)
    assert "1 of the 2 files is needed." in shown.said()
    shown.selected = more
    shown.inspector.show_files(more)
    qtbot.waitUntil(lambda: "needed" not in shown.said())
    shown.press("Check")
    assert shown.engine.arguments_of("references.scans.start") == [(("file-3", "file-4"), None)]


def test_several_files(shown: Shown) -> None:
    shown.references.answers["file-1"] = Answer((BATCH,), Verdict.FOUND, NOW - 240, True)
    shown.references.answers["file-2"] = Answer((), Verdict.NONE_FOUND, NOW - 300, True)
    shown.references.coverage = CHECKED
    shown.select(FILE, OTHER)
    assert "1 of the 2 files is needed." in shown.said()
    assert "Batch nightly" in shown.buttons()
    shown.references.answers["file-1"] = Answer((), Verdict.NONE_FOUND, NOW - 240, True)
    shown.engine.publish(ReferencesChanged("acme"))
    shown.flow.show_now()
    assert "No references found" in shown.said()


def test_more_than_fit_are_counted(shown: Shown) -> None:
    many = tuple(
        Reference(ReferenceKind.BATCH, f"run {one}", False, f"batch_{one}", Role.INPUT, "completed")
        for one in range(9)
    )
    shown.references.answers["file-1"] = Answer(many, Verdict.FOUND, NOW, True)
    shown.select(FILE)
    assert len([one for one in shown.buttons() if one.startswith("Batch")]) == 5
    assert "and 4 more" in shown.said()


def test_nothing_is_shown_without_an_account_or_a_file(shown: Shown) -> None:
    shown.select()
    assert not shown.view.isVisible()
    shown.engine.backend.is_open = False
    shown.select(FILE)
    assert not shown.view.isVisible()


def test_the_focus_stays_with_the_button_in_use(shown: Shown, qtbot: QtBot) -> None:
    shown.references.scans.known_price = Price(0, 10)
    shown.select(FILE)
    check = next(one for one in shown.view.findChildren(QPushButton) if "10" in one.text())
    check.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(check.hasFocus)
    shown.references.scans.running = ScanProgress("acme", 1, 0, 10)
    shown.flow.show_now()
    stop = next(one for one in shown.view.findChildren(QPushButton) if one.text() == "Stop")
    assert stop.hasFocus()
