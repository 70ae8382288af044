"""Rows of fields for extra headers: names and values."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from services.providers.network import LONGEST_HEADER
from services.system.language import _
from ui.icons import icon, space_icon
from ui.widgets.labels import label
from ui.widgets.removable_row import RemovableRow, RowGrid

_LONGEST_NAME = 200


class HeaderRows(QWidget):
    """Edits headers; the window decides whether they are valid."""

    edited = Signal()
    """Emitted when the user has changed something."""
    committed = Signal()
    """Emitted when a field was left after a change, or a row was removed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = label(_("Extra headers"), "strong")
        note = label(_("sent with every request"), "muted")
        top = QHBoxLayout()
        top.addWidget(title)
        top.addStretch(1)
        top.addWidget(note)
        self._add = QPushButton(icon("plus"), _("Add header"))
        self._add.setProperty("look", "flat")
        # Enter in one of the dialog's fields must not press it.
        self._add.setAutoDefault(False)
        space_icon(self._add)
        self._add.clicked.connect(self._add_empty)
        self._grid: RowGrid[_Row] = RowGrid((_("Name"), _("Value")), self._add, self)
        self._grid.layout.setColumnStretch(0, 2)
        self._grid.layout.setColumnStretch(1, 3)
        self._grid.removed.connect(self._note_removed)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(6)
        whole.addLayout(top)
        whole.addLayout(self._grid.layout)
        below = QHBoxLayout()
        below.addWidget(self._add)
        below.addStretch(1)
        whole.addLayout(below)
        self._grid.show_heads()

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """The names and values, as typed."""
        return tuple((row.name.text(), row.value.text()) for row in self._grid.rows)

    @property
    def first_field(self) -> QWidget:
        """What to focus if something is wrong with the headers."""
        rows = self._grid.rows
        return rows[0].name if rows else self._add

    @property
    def button(self) -> QPushButton:
        """The button that adds a row; the last in the tab order."""
        return self._add

    def show_tidied(self, headers: Sequence[tuple[str, str]]) -> None:
        """Show the cleaned-up headers; the user may still be filling an empty row."""
        filled = [row for row in self._grid.rows if row.name.text() or row.value.text()]
        if len(filled) != len(headers):
            self.show_headers(headers)
            return
        for row, (name, value) in zip(filled, headers, strict=True):
            row.show(name, value)

    def show_headers(self, headers: Sequence[tuple[str, str]]) -> None:
        """Replace all rows."""
        self._grid.clear()
        for name, value in headers:
            self._append(name, value)
        self._grid.show_heads()

    @Slot()
    def _add_empty(self) -> None:
        row = self._append("", "")
        self._grid.show_heads()
        row.name.setFocus()
        self.edited.emit()

    def _append(self, name: str, value: str) -> "_Row":
        row = _Row(name, value)
        for field in (row.name, row.value):
            field.textEdited.connect(self.edited)
            field.editingFinished.connect(self.committed)
        self._grid.append(row)
        self._grid.show_at_once(row)
        return row

    @Slot()
    def _note_removed(self) -> None:
        self.edited.emit()
        self.committed.emit()


class _Row(RemovableRow):
    """The fields of a header."""

    def __init__(self, name: str, value: str) -> None:
        name_field = QLineEdit(name)
        name_field.setMaxLength(_LONGEST_NAME)
        name_field.setAccessibleName(_("Header name"))
        name_field.setPlaceholderText("X-Cost-Center")
        value_field = QLineEdit(value)
        value_field.setMaxLength(LONGEST_HEADER)
        value_field.setAccessibleName(_("Header value"))
        remove = _("Remove the header")
        super().__init__((name_field, value_field), remove, remove)
        self.name = name_field
        self.value = value_field

    def show(self, name: str, value: str) -> None:
        """Show other texts; the cursor stays where nothing changes."""
        for field, text in ((self.name, name), (self.value, value)):
            if field.text() != text:
                field.setText(text)
