"""How large a window may be when it opens."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

_FRAME = QSize(16, 60)
"""Pixels for what the window manager puts around a window."""


def fitting(window: QWidget, width: int, height: int) -> QSize:
    """The size that is wanted, or as much of it as the screen of the window has room for.

    Screens are small where everything is shown larger: a third is gone at 150 %.
    """
    room = window.screen().availableGeometry().size() - _FRAME
    return QSize(width, height).boundedTo(room)
