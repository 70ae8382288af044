"""Asks which lines and columns of a file are saved, and in which format."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QListWidget,
    QListWidgetItem,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from services.catalog.export_format import ExportFormat
from services.system.language import _, ngettext
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label
from ui.wording import count_in_words

_ROWS_SHOWN = 8


class SaveLinesDialog(QDialog):
    """Open it with `open()`; it deletes itself once closed."""

    save_requested = Signal(object, object, object)
    """The `ExportFormat`, the places of the columns or None for all, and whether only the lines
    shown are wanted."""

    def __init__(
        self, columns: Sequence[str], lines: int, shown: int | None, parent: QWidget | None = None
    ) -> None:
        """`columns` are their names. `shown` is how many of the lines are shown, if not all."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Save lines"))
        self.setAccessibleName(_("Save lines"))
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(label(_("Save lines"), "heading"))
        self._lines = QButtonGroup(self)
        self._shown = QRadioButton()
        all_lines = QRadioButton(
            ngettext("The only line", "All {number} lines", lines).format(
                number=count_in_words(lines)
            )
        )
        self._lines.addButton(all_lines)
        self._lines.addButton(self._shown)
        if shown is None:
            all_lines.setChecked(True)
            self._shown.hide()
            all_lines.hide()
        else:
            words = ngettext("The {number} line shown", "The {number} lines shown", shown)
            self._shown.setText(words.format(number=count_in_words(shown)))
            self._shown.setChecked(True)
        column.addWidget(self._shown)
        column.addWidget(all_lines)
        column.addSpacing(4)
        self._formats = QButtonGroup(self)
        self._csv = QRadioButton(_("CSV, for spreadsheets"))
        self._csv.setChecked(True)
        json_lines = QRadioButton(_("JSON Lines"))
        for one in (self._csv, json_lines):
            self._formats.addButton(one)
            column.addWidget(one)
        column.addSpacing(4)
        column.addWidget(label(_("Columns")))
        self._columns = QListWidget()
        self._columns.setProperty("look", "set-off")
        self._columns.setAccessibleName(_("Columns"))
        for name in columns:
            item = QListWidgetItem(name, self._columns)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
        rows = min(len(columns), _ROWS_SHOWN)
        height = max(self._columns.sizeHintForRow(0), self.fontMetrics().height()) * rows + 12
        self._columns.setFixedHeight(height)
        self._columns.itemChanged.connect(self._update)
        column.addWidget(self._columns)
        buttons = ButtonRow()
        self._save = buttons.add_choice(self, _("Save…"), self._accept)
        column.addSpacing(8)
        column.addWidget(buttons)
        self.setMinimumWidth(44 * self.fontMetrics().averageCharWidth())

    def _chosen(self) -> list[int]:
        checked = Qt.CheckState.Checked
        rows = range(self._columns.count())
        return [row for row in rows if self._columns.item(row).checkState() == checked]

    @Slot()
    def _update(self) -> None:
        self._save.setEnabled(bool(self._chosen()))

    @Slot()
    def _accept(self) -> None:
        chosen = self._chosen()
        form = ExportFormat.CSV if self._csv.isChecked() else ExportFormat.JSONL
        columns = None if len(chosen) == self._columns.count() else tuple(chosen)
        self.accept()
        self.save_requested.emit(form, columns, self._shown.isChecked())
