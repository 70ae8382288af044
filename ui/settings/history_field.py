"""The settings for the upload history: whether to keep it, and clearing it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from services.accounts.settings import SettingsStore
from services.system.language import _
from ui.widgets.labels import label


class HistoryField(QWidget):
    """A check box that applies at once, and a button to clear the history with confirmation."""

    clear_requested = Signal()
    """Requests to clear the history; the user has confirmed."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.keep = QCheckBox(_("Keep upload history"))
        self.keep.setAccessibleName(self.keep.text())
        self.keep.setChecked(store.current.keep_upload_ledger)
        self.keep.toggled.connect(self._change_keep)
        self._remark = label(
            _(
                "On this computer only. It tells you when a file is already on the server, and "
                "lets you restore deleted files."
            ),
            "small",
            wrap=True,
        )
        self._clear = QPushButton(_("Clear upload history…"))
        self._clear.clicked.connect(self._ask)
        self._question = label(_("Clear the upload history?"))
        self._confirm = QPushButton(_("Clear"))
        self._confirm.setProperty("look", "danger")
        self._confirm.clicked.connect(self._clear_confirmed)
        self._cancel = QPushButton(_("Cancel"))
        self._cancel.clicked.connect(self._close_question)
        for button in (self._clear, self._confirm, self._cancel):
            # Enter in one of the dialog's fields must not press these.
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(8)
        for part in (self._clear, self._question, self._confirm, self._cancel):
            row.addWidget(part)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.keep)
        column.addWidget(self._remark)
        column.addLayout(row)
        self._close_question()

    @Slot(bool)
    def _change_keep(self, keep: bool) -> None:
        self._store.change(keep_upload_ledger=keep)

    @Slot()
    def _ask(self) -> None:
        self._show_question(True)
        self._cancel.setFocus()

    @Slot()
    def _close_question(self) -> None:
        had_focus = self._cancel.hasFocus() or self._confirm.hasFocus()
        self._show_question(False)
        if had_focus:
            self._clear.setFocus()

    @Slot()
    def _clear_confirmed(self) -> None:
        self._close_question()
        self.clear_requested.emit()

    def _show_question(self, shown: bool) -> None:
        self._clear.setVisible(not shown)
        for part in (self._question, self._confirm, self._cancel):
            part.setVisible(shown)
