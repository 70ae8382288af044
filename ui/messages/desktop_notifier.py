"""Desktop notifications while another window is in front."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon, QWidget

from ui.program_icon import program_icon
from ui.wording import one_line, shortened

_MAX_LENGTH = 300


def desktop_reads_markup() -> bool:
    """Whether notifications go over D-Bus, which interprets their text as markup.

    Qt uses D-Bus if it finds this tray service. Otherwise it shows a plain-text balloon itself.
    """
    from PySide6.QtDBus import QDBusConnection

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    return bool(bus.interface().isServiceRegistered("org.kde.StatusNotifierWatcher").value())


class DesktopNotifier(QObject):
    """Shows desktop notifications where the desktop supports them."""

    notified = Signal(str)
    """Carries each text that was shown."""

    def __init__(
        self, window: QWidget, reads_markup: Callable[[], bool] = desktop_reads_markup
    ) -> None:
        """`reads_markup` returns whether the desktop interprets text as markup."""
        super().__init__(window)
        self._reads_markup = reads_markup
        self._window = window
        self._tray: QSystemTrayIcon | None = None

    def notify(self, text: str) -> bool:
        """Show a notification unless a window is active; return whether it was shown."""
        active = QApplication.activeWindow()
        is_other = isinstance(active, QMainWindow) and isinstance(self._window, QMainWindow)
        if self._window.isActiveWindow() or is_other:
            return False
        self.notified.emit(text)
        QApplication.alert(self._window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            if self._tray is None:
                self._tray = QSystemTrayIcon(program_icon(), self)
                self._tray.messageClicked.connect(self._clicked)
            self._tray.show()
            from html import escape

            # File names in the text are untrusted.
            plain = shortened(one_line(text), _MAX_LENGTH)
            shown = escape(plain, quote=False) if self._reads_markup() else plain
            self._tray.showMessage("Filewharf", shown, program_icon())
        return True

    @Slot()
    def _clicked(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.activateWindow()
        self._window.raise_()
