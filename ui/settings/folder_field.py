"""A field for a folder path, with a Browse button."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from ui.widgets.labels import label


class FolderField(QWidget):
    """Edits a folder path; empty stands for the placeholder. Explains invalid paths."""

    changed = Signal(str)
    """Carries the folder to save, as text; empty for none."""

    def __init__(
        self, folder: str, name: str, placeholder: str, parent: QWidget | None = None
    ) -> None:
        """`name` says what the folder is for."""
        super().__init__(parent)
        self._saved = folder
        self._name = name
        self.field = QLineEdit(folder)
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(placeholder)
        self.field.setMinimumWidth(22 * self.fontMetrics().height())
        self.field.editingFinished.connect(self.commit)
        self._remark = label("", "error", wrap=True)
        self._remark.hide()
        self._browse = QPushButton(_("Browse…"))
        self._browse.setAccessibleDescription(name)
        self._browse.setAutoDefault(False)
        self._browse.clicked.connect(self._open_picker)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.field, 1)
        row.addWidget(self._browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(row)
        column.addWidget(self._remark)

    def show_folder(self, folder: str) -> None:
        """Show another folder, and save it if it has changed."""
        self.field.setText(folder)
        self.commit()

    @Slot()
    def commit(self) -> None:
        """Emit the typed path if it is valid and has changed."""
        text = self.field.text().strip()
        valid = not text or Path(text).is_absolute()
        self._remark.setText("" if valid else _("Enter the full path of the folder."))
        self._remark.setHidden(valid)
        if valid and text != self._saved:
            self._saved = text
            self.changed.emit(text)

    @Slot()
    def _open_picker(self) -> None:
        picker = QFileDialog(self, self._name)
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        start = self.field.text() or self.field.placeholderText()
        if Path(start).is_absolute():
            picker.setDirectory(start)
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.fileSelected.connect(self._use_picked)
        picker.open()

    @Slot(str)
    def _use_picked(self, folder: str) -> None:
        self.show_folder(folder)
