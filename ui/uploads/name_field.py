"""The field for the name under which a file is uploaded."""

from pathlib import PurePath

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from services.checks.upload_name import name_problem, trimmed_name
from services.system.language import _
from ui.widgets.labels import set_look
from ui.widgets.qt_lengths import units


class NameField(QLineEdit):
    """Opens with the name selected except for its extension, as file managers do."""

    problem_changed = Signal(str)
    """Carries why the typed name is invalid, as a sentence; empty once it is valid."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Name to upload the file under"))
        self.problem = ""
        """The sentence that `problem_changed` last carried."""
        self._filled = False
        self.textEdited.connect(self._validate)

    def set_initial_name(self, name: str) -> None:
        """Set the initial name. Later calls do nothing, so they can't overwrite typed text."""
        if not self._filled:
            self._filled = True
            self.setText(name)

    def showEvent(self, event: QShowEvent) -> None:
        """Select the name without its extension."""
        super().showEvent(event)
        stem = PurePath(self.text()).stem
        self.setSelection(0, units(stem))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep keys from reaching the table or the dialog."""
        super().keyPressEvent(event)
        event.accept()

    @Slot(str)
    def _validate(self, typed: str) -> None:
        problem = name_problem(trimmed_name(typed)) or ""
        if problem != self.problem:
            self.problem = problem
            self.setAccessibleDescription(problem)
            set_look(self, "wrong" if problem else "")
            self.problem_changed.emit(problem)
