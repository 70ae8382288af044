"""The initial size of windows."""

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

_FRAME = QSize(16, 60)
"""Pixels for the window manager's frame."""


def fit_to_screen(window: QWidget, width: int, height: int) -> QSize:
    """The given size, limited to what fits on the window's screen.

    With display scaling, screens are smaller than they seem: at 150%, a third is gone.
    """
    room = window.screen().availableGeometry().size() - _FRAME
    return QSize(width, height).boundedTo(room)
