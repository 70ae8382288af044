"""A word on the desktop to a person who is looking elsewhere."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from ui.program_icon import program_icon
from ui.wording import one_line, shortened

_LONGEST = 300


def desktop_reads_markup() -> bool:
    """Whether a notice goes over the session bus, where its text is markup.

    So it is where Qt finds this tray; else Qt itself shows a balloon of plain text.
    """
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    return bool(bus.interface().isServiceRegistered("org.kde.StatusNotifierWatcher").value())


class DesktopNotice(QObject):
    """Speaks up outside the window, where the desktop can show it."""

    said = Signal(str)
    """This was told."""

    def __init__(
        self, window: QWidget, reads_markup: Callable[[], bool] = desktop_reads_markup
    ) -> None:
        """`reads_markup` tells whether the desktop takes a text for markup."""
        super().__init__(window)
        self._reads_markup = reads_markup
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def say(self, text: str) -> bool:
        """Tell a sentence, unless the window is in front; whether it was told."""
        if self._window.isActiveWindow():
            return False
        self.said.emit(text)
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            if self._tray is None:
                self._tray = QSystemTrayIcon(program_icon(), self)
                self._tray.messageClicked.connect(self._clicked)
            self._tray.show()
            from html import escape

            # Files are named by anybody.
            plain = shortened(one_line(text), _LONGEST)
            shown = escape(plain, quote=False) if self._reads_markup() else plain
            self._tray.showMessage("Filewharf", shown, program_icon())
        return True

    @Slot()
    def _clicked(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.activateWindow()
        self._window.raise_()
