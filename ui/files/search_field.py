"""The search field above the table."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from services.language import _
from ui.icons import icon
from ui.theme import Role


class SearchField(QLineEdit):
    """Searches names and ids as it is typed into."""

    text_changed = Signal(str)
    """What is searched for now; empty for everything."""
    down_pressed = Signal()
    """The person wants to go on in the table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(_("Search by name or id"))
        self.setAccessibleName(_("Search files"))
        self.addAction(icon("search", Role.MUTED), QLineEdit.ActionPosition.LeadingPosition)
        # Instead of Qt's own clear button, whose icon does not follow the colours.
        self._clear = QAction(icon("x", Role.MUTED), _("Clear the search"), self)
        self._clear.triggered.connect(self.clear)
        self.addAction(self._clear, QLineEdit.ActionPosition.TrailingPosition)
        self._clear.setVisible(False)
        self.textChanged.connect(self._tell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape clears, Down and Enter lead to the table."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.down_pressed.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    @Slot(str)
    def _tell(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self.text_changed.emit(text)
