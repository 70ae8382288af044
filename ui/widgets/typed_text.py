"""The letters that someone types in a list to find an item."""

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QApplication


class TypedText:
    """Letters belong together until the pause of the system's keyboard settings."""

    def __init__(self) -> None:
        self._text = ""
        self._since = QElapsedTimer()

    @property
    def is_going_on(self) -> bool:
        """Whether the next letter belongs to those typed so far."""
        pause = QApplication.keyboardInputInterval()
        return self._since.isValid() and self._since.elapsed() < pause

    def add(self, letters: str) -> str:
        """Add letters; return them with those they belong to."""
        self._text = self._text + letters if self.is_going_on else letters
        self._since.start()
        return self._text
