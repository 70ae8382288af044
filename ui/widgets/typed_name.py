"""A field in which a name is typed to confirm what is about to happen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget


class TypedName(QLineEdit):
    """Knows whether the name was typed. Enter in it presses no button."""

    entered = Signal()
    """Enter was pressed, and the name is right."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name

    @property
    def is_right(self) -> bool:
        """Whether the name was typed, apart from upper case, spaces and signs.

        “Acme · Production” has a sign that no keyboard has.
        """
        return _letters(self.text()) == _letters(self._name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter would press the default button of the dialog, which cancels."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.is_right:
                self.entered.emit()
            event.accept()
            return
        super().keyPressEvent(event)


def _letters(text: str) -> str:
    """The letters and digits of a name; of one without any, all that isn't space."""
    folded = text.casefold()
    letters = "".join(filter(str.isalnum, folded))
    return letters or "".join(folded.split())
