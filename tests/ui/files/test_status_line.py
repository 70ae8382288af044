import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ui.files.status_line import StatusLine

NOW = 1_800_000_000.0


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(qtbot: QtBot, clock: Clock) -> StatusLine:
    made = StatusLine(clock)
    qtbot.addWidget(made)
    made.resize(800, made.height())
    made.show()
    qtbot.waitExposed(made)
    return made


def texts(line: StatusLine) -> tuple[str, str]:
    left, right = line.findChildren(QLabel)
    return left.text().replace(",", ""), right.text().replace(",", "")


def stop(line: StatusLine) -> QPushButton:
    found = line.findChild(QPushButton)
    assert found is not None
    return found


def timer(line: StatusLine) -> QTimer:
    found = line.findChild(QTimer)
    assert found is not None
    return found


def pass_time(line: StatusLine, clock: Clock, seconds: float) -> None:
    """As if the clock went on and the timer, which must be running, rang."""
    clock.now += seconds
    assert timer(line).isActive()
    assert timer(line).interval() <= max(1000, seconds * 1000)
    timer(line).timeout.emit()


def test_files_and_selection_stand_on_the_left(line: StatusLine) -> None:
    line.show_files(12_408, 612_000_000_000)
    assert texts(line)[0] == "12408 files · 612.0 GB"
    line.show_selection(1, 41_700_000)
    assert texts(line)[0] == "12408 files · 612.0 GB  ·  1 selected · 41.7 MB"
    line.show_selection(0, 0)
    line.show_files(1, 12_000)
    assert texts(line)[0] == "1 file · 12 KB"
    line.show_files(0, 0)
    assert texts(line)[0] == "0 files"


def test_a_listing_tells_how_far_it_is_and_can_be_stopped(line: StatusLine, qtbot: QtBot) -> None:
    assert not stop(line).isVisible()
    line.show_listing(0)
    assert texts(line)[1] == "Listing…"
    line.show_listing(12_000)
    assert texts(line)[1] == "Listing… 12000 so far"
    with qtbot.waitSignal(line.stop_asked):
        qtbot.mouseClick(stop(line), Qt.MouseButton.LeftButton)


def test_the_age_of_the_listing_goes_on_by_itself(line: StatusLine, clock: Clock) -> None:
    line.show_listing(5)
    line.show_updated(NOW)
    assert not stop(line).isVisible()
    assert texts(line)[1] == "Updated just now"
    pass_time(line, clock, 12)
    assert texts(line)[1] == "Updated 12 s ago"
    pass_time(line, clock, 60)
    assert texts(line)[1] == "Updated 1 min ago"
    pass_time(line, clock, 3600)
    assert texts(line)[1] == "Updated 1 h ago"


def test_a_clock_that_was_put_back_makes_no_nonsense(line: StatusLine, clock: Clock) -> None:
    clock.now -= 3600
    line.show_updated(NOW)
    assert texts(line)[1] == "Updated just now"


def test_a_listing_that_ended_early_says_why_and_has_no_age(line: StatusLine, clock: Clock) -> None:
    line.show_updated(NOW)
    line.show_listing(7)
    line.show_stopped("The server is busy\nvery")
    assert texts(line)[1] == "The server is busy\ufffdvery"
    assert not stop(line).isVisible()
    assert not timer(line).isActive()


def test_the_line_keeps_its_height_when_the_stop_link_comes(line: StatusLine) -> None:
    before = line.height()
    line.show_listing(7)
    assert line.height() == before
    assert stop(line).geometry().bottom() < line.height()
