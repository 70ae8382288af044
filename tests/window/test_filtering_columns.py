"""The heads of the columns of an open file: what they tell, and filtering by them."""

import json
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton, QToolButton

from tests.support.files_server import ScriptedFilesServer
from tests.support.narrowing import instance_of, not_none
from tests.support.served_files import served_file
from tests.window.conftest import OpenDesk
from tests.window.desk import Desk, account_at
from tests.window.test_looking_inside import cells, look_inside, rows, table_of
from ui.inside.inside_page import InsidePage
from ui.inside.lines.column_popup import ColumnPopup
from ui.inside.lines.histogram_bars import HistogramBars

COLORS = ["red", "green", "blue", "blue"]
ITEMS = b"".join(
    json.dumps(
        {
            "color": COLORS[number % 4],
            "size": number,
            "note": "x" * (number % 25) if number % 4 else None,
        }
    ).encode()
    + b"\n"
    for number in range(400)
)
LEFT = Qt.MouseButton.LeftButton
COLOR, SIZE, NOTE = 1, 2, 3


@pytest.fixture
def desk(files_server: ScriptedFilesServer, open_desk: OpenDesk) -> Desk:
    files_server.add(served_file("items.jsonl", id="file-items", content=ITEMS))
    made = open_desk(accounts=[account_at(files_server)])
    made.wait_for_files("items.jsonl")
    return made


@pytest.fixture
def page(desk: Desk) -> InsidePage:
    page = look_inside(desk, "items.jsonl")
    desk.wait(lambda: rows(page) == 400)
    return page


def popup_of(desk: Desk, page: InsidePage) -> ColumnPopup:
    """The open popup, once the values are counted."""

    def open_ones() -> list[ColumnPopup]:
        return [one for one in page.findChildren(ColumnPopup) if one.isVisible()]

    desk.wait(open_ones)
    (popup,) = open_ones()
    desk.wait(lambda: not any(one.startswith("Counting") for one in said(popup)))
    return popup


def open_head(desk: Desk, page: InsidePage, section: int) -> ColumnPopup:
    heads = table_of(page).heads
    QTest.mouseClick(heads.viewport(), LEFT, pos=heads.head_rect(section).center())
    return popup_of(desk, page)


def said(popup: ColumnPopup) -> list[str]:
    labels = [one for one in popup.findChildren(QLabel) if one.isVisible()]
    return [one.text() for one in labels if one.text()]


def links(popup: ColumnPopup) -> dict[str, QPushButton]:
    return {one.text(): one for one in popup.findChildren(QPushButton) if one.isVisible()}


def values_of(popup: ColumnPopup) -> QListWidget:
    return not_none(popup.findChild(QListWidget))


def bars_of(popup: ColumnPopup) -> HistogramBars:
    return not_none(popup.findChild(HistogramBars))


def chips(page: InsidePage) -> list[QToolButton]:
    return [one for one in page.lines.findChildren(QToolButton) if one.text() and one.isVisible()]


def filters(page: InsidePage) -> list[str]:
    names = [one.accessibleName() for one in chips(page)]
    return [name.split("“")[1].rstrip("”") for name in names if "“" in name]


def test_a_head_tells_the_commonest_values_and_a_click_filters(
    desk: Desk, page: InsidePage
) -> None:
    popup = open_head(desk, page, COLOR)
    # Not “in the first 400 lines”, once the file is known to end there.
    desk.wait(lambda: said(popup) == ["color", "None missing", "3 different values"])
    values = values_of(popup)
    assert [values.item(row).text() for row in range(values.count())] == ["blue", "red", "green"]
    place = values.visualItemRect(values.item(1)).center()
    QTest.mouseClick(values.viewport(), LEFT, pos=place)
    desk.wait(lambda: rows(page) == 100)
    assert cells(page, 1)[:4] == ["5", "red", "4", ""]  # then the problems, once it is checked
    assert filters(page) == ["color is red"]
    assert desk.sees("100 of 400 lines")


