"""Shows a widget and waits until it's on the screen."""

from typing import TypeVar

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

_W = TypeVar("_W", bound=QWidget)


def shown_widget(qtbot: QtBot, widget: _W, width: int, height: int) -> _W:
    """The widget, shown with this size in pixels; it is closed at the end of the test."""
    qtbot.addWidget(widget)
    widget.resize(width, height)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget
