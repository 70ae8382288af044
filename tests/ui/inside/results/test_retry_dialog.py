"""The dialog for retrying: what it offers, counts and tells."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QProgressBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.previews.batches.batch_result import Outcome
from services.previews.batches.retry_lines import UNANSWERED, RequestState
from tests.services.previews.batches.test_batch_summary import refused, succeeded, write
from tests.services.previews.batches.test_retry_lines import join, request, write_requests
from tests.support.narrowing import instance_of, not_none
from ui.inside.results.retry_dialog import RetryDialog

REFUSED = RequestState(Outcome.FAILED, 400, "bad")
SLOW = RequestState(Outcome.FAILED, 429, "slow")
INPUTS = [("one.jsonl", "file-1"), ("two.jsonl", "file-2")]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(qtbot: QtBot, window: QWidget) -> RetryDialog:
    made = RetryDialog("output.jsonl", finds_only=False, parent=window)
    made.show_inputs(INPUTS)
    made.show_others([("errors.jsonl", "file-3")], "file-3")
    with qtbot.waitExposed(made):
        made.open()
    return made


def texts(dialog: RetryDialog) -> list[str]:
    return [one.text() for one in dialog.findChildren(QLabel) if one.isVisible() and one.text()]


def boxes(dialog: RetryDialog) -> list[QCheckBox]:
    return dialog.findChildren(QCheckBox)


def combo(dialog: RetryDialog, name: str) -> QComboBox:
    return next(one for one in dialog.findChildren(QComboBox) if one.accessibleName() == name)


def press_enter(dialog: RetryDialog) -> None:
    QTest.keyClick(QApplication.focusWidget() or dialog, Qt.Key.Key_Return)


def test_what_fails_again_is_left_out_at_first(
    qtbot: QtBot, dialog: RetryDialog, tmp_path: Path
) -> None:
    requests = write_requests(tmp_path / "input", map(request, "abcd"))
    results = write(
        tmp_path / "out",
        succeeded("a"),
        refused("b", 400, "bad", "Too\nlong"),
        refused("c", 429, "slow"),
    )
    dialog.show_joined(join(requests, results))
    assert [(box.text(), box.isChecked()) for box in boxes(dialog)] == [
        ("1 never answered", True),
        ("1 failed: 400 bad", False),
        ("1 failed: 429 slow", True),
    ]
    assert boxes(dialog)[1].accessibleDescription() == (
        "Too long Will fail again unless the request is changed."
    )
    assert "3 of 3 results belong to this file." in texts(dialog)
    assert "1 kept + 1 left out + 2 retried = 4 requests" in texts(dialog)
    with qtbot.waitSignal(dialog.confirmed) as told:
        press_enter(dialog)
    assert told.args == [frozenset({UNANSWERED, SLOW})]
    boxes(dialog)[1].setChecked(True)
    assert "1 kept + 3 retried = 4 requests" in texts(dialog)
    with qtbot.waitSignal(dialog.confirmed) as told:
        press_enter(dialog)
    assert told.args == [frozenset({UNANSWERED, SLOW, REFUSED})]


def test_repeated_ids_and_lines_that_are_no_requests_are_told(
    dialog: RetryDialog, tmp_path: Path
) -> None:
    lines = [*map(request, "aabbccddx"), b"nothing"]
    requests = write_requests(tmp_path / "input", lines)
    dialog.show_joined(join(requests, write(tmp_path / "out", succeeded("x"), succeeded("y"))))
    assert "1 of 2 results belong to this file." in texts(dialog)
    assert "1 kept + 8 retried = 9 requests" in texts(dialog)
    assert (
        "4 custom_ids are used more than once: a, b, c… · 1 line isn't a request and is left out"
    ) in texts(dialog)


def test_many_kinds_of_errors_share_a_box(
    qtbot: QtBot, dialog: RetryDialog, tmp_path: Path
) -> None:
    ids = [f"q-{number}" for number in range(100)]
    requests = write_requests(tmp_path / "input", map(request, ids))
    results = [refused(one, 500, f"code <b>{one}</b>\u202e") for one in ids]
    dialog.show_joined(join(requests, write(tmp_path / "out", *results)))
    assert len(boxes(dialog)) == 31
    assert boxes(dialog)[-1].text() == "70 failed: 70 other kinds of errors"
    assert "<b>q-0</b>" in boxes(dialog)[0].text()
    assert "\u202e" not in boxes(dialog)[0].text()
    for box in boxes(dialog)[:-1]:
        box.setChecked(False)
    assert "0 kept + 30 left out + 70 retried = 100 requests" in texts(dialog)
    with qtbot.waitSignal(dialog.confirmed) as told:
        press_enter(dialog)
    assert len(not_none(told.args)[0]) == 70


def test_nothing_to_retry_and_nothing_that_fits_can_not_be_confirmed(
    qtbot: QtBot, dialog: RetryDialog, tmp_path: Path
) -> None:
    requests = write_requests(tmp_path / "input", map(request, "ab"))
    for results, sentence in (
        ("ab", "All requests succeeded. There is nothing to retry."),
        ("xy", "Choose the file with the requests of this batch."),
    ):
        dialog.show_joined(join(requests, write(tmp_path / "out", *map(succeeded, results))))
        assert sentence in texts(dialog)
        with qtbot.assertNotEmitted(dialog.confirmed):
            press_enter(dialog)


def test_empty_results_leave_everything_to_retry(dialog: RetryDialog, tmp_path: Path) -> None:
    requests = write_requests(tmp_path / "input", map(request, "ab"))
    dialog.show_joined(join(requests, write(tmp_path / "out")))
    assert "There are no results, so no request was answered." in texts(dialog)
    assert "0 kept + 2 retried = 2 requests" in texts(dialog)


def test_progress_clears_what_was_joined_before(dialog: RetryDialog, tmp_path: Path) -> None:
    requests = write_requests(tmp_path / "input", map(request, "ab"))
    bar = not_none(dialog.findChild(QProgressBar))
    dialog.show_joined(join(requests, write(tmp_path / "out", succeeded("a"))))
    height = dialog.height()
    dialog.show_progress("Reading one.jsonl…")
    assert (bar.isVisible(), bar.maximum()) == (True, 0)
    assert not any(box.isVisible() for box in boxes(dialog))
    assert not any("requests" in text and "+" in text for text in texts(dialog))
    dialog.show_progress("Reading one.jsonl: 1 of 4 GB", 2**30, 2**32)
    assert bar.value() == bar.maximum() // 4
    dialog.show_problem("one.jsonl isn't on this computer. Choose a copy.")
    assert not bar.isVisible()
    assert "one.jsonl isn't on this computer. Choose a copy." in texts(dialog)
    assert dialog.height() == height


def test_other_files_are_chosen_by_keyboard(qtbot: QtBot, dialog: RetryDialog) -> None:
    requests, more = combo(dialog, "Requests"), combo(dialog, "More results")
    assert (requests.hasFocus(), more.currentText()) == (True, "errors.jsonl")
    with qtbot.waitSignal(dialog.sources_chosen) as told:
        QTest.keyClick(requests, Qt.Key.Key_Down)
    assert told.args == ["file-2", "file-3"]
    QTest.keyClick(requests, Qt.Key.Key_Tab)
    with qtbot.waitSignal(dialog.file_requested):
        QTest.keyClick(not_none(QApplication.focusWidget()), Qt.Key.Key_Space)
    with qtbot.waitSignal(dialog.sources_chosen) as told:
        dialog.add_input("mine.jsonl", "mine")
    assert told.args == ["mine", "file-3"]
    assert requests.currentText() == "mine.jsonl"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_tab_reaches_the_boxes_before_the_buttons(dialog: RetryDialog, tmp_path: Path) -> None:
    requests = write_requests(tmp_path / "input", map(request, "abc"))
    results = write(tmp_path / "out", succeeded("a"), refused("b", 429, "slow"))
    dialog.show_joined(join(requests, results))
    reached = []
    for _tab in range(7):
        focused = not_none(QApplication.focusWidget())
        reached.append(focused.accessibleName() or instance_of(QAbstractButton, focused).text())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert reached == [
        "Requests",
        "Choose a file…",
        "More results",
        "1 never answered",
        "1 failed: 429 slow",
        "Review upload…",
        "Cancel",
    ]
    assert combo(dialog, "Requests").hasFocus()


def test_requests_are_found_without_retrying(qtbot: QtBot, window: QWidget, tmp_path: Path) -> None:
    dialog = RetryDialog("output.jsonl", finds_only=True, parent=window)
    dialog.show_inputs(INPUTS)
    with qtbot.waitExposed(dialog):
        dialog.open()
    requests = write_requests(tmp_path / "input", map(request, "ab"))
    dialog.show_joined(join(requests, write(tmp_path / "out", *map(succeeded, "ab"))))
    assert "UNFINISHED REQUESTS" not in texts(dialog)
    with qtbot.waitSignal(dialog.confirmed) as told:
        press_enter(dialog)
    assert told.args == [frozenset()]
    dialog.reject()
