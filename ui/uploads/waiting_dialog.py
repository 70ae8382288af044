"""A progress dialog for slow work before an upload."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from services.system.language import _
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label

PROGRESS_DELAY = 1000
"""Milliseconds before the dialog appears. One that flashes by would only distract."""


class WaitingDialog(QDialog):
    """Shows progress with a Cancel button, which rejects it. Open it with `open()`."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        """`heading` says what is being done."""
        super().__init__(parent)
        self.setWindowTitle(_("Upload files"))
        self.setAccessibleName(heading)
        self._status = label(look="muted")
        self._buttons = ButtonRow()
        self._buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label(heading, "heading"))
        column.addWidget(self._status)
        column.addSpacing(10)
        column.addWidget(self._buttons)
        self.setMinimumWidth(46 * self.fontMetrics().averageCharWidth())

    def show_status(self, text: str) -> None:
        """Show how far the work has come."""
        self._status.setText(text)

    def add_button(self, text: str) -> QPushButton:
        """Add a button before Cancel and return it."""
        button = self._buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        button.setAutoDefault(False)
        return button
