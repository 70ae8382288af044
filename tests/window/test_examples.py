"""The strip above the lines of a file: examples in numbers, and problems."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListWidget

from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import not_none
from tests.support.served_files import served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from tests.window.test_looking_inside import cells, look_inside, rows, table_of
from ui.inside.examples_strip import ExamplesStrip
from ui.inside.inside_page import InsidePage
from ui.inside.lines.histogram_bars import HistogramBars

LEFT = Qt.MouseButton.LeftButton


def example(number: int) -> bytes:
    messages: list[dict[str, object]] = [
        {"role": "user", "content": "x" * 4 * (100 + number % 10)},
        {"role": "assistant", "content": "y", "weight": 1},
    ]
    if number == 30:
        messages.pop()
    return json.dumps({"messages": messages}).encode() + b"\n"


def request(number: int, of: int = 50) -> bytes:
    body = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
    url = "/v1/chat/completions"
    given = {"custom_id": f"q-{number % of}", "method": "POST", "url": url, "body": body}
    return json.dumps(given).encode() + b"\n"


EXAMPLES = b"".join(map(example, range(100)))
REQUESTS = b"".join(map(request, range(52)))

REPEATED = b"".join(
    request(number % 50 if number < 200 else number, of=1_000) for number in range(500)
)
"""150 requests have an ID that was there before."""


@pytest.fixture
def desk(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    files = {
        "examples.jsonl": ("fine-tune", EXAMPLES),
        "requests.jsonl": ("batch", REQUESTS),
        "good.jsonl": ("batch", REQUESTS[: REQUESTS.index(b'"q-7"')].rsplit(b"\n", 1)[0]),
        "repeated.jsonl": ("batch", REPEATED),
        "notes.jsonl": ("user_data", b'{"a": 1}\n' * 3),
    }
    for name, (purpose, content) in files.items():
        files_server.add(served_file(name, id=f"file-{name}", purpose=purpose, content=content))
    made = open_desk(accounts=[account_at(files_server)])
    made.wait_for_files(*files)
    return made


def strip_of(page: InsidePage) -> ExamplesStrip:
    return not_none(page.findChild(ExamplesStrip))


def problems_of(page: InsidePage) -> QListWidget:
    return not_none(strip_of(page).findChild(QListWidget))


def listed(page: InsidePage) -> list[str]:
    found = problems_of(page)
    return [found.item(row).text() for row in range(found.count())]


def test_examples_are_shown_in_numbers(desk: Desk) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait_to_see("half have fewer than 106", "in 99 examples", "≈ 10,500")
    assert strip_of(page).height() <= 170


def test_the_median_is_told_in_a_narrow_window_too(desk: Desk) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait_to_see("half have fewer than 106")
    desk.window.resize(1_024, 700)
    notes = strip_of(page).findChildren(QLabel)
    (note,) = [one for one in notes if one.text() == "half have fewer than 106"]
    assert note.fontMetrics().horizontalAdvance(note.text()) <= note.contentsRect().width()


def test_a_bar_filters_by_tokens_and_the_chip_shows_all_again(desk: Desk) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait_to_see("half have fewer than 106")
    bars = not_none(strip_of(page).findChild(HistogramBars))
    QTest.mouseClick(bars, LEFT, pos=bars.bar_rect(2).center())
    desk.wait(lambda: rows(page) == 10)
    assert {cells(page, row)[2] for row in range(10)} == {"102"}
    desk.press("Tokens: 102")
    assert rows(page) == 100
    QTest.mouseClick(bars, LEFT, pos=bars.bar_rect(2).center())  # it isn't chosen any more
    desk.wait(lambda: rows(page) == 10)
    QTest.mouseClick(bars, LEFT, pos=bars.bar_rect(2).center())
    assert rows(page) == 100


def test_a_problem_leads_to_its_line(desk: Desk) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait_to_see("1 error")
    assert [text.split(":")[0] for text in listed(page)] == ["Line 31"]
    problems = problems_of(page)
    place = problems.visualItemRect(problems.item(0)).center()
    QTest.mouseClick(problems.viewport(), LEFT, pos=place)
    assert table_of(page).currentIndex().row() == 30
    desk.wait(lambda: QApplication.focusWidget() is table_of(page))
    problems.setFocus()
    table_of(page).go_to_row(0)
    QTest.keyClick(problems, Qt.Key.Key_Return)
    assert table_of(page).currentIndex().row() == 30


def test_requests_of_a_batch_are_checked(desk: Desk) -> None:
    page = look_inside(desk, "requests.jsonl")
    desk.wait_to_see("2 errors")
    assert [text.split(":")[0] for text in listed(page)] == ["Line 51", "Line 52"]
    QTest.keyClick(table_of(page), Qt.Key.Key_Escape)
    page = look_inside(desk, "good.jsonl")
    desk.wait_to_see("No problems found · 7 requests to /v1/chat/completions")
    assert not desk.button("Save problems…").isEnabled()


def test_problems_are_saved_as_csv(desk: Desk) -> None:
    look_inside(desk, "requests.jsonl")
    desk.wait_to_see("2 errors")
    desk.press("Save problems…")
    path = desk.folder / "problems.csv"
    desk.pick("Save problems", path)
    desk.wait(path.exists)
    head, *lines = path.read_text("utf-8").splitlines()
    assert head == '"line","column","severity","rule","text"'
    assert [line.split(",")[0] for line in lines] == ['"51"', '"52"']


def test_lines_with_problems_are_marked_found_and_gone_to(desk: Desk) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait_to_see("1 error")
    model = page.lines.model
    section = not_none(model.problem_section)
    assert model.head(section) == "Problem"
    marked = {row: model.text_at(row, section) for row in range(100) if model.text_at(row, section)}
    assert list(marked) == [30]
    assert marked[30] in listed(page)[0]
    table_of(page).go_to_row(0)
    desk.key(Qt.Key.Key_F8)
    desk.wait(lambda: table_of(page).currentIndex().row() == 30)
    assert marked[30] in desk.texts(page.lines.line)
    page.lines.table.heads.head_pressed.emit(section)
    desk.wait(lambda: rows(page) == 1)
    desk.wait_to_see("1 of 100 lines")
    page.lines.table.heads.head_pressed.emit(section)
    desk.wait(lambda: rows(page) == 100)


def test_a_file_without_problems_has_no_column_for_them(desk: Desk) -> None:
    page = look_inside(desk, "good.jsonl")
    desk.wait_to_see("No problems found · 7 requests to /v1/chat/completions")
    assert page.lines.model.problem_section is None


def test_all_problems_are_saved_however_many(desk: Desk) -> None:
    page = look_inside(desk, "repeated.jsonl")
    desk.wait_to_see("showing the first 100")
    desk.press("Save problems…")
    path = desk.folder / "problems.csv"
    desk.pick("Save problems", path)
    desk.wait(path.exists)
    assert len(path.read_text("utf-8").splitlines()) == 1 + 150
    page.lines.table.go_to_row(399)
    desk.key(Qt.Key.Key_F8)
    desk.wait(lambda: table_of(page).currentIndex().row() == 50, 5)


def test_files_without_a_check_have_no_strip(desk: Desk) -> None:
    page = look_inside(desk, "notes.jsonl")
    desk.wait(lambda: rows(page) == 3)
    assert not strip_of(page).isVisible()
    assert not desk.sees("Save problems…")


def test_a_low_window_has_no_strip(desk: Desk) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait_to_see("half have fewer than 106")
    desk.window.resize(1_000, 600)
    desk.wait(lambda: not strip_of(page).isVisible())
    desk.window.resize(1_000, 700)
    desk.wait(strip_of(page).isVisible)


def test_tab_goes_through_the_strip_and_the_filters_in_their_order(desk: Desk) -> None:
    page = look_inside(desk, "examples.jsonl")
    desk.wait_to_see("half have fewer than 106", "1 error")
    bars = not_none(strip_of(page).findChild(HistogramBars))
    QTest.mouseClick(bars, LEFT, pos=bars.bar_rect(2).center())
    desk.wait(lambda: rows(page) == 10)
    bars.setFocus()
    names = []
    for _step in range(8):
        focused = not_none(QApplication.focusWidget())
        names.append(focused.accessibleName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert names == [
        "Tokens per example",
        "Problems",
        "Search in this file",
        "Match case",
        "Regular expression",
        "Lines shown",
        "Remove the filter “Tokens: 102”",
        "Lines",
    ]
    focused = not_none(QApplication.focusWidget())
    assert focused.accessibleName() == "Columns"
