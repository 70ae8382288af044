"""The one question before the window closes while transfers run."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from services.language import _, ngettext
from ui.labels import label
from ui.wording import count_in_words


class LeaveDialog(QDialog):
    """Open it with `open()`; it is accepted when the person wants to leave all the same."""

    def __init__(self, under_way: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Quit"))
        self.setAccessibleName(_("Quit"))
        words = ngettext(
            "{number} transfer is under way", "{number} transfers are under way", under_way
        )
        title = label(words.format(number=count_in_words(under_way)), "heading")
        self.setAccessibleDescription(title.text())
        leave = QPushButton(_("Quit"))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.accept)
        stay = QPushButton(_("Stay"))
        stay.setProperty("look", "filled")
        stay.setDefault(True)
        stay.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(stay)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(
            label(
                _(
                    "What is not through waits in the queue, to go on when Filewharf is opened again."
                ),
                "muted",
                wrap=True,
            )
        )
        column.addSpacing(14)
        column.addLayout(row)
        self.setMinimumWidth(26 * self.fontMetrics().height())
        stay.setFocus()
