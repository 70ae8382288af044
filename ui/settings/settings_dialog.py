"""The settings: each change holds at once, so there is only a button to close."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from services.file_commands import WhenTaken
from services.language import _
from services.settings import SettingsStore
from ui.labels import label
from ui.settings.limit_fields import LimitFields

_SCHEMES = (("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
_WHEN_TAKEN = (
    (WhenTaken.KEEP_BOTH, _("Keep both")),
    (WhenTaken.REPLACE, _("Replace the file that is there")),
    (WhenTaken.SKIP, _("Skip the download")),
)
LEAST_UNDO_SECONDS = 3
"""Nothing brings a deleted file back, and in less nobody can react; who is in a hurry has
*Delete now* in the bar that counts down."""
MOST_UNDO_SECONDS = 60


class SettingsDialog(QDialog):
    """Colours, downloads, deletes and uploads."""

    scheme_chosen = Signal(str)
    """`system`, `light` or `dark`; kept already, to be shown at once."""

    limits_changed = Signal()
    """How many transfers run at once, or how fast; kept already."""

    def __init__(
        self, store: SettingsStore, system_downloads: Path, parent: QWidget | None = None
    ) -> None:
        """`system_downloads` is where downloads go as long as no folder is set."""
        super().__init__(parent)
        self.setWindowTitle(_("Settings"))
        self.setAccessibleName(_("Settings"))
        self._store = store
        current = store.current

        self._scheme = QComboBox()
        for value, text in _SCHEMES:
            self._scheme.addItem(text, value)
        self._scheme.setCurrentIndex(max(0, self._scheme.findData(current.colour_scheme)))
        self._scheme.activated.connect(self._change_scheme)

        self._folder = QLineEdit(current.download_folder)
        self._folder.setPlaceholderText(str(system_downloads))
        self._folder.setMinimumWidth(22 * self.fontMetrics().height())
        self._folder.editingFinished.connect(self._change_folder)
        self._folder_remark = label("", "error", wrap=True)
        self._folder_remark.hide()
        browse = QPushButton(_("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)

        self._taken = QComboBox()
        for when, text in _WHEN_TAKEN:
            self._taken.addItem(text, when.value)
        self._taken.setCurrentIndex(max(0, self._taken.findData(current.when_taken)))
        self._taken.activated.connect(self._change_taken)

        self._undo = QSpinBox()
        self._undo.setRange(LEAST_UNDO_SECONDS, MOST_UNDO_SECONDS)
        self._undo.setSuffix(_(" s"))
        # Qt leaves out the left padding of the style sheet where there are arrows at the right.
        self._undo.lineEdit().setTextMargins(8, 0, 0, 0)
        self._undo.setValue(current.undo_seconds)
        self._undo.valueChanged.connect(self._change_undo)

        self._limits = LimitFields(store)
        self._limits.changed.connect(self.limits_changed)

        self._skip = QCheckBox(_("Upload at once when a purpose was chosen and every file fits it"))
        self._skip.setChecked(current.skip_review)
        self._skip.toggled.connect(self._change_skip)

        self._close = QPushButton(_("Close"))
        # Enter in a field takes the field over; it must not close the dialog.
        self._close.setAutoDefault(False)
        self._close.clicked.connect(self.accept)
        self._put_in_place(browse)

    def done(self, result: int) -> None:
        """Take over a folder that is still being typed, then close."""
        self._change_folder()
        super().done(result)

    @Slot()
    def _change_scheme(self) -> None:
        scheme = self._scheme.currentData()
        self._store.change(colour_scheme=scheme)
        self.scheme_chosen.emit(scheme)

    @Slot()
    def _change_folder(self) -> None:
        text = self._folder.text().strip()
        usable = not text or Path(text).is_absolute()
        self._folder_remark.setText(
            "" if usable else _("Give the whole path of the folder, from its beginning.")
        )
        self._folder_remark.setHidden(usable)
        if usable:
            self._store.change(download_folder=text)

    @Slot()
    def _browse(self) -> None:
        picker = QFileDialog(self, _("Where downloads go"))
        picker.setFileMode(QFileDialog.FileMode.Directory)
        picker.setOption(QFileDialog.Option.ShowDirsOnly)
        picker.setDirectory(self._folder.text() or self._folder.placeholderText())
        picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        picker.fileSelected.connect(self._take_folder)
        picker.open()

    @Slot(str)
    def _take_folder(self, folder: str) -> None:
        self._folder.setText(folder)
        self._change_folder()

    @Slot()
    def _change_taken(self) -> None:
        self._store.change(when_taken=self._taken.currentData())

    @Slot(int)
    def _change_undo(self, seconds: int) -> None:
        self._store.change(undo_seconds=seconds)

    @Slot(bool)
    def _change_skip(self, skip: bool) -> None:
        self._store.change(skip_review=skip)

    def _put_in_place(self, browse: QPushButton) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        left = Qt.AlignmentFlag.AlignLeft
        _add_title(grid, 0, _("Colours"), self._scheme)
        grid.addWidget(self._scheme, 0, 1, left)
        _add_title(grid, 1, _("Downloads go to"), self._folder)
        folder = QHBoxLayout()
        folder.setSpacing(8)
        folder.addWidget(self._folder, 1)
        folder.addWidget(browse)
        grid.addLayout(folder, 1, 1)
        grid.addWidget(self._folder_remark, 2, 1)
        _add_title(grid, 3, _("When a name is taken"), self._taken)
        grid.addWidget(self._taken, 3, 1, left)
        _add_title(grid, 4, _("Deletes wait for"), self._undo)
        grid.addWidget(self._undo, 4, 1, left)
        grid.addWidget(
            label(_("As long as this, Undo can take a delete back."), "small", wrap=True), 5, 1
        )
        self._skip.setAccessibleName(self._skip.text())
        grid.addWidget(label(_("Uploads")), 6, 0)
        grid.addWidget(self._skip, 6, 1)
        grid.addWidget(label(_("Transfers at once")), 7, 0)
        grid.addWidget(self._limits.at_once, 7, 1, left)
        grid.addWidget(label(_("Speed limits")), 8, 0)
        grid.addWidget(self._limits.speeds, 8, 1, left)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 18)
        column.setSpacing(14)
        column.addWidget(label(_("Settings"), "heading"))
        column.addLayout(grid)
        column.addStretch(1)
        column.addLayout(row)


def _add_title(grid: QGridLayout, row: int, text: str, widget: QWidget) -> None:
    title = label(text)
    title.setBuddy(widget)
    widget.setAccessibleName(text)
    grid.addWidget(title, row, 0)
