"""The selected job at the right of a list: what all kinds of jobs have in common."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from services.system.language import _
from ui.inspector.field_view import FieldView
from ui.inspector.title_label import TitleLabel
from ui.widgets.details_area import DetailsArea
from ui.widgets.labels import label


class JobInspector(QWidget):
    """A title, a sentence, what subclasses add, and the fields; or a hint to select a job."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        """Subclasses add their parts to `column`, then call `add_fields`."""
        super().__init__(parent)
        self.setAccessibleName(_("Inspector"))
        self._shown: object = None
        self._hint = label(hint, "muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = TitleLabel()
        self.sentence = label("", "muted", wrap=True)
        self.fields = FieldView()
        inside = QWidget()
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(14, 15, 14, 13)
        self.column.setSpacing(8)
        self.column.addWidget(self.title)
        self.column.addWidget(self.sentence)
        self._details = DetailsArea(inside)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._hint)
        self._pages.addWidget(self._details)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def add_buttons(self, *buttons: QPushButton) -> None:
        """Add buttons in a row."""
        row = QHBoxLayout()
        row.setSpacing(6)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)

    def add_fields(self) -> None:
        """Add the fields at the end."""
        self.column.addWidget(self.fields)
        self.column.addStretch(1)

    def begin(self, shown: object) -> bool:
        """Show the details, or the hint for None; return whether other details are to be shown."""
        if shown == self._shown:
            return False
        self._shown = shown
        self._pages.setCurrentWidget(self._hint if shown is None else self._details)
        return shown is not None


def button(words: str, clicked: object) -> QPushButton:
    """A button of an inspector; `clicked` is the signal or method to connect it with."""
    made = QPushButton(words)
    made.clicked.connect(clicked)
    return made
