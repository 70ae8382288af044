"""Whether and where the files are saved before they are deleted."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from services.cleanup.clean_ups import SaveFirst
from services.system.language import _
from ui.widgets.buttons import link_button
from ui.widgets.labels import ElidedLabel
from ui.widgets.list_box import ListBox
from ui.wording import one_line, tool_tip

_INDENT = 23


class SaveFirstBox(QWidget):
    """A check box, the form in which files are saved, and the folder."""

    folder_wanted = Signal()
    """The person wants to choose another folder."""

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._wanted = QCheckBox(_("Save the files first"))
        self._wanted.setAccessibleDescription(_("Only files that were saved whole are deleted."))
        self._form = ListBox()
        self._form.setAccessibleName(_("How to save the files"))
        self._form.addItem(_("one by one"), False)
        self._form.addItem(_("as one zip"), True)
        self._where = ElidedLabel("muted", elide=Qt.TextElideMode.ElideMiddle)
        self._where.setContentsMargins(_INDENT, 0, 0, 0)
        self._change = link_button(_("Change…"))
        self._change.setAccessibleName(_("Change the folder"))
        self._change.setAutoDefault(False)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.addWidget(self._wanted, 0, 0)
        grid.addWidget(self._form, 0, 1)
        grid.addWidget(self._where, 1, 0)
        grid.addWidget(self._change, 1, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        self._wanted.toggled.connect(self._update)
        self._change.clicked.connect(self.folder_wanted)
        self.show_folder(folder)
        self._update()

    @property
    def fields(self) -> list[QWidget]:
        """The fields in the order in which Tab reaches them."""
        return [self._wanted, self._form, self._change]

    @property
    def save_first(self) -> SaveFirst | None:
        """Where the files are saved; None if they aren't."""
        if not self._wanted.isChecked():
            return None
        return SaveFirst(self._folder, as_zip=bool(self._form.currentData()))

    @property
    def folder(self) -> Path:
        """Where the files would be saved."""
        return self._folder

    def show_folder(self, folder: Path) -> None:
        """Save to another folder."""
        self._folder = folder
        self._where.setText(_("in {folder}").format(folder=one_line(folder.name or str(folder))))
        self._where.setToolTip(tool_tip(str(folder)))

    @Slot()
    def _update(self) -> None:
        for field in (self._form, self._where, self._change):
            field.setEnabled(self._wanted.isChecked())
