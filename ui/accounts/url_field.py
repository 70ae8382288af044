"""The field for the address of a server."""

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QLineEdit

from services.providers.base_url import placeholder_in


class UrlField(QLineEdit):
    """When it gets the focus, the word to replace is selected, if there is one."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the first word that the user has to replace."""
        super().focusInEvent(event)
        word = placeholder_in(self.text())
        if word:
            self.setSelection(self.text().index(word), len(word))
