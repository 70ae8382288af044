"""The field in which the name is typed that a file is sent under."""

from pathlib import PurePath

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from services.checks.upload_name import name_problem, trimmed_name
from services.system.language import _
from ui.widgets.labels import set_look
from ui.widgets.qt_lengths import units


class NameField(QLineEdit):
    """Opens with the name without its extension selected, as file managers do."""

    refused = Signal(str)
    """Why what is typed can't be the name, as a sentence; empty once it can."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Name to upload the file under"))
        self.problem = ""
        """The sentence that `refused` told last."""
        self._filled = False
        self.textEdited.connect(self._judge)

    def fill(self, name: str) -> None:
        """Begin with this name; what was typed since is never written over."""
        if not self._filled:
            self._filled = True
            self.setText(name)

    def showEvent(self, event: QShowEvent) -> None:
        """Select what one most likely wants to change."""
        super().showEvent(event)
        stem = PurePath(self.text()).stem
        self.setSelection(0, units(stem))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """No key means anything to the table or the dialog meanwhile."""
        super().keyPressEvent(event)
        event.accept()

    @Slot(str)
    def _judge(self, typed: str) -> None:
        problem = name_problem(trimmed_name(typed)) or ""
        if problem != self.problem:
            self.problem = problem
            self.setAccessibleDescription(problem)
            set_look(self, "wrong" if problem else "")
            self.refused.emit(problem)
