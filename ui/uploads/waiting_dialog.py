"""Shown while something takes long before an upload: how far it is, and a way to stop."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton, QVBoxLayout, QWidget

from services.system.language import _
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label


class WaitingDialog(QDialog):
    """Open it with `open()`; it is rejected when the person wants no more of it."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        """`heading` says what takes long."""
        super().__init__(parent)
        self.setWindowTitle(_("Upload files"))
        self.setAccessibleName(heading)
        self._told = label(look="muted")
        self._buttons = ButtonRow()
        self._buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self._buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label(heading, "heading"))
        column.addWidget(self._told)
        column.addSpacing(10)
        column.addWidget(self._buttons)
        self.setMinimumWidth(46 * self.fontMetrics().averageCharWidth())

    def tell(self, text: str) -> None:
        """So far it is."""
        self._told.setText(text)

    def add_button(self, text: str) -> QPushButton:
        """Another way on, before the way out."""
        button = self._buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        button.setAutoDefault(False)
        return button
