"""Shown while large folders are being walked: how much was found, and a way to stop."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from services.language import _, ngettext
from ui.labels import label
from ui.wording import count_in_words, files_in_words


class GatheringDialog(QDialog):
    """Open it with `open()`; it is rejected when the person wants no more of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Upload files"))
        self.setAccessibleName(_("Looking through folders"))
        self._found = label(look="muted")
        cancel = QPushButton(_("Cancel"))
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(cancel)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(label(_("Looking through folders…"), "heading"))
        column.addWidget(self._found)
        column.addSpacing(10)
        column.addLayout(foot)
        self.setMinimumWidth(46 * self.fontMetrics().averageCharWidth())
        self.show_found(0, 0)

    def show_found(self, files: int, folders: int) -> None:
        """So much was found until now."""
        words = ngettext("{files} in {number} folder", "{files} in {number} folders", folders)
        self._found.setText(
            words.format(files=files_in_words(files), number=count_in_words(folders))
        )
