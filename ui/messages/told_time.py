"""The moment that the window tells of, and the time zone it tells it in."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget


class ToldTime(QObject):
    """One moment for all words about time, so that no two of them contradict each other.

    It moves on every minute, when the window becomes active, and when asked to. The time zone of
    the system is looked at each time too: people travel, and computers sleep meanwhile.
    """

    passed = Signal()
    """It is later now, and maybe in another time zone."""

    def __init__(self, clock: Callable[[], float], window: QWidget) -> None:
        """`clock` gives seconds since 1970."""
        super().__init__(window)
        self._clock = clock
        self._now = clock()
        self._minutes = QTimer(self)
        self._minutes.setInterval(60_000)
        self._minutes.timeout.connect(self.move_on)
        self._minutes.start()
        window.installEventFilter(self)

    def now(self) -> float:
        """The moment, in seconds since 1970."""
        return self._now

    @Slot()
    def move_on(self) -> None:
        """Tell of what is now."""
        if hasattr(time, "tzset"):  # elsewhere the system does so by itself
            time.tzset()
        self._now = self._clock()
        self.passed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move on when the window becomes active."""
        if event.type() == QEvent.Type.WindowActivate:
            self.move_on()
        return super().eventFilter(watched, event)