def test_missing_values_are_told_and_can_be_shown_alone(desk: Desk, page: InsidePage) -> None:
    popup = open_head(desk, page, NOTE)
    desk.press("25% missing", popup)
    desk.wait(lambda: rows(page) == 100)
    assert filters(page) == ["note is missing"]


def test_numbers_are_shown_as_a_histogram_that_filters(desk: Desk, page: InsidePage) -> None:
    popup = open_head(desk, page, SIZE)
    bars = bars_of(popup)
    QTest.mouseClick(bars, LEFT, pos=bars.bar_rect(3).center())
    desk.wait(lambda: rows(page) == 20)
    assert cells(page, 0)[2] == "60"
    assert filters(page) == ["size: 60 to under 80"]


def test_heads_are_used_with_the_keyboard(desk: Desk, page: InsidePage) -> None:
    heads = table_of(page).heads
    heads.setFocus(Qt.FocusReason.TabFocusReason)
    for _step in range(SIZE):
        QTest.keyClick(heads, Qt.Key.Key_Right)
    QTest.keyClick(heads, Qt.Key.Key_Down)
    popup = popup_of(desk, page)
    bars = bars_of(popup)
    desk.wait(lambda: QApplication.focusWidget() is bars)
    QTest.keyClick(bars, Qt.Key.Key_End)
    assert "380 to under 400: 20 lines" in said(popup)
    QTest.keyClick(bars, Qt.Key.Key_Left)
    assert bars.accessibleDescription() == "360 to under 380: 20 lines"
    QTest.keyClick(bars, Qt.Key.Key_Return)
    desk.wait(lambda: rows(page) == 20)
    assert filters(page) == ["size: 360 to under 380"]


def test_several_columns_filter_at_once_and_escape_shows_all_lines(
    desk: Desk, page: InsidePage
) -> None:
    values = values_of(open_head(desk, page, COLOR))
    QTest.keyClick(values, Qt.Key.Key_Return)  # the commonest
    desk.wait(lambda: rows(page) == 200)
    popup = open_head(desk, page, SIZE)
    bars = bars_of(popup)
    QTest.mouseClick(bars, LEFT, pos=bars.bar_rect(0).center())
    desk.wait(lambda: rows(page) == 10)
    assert filters(page) == ["color is blue", "size: 0 to under 20"]
    QTest.keyClick(table_of(page), Qt.Key.Key_Escape)
    assert rows(page) == 400
    assert filters(page) == []
    assert page.isVisible()


@pytest.mark.parametrize(
    "remove",
    [
        lambda chip: QTest.mouseClick(chip, LEFT),
        lambda chip: QTest.keyClick(chip, Qt.Key.Key_Delete),
        lambda chip: QTest.keyClick(chip, Qt.Key.Key_Return),
    ],
    ids=["click", "Delete", "Enter"],
)
def test_a_chip_removes_its_filter(
    desk: Desk, page: InsidePage, remove: Callable[[QToolButton], None]
) -> None:
    QTest.keyClick(values_of(open_head(desk, page, COLOR)), Qt.Key.Key_Return)
    desk.wait(lambda: rows(page) == 200)
    (chip,) = [one for one in chips(page) if one.text() == "color is blue"]
    remove(chip)
    assert rows(page) == 400
    assert filters(page) == []


def test_a_filter_is_removed_in_its_head(desk: Desk, page: InsidePage) -> None:
    QTest.keyClick(values_of(open_head(desk, page, COLOR)), Qt.Key.Key_Return)
    desk.wait(lambda: rows(page) == 200)
    desk.press("Show all lines", open_head(desk, page, COLOR))
    assert rows(page) == 400


def test_the_head_of_the_numbers_asks_for_a_line(desk: Desk, page: InsidePage) -> None:
    heads = table_of(page).heads
    QTest.mouseClick(heads.viewport(), LEFT, pos=heads.head_rect(0).center())
    dialog = desk.dialog("Go to line")
    instance_of(type(dialog), dialog).reject()


def test_heads_stay_low(page: InsidePage) -> None:
    assert table_of(page).heads.height() <= 40
