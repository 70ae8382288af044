"""Copies text unchanged; Qt would turn non-breaking spaces into plain ones."""

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit


def selection_of(cursor: QTextCursor) -> QMimeData:
    """The selected text, for `createMimeDataFromSelection`."""
    data = QMimeData()
    # Qt separates paragraphs with U+2029 and lines with U+2028.
    data.setText(cursor.selectedText().replace("\u2029", "\n").replace("\u2028", "\n"))
    return data


class ExactText(QPlainTextEdit):
    """A plain text widget that copies text unchanged."""

    def createMimeDataFromSelection(self) -> QMimeData:
        """The text to copy or drag."""
        return selection_of(self.textCursor())
