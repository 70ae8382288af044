"""Looking inside files in the whole window: real service, real server, real keys."""

import io
import json
import zipfile
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QListWidget,
    QMenu,
    QSplitter,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from services.api.remote_file import RemoteFile
from services.previews import content_opening
from services.previews.events import PdfPageRendered, PdfUnreadable
from tests.services.previews.batches.test_batch_summary import refused, succeeded
from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import instance_of, not_none
from tests.support.served_files import served_file
from tests.support.server_faults import Delivery, Stall
from tests.support.small_pdf import small_pdf
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from ui.inside.inside_page import InsidePage
from ui.inside.lines.line_table import LineTable
from ui.inside.results.results_strip import ResultsStrip

RESULTS = [succeeded(f"q-{number}") for number in range(1_000)] + [
    refused("q-limited", 429, "rate_limit_exceeded", "Slow down"),
    refused("q-wrong", 400, "context_length_exceeded", "Too long"),
]
OUTPUT = "".join(json.dumps(result) + "\n" for result in RESULTS).encode()
EXAMPLES = b"".join(
    b'{"messages": [{"role": "user", "content": "Question %d"},'
    b' {"role": "assistant", "content": "Answer %d"}]}\n' % (number, number)
    for number in range(50)
)
CREATED = 1_700_000_000
"""14 November 2023, UTC."""
METRICS = b"step,train_loss,valid_loss\n" + b"".join(b"%d,0.5,0.6\n" % step for step in range(50))


@pytest.fixture
def picture(tmp_path: Path) -> bytes:
    path = tmp_path / "picture.png"
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    image.save(str(path))
    return path.read_bytes()


@pytest.fixture
def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name in ("one.txt", "two.txt"):
            packed.writestr(name, name)
    return content.getvalue()


@pytest.fixture
def desk(
    files_server: ScriptedFilesServer, open_desk: OpenDesk, picture: bytes, archive: bytes
) -> Desk:
    files = {
        "answers.jsonl": ("batch_output", OUTPUT),
        "examples.jsonl": ("fine-tune", EXAMPLES),
        "notes.txt": ("user_data", b"one\ntwo\n"),
        "picture.png": ("vision", picture),
        "data.bin": ("user_data", bytes(range(256)) * 10),
        "empty.txt": ("user_data", b""),
        "paper.pdf": ("user_data", small_pdf((200, 100), (200, 100))),
        "torn.pdf": ("user_data", small_pdf((200, 100))[:60]),
        "two.zip": ("user_data", archive),
        "step_metrics.csv": ("fine-tune-results", METRICS),
        "broken.json": ("user_data", b'{\n  "name": [1, 2,]\n}'),
        "value.json": ("user_data", b'{\n  "name": [1, 2]\n}'),
    }
    for name, (purpose, content) in files.items():
        files_server.add(
            served_file(
                name,
                id=f"file-{name}",
                purpose=purpose,
                content=content,
                created_at=CREATED,
            )
        )
    made = open_desk(accounts=[account_at(files_server)])
    made.wait_for_files(*files)
    return made


def page_of(desk: Desk) -> InsidePage:
    return not_none(desk.window.findChild(InsidePage))


def look_inside(desk: Desk, name: str, key: Qt.Key = Qt.Key.Key_Space) -> InsidePage:
    desk.select(name)
    desk.key(key)
    page = page_of(desk)
    assert page.isVisible()
    desk.wait(lambda: page.file is not None and page.file.name == name)
    return page


def table_of(page: InsidePage) -> LineTable:
    return not_none(page.findChild(LineTable))


def cells(page: InsidePage, row: int) -> list[str]:
    model = not_none(table_of(page).model())
    return [str(model.index(row, column).data()) for column in range(model.columnCount())]


def rows(page: InsidePage) -> int:
    return not_none(table_of(page).model()).rowCount()


def is_current(page: InsidePage, line: str) -> bool:
    return cells(page, table_of(page).currentIndex().row())[0] == line


def field_of(page: InsidePage) -> QLineEdit:
    return next(one for one in page.findChildren(QLineEdit) if one.isVisible())


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return])
def test_a_key_opens_the_current_file_and_escape_goes_back_to_its_row(
    desk: Desk, key: Qt.Key
) -> None:
    page = look_inside(desk, "answers.jsonl", key)
    desk.wait(lambda: rows(page) == len(RESULTS))
    assert cells(page, 0) == ["1", "q-0", "200", "m", "x", "15"]
    desk.wait(lambda: QApplication.focusWidget() is table_of(page))
    QTest.keyClick(table_of(page), Qt.Key.Key_Escape)
    assert not page.isVisible()
    assert desk.selected() == ["answers.jsonl"]
    desk.wait(desk.table.hasFocus)


