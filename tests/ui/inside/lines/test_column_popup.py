"""What a column holds, below its head."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QLabel, QListWidget, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from services.previews.lines.histogram import Histogram
from services.previews.rows.column_values import ColumnsProgress, ColumnValues
from services.previews.rows.line_filter import Condition, LengthIn, ValueIs
from tests.support.narrowing import not_none
from ui.inside.lines.column_popup import ColumnPopup
from ui.inside.lines.histogram_bars import HistogramBars
from ui.inside.lines.value_list import share_in_words

MakePopup = Callable[..., ColumnPopup]
VALUES = ColumnValues(30, 2, (("a\nb", 60), ("", 10)))
PROGRESS = ColumnsProgress(1_000, 100, (VALUES,), is_whole_file=True)


@pytest.fixture
def open_popup(qtbot: QtBot) -> MakePopup:
    below = QWidget()
    qtbot.addWidget(below)
    with qtbot.waitActive(below):
        below.show()

    def make(active: Condition | None = None) -> ColumnPopup:
        made = ColumnPopup(
            "Model", 2, is_number=False, are_whole=False, active=active, parent=below
        )
        made.open_below(below, below.rect())
        return made

    return make


def said(popup: ColumnPopup) -> list[str]:
    labels = [one for one in popup.findChildren(QLabel) if one.isVisible()]
    return [one.text() for one in labels if one.text()]


def links(popup: ColumnPopup) -> list[str]:
    return [one.text() for one in popup.findChildren(QPushButton) if one.isVisible()]


def chosen(spy: QSignalSpy) -> list[object]:
    return [spy.at(place)[0] for place in range(spy.count())]


def test_counting_is_told(open_popup: MakePopup) -> None:
    popup = open_popup()
    assert said(popup) == ["Model", "Counting…"]
    popup.show_counting(2_000)
    assert said(popup) == ["Model", "Counting… 2,000 lines so far"]
    popup.show_values(VALUES, PROGRESS, is_all=True)
    assert said(popup) == ["Model", "2 different values"]
    assert links(popup) == ["30% missing"]


def test_it_is_told_that_only_the_first_lines_were_counted(open_popup: MakePopup) -> None:
    popup = open_popup()
    many = ColumnsProgress(1_000, 100_000, (VALUES,))
    popup.show_values(ColumnValues(0, None, histogram=Histogram((0, 1), (5,))), many, is_all=False)
    assert said(popup)[1:3] == [
        "None missing",
        "Over 1,000 different values · lengths in characters · in the first 100,000 lines",
    ]


def test_a_file_without_values_says_so(open_popup: MakePopup) -> None:
    popup = open_popup()
    popup.show_values(ColumnValues(0, 0), ColumnsProgress(10, 0), is_all=True)
    assert said(popup) == ["Model", "There are no values."]


def test_values_are_plain_text_on_one_line(open_popup: MakePopup) -> None:
    popup = open_popup()
    popup.show_values(VALUES, PROGRESS, is_all=True)
    found = not_none(popup.findChild(QListWidget))
    assert [found.item(row).text() for row in range(found.count())] == ["a\ufffdb", "(empty)"]
    spy = QSignalSpy(popup.chosen)
    QTest.keyClick(found, Qt.Key.Key_Down)
    QTest.keyClick(found, Qt.Key.Key_Return)
    assert chosen(spy) == [ValueIs(2, "")]
    assert not popup.isVisible()


def test_what_is_chosen_already_is_chosen_no_longer(open_popup: MakePopup) -> None:
    popup = open_popup(ValueIs(2, "a\nb"))
    popup.show_values(VALUES, PROGRESS, is_all=True)
    spy = QSignalSpy(popup.chosen)
    QTest.keyClick(not_none(popup.findChild(QListWidget)), Qt.Key.Key_Return)
    assert chosen(spy) == [None]


def test_a_range_of_lengths_can_be_chosen(open_popup: MakePopup) -> None:
    popup = open_popup()
    values = ColumnValues(0, None, histogram=Histogram((0.0, 5.0, 10.0), (3, 4)))
    popup.show_values(values, PROGRESS, is_all=True)
    spy = QSignalSpy(popup.chosen)
    QTest.keyClick(not_none(popup.findChild(HistogramBars)), Qt.Key.Key_End)
    assert said(popup)[-1] == "5 to 9: 4 lines"
    QTest.keyClick(not_none(popup.findChild(HistogramBars)), Qt.Key.Key_Return)
    assert chosen(spy) == [LengthIn(2, 5.0, 10.0)]


def test_escape_closes_it_without_a_choice(open_popup: MakePopup) -> None:
    popup = open_popup()
    spies = QSignalSpy(popup.chosen), QSignalSpy(popup.closed)
    QTest.keyClick(popup, Qt.Key.Key_Escape)
    assert [spy.count() for spy in spies] == [0, 1]


@pytest.mark.parametrize(
    ("part", "of", "words"),
    [
        (0, 10, "0%"),
        (0, 0, "0%"),
        (1, 1_000, "under 1%"),
        (1, 3, "33%"),
        (999, 1_000, "99%"),
        (10, 10, "100%"),
    ],
)
def test_a_share_is_never_rounded_to_none_or_all(part: int, of: int, words: str) -> None:
    assert share_in_words(part, of) == words
