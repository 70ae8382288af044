from typing import ClassVar

import pytest
from msgspec.structs import replace
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.support.manual_clock import ManualClock
from ui.messages.desktop_notifier import DesktopNotifier
from ui.transfers.notifications import Notifications
from ui.transfers.transfer_summary import TransferSummary

QUIET = TransferSummary()
BUSY = replace(QUIET, running=2, waiting=3)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def notice(qtbot: QtBot) -> DesktopNotifier:
    window = QWidget()  # never shown, so never active
    qtbot.addWidget(window)
    return DesktopNotifier(window)


@pytest.fixture
def notifications(notice: DesktopNotifier, clock: ManualClock) -> Notifications:
    return Notifications(notice, clock)


def texts(spy: QSignalSpy) -> list[str]:
    return [spy.at(number)[0] for number in range(spy.count())]


def test_the_end_of_long_work_is_notified_once(
    notifications: Notifications, notice: DesktopNotifier, clock: ManualClock
) -> None:
    notified = QSignalSpy(notice.notified)
    notifications.update(BUSY)
    clock.now += 60
    notifications.update(replace(BUSY, waiting=0))
    notifications.update(replace(QUIET, done=5))
    notifications.update(replace(QUIET, done=5))
    assert texts(notified) == ["All transfers finished"]


def test_the_notification_counts_transfers_that_need_attention(
    notifications: Notifications, notice: DesktopNotifier, clock: ManualClock
) -> None:
    notified = QSignalSpy(notice.notified)
    notifications.update(BUSY)
    clock.now += 60
    notifications.update(replace(QUIET, needs_attention=2))
    assert texts(notified) == ["All transfers finished; 2 need attention"]


def test_the_end_of_short_work_is_not_notified(
    notifications: Notifications, notice: DesktopNotifier, clock: ManualClock
) -> None:
    notified = QSignalSpy(notice.notified)
    notifications.update(BUSY)
    clock.now += 9
    notifications.update(QUIET)
    assert notified.count() == 0


def test_an_active_window_shows_no_notification(qtbot: QtBot, clock: ManualClock) -> None:
    class InFront(QWidget):
        def isActiveWindow(self) -> bool:
            return True

    window = InFront()
    qtbot.addWidget(window)
    notice = DesktopNotifier(window)
    notifications = Notifications(notice, clock)
    notified = QSignalSpy(notice.notified)
    notifications.update(BUSY)
    clock.now += 60
    notifications.update(QUIET)
    assert notified.count() == 0


class Tray:
    """Replaces the desktop's tray and records what to show."""

    shown: ClassVar[list[str]] = []

    def __init__(self, *_: object) -> None:
        self.messageClicked = self

    def connect(self, _slot: object) -> None:
        pass

    def show(self) -> None:
        pass

    def showMessage(self, _title: str, text: str, _icon: object) -> None:
        self.shown.append(text)

    @staticmethod
    def isSystemTrayAvailable() -> bool:
        return True

    supportsMessages = isSystemTrayAvailable


@pytest.mark.parametrize(
    ("markup", "shown"), [(True, "&lt;a href=x&gt;R&amp;D's�"), (False, "<a href=x>R&D's�")]
)
def test_file_names_are_not_markup_in_notifications(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, markup: bool, shown: str
) -> None:
    monkeypatch.setattr("ui.messages.desktop_notifier.QSystemTrayIcon", Tray)
    monkeypatch.setattr(Tray, "shown", [])
    window = QWidget()
    qtbot.addWidget(window)
    notice = DesktopNotifier(window, lambda: markup)
    assert notice.notify("<a href=x>R&D's\n")
    assert notice.notify("<" * 10_000)
    assert Tray.shown[0] == shown
    assert len(Tray.shown[1]) < 2_000
