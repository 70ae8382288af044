"""A spin box whose text begins where that of other fields does."""

from PySide6.QtWidgets import QSpinBox, QWidget

_LEFT = 8
"""Pixels."""


class SpinBox(QSpinBox):
    """A `QSpinBox` with room at the left, where Qt ignores the style sheet's padding."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(_LEFT, 0, 0, 0)
