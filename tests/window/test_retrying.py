"""Retrying unfinished requests of a batch in the whole window, up to the upload of a new file."""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QPushButton,
)

from services.previews.batches.batch_result import read_brief
from services.previews.batches.request_finder import custom_id_of
from services.providers.account import Account
from services.transfers.transfer import TransferState
from tests.services.previews.batches.test_batch_summary import not_run, refused, succeeded
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.support.server_faults import Stall, api_error
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.inside.inside_page import InsidePage
from ui.inside.lines.line_table import LineTable
from ui.inside.opened_line.message_card import MessageCard
from ui.inside.opened_line.message_text import MessageText
from ui.inside.results.retry_dialog import RetryDialog

RETRY = "Retry unfinished lines…"
NOW = 1_700_000_000
SAMPLES = Path(__file__).resolve().parent.parent.parent / "resources" / "samples"


def request(custom_id: str, spaces: str = " ") -> bytes:
    """A request that passes the checks, in a format that no JSON writer has."""
    body = {"model": "m", "messages": [{"role": "user", "content": f"Question {custom_id}"}]}
    line = {"custom_id": custom_id, "method": "POST", "url": "/v1/chat/completions", "body": body}
    return json.dumps(line).replace(", ", f",{spaces}").encode() + b"\n"


IDS = [f"q-{number}" for number in range(20)]
REQUESTS = [request(one, " " * (place % 3)) for place, one in enumerate(IDS)]
OUTPUT = [succeeded(one) for one in reversed(IDS[:12])]
ERRORS = [
    refused("q-12", 429, "rate_limit_exceeded", "Slow down"),
    refused("q-13", 429, "rate_limit_exceeded", "Slow down"),
    refused("q-14", 400, "context_length_exceeded", "Too long"),
    not_run("q-15", "batch_expired"),
]
RETRIED = b"".join(REQUESTS[place] for place in (12, 13, 15, 16, 17, 18, 19))


def jsonl(values: Iterable[object]) -> bytes:
    return "".join(json.dumps(value) + "\n" for value in values).encode()


@pytest.fixture
def account(files_server: ScriptedFilesServer) -> Account:
    return account_at(files_server)


@pytest.fixture
def desk(files_server: ScriptedFilesServer, open_desk: OpenDesk, account: Account) -> Desk:
    files = {
        "other.jsonl": ("batch", request("elsewhere"), NOW + 500),
        "sweep.jsonl": ("batch", b"".join(REQUESTS), NOW),
        "batch_1_output.jsonl": ("batch_output", jsonl(OUTPUT), NOW + 1_000),
        "batch_1_error.jsonl": ("batch_output", jsonl(ERRORS), NOW + 1_000),
    }
    for name, (purpose, content, created_at) in files.items():
        files_server.add(
            served_file(
                name, id=f"file-{name}", purpose=purpose, content=content, created_at=created_at
            )
        )
    made = open_desk(accounts=[account])
    made.wait_for_files(*files)
    return made


def look_inside(desk: Desk, name: str) -> InsidePage:
    desk.select(name)
    desk.key(Qt.Key.Key_Space)
    page = not_none(desk.window.findChild(InsidePage))
    desk.wait(lambda: page.file is not None and page.file.name == name)
    desk.wait(lambda: desk.sees(RETRY))
    return page


def open_dialog(desk: Desk, name: str) -> RetryDialog:
    look_inside(desk, name)
    desk.press(RETRY)
    dialog = desk.dialog("Retry unfinished lines")
    assert isinstance(dialog, RetryDialog)
    return dialog


def boxes(dialog: QDialog) -> dict[str, bool]:
    return {box.text(): box.isChecked() for box in dialog.findChildren(QCheckBox)}


def confirm(desk: Desk, dialog: QDialog) -> QPushButton:
    button = desk.button("Review upload…", dialog)
    assert isinstance(button, QPushButton)
    return button


def messages(page: InsidePage) -> list[str]:
    cards = [card for card in page.findChildren(MessageCard) if card.isVisible()]
    return [text.toPlainText() for card in cards for text in card.findChildren(MessageText)]


def uploaded(server: ScriptedFilesServer, name: str) -> bytes:
    (file,) = [one for one in server.files if one.filename == name]
    assert file.purpose == "batch"
    return not_none(file.content)


