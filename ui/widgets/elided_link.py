"""A link that is cut off where there isn't room for it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.wording import tool_tip


class ElidedLink(QPushButton):
    """Looks like a link; the tool tip and assistive technology have all of its text."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = ""
        self.setProperty("look", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_words(self, words: str) -> None:
        """Show a text."""
        self._words = words
        self.setAccessibleName(words)
        self._elide()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Room for all of the text."""
        hint = super().sizeHint()
        metrics = self.fontMetrics()
        extra = hint.width() - metrics.horizontalAdvance(self.text())
        return QSize(metrics.horizontalAdvance(self._words) + extra, hint.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a few characters."""
        few = 6 * self.fontMetrics().averageCharWidth()
        return QSize(min(few, self.sizeHint().width()), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much of the text as fits."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = self.width() if self.isVisible() or self.width() else self.sizeHint().width()
        whole = self.fontMetrics().horizontalAdvance(self._words)
        middle = Qt.TextElideMode.ElideMiddle
        shown = self._words
        if whole > room:
            shown = self.fontMetrics().elidedText(self._words, middle, room)
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(tool_tip(self._words) if shown != self._words else "")
