"""Notes about a listing, behind a discreet link."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from services.system.language import _, ngettext
from ui.widgets.labels import label
from ui.wording import count_in_words, one_line, tool_tip

_WIDTH = 30
"""The width of the notes, in line heights."""


class ListingNotes(QPushButton):
    """A link such as “2 notes”; a click opens the notes above it. Hidden if there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentences: list[str] = []
        self.setProperty("look", "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._open)
        self.hide()

    def show_notes(self, sentences: Sequence[str]) -> None:
        """Set the notes."""
        self._sentences = [one_line(sentence) for sentence in sentences]
        count = len(self._sentences)
        words = ngettext("{number} note", "{number} notes", count)
        self.setText(words.format(number=count_in_words(count)))
        text = " ".join(self._sentences)
        self.setToolTip(tool_tip(text))
        self.setAccessibleDescription(text)
        self.setVisible(count > 0)

    @Slot()
    def _open(self) -> None:
        card = QFrame(self, Qt.WindowType.Popup)
        card.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        card.setProperty("look", "pop-up")
        card.setAccessibleName(_("Notes about the list"))
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 10, 14, 12)
        column.setSpacing(6)
        column.addWidget(label(_("Notes about the server’s list"), "strong"))
        for sentence in self._sentences:
            text = label(sentence, wrap=True)
            text.setFixedWidth(_WIDTH * self.fontMetrics().height())
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(text)
        card.adjustSize()
        corner = self.mapToGlobal(QPoint(self.width() - card.width(), -card.height() - 4))
        corner.setX(max(corner.x(), self.screen().availableGeometry().left()))
        card.move(corner)
        card.show()
