import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.support.factories import remote_file
from tests.support.manual_clock import ManualClock
from tests.support.narrowing import not_none, now
from ui.deleting.undo_bar import UndoBar

_LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    QVBoxLayout(made).addWidget(QWidget())
    qtbot.addWidget(made)
    made.resize(900, 400)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.fixture
def bar(window: QWidget, clock: ManualClock) -> UndoBar:
    made = UndoBar(not_none(not_none(not_none(window.layout()).itemAt(0)).widget()), clock)
    # The test advances the clock; the real timer would interfere.
    not_none(made.findChild(QTimer)).setInterval(1_000_000)
    return made


def advance(bar: UndoBar, clock: ManualClock, seconds: float) -> None:
    clock.now += seconds
    not_none(bar.findChild(QTimer)).timeout.emit()


def words(bar: UndoBar) -> str:
    return not_none(bar.findChild(QLabel)).text()


def button(bar: UndoBar, text: str) -> QPushButton:
    return next(one for one in bar.findChildren(QPushButton) if one.text() == text)


def test_it_counts_down_before_emitting_due(bar: UndoBar, clock: ManualClock) -> None:
    files = (remote_file(), remote_file())
    due = QSignalSpy(bar.due)
    bar.start(files, 6)
    assert bar.isVisible()
    assert words(bar) == "Deleting 2 files in 6 s"
    advance(bar, clock, 2.5)
    assert words(bar) == "Deleting 2 files in 4 s"
    advance(bar, clock, 3.4)
    assert words(bar) == "Deleting 2 files in 1 s"
    assert due.count() == 0
    assert now(bar.pending) == files
    advance(bar, clock, 0.2)
    assert due.count() == 1
    assert due.at(0)[0] == files
    assert bar.pending == ()
    assert not bar.isVisible()


def test_the_real_clock_works_too(qtbot: QtBot, window: QWidget) -> None:
    bar = UndoBar(window)
    with qtbot.waitSignal(bar.due) as due:
        bar.start([remote_file(id="file-a")], 0.05)
    assert [file.id for file in due.args[0]] == ["file-a"]


def test_undo_sends_nothing_and_stops_the_countdown(
    qtbot: QtBot, bar: UndoBar, clock: ManualClock
) -> None:
    files = (remote_file(),)
    due = QSignalSpy(bar.due)
    bar.start(files, 6)
    with qtbot.waitSignal(bar.undone) as undone:
        qtbot.mouseClick(button(bar, "Undo"), _LEFT)
    assert undone.args == [files]
    assert not bar.isVisible()
    assert not not_none(bar.findChild(QTimer)).isActive()
    advance(bar, clock, 60)
    assert due.count() == 0


def test_delete_now_sends_at_once(qtbot: QtBot, bar: UndoBar, clock: ManualClock) -> None:
    files = (remote_file(),)
    bar.start(files, 6)
    due = QSignalSpy(bar.due)
    qtbot.mouseClick(button(bar, "Delete now"), _LEFT)
    advance(bar, clock, 60)
    assert due.count() == 1
    assert due.at(0)[0] == files


def test_a_second_delete_joins_the_first_and_restarts_the_countdown(
    bar: UndoBar, clock: ManualClock
) -> None:
    one, two = remote_file(), remote_file()
    due, undone = QSignalSpy(bar.due), QSignalSpy(bar.undone)
    bar.start([one], 6)
    advance(bar, clock, 5)
    bar.start([two, one], 6)
    advance(bar, clock, 5)
    assert due.count() == 0
    assert words(bar) == "Deleting 2 files in 1 s"
    assert bar.pending == (one, two)
    bar.undo()
    assert (undone.count(), due.count()) == (1, 0)
    assert undone.at(0)[0] == (one, two)


def test_zero_seconds_sends_at_once(bar: UndoBar) -> None:
    due = QSignalSpy(bar.due)
    bar.start([remote_file()], 0)
    assert due.count() == 1
    assert not bar.isVisible()


def test_without_files_there_is_no_bar(bar: UndoBar) -> None:
    bar.start([], 6)
    assert not bar.isVisible()


def test_closing_the_window_deletes_nothing(
    window: QWidget, bar: UndoBar, clock: ManualClock
) -> None:
    due = QSignalSpy(bar.due)
    bar.start([remote_file()], 6)
    window.close()
    assert bar.pending == ()
    advance(bar, clock, 60)
    assert due.count() == 0


def test_ctrl_z_undoes_at_once(qtbot: QtBot, window: QWidget, bar: UndoBar) -> None:
    bar.start([remote_file()], 6)
    undone = QSignalSpy(bar.undone)
    for _press in range(2):  # the second has nothing to undo
        qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert undone.count() == 1
    assert not bar.pending


def test_tab_reaches_undo_before_delete_now(qtbot: QtBot, bar: UndoBar) -> None:
    bar.start([remote_file()], 6)
    qtbot.waitUntil(bar.isVisible)
    chain = []
    here: QWidget | None = bar
    for _step in range(10):
        here = not_none(here).nextInFocusChain()
        if isinstance(here, QPushButton):
            chain.append(here.text())
    assert chain.index("Undo") < chain.index("Delete now")


def test_it_is_announced_to_assistive_technology(bar: UndoBar, clock: ManualClock) -> None:
    bar.start([remote_file()], 6)
    assert bar.accessibleName() == "Deleting files"
    assert bar.accessibleDescription() == "Deleting 1 file in 6 s"
    advance(bar, clock, 3)
    assert bar.accessibleDescription() == "Deleting 1 file in 3 s"


@pytest.mark.parametrize("width", [420, 640, 1600])
def test_it_floats_centered_above_the_bottom(
    qtbot: QtBot, window: QWidget, bar: UndoBar, width: int
) -> None:
    bar.start([remote_file() for _ in range(312)], 6)
    window.resize(width, 300)
    around = not_none(bar.parentWidget())
    qtbot.waitUntil(lambda: window.width() == width)
    qtbot.waitUntil(lambda: around.rect().contains(bar.geometry()))
    assert abs(bar.geometry().center().x() - around.rect().center().x()) <= 1
    assert bar.geometry().bottom() < around.rect().bottom()
    for one in bar.findChildren(QPushButton):
        assert bar.rect().contains(one.geometry())


def test_in_a_narrow_window_the_buttons_are_below_the_text(
    qtbot: QtBot, window: QWidget, bar: UndoBar
) -> None:
    taken = QSignalSpy(bar.covered_height_changed)
    bar.start([remote_file() for _ in range(312)], 6)
    usual = taken.at(0)[0]
    words = not_none(bar.findChild(QLabel))
    around = not_none(bar.parentWidget())
    window.setMinimumWidth(1)
    narrow = words.sizeHint().width() + button(bar, "Delete now").sizeHint().width() + 60
    window.resize(narrow, 300)
    qtbot.waitUntil(lambda: window.width() == narrow)
    qtbot.waitUntil(lambda: around.rect().contains(bar.geometry()))
    assert words.width() >= words.sizeHint().width()
    for one in bar.findChildren(QPushButton):
        assert one.y() > words.geometry().bottom()
        assert bar.rect().contains(one.geometry())
    higher = taken.at(taken.count() - 1)[0]
    assert higher > usual
    window.resize(900, 300)
    qtbot.waitUntil(lambda: taken.at(taken.count() - 1)[0] == usual)