@pytest.mark.parametrize("name", ["batch_1_output.jsonl", "batch_1_error.jsonl"])
def test_the_unfinished_requests_become_a_new_batch_file(
    desk: Desk, files_server: ScriptedFilesServer, name: str
) -> None:
    dialog = open_dialog(desk, name)
    desk.wait_to_see("16 of 16 results belong to this file.")
    assert boxes(dialog) == {
        "4 never answered": True,
        "1 expired": True,
        "2 failed: 429 rate_limit_exceeded": True,
        "1 failed: 400 context_length_exceeded": False,
    }
    assert "Slow down" in desk.texts(dialog)
    assert "Will fail again unless the request is changed." in desk.texts(dialog)
    assert "12 kept + 1 left out + 7 retried = 20 requests" in desk.texts(dialog)
    desk.press("Review upload…", dialog)
    sheet = desk.dialog("Upload files")
    assert not [one for one in files_server.files if one.filename == "sweep-retry.jsonl"]
    desk.wait(lambda: desk.button("Upload 1 file", sheet).isEnabled())
    assert "error" not in desk.texts(sheet)
    assert "warning" not in desk.texts(sheet)
    desk.press("Upload 1 file", sheet)
    desk.wait_for_transfer("sweep-retry.jsonl", TransferState.DONE)
    assert uploaded(files_server, "sweep-retry.jsonl") == RETRIED
    desk.wait_to_see("20 requests, joined by custom_id: asked in ", "sweep.jsonl")


def test_the_review_opens_even_where_it_is_turned_off(
    files_server: ScriptedFilesServer, desk: Desk
) -> None:
    desk.settings.change(skip_review=True)
    dialog = open_dialog(desk, "batch_1_output.jsonl")
    desk.wait(lambda: confirm(desk, dialog).isEnabled())
    desk.press("Review upload…", dialog)
    sheet = desk.dialog("Upload files")
    desk.wait(lambda: desk.button("Upload 1 file", sheet).isEnabled())
    sheet.reject()
    assert len(files_server.files) == 4


def test_other_kinds_can_be_chosen_and_other_results(desk: Desk) -> None:
    dialog = open_dialog(desk, "batch_1_output.jsonl")
    desk.wait(lambda: len(boxes(dialog)) == 4)
    for box in dialog.findChildren(QCheckBox):
        box.setChecked("429" in box.text())
    assert "12 kept + 6 left out + 2 retried = 20 requests" in desk.texts(dialog)
    for box in dialog.findChildren(QCheckBox):
        box.setChecked(False)
    assert not confirm(desk, dialog).isEnabled()
    (other,) = [
        one for one in dialog.findChildren(QComboBox) if one.accessibleName() == "More results"
    ]
    assert other.currentText().startswith("batch_1_error.jsonl")
    other.setFocus()
    QTest.keyClick(other, Qt.Key.Key_Home)
    assert other.currentText() == "None"
    desk.wait(lambda: boxes(dialog) == {"8 never answered": True})
    assert "12 of 12 results belong to this file." in desk.texts(dialog)
    assert "12 kept + 8 retried = 20 requests" in desk.texts(dialog)


