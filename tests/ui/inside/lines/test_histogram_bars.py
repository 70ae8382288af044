"""The bars of a histogram, chosen with the pointer and with keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy, QTest
from pytestqt.qtbot import QtBot

from services.previews.lines.histogram import Histogram
from ui.inside.lines.histogram_bars import HistogramBars

LEFT = Qt.MouseButton.LeftButton
HISTOGRAM = Histogram((0.0, 10.0, 20.0, 30.0), (5, 0, 2), beyond=3)


@pytest.fixture
def bars(qtbot: QtBot) -> HistogramBars:
    made = HistogramBars()
    qtbot.addWidget(made)
    made.resize(400, 120)
    with qtbot.waitActive(made):
        made.show()
    made.show_histogram(HISTOGRAM, are_whole=True)
    return made


def chosen(spy: QSignalSpy) -> list[object]:
    return [spy.at(place)[0] for place in range(spy.count())]


def test_a_click_chooses_a_bar_and_another_one_all(bars: HistogramBars) -> None:
    spy = QSignalSpy(bars.range_chosen)
    for bar in (0, 3, 3):
        QTest.mouseClick(bars, LEFT, pos=bars.bar_rect(bar).center())
    assert chosen(spy) == [(0.0, 10.0), (30.0, None), None]


def test_keys_move_and_choose(bars: HistogramBars) -> None:
    spy = QSignalSpy(bars.range_chosen)
    bars.setFocus()
    said = []
    for key in (
        Qt.Key.Key_Right,
        Qt.Key.Key_End,
        Qt.Key.Key_Right,
        Qt.Key.Key_Left,
        Qt.Key.Key_Home,
    ):
        QTest.keyClick(bars, key)
        said.append(bars.accessibleDescription())
    assert said == [
        "10 to 19: 0 lines",
        "30 or more: 3 lines",
        "30 or more: 3 lines",
        "20 to 29: 2 lines",
        "0 to 9: 5 lines",
    ]
    QTest.keyClick(bars, Qt.Key.Key_Space)
    assert chosen(spy) == [(0.0, 10.0)]


def test_without_numbers_there_is_nothing_to_choose(bars: HistogramBars) -> None:
    spy = QSignalSpy(bars.range_chosen)
    bars.show_histogram(None)
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Right)
    QTest.keyClick(bars, Qt.Key.Key_Return)
    QTest.mouseClick(bars, LEFT)
    assert not spy.count()
    assert bars.accessibleDescription() == ""


@pytest.mark.parametrize("marked", [5, 15, 35, None])
def test_a_marked_bar_looks_different(bars: HistogramBars, marked: int | None) -> None:
    bars.clearFocus()
    before = bars.grab().toImage()
    bars.mark(marked)
    # No line is between 10 and 19.
    assert (bars.grab().toImage() != before) is (marked in (5, 35))
