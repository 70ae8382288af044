"""A check box that elides its text when space is short."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton, QStylePainter

from ui.wording import tool_tip

_MIN_CHARACTERS = 14
"""Minimum width including the box, in average characters."""


class ElidedCheckBox(QCheckBox):
    """A check box with elided text; the tool tip then shows all of it."""

    def minimumSizeHint(self) -> QSize:
        """Room for the box and a few characters."""
        whole = super().minimumSizeHint()
        return QSize(
            min(whole.width(), _MIN_CHARACTERS * self.fontMetrics().averageCharWidth()),
            whole.height(),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much of the text as fits."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        place = QStyle.SubElement.SE_CheckBoxContents
        room = self.style().subElementRect(place, option, self).width()
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        self.setToolTip(tool_tip(self.text()) if words != self.text() else "")
        option.text = words
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_CheckBox, option)
        painter.end()
