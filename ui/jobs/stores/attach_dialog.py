"""Asks which files are to be attached to a vector store."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from services.api.remote_file import RemoteFile
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.icons import icon
from ui.jobs.stores.store_words import pace_in_words
from ui.theme import Role
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label
from ui.wording import count_in_words, one_line, tool_tip

_MOST_SHOWN = 200
"""Files in the list besides the checked ones."""
_AT_ONCE = 5_000
"""Files that are searched without a pause, which takes some milliseconds."""
_ROWS_SHOWN = 10
_CHARACTERS = 64
"""The width of the list, in average characters."""


class AttachDialog(QDialog):
    """Open it with `open()`; it deletes itself once closed."""

    chosen = Signal(object)
    """A tuple of file IDs."""

    def __init__(
        self,
        store: str,
        files: Sequence[RemoteFile],
        selected: Sequence[RemoteFile],
        parent: QWidget | None = None,
    ) -> None:
        """`files` are all files of the account; those `selected` in their list are checked."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Attach files"))
        self.setAccessibleName(_("Attach files"))
        self._files = files
        self._checked: dict[str, RemoteFile] = {file.id: file for file in selected}
        self._search: Iterator[RemoteFile] = iter(())
        """What is left to be searched."""
        self._words = ""
        self._matches = 0
        """Files in the list besides the checked ones."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._search_on)
        self._field = _Field()
        self._field.setPlaceholderText(_("Search files by name or ID"))
        self._field.setAccessibleName(_("Search files by name or ID"))
        self._field.addAction(icon("search", Role.MUTED), QLineEdit.ActionPosition.LeadingPosition)
        self._field.textChanged.connect(self._begin_search)
        self._list = QListWidget()
        self._field.down_pressed.connect(self._list.setFocus)
        self._list.setProperty("look", "set-off")
        self._list.setAccessibleName(_("Files"))
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMinimumHeight((self.fontMetrics().height() + 8) * _ROWS_SHOWN)
        self._list.setMinimumWidth(_CHARACTERS * self.fontMetrics().averageCharWidth())
        self._list.itemChanged.connect(self._note_checked)
        self._found = label("", "muted", wrap=True)
        self._pace = label("", "muted", wrap=True)
        buttons = ButtonRow()
        self._attach = buttons.add_choice(self, "", self._accept)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        title = _("Attach files to “{name}”").format(name=store)
        column.addWidget(label(title, "heading", wrap=True))
        column.addWidget(self._field)
        column.addWidget(self._list, 1)
        column.addWidget(self._found)
        column.addWidget(self._pace)
        column.addSpacing(6)
        column.addWidget(buttons)
        self._begin_search()
        self._show_chosen()
        self._field.setFocus()

    @Slot()
    def _begin_search(self) -> None:
        """Show the checked files, then those that match."""
        self._words = self._field.text().strip().casefold()
        self._list.clear()
        self._matches = 0
        for file in list(self._checked.values())[:_MOST_SHOWN]:
            self._add(file)
        self._search = iter(self._files)
        self._search_on()

    @Slot()
    def _search_on(self) -> None:
        words, searched = self._words, 0
        for searched, file in enumerate(self._search, 1):
            if file.id not in self._checked and (
                not words or words in file.name.casefold() or words in file.id.casefold()
            ):
                self._add(file)
                self._matches += 1
            if self._matches >= _MOST_SHOWN or searched >= _AT_ONCE:
                break
        is_full, is_at_end = self._matches >= _MOST_SHOWN, searched < _AT_ONCE
        found = ""
        if is_full:
            found = _("There may be more. Search to find them.")
        elif not self._list.count():
            found = _("No file matches.") if words else _("There are no files.")
        self._found.setText(found)
        if not is_at_end and not is_full:
            self._timer.start()
        if self._list.currentRow() < 0:
            self._list.setCurrentRow(0)

    def _add(self, file: RemoteFile) -> None:
        parts = (one_line(file.name), one_line(file.purpose or ""), format_size(file.size))
        item = QListWidgetItem(" · ".join(filter(None, parts)))
        item.setToolTip(tool_tip(file.id))
        item.setData(Qt.ItemDataRole.UserRole, file)
        item.setFlags(
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemIsUserCheckable
        )
        is_checked = file.id in self._checked
        item.setCheckState(Qt.CheckState.Checked if is_checked else Qt.CheckState.Unchecked)
        self._list.addItem(item)

    @Slot(object)
    def _note_checked(self, item: QListWidgetItem) -> None:
        file = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(file, RemoteFile):
            if item.checkState() is Qt.CheckState.Checked:
                self._checked[file.id] = file
            else:
                self._checked.pop(file.id, None)
            self._show_chosen()

    def _show_chosen(self) -> None:
        number = len(self._checked)
        words = ngettext("Attach {number} file", "Attach {number} files", number)
        words = words.format(number=count_in_words(number))
        self._attach.setText(words if number else _("Attach"))
        self._attach.setEnabled(number > 0)
        pace = pace_in_words(number)
        self._pace.setText(pace)
        self._pace.setVisible(bool(pace))

    @Slot()
    def _accept(self) -> None:
        if self._checked:
            self.accept()
            self.chosen.emit(tuple(self._checked))


class _Field(QLineEdit):
    """Down goes to the list."""

    down_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.down_pressed.emit()
        else:
            super().keyPressEvent(event)