def test_broken_json_is_shown_as_text_with_its_fault(desk: Desk) -> None:
    page = look_inside(desk, "broken.json")
    desk.wait_to_see("Line 2, column 17: Nothing follows the last comma. Remove it.", "3 lines")
    assert page.views.currentWidget() is page.views.text


def test_of_a_long_first_line_the_beginning_is_shown_before_its_end_is_read(
    desk: Desk, files_server: ScriptedFilesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_opening, "READ_AT_ONCE_BYTES", 1_000)
    content = json.dumps(succeeded("q-1") | {"id": "x" * 5_000_000}).encode()
    files_server.add(served_file("long.jsonl", purpose="batch_output", content=content))
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: "long.jsonl" in desk.names())
    page = look_inside(desk, "long.jsonl")
    desk.wait_to_see(" · 1 line so far", "Read all")
    assert cells(page, 0)[:2] == ["1", "q-1"]
    desk.press("Read all")
    desk.wait(lambda: desk.sees(" · 1 line") and not desk.sees("so far"))


def test_a_double_click_opens_a_file(desk: Desk) -> None:
    desk.select("notes.txt")
    table = desk.table
    place = table.visualRect(table.currentIndex()).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    page = page_of(desk)
    desk.wait(lambda: page.file is not None and page.file.name == "notes.txt")


def test_the_button_in_the_inspector_opens_the_selected_file(desk: Desk) -> None:
    desk.select("notes.txt")
    desk.press("Look inside", desk.window.workspace.inspector)
    page = page_of(desk)
    assert instance_of(RemoteFile, page.file).name == "notes.txt"


def test_space_within_a_typed_name_opens_nothing(desk: Desk) -> None:
    desk.table.setFocus()
    QTest.keyClicks(desk.table, "a ")
    assert desk.window.findChild(InsidePage) is None


