"""Fields in a row of a grid, with a button that removes them."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from ui.icons import icon
from ui.theme import Role


class RemovableRow(QObject):
    """Holds the widgets of a row. Whoever shows them decides where they stand."""

    removed = Signal()
    """The button was pressed; the row is still there."""

    def __init__(self, fields: Sequence[QWidget], name: str, tool_tip: str) -> None:
        """`name` and `tool_tip` say what the button does."""
        super().__init__()
        remove = QToolButton()
        remove.setIcon(icon("x", Role.MUTED))
        remove.setIconSize(QSize(12, 12))
        remove.setProperty("look", "close")
        remove.setAccessibleName(name)
        remove.setToolTip(tool_tip)
        remove.clicked.connect(self.removed)
        self.parts = (*fields, remove)
        """All widgets, in order."""

    def delete(self) -> None:
        """Take the row out of the window."""
        for part in self.parts:
            part.hide()
            part.deleteLater()
        self.deleteLater()
