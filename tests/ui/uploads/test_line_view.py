"""The lines around a finding, and their line numbers."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from services.checks.lines_around import LineExcerpt
from tests.support.shown_widget import shown_widget
from tests.support.visible_colors import shows
from ui.theme import Role
from ui.uploads.line_view import LineView

LONG = "x" * 2_000


@pytest.fixture
def view(qtbot: QtBot) -> LineView:
    return shown_widget(qtbot, LineView(), 400, 200)


def show(view: LineView, *numbers: int, column: int | None = None, text: str = LONG) -> None:
    """Show lines with these numbers, the last one marked."""
    view.show_lines([LineExcerpt(number, text) for number in numbers], numbers[-1], column)


def beside(view: LineView) -> QImage:
    """The margin with the line numbers."""
    text = view.viewport().geometry()
    return view.grab(QRect(0, text.top(), text.left(), text.height())).toImage()


def is_plain(image: QImage) -> bool:
    first = image.pixel(0, 0)
    return all(
        image.pixel(x, y) == first for x in range(image.width()) for y in range(image.height())
    )


def test_line_numbers_stay_put_when_the_text_scrolls_sideways(view: LineView) -> None:
    show(view, 8, 9, 10, column=5)
    before = beside(view)
    assert not is_plain(before)
    bar = view.horizontalScrollBar()
    bar.setValue(bar.maximum())
    assert bar.value() > 0
    assert beside(view) == before


def test_a_column_far_to_the_right_scrolls_into_view(view: LineView) -> None:
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


def test_the_number_margin_fits_long_numbers_and_vanishes_without_lines(view: LineView) -> None:
    show(view, 9)
    narrow = view.viewport().x()
    show(view, 1_000_000)
    assert view.viewport().x() > narrow
    view.show_message("The file no longer has this line.")
    assert view.viewport().x() < narrow
    assert view.toPlainText() == "The file no longer has this line."


def test_the_text_excludes_line_numbers_and_screen_readers_get_the_first(view: LineView) -> None:
    show(view, 12, 13, text="{}")
    assert view.toPlainText() == "{}\n{}"
    assert view.accessibleDescription() == "Starting at line 12"
    view.show_message("Gone.")
    assert view.accessibleDescription() == ""


def test_the_column_is_marked_in_a_truncated_line(view: LineView) -> None:
    line = LineExcerpt(3, "abc😀def", skipped=100, more=True)
    view.show_lines([line], 3, 105)
    assert view.toPlainText() == "… abc😀def …"
    assert view.extraSelections()[1].cursor.selectedText() == "d"


def test_copied_text_equals_the_file_content(view: LineView) -> None:
    show(view, 1, 2, text="12\u202f500\u00a0€")
    view.selectAll()
    view.copy()
    assert QGuiApplication.clipboard().text() == "12\u202f500\u00a0€\n12\u202f500\u00a0€"


def test_the_marked_line_does_not_look_like_an_active_selection(view: LineView) -> None:
    assert not shows(view, Role.INACTIVE_SELECTION)
    show(view, 8, 9, 10, text="x")
    assert shows(view, Role.INACTIVE_SELECTION)
    assert not shows(view, Role.SELECTION)
