"""Selecting files by pasted IDs."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from services.browse.paste_ids import FoundIds
from services.system.language import _, ngettext
from ui.widgets.button_row import ButtonRow
from ui.widgets.buttons import link_button
from ui.widgets.labels import label
from ui.wording import count_in_words


class IdsDialog(QDialog):
    """Finds the account's file IDs in any text. Open it with `open()`."""

    chosen = Signal(object, bool)
    """The IDs of the files to select, as a tuple, and whether to show hidden ones."""

    def __init__(
        self,
        find_ids: Callable[[str], FoundIds],
        is_shown: Callable[[str], bool],
        parent: QWidget,
        text: str = "",
    ) -> None:
        """`find_ids` finds the IDs in a text; `is_shown` returns whether the table shows a file.

        `text` is the initial text.
        """
        super().__init__(parent)
        self._find_ids = find_ids
        self._is_shown = is_shown
        self._picked = FoundIds()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY_MS)
        self._timer.timeout.connect(self._update_result)
        self._build()
        self._text.setPlainText(text)
        self._text.selectAll()
        self._update_result()
        self._text.textChanged.connect(self._timer.start)

    @Slot()
    def _update_result(self) -> None:
        """Find the IDs in the current text."""
        self._timer.stop()
        text = self._text.toPlainText()
        self._picked = picked = self._find_ids(text)
        hidden = sum(not self._is_shown(one) for one in picked.found)
        self._result.setText(_result_in_words(picked, hidden) if text.strip() else "")
        self._copy.setVisible(bool(picked.missing))
        self._show_hidden.setVisible(hidden > 0)
        count = len(picked.found)
        words = ngettext("Select {number} file", "Select {number} files", count)
        self._select.setText(words.format(number=count_in_words(count)) if count else _("Select"))
        self._select.setEnabled(count > 0)

    @Slot()
    def _choose(self) -> None:
        if self._timer.isActive():
            self._update_result()
        if self._picked.found:
            show_hidden = not self._show_hidden.isHidden() and self._show_hidden.isChecked()
            self.chosen.emit(self._picked.found, show_hidden)
            self.accept()

    @Slot()
    def _copy_missing(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self._picked.missing))
        self._copy.setText(_("Copied"))

    def _build(self) -> None:
        self.setWindowTitle(_("Select by IDs"))
        self.setAccessibleName(_("Select by IDs"))
        self._text = QPlainTextEdit()
        self._text.setProperty("look", "field")
        self._text.setAccessibleName(_("IDs"))
        self._text.setTabChangesFocus(True)
        self._text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._text.setPlaceholderText("file-6F2XMoYT…\nfile-8DkLqA1c…")
        letter = self.fontMetrics().averageCharWidth()
        self._text.setMinimumSize(80 * letter, 9 * self.fontMetrics().lineSpacing())
        self._result = label("", wrap=True)
        self._copy = link_button(_("Copy missing IDs"))
        self._copy.setAutoDefault(False)
        self._copy.clicked.connect(self._copy_missing)
        self._show_hidden = QCheckBox(_("Clear search and filter to show all of them"))
        self._show_hidden.setChecked(True)
        buttons = ButtonRow()
        self._select = buttons.addButton("", QDialogButtonBox.ButtonRole.AcceptRole)
        self._select.setProperty("look", "filled")
        self._select.setDefault(True)
        cancel = buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setAutoDefault(False)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        hint = _(
            "Paste IDs, or any text that contains them, such as JSON or a comma-separated list."
        )
        found = QHBoxLayout()
        found.setSpacing(10)
        found.addWidget(self._result, 1)
        found.addWidget(self._copy)
        # Same height with and without the link, so that nothing moves while typing.
        found.addStrut(self._copy.sizeHint().height())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 22, 24, 20)
        column.setSpacing(10)
        column.addWidget(label(_("Select by IDs"), "heading"))
        column.addWidget(label(hint, "muted", wrap=True))
        column.addWidget(self._text, 1)
        column.addLayout(found)
        column.addWidget(self._show_hidden)
        column.addSpacing(8)
        column.addWidget(buttons)
        self._text.setFocus()


_DELAY_MS = 150
"""The text is searched when typing pauses."""


def _result_in_words(picked: FoundIds, hidden: int) -> str:
    found, missing = len(picked.found), len(picked.missing)
    if not found and not missing:
        return _("No IDs found in this text.")
    words = ngettext("{number} file found", "{number} files found", found)
    parts = [words.format(number=count_in_words(found))]
    if hidden:
        words = ngettext("{number} hidden", "{number} hidden", hidden)
        parts.append(words.format(number=count_in_words(hidden)))
    if missing:
        words = ngettext("{number} ID not found", "{number} IDs not found", missing)
        parts.append(words.format(number=count_in_words(missing)))
    return " · ".join(parts)
