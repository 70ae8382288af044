"""The current time and time zone as the window shows them."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget


class WindowClock(QObject):
    """Holds one current time for all texts, so that they never contradict each other.

    It updates every minute, when the window becomes active, and on request. Each update also
    rereads the system's time zone, which changes when people travel.
    """

    ticked = Signal()
    """Emitted when the time, and perhaps the time zone, has changed."""

    def __init__(self, clock: Callable[[], float], window: QWidget) -> None:
        """`clock` returns seconds since 1970."""
        super().__init__(window)
        self._clock = clock
        self._now = clock()
        self._minutes = QTimer(self)
        self._minutes.setInterval(60_000)
        self._minutes.timeout.connect(self.update)
        self._minutes.start()
        window.installEventFilter(self)

    def now(self) -> float:
        """The time of the last update, in seconds since 1970."""
        return self._now

    @Slot()
    def update(self) -> None:
        """Update the time and the time zone, and have what is shown follow."""
        self.update_unseen()
        self.ticked.emit()

    @Slot()
    def update_unseen(self) -> None:
        """Update them where all that depends on them is about to be shown anew."""
        if hasattr(time, "tzset"):  # only needed where it exists
            time.tzset()
        self._now = self._clock()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Update when the window becomes active."""
        if event.type() == QEvent.Type.WindowActivate:
            self.update()
        return super().eventFilter(watched, event)
