"""The one question before all transfers are cancelled."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from services.language import _, ngettext
from ui.labels import label
from ui.wording import count_in_words


class CancelDialog(QDialog):
    """Open it with `open()`; it is accepted when the person wants all of them cancelled."""

    def __init__(self, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Cancel transfers"))
        self.setAccessibleName(_("Cancel transfers"))
        words = ngettext("Cancel {number} transfer?", "Cancel all {number} transfers?", number)
        title = label(words.format(number=count_in_words(number)), "heading")
        self.setAccessibleDescription(title.text())
        cancel = QPushButton(_("Cancel transfers"))
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.accept)
        keep = QPushButton(_("Keep running"))
        keep.setProperty("look", "filled")
        keep.setDefault(True)
        keep.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(keep)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(
            label(
                _("They stay in the list. You can try each of them again from there."),
                "muted",
                wrap=True,
            )
        )
        column.addSpacing(14)
        column.addLayout(row)
        self.setMinimumWidth(26 * self.fontMetrics().height())
        keep.setFocus()