def test_a_copy_on_this_computer_takes_the_place_of_a_refused_input(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    message = "Not allowed to download files of purpose: batch"
    files_server.script(
        "GET", "/files/file-*/content", [None, api_error(400, message), api_error(400, message)]
    )
    dialog = open_dialog(desk, "batch_1_output.jsonl")
    desk.wait(lambda: message in desk.texts(dialog))
    assert not confirm(desk, dialog).isEnabled()
    path = desk.write("copy.jsonl", b"".join(REQUESTS))
    desk.press("Choose a file…", dialog)
    desk.pick("Choose the file with the requests", path)
    desk.wait(lambda: "16 of 16 results belong to this file." in desk.texts(dialog))
    desk.press("Review upload…", dialog)
    sheet = desk.dialog("Upload files")
    desk.wait(lambda: desk.button("Upload 1 file", sheet).isEnabled())
    desk.press("Upload 1 file", sheet)
    desk.wait_for_transfer("copy-retry.jsonl", TransferState.DONE)
    assert uploaded(files_server, "copy-retry.jsonl") == RETRIED


def test_a_file_that_has_other_requests_is_told(desk: Desk) -> None:
    dialog = open_dialog(desk, "batch_1_output.jsonl")
    desk.wait(lambda: len(boxes(dialog)) == 4)
    (requests,) = [
        one for one in dialog.findChildren(QComboBox) if one.accessibleName() == "Requests"
    ]
    assert requests.currentText().startswith("sweep.jsonl")
    requests.setFocus()
    QTest.keyClick(requests, Qt.Key.Key_Home)
    assert requests.currentText().startswith("other.jsonl")
    desk.wait(lambda: "None of the 16 results belong to this file." in desk.texts(dialog))
    assert boxes(dialog) == {}
    assert not confirm(desk, dialog).isEnabled()


def test_cancel_ends_the_reading(desk: Desk, files_server: ScriptedFilesServer) -> None:
    desk.hide_inspector()
    files_server.script("GET", "/files/file-*/content", [None, Stall()])
    dialog = open_dialog(desk, "batch_1_output.jsonl")
    desk.wait(lambda: files_server.waiting)
    assert "Reading " in desk.texts(dialog)
    desk.key(Qt.Key.Key_Escape)
    desk.wait(lambda: not desk.dialogs())
    desk.wait(lambda: not list((desk.folder / "previews").glob("open-*-*"))[1:])
    files_server.release()
    assert desk.sees("Find the requests…")


def test_the_requests_are_shown_with_the_answers(desk: Desk) -> None:
    page = look_inside(desk, "batch_1_output.jsonl")
    desk.wait_to_see("12 succeeded")
    desk.press("Find the requests…")
    dialog = desk.dialog("Find the requests")
    desk.wait(lambda: desk.button("Show requests", dialog).isEnabled())
    desk.press("Show requests", dialog)
    desk.wait_to_see("20 requests, joined by custom_id: asked in ", " · 4 never answered")
    desk.wait_to_see("2 rate-limited", "1 expired", "1 failed: 1 × 400", "12 succeeded")
    desk.wait(lambda: messages(page) == ["Question q-11", "x"])
    assert desk.sees("sweep, line 12")
    table = not_none(page.findChild(LineTable))
    assert table.hasFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    desk.wait(lambda: messages(page) == ["Question q-10", "x"])
    assert desk.sees("sweep, line 11")
    desk.press("sweep.jsonl")
    desk.wait(lambda: page.file is not None and page.file.name == "sweep.jsonl")
    assert not desk.sees("joined by custom_id")


def show_requests(desk: Desk, name: str) -> InsidePage:
    page = look_inside(desk, name)
    desk.press("Find the requests…")
    dialog = desk.dialog("Find the requests")
    desk.wait(lambda: desk.button("Show requests", dialog).isEnabled())
    desk.press("Show requests", dialog)
    desk.wait_to_see("joined by custom_id")
    return page


def line_numbers(page: InsidePage) -> list[str]:
    model = page.lines.model
    return [model.text_at(row, 0) for row in range(model.rowCount())]


def test_answers_and_errors_are_lines_of_one_table(desk: Desk) -> None:
    page = show_requests(desk, "batch_1_output.jsonl")
    errors = ["error 1", "error 2", "error 3", "error 4"]
    desk.wait(lambda: line_numbers(page) == [*map(str, range(1, 13)), *errors])
    assert desk.sees("16 of 16 lines")
    desk.wait_to_see(" · 12 lines")
    page.lines.table.setFocus()
    desk.key(Qt.Key.Key_F8)
    desk.wait(lambda: page.lines.table.currentIndex().row() == 12)
    desk.wait_to_see("Error 1", "429 failed", "sweep, line 13")
    assert "Question q-12" in messages(page)
    desk.press("2 rate-limited")
    desk.wait(lambda: line_numbers(page) == errors[:2])
    assert page.file is not None
    assert page.file.name == "batch_1_output.jsonl"
    desk.press("2 rate-limited")
    desk.wait(lambda: len(line_numbers(page)) == 16)
    page.lines.search.field.setText("q-15")
    QTest.keyClick(page.lines.search.field, Qt.Key.Key_Return)
    desk.wait(lambda: line_numbers(page) == ["error 4"])


def test_the_table_of_both_is_the_same_from_the_error_file(desk: Desk) -> None:
    page = show_requests(desk, "batch_1_output.jsonl")
    desk.press("batch_1_error.jsonl")
    desk.wait(lambda: page.file is not None and page.file.name == "batch_1_error.jsonl")
    desk.wait(lambda: len(line_numbers(page)) == 16)
    assert page.lines.table.currentIndex().row() == 12, "the first error stays current"
    desk.wait_to_see("12 succeeded", "answers from ", "4 lines", "Error 1")


def test_what_was_chosen_stays_chosen_when_errors_are_added(desk: Desk) -> None:
    page = look_inside(desk, "batch_1_error.jsonl")
    desk.wait_to_see("2 rate-limited")
    desk.press("2 rate-limited")
    desk.wait(lambda: line_numbers(page) == ["1", "2"])
    desk.press("Find the requests…")
    dialog = desk.dialog("Find the requests")
    desk.wait(lambda: desk.button("Show requests", dialog).isEnabled())
    desk.press("Show requests", dialog)
    desk.wait(lambda: line_numbers(page) == ["error 1", "error 2"])


def test_the_lines_of_both_are_saved(desk: Desk) -> None:
    page = show_requests(desk, "batch_1_output.jsonl")
    desk.wait(lambda: len(line_numbers(page)) == 16)
    desk.press("Save lines…")
    dialog = desk.dialog("Save lines")
    desk.press("Save…", dialog)
    path = desk.folder / "both.csv"
    desk.pick("Save lines", path)
    desk.wait(lambda: path.exists())
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    assert len(rows) == 17
    assert rows[13].startswith('"q-12","429"')


def test_nothing_is_left_on_the_disk_after_the_page_is_left(desk: Desk) -> None:
    page = look_inside(desk, "batch_1_output.jsonl")
    desk.press("Find the requests…")
    dialog = desk.dialog("Find the requests")
    desk.wait(lambda: desk.button("Show requests", dialog).isEnabled())
    desk.press("Show requests", dialog)
    desk.wait_to_see("joined by custom_id")
    page.leave_requested.emit()
    desk.wait(lambda: not list((desk.folder / "previews").glob("open-*")))


def test_the_inspector_offers_it_where_something_is_unfinished(desk: Desk) -> None:
    desk.select("batch_1_output.jsonl")
    desk.wait_to_see("12 succeeded")
    assert not desk.sees(RETRY)
    desk.select("batch_1_error.jsonl")
    desk.wait_to_see("3 failed · 1 expired", RETRY)
    desk.press(RETRY)
    dialog = desk.dialog("Retry unfinished lines")
    desk.wait(lambda: "12 kept + 1 left out + 7 retried" in desk.texts(dialog))


def test_the_sandbox_goes_round(sandbox: Desk) -> None:
    """The samples: a batch with an output and an error file."""
    desk = sandbox
    dialog = open_dialog(desk, "batch_67f1_output.jsonl")
    desk.wait(lambda: "belong to this file." in desk.texts(dialog))
    for box in dialog.findChildren(QCheckBox):
        box.setChecked(True)
    desk.press("Review upload…", dialog)
    sheet = desk.dialog("Upload files")
    desk.wait(lambda: desk.button("Upload 1 file", sheet).isEnabled())
    assert "error" not in desk.texts(sheet).replace("batch_67f1_error", "")
    desk.press("Upload 1 file", sheet)
    desk.wait_for_transfer("eval-sweep-0412-retry.jsonl", TransferState.DONE)
    answered = {
        not_none(read_brief(line)).custom_id
        for line in (SAMPLES / "batch_67f1_output.jsonl").read_bytes().splitlines()
    }
    unfinished = [
        line
        for line in (SAMPLES / "eval-sweep-0412.jsonl").read_bytes().splitlines(keepends=True)
        if custom_id_of(line) not in answered
    ]
    assert unfinished
    written = desk.folder / "clipboard" / "eval-sweep-0412-retry.jsonl"
    assert written.read_bytes() == b"".join(unfinished)
    stored = [
        path.read_bytes()
        for path in (desk.folder / "sandbox").rglob("*")
        if path.is_file() and path.stat().st_size == written.stat().st_size
    ]
    assert b"".join(unfinished) in stored


def test_tab_reaches_the_legend_and_the_links_in_their_places(desk: Desk) -> None:
    page = look_inside(desk, "batch_1_output.jsonl")
    desk.press("Find the requests…")
    dialog = desk.dialog("Find the requests")
    desk.wait(lambda: desk.button("Show requests", dialog).isEnabled())
    desk.press("Show requests", dialog)
    desk.wait_to_see("joined by custom_id", "2 rate-limited")
    reached: list[str] = []
    desk.button("Back to the files").setFocus()
    while not reached or (len(reached) < 99 and reached[-1] != "Search in this file"):
        QTest.keyClick(not_none(QApplication.focusWidget()), Qt.Key.Key_Tab)
        focused = not_none(QApplication.focusWidget())
        words = focused.text() if isinstance(focused, QAbstractButton) else ""
        reached.append(focused.accessibleName() or words)
    assert reached == [
        RETRY,
        "Save lines…",
        "Download",
        "12 succeeded",
        "2 rate-limited",
        "1 expired",
        "1 failed: 1 × 400",
        "sweep.jsonl",
        "batch_1_error.jsonl",
        "Search in this file",
    ]
    assert page.isVisible()
