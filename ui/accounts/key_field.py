"""The field for a key, out of which the key is never copied."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget


class KeyField(QLineEdit):
    """Hides the key unless asked to show it; even then, none of it can be selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.selectionChanged.connect(self._drop_selection)

    def reveal(self, revealed: bool) -> None:
        """Show the key, or hide it again."""
        self.deselect()
        normal, hidden = QLineEdit.EchoMode.Normal, QLineEdit.EchoMode.Password
        self.setEchoMode(normal if revealed else hidden)

    @Slot()
    def _drop_selection(self) -> None:
        # Qt copies nothing out of a hidden field, but any selection out of one that shows its text.
        if self.echoMode() is QLineEdit.EchoMode.Normal and self.hasSelectedText():
            self.deselect()
