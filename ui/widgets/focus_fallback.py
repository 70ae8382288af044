"""Decides where focus goes when the focused widget disappears."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QWidget


class FocusFallback(QObject):
    """Moves focus to a useful widget when the focused one is hidden.

    Qt moves focus to the next widget in tab order, wherever that is. That may be a menu or a combo
    box, which the next key press would open or change. Qt's choice stands only if it is in the same
    container.
    """

    def __init__(self, window: QWidget, set_focus: Callable[[], object]) -> None:
        """`set_focus` moves focus to the window's main widget."""
        super().__init__(window)
        self._window = window
        self._set_focus = set_focus
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)

    @Slot(QWidget, QWidget)
    def _focus_changed(self, old: QWidget | None, new: QWidget | None) -> None:
        if old is None or new is None or old.isVisible():
            return
        if self._window is not old.window() or self._window is not new.window():
            return
        container = old.parentWidget()
        if container is self._window or container is not new.parentWidget():
            self._set_focus()
