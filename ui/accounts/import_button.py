"""The button that fills in the account form from a `.env` file or the environment."""

from pathlib import Path

from PySide6.QtCore import QDir, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from services.system.language import _


class ImportButton(QPushButton):
    """Has a menu of what to read; which file is up to the user."""

    chosen = Signal(object)
    """Carries the `Path` of a file, or None for the environment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Import"), parent)
        self.setProperty("look", "flat")
        self.setAutoDefault(False)
        self.setToolTip(_("Fill in the key, base URL, organization and project"))
        menu = QMenu(self)
        menu.addAction(_("From a .env file…")).triggered.connect(self._open_picker)
        environment = menu.addAction(_("From environment variables"))
        environment.triggered.connect(lambda: self.chosen.emit(None))
        self.setMenu(menu)

    @Slot()
    def _open_picker(self) -> None:
        picker = QFileDialog(self, _("Import from a .env file"))
        picker.setFileMode(QFileDialog.FileMode.ExistingFile)
        picker.setFilter(QDir.Filter.AllEntries | QDir.Filter.Hidden | QDir.Filter.NoDotAndDotDot)
        picker.fileSelected.connect(lambda path: self.chosen.emit(Path(path)))
        picker.finished.connect(picker.deleteLater)
        picker.open()
