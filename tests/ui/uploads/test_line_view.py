"""The lines around a finding, and the numbers at their left."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from services.checks.lines_around import ShownLine
from tests.support.seen_colors import shows
from ui.theme import Role
from ui.uploads.line_view import LineView

LONG = "x" * 2_000


@pytest.fixture
def view(qtbot: QtBot) -> LineView:
    made = LineView()
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    qtbot.waitExposed(made)
    return made


def show(view: LineView, *numbers: int, column: int | None = None, text: str = LONG) -> None:
    """Lines with these numbers, of which the last is wanted."""
    view.show_lines([ShownLine(number, text) for number in numbers], numbers[-1], column)


def beside(view: LineView) -> QImage:
    """What is at the left of the text."""
    text = view.viewport().geometry()
    return view.grab(QRect(0, text.top(), text.left(), text.height())).toImage()


def is_plain(image: QImage) -> bool:
    first = image.pixel(0, 0)
    return all(
        image.pixel(x, y) == first for x in range(image.width()) for y in range(image.height())
    )


def test_the_numbers_stay_where_they_are_while_the_text_goes_sideways(view: LineView) -> None:
    show(view, 8, 9, 10, column=5)
    before = beside(view)
    assert not is_plain(before)
    bar = view.horizontalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    assert beside(view) == before


def test_a_place_far_to_the_right_is_in_sight_with_its_number(view: LineView) -> None:
    show(view, 8, 9, 10)
    numbers = beside(view)
    show(view, 8, 9, 10, column=1_900)
    assert view.horizontalScrollBar().value() > 0
    assert view.viewport().rect().contains(view.cursorRect())
    assert beside(view) == numbers


def test_every_line_has_its_own_number(view: LineView) -> None:
    show(view, 11, 12)
    some = beside(view)
    show(view, 11, 13)
    others = beside(view)
    assert others != some
    middle = view.cursorRect().top()
    first = QRect(0, 0, some.width(), middle)
    assert others.copy(first) == some.copy(first)


def test_there_is_room_for_long_numbers_and_none_without_lines(view: LineView) -> None:
    show(view, 9)
    narrow = view.viewport().x()
    show(view, 1_000_000)
    assert view.viewport().x() > narrow
    view.tell("The file has no such line any more.")
    assert view.viewport().x() < narrow
    assert view.toPlainText() == "The file has no such line any more."


def test_the_text_is_that_of_the_file_and_the_numbers_are_told_beside_it(view: LineView) -> None:
    show(view, 12, 13, text="{}")
    assert view.toPlainText() == "{}\n{}"
    assert view.accessibleDescription() == "Starting at line 12"
    view.tell("Gone.")
    assert view.accessibleDescription() == ""


def test_the_place_is_marked_also_in_a_line_whose_beginning_is_left_out(view: LineView) -> None:
    line = ShownLine(3, "abc😀def", skipped=100, more=True)
    view.show_lines([line], 3, 105)
    assert view.toPlainText() == "… abc😀def …"
    assert view.extraSelections()[1].cursor.selectedText() == "d"


def test_what_is_copied_is_what_the_file_holds(view: LineView) -> None:
    show(view, 1, 2, text="12\u202f500\u00a0€")
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text() == "12\u202f500\u00a0€\n12\u202f500\u00a0€"


def test_the_line_is_marked_without_looking_like_an_active_selection(view: LineView) -> None:
    assert not shows(view, Role.RESTING)
    show(view, 8, 9, 10, text="x")
    assert shows(view, Role.RESTING)
    assert not shows(view, Role.SELECTION)
