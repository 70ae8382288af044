"""A box to tick whose words give way where room is short."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton, QStylePainter

from ui.wording import tool_tip

_FEWEST = 14
"""Letters that are shown at least, with the box."""


class ElidedCheckBox(QCheckBox):
    """Ends in “…” where its words are cut; the whole text is the tool tip then."""

    def minimumSizeHint(self) -> QSize:
        """The box and some letters."""
        whole = super().minimumSizeHint()
        return QSize(
            min(whole.width(), _FEWEST * self.fontMetrics().averageCharWidth()), whole.height()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of the words as there is room for."""
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
