"""Asks to which vector store files are to be attached."""

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from services.system.language import _, ngettext
from ui.icons import icon
from ui.jobs.stores.store_words import pace_in_words
from ui.theme import Role
from ui.widgets.button_row import ButtonRow
from ui.widgets.labels import label
from ui.wording import count_in_words, tool_tip

_MOST_SHOWN = 500
_ROWS_SHOWN = 9
_CHARACTERS = 60
"""The width of the list, in average characters."""


class OfferedStore(msgspec.Struct, frozen=True):
    """A vector store to choose."""

    id: str
    words: str
    """One line about it."""
    why_not: str = ""
    """Why nothing can be attached to it; empty if it can."""


class StoresDialog(QDialog):
    """Open it with `open()`; it deletes itself once closed."""

    chosen = Signal(object)
    """The ID of a vector store."""

    def __init__(self, number: int, parent: QWidget | None = None) -> None:
        """`number` is how many files are to be attached."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Attach to a vector store"))
        self.setAccessibleName(_("Attach to a vector store"))
        self._stores: tuple[OfferedStore, ...] = ()
        self._field = QLineEdit()
        self._field.setPlaceholderText(_("Search vector stores by name or ID"))
        self._field.setAccessibleName(_("Search vector stores by name or ID"))
        self._field.addAction(icon("search", Role.MUTED), QLineEdit.ActionPosition.LeadingPosition)
        self._field.textChanged.connect(self._show)
        self._list = QListWidget()
        self._list.setProperty("look", "set-off")
        self._list.setAccessibleName(_("Vector stores"))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMinimumHeight((self.fontMetrics().height() + 8) * _ROWS_SHOWN)
        self._list.setMinimumWidth(_CHARACTERS * self.fontMetrics().averageCharWidth())
        self._list.currentRowChanged.connect(self._show_choice)
        self._list.itemActivated.connect(self._accept)
        self._note = label("", "muted", wrap=True)
        pace = pace_in_words(number)
        self._pace = label(pace, "muted", wrap=True)
        self._pace.setVisible(bool(pace))
        buttons = ButtonRow()
        self._attach = buttons.add_choice(self, _("Attach"), self._accept)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        title = ngettext(
            "Attach {number} file to a vector store", "Attach {number} files to a vector store",
            number,
        )  # fmt: skip
        column.addWidget(label(title.format(number=count_in_words(number)), "heading", wrap=True))
        column.addWidget(self._field)
        column.addWidget(self._list, 1)
        column.addWidget(self._note)
        column.addWidget(self._pace)
        column.addSpacing(6)
        column.addWidget(buttons)
        self.show_stores((), _("Loading vector stores…"))
        self._list.setFocus()

    def show_stores(self, stores: Sequence[OfferedStore], note: str) -> None:
        """Offer these stores, keeping what is chosen. `note` says what else there is to know."""
        self._stores = tuple(stores)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._show()

    @Slot()
    def _show(self) -> None:
        words = self._field.text().strip().casefold()
        kept = self._choice()
        self._list.clear()
        place = 0
        for store in self._stores:
            if words not in store.words.casefold() and words not in store.id.casefold():
                continue
            if self._list.count() == _MOST_SHOWN:
                break
            if kept is not None and store.id == kept.id:
                place = self._list.count()
            text = f"{store.words} · {store.why_not}" if store.why_not else store.words
            item = QListWidgetItem(text, self._list)
            item.setData(Qt.ItemDataRole.UserRole, store)
            item.setToolTip(tool_tip(store.id))
            if store.why_not:
                item.setFlags(Qt.ItemFlag.ItemIsSelectable)
        self._list.setCurrentRow(place if self._list.count() else -1)
        self._show_choice()

    def _choice(self) -> OfferedStore | None:
        item = self._list.currentItem()
        store = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return store if isinstance(store, OfferedStore) else None

    @Slot()
    def _show_choice(self) -> None:
        choice = self._choice()
        self._attach.setEnabled(choice is not None and not choice.why_not)

    @Slot()
    def _accept(self) -> None:
        choice = self._choice()
        if self.isVisible() and choice is not None and not choice.why_not:
            self.accept()
            self.chosen.emit(choice.id)
