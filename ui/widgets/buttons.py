"""Buttons without a frame, and buttons that say why they are disabled."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton, QPushButton, QToolButton

from ui.wording import one_line, tool_tip


def link_button(text: str = "") -> QPushButton:
    """A button that looks like a link."""
    button = QPushButton(text)
    button.setProperty("look", "link")
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def icon_button(sign: QIcon, name: str, look: str = "flat") -> QToolButton:
    """A button with only an icon; its name is in its tooltip, and read by screen readers.

    The look `sign` is narrower than `flat`.
    """
    button = QToolButton()
    button.setProperty("look", look)
    button.setIcon(sign)
    name_button(button, name)
    return button


def name_button(button: QToolButton, name: str) -> None:
    """Give a button with only an icon another name."""
    button.setToolTip(name)
    button.setAccessibleName(name)


def enable_unless(button: QAbstractButton, why_not: str) -> None:
    """Enable a button, or say why it can't be pressed."""
    button.setEnabled(not why_not)
    button.setToolTip(tool_tip(one_line(why_not)))
    button.setAccessibleDescription(why_not)
