"""The saved rules: choose, save and remove them by name."""

from collections.abc import Mapping

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from services.cleanup.rules import CleanUpRules
from services.system.language import _

_LONGEST_NAME = 60


class SavedRulesBar(QWidget):
    """A field with the names of the saved rules; a new name saves the current ones."""

    chosen = Signal(object)
    """The saved `CleanUpRules` are to be shown."""
    save_requested = Signal(str)
    """The current rules are to be saved under this name."""
    remove_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._saved: dict[str, CleanUpRules] = {}
        self._names = QComboBox()
        self._names.setEditable(True)
        self._names.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._names.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._names.setMinimumContentsLength(12)
        self._names.setAccessibleName(_("Saved rules"))
        field = self._names.lineEdit()
        if field is not None:
            field.setPlaceholderText(_("Name to save rules"))
            field.setMaxLength(_LONGEST_NAME)
            field.setAccessibleName(_("Saved rules"))
        self._save = QPushButton(_("Save"))
        self._save.setAccessibleName(_("Save rules"))
        self._remove = QPushButton(_("Remove"))
        self._remove.setAccessibleName(_("Remove saved rules"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._names, 1)
        for button in (self._save, self._remove):
            button.setAutoDefault(False)
            row.addWidget(button)
        self._names.activated.connect(self._choose)
        self._names.editTextChanged.connect(self._update)
        self._save.clicked.connect(lambda: self.save_requested.emit(self._name))
        self._remove.clicked.connect(lambda: self.remove_requested.emit(self._name))
        self._update()

    @property
    def fields(self) -> list[QWidget]:
        """The fields in the order in which Tab reaches them."""
        return [self._names, self._save, self._remove]

    def show_saved(self, saved: Mapping[str, CleanUpRules], name: str = "") -> None:
        """Show the names of the saved rules, and `name` in the field."""
        self._saved = dict(saved)
        self._names.clear()
        self._names.addItems(sorted(saved, key=str.casefold))
        self._names.setCurrentIndex(-1)
        self._names.setEditText(name)
        self._update()

    @property
    def _name(self) -> str:
        return " ".join(self._names.currentText().split())

    @Slot(int)
    def _choose(self, _index: int) -> None:
        rules = self._saved.get(self._name)
        if rules is not None:
            self.chosen.emit(rules)

    @Slot()
    def _update(self) -> None:
        self._save.setEnabled(bool(self._name))
        self._remove.setEnabled(self._name in self._saved)
