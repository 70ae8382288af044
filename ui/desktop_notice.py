"""A word on the desktop to a person who is looking elsewhere."""

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from ui.program_icon import program_icon


class DesktopNotice(QObject):
    """Speaks up outside the window, where the desktop can show it."""

    said = Signal(str)
    """This was told."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
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
            self._tray.showMessage("Filewharf", text, program_icon())
        return True

    @Slot()
    def _clicked(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._window.activateWindow()
        self._window.raise_()