def test_a_text_is_searched_and_escape_shows_all_lines_first(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: rows(page) == len(RESULTS))
    desk.window.commands.search.trigger()
    field = field_of(page)
    desk.wait(field.hasFocus)
    QTest.keyClicks(field, "Slow down")
    QTest.keyClick(field, Qt.Key.Key_Return)
    desk.wait(lambda: rows(page) == 1)
    assert cells(page, 0)[:3] == ["1,001", "q-limited", "429"]
    assert desk.sees("1 of 1,002 lines")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert rows(page) == len(RESULTS)
    assert page.isVisible()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_the_results_are_added_up(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait_to_see("10,000 tokens in", "5,000 out", "Model m")
    strip = not_none(page.findChild(ResultsStrip))
    entries = [one.text() for one in strip.findChildren(QToolButton)]
    assert entries == ["1,000 succeeded", "1 rate-limited", "1 failed: 1 × 400"]


def test_each_kind_has_its_view(desk: Desk) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait(lambda: rows(page) == 50)
    assert cells(page, 7)[0] == "8"
    assert cells(page, 7)[-1] == "Question 7"
    QTest.keyClick(table_of(page), Qt.Key.Key_Escape)
    look_inside(desk, "notes.txt")
    desk.wait(page.views.text.isVisible)
    desk.window.workspace.focus_middle()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    look_inside(desk, "picture.png")
    desk.wait_to_see("30 × 20 pixels")
    QTest.keyClick(page, Qt.Key.Key_Escape)
    look_inside(desk, "data.bin")
    desk.wait(page.views.hex.isVisible)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    look_inside(desk, "empty.txt")
    desk.wait_to_see("The file is empty.")
    QTest.keyClick(page, Qt.Key.Key_Escape)
    look_inside(desk, "two.zip")
    desk.wait_to_see("2 files")
    QTest.keyClick(page, Qt.Key.Key_Escape)
    look_inside(desk, "step_metrics.csv")
    desk.wait(page.views.curves.isVisible)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    look_inside(desk, "value.json")
    desk.wait(page.views.value.isVisible)


def test_the_pages_of_a_pdf_are_shown(desk: Desk) -> None:
    page = look_inside(desk, "paper.pdf")
    desk.wait_to_see("of 2")
    desk.wait(lambda: any(isinstance(event, PdfPageRendered) for event in desk.log.received))
    QTest.keyClick(page, Qt.Key.Key_Escape)
    look_inside(desk, "torn.pdf")
    desk.wait(lambda: any(isinstance(event, PdfUnreadable) for event in desk.log.received))
    desk.wait(page.views.pdf.isVisible)


def test_the_status_line_says_where_the_content_came_from(desk: Desk) -> None:
    look_inside(desk, "notes.txt")
    desk.wait_to_see("Read from the server", "Esc goes back to the files")
    QTest.keyClick(page_of(desk), Qt.Key.Key_Escape)
    assert not desk.sees("Esc goes back to the files")
    cache = desk.folder / "previews"
    desk.wait(lambda: not list(cache.glob("open-*")))
    look_inside(desk, "notes.txt")
    desk.wait_to_see("Read from the cache")


def test_choosing_a_purpose_or_searching_goes_back_to_the_files(desk: Desk) -> None:
    page = look_inside(desk, "notes.txt")
    desk.choose_purpose("vision")
    assert not page.isVisible()
    look_inside(desk, "picture.png")
    desk.search.setFocus()
    QTest.keyClicks(desk.search, "p")
    assert not page.isVisible()
    assert desk.search.hasFocus()


def test_a_failure_is_told_in_place_of_the_content(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.remove("file-notes.txt")
    look_inside(desk, "notes.txt")
    desk.wait_to_see("No such File object")


def test_a_failed_file_is_read_again_with_a_button(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    (file,) = [one for one in files_server.files if one.filename == "notes.txt"]
    files_server.remove(file.id)
    page = look_inside(desk, "notes.txt")
    desk.wait_to_see("No such File object")
    assert desk.button("Try again").hasFocus()
    files_server.add(file)
    desk.key(Qt.Key.Key_Space)
    desk.wait(page.views.text.isVisible)
    assert page.isAncestorOf(not_none(QApplication.focusWidget()))


def test_escape_goes_back_from_anywhere_in_the_window(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.button("Refresh").setFocus()
    desk.key(Qt.Key.Key_Escape)
    assert not page.isVisible()
    look_inside(desk, "answers.jsonl")
    desk.search.setFocus()
    desk.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    desk.key(Qt.Key.Key_Escape)  # closes the examples
    assert page.isVisible()
    desk.key(Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_a_json_value_gets_the_focus_and_is_searched(desk: Desk) -> None:
    page = look_inside(desk, "value.json")
    desk.wait(lambda: page.views.shows_value)
    tree = page.views.value.tree
    desk.wait(tree.view.hasFocus)
    desk.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert tree.field.hasFocus()
    QTest.keyClicks(tree.field, "name")
    desk.wait(lambda: tree.count_in_words == "1 of 1")
    desk.key(Qt.Key.Key_Escape)
    assert page.isVisible()
    assert tree.field.text() == ""
    desk.key(Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_the_next_file_gets_the_focus_wherever_it_was_in_the_last_one(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: rows(page) == len(RESULTS))
    view = page.lines.line.conversation
    table_of(page).setFocus()
    seen: list[QWidget] = []
    while not desk.button("Account").hasFocus():
        seen.append(not_none(QApplication.focusWidget()))
        desk.key(Qt.Key.Key_Tab)
    assert view.isAncestorOf(seen[-1])
    desk.key(Qt.Key.Key_Escape)
    page = look_inside(desk, "examples.jsonl")
    desk.wait(lambda: rows(page) == 50)
    assert table_of(page).hasFocus()


def test_the_splitter_stays_where_it_was_moved(
    desk: Desk, open_desk: OpenDesk, files_server: ScriptedFilesServer
) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: rows(page) == len(RESULTS))
    before = page.lines.line.width()
    handle = not_none(not_none(page.lines.findChild(QSplitter)).handle(1))
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=QPoint(0, 100))
    QTest.mouseMove(handle, QPoint(-120, 100))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=QPoint(-120, 100))
    width = page.lines.line.width()
    assert width > before
    desk.end()
    again = open_desk(accounts=[account_at(files_server)])
    again.wait(lambda: "answers.jsonl" in again.names())
    page = look_inside(again, "answers.jsonl")
    again.wait(lambda: rows(page) == len(RESULTS))
    again.wait(lambda: page.lines.line.width() == width)


@pytest.mark.parametrize(
    "held", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier]
)
def test_home_and_end_go_to_the_first_and_last_line(desk: Desk, held: Qt.KeyboardModifier) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait(lambda: rows(page) == 50)
    for key, row in ((Qt.Key.Key_End, 49), (Qt.Key.Key_Home, 0)):
        desk.key(key, held)
        chosen = table_of(page).selectionModel().selectedRows()
        assert [one.row() for one in chosen] == [table_of(page).currentIndex().row()] == [row]


def test_keys_for_lines_work_from_the_header_too(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: rows(page) == len(RESULTS))
    desk.button("Save lines…").setFocus()
    desk.key(Qt.Key.Key_F8)
    desk.wait(lambda: is_current(page, "1,001"))
    desk.button("Save lines…").setFocus()
    desk.key(Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    desk.dialog("Go to line").reject()


def test_without_problems_the_key_for_the_next_one_says_so(desk: Desk) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait(lambda: rows(page) == 50)
    desk.key(Qt.Key.Key_F8)
    desk.wait_to_see("No problems found")


def test_the_status_line_counts_the_lines_shown(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: rows(page) == len(RESULTS))
    search(page, "q-99")
    desk.wait(lambda: "11 of 1,002 lines  ·  1 selected" in desk.texts(page.status))
    desk.key(Qt.Key.Key_Escape)
    desk.wait(lambda: "1,002 lines  ·  1 selected" in desk.texts(page.status).split("\n"))


@pytest.mark.parametrize(
    "name",
    [
        "answers.jsonl",
        "notes.txt",
        "picture.png",
        "data.bin",
        "paper.pdf",
        "two.zip",
        "step_metrics.csv",
        "value.json",
    ],
)
def test_what_has_the_focus_has_a_name(desk: Desk, name: str) -> None:
    page = look_inside(desk, name)
    views = page.views
    desk.wait(lambda: page.content is not None and not views.shows_message)
    desk.wait(lambda: not_none(QApplication.focusWidget()).accessibleName() != "")
    assert not_none(views.currentWidget()).isAncestorOf(not_none(QApplication.focusWidget()))


def test_the_first_name_in_an_archive_is_current(desk: Desk) -> None:
    page = look_inside(desk, "two.zip")
    desk.wait(lambda: page.views.currentWidget() is page.views.names)
    desk.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "one.txt"


def test_what_matters_has_room_in_a_small_window(desk: Desk) -> None:
    desk.window.resize(1024, 700)
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: rows(page) == len(RESULTS))
    field, table = field_of(page), table_of(page)
    assert field.width() >= field.fontMetrics().horizontalAdvance(field.placeholderText()) + 24
    widths = [table.columnWidth(column) for column in range(not_none(table.model()).columnCount())]
    assert sum(widths) <= table.viewport().width()


def test_content_that_is_cut_off_is_shown_with_the_reason(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    files_server.add(
        served_file("long.jsonl", id="file-long", purpose="batch_output", content=OUTPUT * 4)
    )
    desk.hide_inspector()
    files_server.script("GET", "/files/*/content", [Delivery(cut_after=400_000)])
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: "long.jsonl" in desk.names())
    page = look_inside(desk, "long.jsonl")
    desk.wait(lambda: rows(page) > 1_000)
    assert cells(page, 0)[1] == "q-0"
    desk.wait_to_see("Try again")
    desk.press("Try again")
    desk.wait(lambda: rows(page) == 4 * len(RESULTS))


def test_leaving_a_file_that_is_still_read_stops_reading(
    desk: Desk, files_server: ScriptedFilesServer, qtbot: QtBot
) -> None:
    desk.hide_inspector()
    files_server.script("GET", "/files/*/content", [Stall()])
    page = look_inside(desk, "answers.jsonl")
    files_server.wait_until_stalled()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    files_server.release()
    page = look_inside(desk, "notes.txt")
    desk.wait(page.views.text.isVisible)
    assert instance_of(RemoteFile, page.file).name == "notes.txt"


def switch_of(page: InsidePage, name: str) -> QToolButton:
    (switch,) = [one for one in page.findChildren(QToolButton) if one.accessibleName() == name]
    return switch


def search(page: InsidePage, text: str) -> None:
    field = field_of(page)
    field.clear()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)


def test_a_regular_expression_is_searched(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: rows(page) == len(RESULTS))
    switch_of(page, "Regular expression").click()
    search(page, r"q-9\d\d")
    desk.wait(lambda: rows(page) == 100)
    search(page, "q-(")
    desk.wait_to_see("It isn't a regular expression, at character")
    search(page, "Q-99")
    desk.wait(lambda: rows(page) == 11)
    switch_of(page, "Match case").click()
    desk.wait(lambda: rows(page) == 0)
    desk.wait_to_see("No lines match.")


def test_the_legend_and_the_box_filter(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    strip = not_none(page.findChild(ResultsStrip))
    desk.wait(lambda: len(strip.findChildren(QToolButton)) == 3)
    (limited,) = [one for one in strip.findChildren(QToolButton) if "rate" in one.text()]
    limited.click()
    desk.wait(lambda: rows(page) == 1)
    assert cells(page, 0)[1] == "q-limited"
    box = not_none(page.lines.findChild(QComboBox))
    assert box.currentText() == "1 rate-limited"
    box.setCurrentIndex(box.findText("1 failed"))
    box.activated.emit(box.currentIndex())
    desk.wait(lambda: rows(page) == 1 and cells(page, 0)[1] == "q-wrong")
    assert not limited.isChecked()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert rows(page) == len(RESULTS)
    assert box.currentIndex() == 0


def test_f8_goes_from_problem_to_problem(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: page.content is not None and page.content.is_whole)
    table = table_of(page)
    for number in (1_001, 1_002, 1_001):
        QTest.keyClick(table, Qt.Key.Key_F8)
        wanted = f"{number:,}"
        desk.wait(partial(is_current, page, wanted))


def menu_entry(desk: Desk, page: InsidePage, row: int, section: int, text: str) -> None:
    table = table_of(page)
    place = table.visualRect(not_none(table.model()).index(row, section)).center()
    QApplication.sendEvent(
        table.viewport(),
        QContextMenuEvent(
            QContextMenuEvent.Reason.Mouse, place, table.viewport().mapToGlobal(place)
        ),
    )
    menu = not_none(next((one for one in table.findChildren(QMenu) if one.isVisible()), None))
    (entry,) = [action for action in menu.actions() if action.text() == text]
    entry.trigger()
    menu.close()


def test_cells_and_lines_are_copied(desk: Desk) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: rows(page) == len(RESULTS))
    clipboard = QApplication.clipboard()
    menu_entry(desk, page, 2, 1, "Copy custom_id")
    assert clipboard.text() == "q-2"
    table_of(page).selectRow(1)
    menu_entry(desk, page, 1, 1, "Copy as it is in the file")
    assert clipboard.text().encode() + b"\n" == OUTPUT.splitlines(keepends=True)[1]
    menu_entry(desk, page, 1, 1, "Copy as a table")
    assert clipboard.text() == "q-1\t200\tm\tx\t15"


def test_lines_shown_are_saved_as_csv(desk: Desk, tmp_path: Path) -> None:
    page = look_inside(desk, "answers.jsonl")
    desk.wait(lambda: page.content is not None and page.content.is_whole)
    search(page, "Slow down")
    desk.wait(lambda: rows(page) == 1)
    desk.press("Save lines…", page)
    dialog = desk.dialog("Save lines")
    columns = not_none(dialog.findChild(QListWidget))
    columns.item(2).setCheckState(Qt.CheckState.Unchecked)
    desk.press("Save…", dialog)
    path = tmp_path / "saved.csv"
    desk.pick("Save lines", path)
    desk.wait_to_see("Saved: ")
    head, line = path.read_text("utf-8-sig").splitlines()
    assert head.replace('"', "") == "custom_id,status,answer,tokens"
    assert line.replace('"', "").startswith("q-limited,429,Slow down")


def test_alt_and_an_arrow_key_open_the_next_file(desk: Desk) -> None:
    names = desk.names()
    page = look_inside(desk, names[1])
    modifier = Qt.KeyboardModifier.AltModifier
    QTest.keyClick(page, Qt.Key.Key_Down, modifier)
    assert instance_of(RemoteFile, page.file).name == names[2]
    for _twice in range(2):
        QTest.keyClick(page, Qt.Key.Key_Up, modifier)
    assert instance_of(RemoteFile, page.file).name == names[0]
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert desk.selected() == [names[0]]


def other_metrics(files_server: ScriptedFilesServer, desk: Desk, **named: bytes) -> None:
    """Add more results files, each created a day after the one before."""
    for day, (key, content) in enumerate(named.items(), 1):
        one = served_file(
            "step_metrics.csv",
            id=f"file-{key}",
            purpose="fine-tune-results",
            content=content,
            created_at=CREATED + day * 86_400,
        )
        files_server.add(one)
    desk.window.commands.refresh.trigger()
    desk.wait(lambda: desk.names().count("step_metrics.csv") == len(named) + 1)


def look_at_curves(desk: Desk) -> InsidePage:
    desk.table.select_ids(["file-step_metrics.csv"])
    desk.table.setFocus()
    desk.key(Qt.Key.Key_Space)
    page = page_of(desk)
    desk.wait(lambda: page.views.shows_curves)
    return page


def offered(dialog: QDialog) -> list[str]:
    (shown,) = dialog.findChildren(QListWidget)
    return [shown.item(row).text() for row in range(shown.count())]


def test_curves_are_compared_with_those_of_other_files(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    other_metrics(files_server, desk, one=METRICS, two=METRICS, wrong=b"a,b\n1,2\n")
    page = look_at_curves(desk)
    desk.press("Compare with…", page)
    dialog = desk.dialog("Compare with")
    assert offered(dialog) == [
        "step_metrics.csv · 17 Nov 2023 · file-wrong",
        "step_metrics.csv · 16 Nov 2023 · file-two",
        "step_metrics.csv · 15 Nov 2023 · file-one",
    ]
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Return)
    desk.wait_to_see("COMPARED", "14 Nov 2023", "16 Nov 2023", "2 files compared")
    desk.wait(lambda: not desk.sees("Reading…"))
    desk.press("Compare with…", page)
    dialog = desk.dialog("Compare with")
    assert [one.split(" · ")[2] for one in offered(dialog)] == ["file-wrong", "file-one"]
    desk.key(Qt.Key.Key_Return)
    desk.wait_to_see("step_metrics.csv has no fine-tuning results")
    desk.press("Remove 17 Nov 2023", page)
    assert not desk.sees("has no fine-tuning results")
    page.views.curves.canvas.setFocus()
    desk.key(Qt.Key.Key_End)
    desk.wait_to_see("2 files compared  ·  step 49", "← → move the pointer")
    desk.key(Qt.Key.Key_Escape)
    page = look_at_curves(desk)
    assert not desk.sees("COMPARED")
    assert not desk.sees("compared")


def test_leaving_the_curves_stops_reading_another_file(
    desk: Desk, files_server: ScriptedFilesServer
) -> None:
    other_metrics(files_server, desk, one=METRICS)
    page = look_at_curves(desk)
    files_server.script("GET", "/files/*/content", [Stall()])
    desk.press("Compare with…", page)
    desk.dialog("Compare with")
    desk.key(Qt.Key.Key_Return)
    files_server.wait_until_stalled()
    assert desk.sees("Reading…")
    desk.press("Back to the files", page)
    desk.wait(lambda: not list((desk.folder / "previews").glob("open-*")))
    files_server.release()
    look_at_curves(desk)
    assert not desk.sees("COMPARED")


def test_there_may_be_nothing_to_compare_with(desk: Desk) -> None:
    page = look_at_curves(desk)
    desk.press("Compare with…", page)
    dialog = desk.dialog("Compare with")
    assert offered(dialog) == ["No other results files in this account"]
    assert not desk.button("Compare", dialog).isEnabled()
    desk.key(Qt.Key.Key_Escape)
    desk.wait(lambda: not desk.dialogs())
    assert page.isVisible()


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_the_curves_are_saved_as_a_picture(desk: Desk, tmp_path: Path, suffix: str) -> None:
    page = look_at_curves(desk)
    desk.press("Save picture…", page)
    path = tmp_path / f"curves.{suffix}"
    desk.pick("Save picture", path)
    desk.wait_to_see("Saved: ")
    image = QImage(str(path))
    assert not image.isNull()
    assert path.read_bytes().startswith(b"\x89PNG" if suffix == "png" else b"<?xml")


def test_a_pending_delete_can_be_undone_and_messages_stay_readable(desk: Desk) -> None:
    desk.select("data.bin")
    desk.key(Qt.Key.Key_Delete)
    desk.press("Delete 1 file", desk.dialog("Delete files"))
    page = look_inside(desk, "notes.txt")
    undo = desk.window.deletes.undo_bar
    assert undo.parentWidget() is page
    assert undo.isVisible()
    desk.window.messages.show_notice("A message")
    messages = desk.window.messages
    desk.wait(messages.isVisible)
    assert messages.width() == page.width()
    QTest.keyClick(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: not undo.pending)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert undo.parentWidget() is desk.window.workspace.area
    assert "data.bin" in desk.names()
