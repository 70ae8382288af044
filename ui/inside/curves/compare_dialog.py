"""Asks which file's curves are to be compared with those that are shown."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label

_ROWS_SHOWN = 10
_CHARACTERS = 64
"""The width of the list, in average characters."""


class CompareDialog(QDialog):
    """Open it with `open()`; it deletes itself once closed."""

    chosen = Signal(object)
    """The ID of a file."""

    def __init__(self, files: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`files` are those to choose from: a line about each, and its ID."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Compare with"))
        self.setAccessibleName(_("Compare with"))
        self._list = QListWidget()
        self._list.setProperty("look", "set-off")
        self._list.setAccessibleName(_("Results files"))
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for words, file_id in files:
            item = QListWidgetItem(words, self._list)
            item.setData(Qt.ItemDataRole.UserRole, file_id)
        if not files:
            none = QListWidgetItem(_("No other results files in this account"), self._list)
            none.setFlags(Qt.ItemFlag.NoItemFlags)
        row = max(self._list.sizeHintForRow(0), self.fontMetrics().height())
        self._list.setMinimumHeight(row * _ROWS_SHOWN + 12)
        self._list.setMinimumWidth(_CHARACTERS * self.fontMetrics().averageCharWidth())
        buttons = ButtonRow()
        compare = buttons.add_choice(self, _("Compare"), self._accept)
        compare.setEnabled(bool(files))
        self._list.itemActivated.connect(self._accept)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(label(_("Compare with"), "heading"))
        column.addWidget(self._list, 1)
        column.addSpacing(8)
        column.addWidget(buttons)
        self._list.setCurrentRow(0)
        self._list.setFocus()

    @Slot()
    def _accept(self) -> None:
        item = self._list.currentItem()
        if self.isVisible() and item is not None and item.flags():
            self.accept()
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
