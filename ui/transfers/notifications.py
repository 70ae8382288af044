"""Tells a person who is looking elsewhere that long work has ended."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from services.language import _, ngettext
from ui.program_icon import program_icon
from ui.transfers.transfer_summary import TransferSummary
from ui.wording import count_in_words

_LONG = 10.0
"""Seconds of work that are worth a word when it ends."""


class Notifications(QObject):
    """Watches the sum of all transfers, and speaks up when nothing runs any more."""

    ended = Signal(str)
    """Long work ended while the window was not in front; what was said."""

    def __init__(self, window: QWidget, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        super().__init__(window)
        self._window = window
        self._clock = clock
        self._begun: float | None = None
        self._tray: QSystemTrayIcon | None = None

    def take(self, summary: TransferSummary) -> None:
        """Take the newest sum."""
        busy = summary.running + summary.waiting > 0
        if busy and self._begun is None:
            self._begun = self._clock()
        elif not busy and self._begun is not None:
            long = self._clock() - self._begun >= _LONG
            self._begun = None
            if long and not self._window.isActiveWindow():
                self._say(_ended_in_words(summary))

    def _say(self, text: str) -> None:
        self.ended.emit(text)
        QApplication.alert(self._window)
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(program_icon(), self)
            self._tray.messageClicked.connect(self._clicked)
        self._tray.show()
        self._tray.showMessage("Filewharf", text, program_icon())

    @Slot()
    def _clicked(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.activateWindow()
        self._window.raise_()


def _ended_in_words(summary: TransferSummary) -> str:
    if not summary.needs_attention:
        return _("All transfers have ended")
    words = ngettext(
        "All transfers have ended; {number} needs attention",
        "All transfers have ended; {number} need attention",
        summary.needs_attention,
    )
    return words.format(number=count_in_words(summary.needs_attention))
