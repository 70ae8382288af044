"""A field for the path of a file, with a button that opens a file dialog."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from services.system.language import _


class FileChoice(QWidget):
    """Edits a path as text; whether there is such a file isn't checked."""

    edited = Signal()
    """Emitted when the user has changed the path."""
    committed = Signal()
    """Emitted when the field was left after a change, or a file was chosen."""

    def __init__(self, name: str, placeholder: str = "", parent: QWidget | None = None) -> None:
        """`name` says what the file is."""
        super().__init__(parent)
        self._name = name
        self.field = QLineEdit()
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(placeholder)
        self.field.textEdited.connect(self.edited)
        self.field.editingFinished.connect(self.committed)
        self.choose = QPushButton(_("Choose…"))
        self.choose.setAccessibleDescription(name)
        # Enter in one of the dialog's fields must not press it.
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._open_picker)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.choose)

    @Slot()
    def _open_picker(self) -> None:
        picker = QFileDialog(self, self._name)
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.setNameFilters(
            [_("Certificates and keys (*.pem *.crt *.cer *.key)"), _("All files (*)")]
        )
        typed = Path(self.field.text())
        if typed.is_absolute():
            picker.setDirectory(str(typed.parent))
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.fileSelected.connect(self._use_picked)
        picker.open()

    @Slot(str)
    def _use_picked(self, path: str) -> None:
        self.field.setText(path)
        self.edited.emit()
        self.committed.emit()
