"""Where the keyboard goes when the part of a window that had it goes away."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget


class FocusHome(QObject):
    """Brings the keyboard home.

    Qt gives it to the next part in the order of Tab, wherever that is: to a menu or a choice, which
    the next key would open or change. That is left so only where it stays in the same part.
    """

    def __init__(self, window: QWidget, go_home: Callable[[], object]) -> None:
        """`go_home` puts the keyboard where it is most needed in the window."""
        super().__init__(window)
        self._window = window
        self._go_home = go_home
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._moved)

    @Slot(QWidget, QWidget)
    def _moved(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is None or new is None or old.isVisible():
            return
        if self._window is not old.window() or self._window is not new.window():
            return
        part = old.parentWidget()
        if part is self._window or part is not new.parentWidget():
            self._go_home()
