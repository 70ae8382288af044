"""Copying text as it is: Qt makes plain spaces of no-break ones."""

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit


def selection_of(cursor: QTextCursor) -> QMimeData:
    """What is selected, for `createMimeDataFromSelection`."""
    data = QMimeData()
    # Qt's marks of a paragraph and of a line.
    data.setText(cursor.selectedText().replace("\u2029", "\n").replace("\u2028", "\n"))
    return data


class ExactText(QPlainTextEdit):
    """Plain text that is copied as it is."""

    def createMimeDataFromSelection(self) -> QMimeData:
        """What is copied or dragged."""
        return selection_of(self.textCursor())
