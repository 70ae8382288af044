from dataclasses import replace

import pytest
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.hand_turned_clock import HandTurnedClock
from ui.desktop_notice import DesktopNotice
from ui.transfers.notifications import Notifications
from ui.transfers.transfer_summary import TransferSummary

QUIET = TransferSummary()
BUSY = replace(QUIET, running=2, waiting=3)


@pytest.fixture
def clock() -> HandTurnedClock:
    return HandTurnedClock()


@pytest.fixture
def notice(qtbot: QtBot) -> DesktopNotice:
    window = QWidget()  # never shown, so never in front
    qtbot.addWidget(window)
    return DesktopNotice(window)


@pytest.fixture
def notifications(notice: DesktopNotice, clock: HandTurnedClock) -> Notifications:
    return Notifications(notice, clock)


def said(spy: QSignalSpy) -> list[str]:
    return [spy.at(number)[0] for number in range(spy.count())]


def test_the_end_of_long_work_is_told_once(
    notifications: Notifications, notice: DesktopNotice, clock: HandTurnedClock
) -> None:
    told = QSignalSpy(notice.said)
    notifications.take(BUSY)
    clock.now += 60
    notifications.take(replace(BUSY, waiting=0))
    notifications.take(replace(QUIET, done=5))
    notifications.take(replace(QUIET, done=5))
    assert said(told) == ["All transfers have ended"]


def test_what_needs_attention_is_told_with_it(
    notifications: Notifications, notice: DesktopNotice, clock: HandTurnedClock
) -> None:
    told = QSignalSpy(notice.said)
    notifications.take(BUSY)
    clock.now += 60
    notifications.take(replace(QUIET, needs_attention=2))
    assert said(told) == ["All transfers have ended; 2 need attention"]


def test_the_end_of_short_work_is_not_told(
    notifications: Notifications, notice: DesktopNotice, clock: HandTurnedClock
) -> None:
    told = QSignalSpy(notice.said)
    notifications.take(BUSY)
    clock.now += 9
    notifications.take(QUIET)
    assert told.count() == 0


def test_a_person_who_looks_at_the_window_is_not_told(qtbot: QtBot, clock: HandTurnedClock) -> None:
    class InFront(QWidget):
        def isActiveWindow(self) -> bool:
            return True

    window = InFront()
    qtbot.addWidget(window)
    notice = DesktopNotice(window)
    notifications = Notifications(notice, clock)
    told = QSignalSpy(notice.said)
    notifications.take(BUSY)
    clock.now += 60
    notifications.take(QUIET)
    assert told.count() == 0
