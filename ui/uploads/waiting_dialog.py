"""Shown while something takes long before an upload: how far it is, and a way to stop."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from services.language import _
from ui.labels import label


class WaitingDialog(QDialog):
    """Open it with `open()`; it is rejected when the person wants no more of it."""

    def __init__(self, heading: str, parent: QWidget | None = None) -> None:
        """`heading` says what takes long."""
        super().__init__(parent)
        self.setWindowTitle(_("Upload files"))
        self.setAccessibleName(heading)
        self._told = label(look="muted")
        stop = QPushButton(_("Cancel"))
        stop.clicked.connect(self.reject)
        self._foot = QHBoxLayout()
        self._foot.setSpacing(8)
        self._foot.addStretch(1)
        self._foot.addWidget(stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label(heading, "heading"))
        column.addWidget(self._told)
        column.addSpacing(10)
        column.addLayout(self._foot)
        self.setMinimumWidth(46 * self.fontMetrics().averageCharWidth())

    def tell(self, text: str) -> None:
        """So far it is."""
        self._told.setText(text)

    def add_button(self, text: str) -> QPushButton:
        """Another way on, before the way out."""
        button = QPushButton(text)
        button.setAutoDefault(False)
        self._foot.insertWidget(1, button)
        return button
