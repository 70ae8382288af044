"""Finds the theme's colors in what a list or a text shows."""

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication

from ui.theme import Role, color


def shows(view: QAbstractScrollArea, role: Role, where: QRect | None = None) -> bool:
    """Whether a list or a text, or a part of it, shows exactly the color of a role.

    A few pixels aren't enough: antialiased letters contain all intermediate colors.
    """
    image = view.viewport().grab(where or view.viewport().rect()).toImage()
    if image.isNull():
        return False
    image.convertTo(QImage.Format.Format_ARGB32)  # without padding
    pixels = memoryview(image.constBits()).cast("I").tolist()
    return pixels.count(color(role, QApplication.palette()).rgb()) >= _FEWEST


def selection_looks(view: QAbstractItemView) -> list[Role]:
    """Which of the two selection backgrounds a list shows."""
    return [role for role in (Role.SELECTION, Role.INACTIVE_SELECTION) if shows(view, role)]


_FEWEST = 20
