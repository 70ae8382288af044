"""Shows a text or the bytes of a file of any size."""

from collections.abc import Callable

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from services.previews.lines.file_rows import HEX_BYTES, FileRows, HexRows, TextRows, visible
from services.previews.lines.json_place import JsonPlace
from services.system.language import N_, _, ngettext
from services.system.sizes import format_size
from ui.inside.content.monospaced import columns_of
from ui.inside.content.rows_view import RowsView
from ui.widgets.labels import ElidedLabel, label
from ui.wording import count_in_words

_ENCODINGS = {"utf-8": "UTF-8", "utf-16": "UTF-16", "latin-1": N_("Latin-1")}


class _FileView(QWidget):
    """Rows of a file with a line of words below."""

    more_requested = Signal()
    """The end of what has been read of the file is visible."""

    def __init__(
        self,
        name: str,
        in_words: Callable[[], str],
        place_in_words: Callable[[int], str],
        parent: QWidget | None = None,
    ) -> None:
        """`in_words` tells what is shown, and `place_in_words` which row, counting from 0."""
        super().__init__(parent)
        self._in_words = in_words
        self._place_in_words = place_in_words
        self._view = RowsView()
        self._view.setAccessibleName(name)
        self._words = ElidedLabel("muted")
        self._place = label("", "muted")
        self._fault = label("", "error", wrap=True)
        self._fault.setContentsMargins(16, 8, 16, 8)
        self._fault.hide()
        footer = QFrame()
        row = QHBoxLayout(footer)
        row.setContentsMargins(16, 6, 16, 6)
        row.addWidget(self._words, 1)
        row.addWidget(self._place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._fault)
        column.addWidget(self._view, 1)
        column.addWidget(footer)
        self.setFocusProxy(self._view)
        self._view.end_reached.connect(self.more_requested)
        self._view.current_changed.connect(self._show_place)
        self._view.copied.connect(self._tell_copied)
        self._view.failed.connect(self._tell_failure)

    @property
    def view(self) -> RowsView:
        """The rows."""
        return self._view

    @Slot()
    def update_count(self) -> None:
        """Show that more of the file has been read."""
        self._view.update_count()
        self._words.setText(self._in_words())

    def _show(self, rows: FileRows | None) -> None:
        self._place.setText("")
        self._fault.hide()
        self._view.show_rows(rows)
        self._words.setText(self._in_words())

    @Slot(object)
    def _show_place(self, row: int) -> None:
        words = self._place_in_words(row)
        self._place.setText(words)
        self._view.setAccessibleDescription(f"{words}: {self._view.row_text(row)}")

    @Slot(object, object)
    def _tell_copied(self, copied: int, selected: int) -> None:
        if copied < selected:
            self._place.setText(
                _("Copied only {count} of {most} rows: the rest is too large").format(
                    count=count_in_words(copied), most=count_in_words(selected)
                )
            )
        else:
            words = ngettext("Copied {count} row", "Copied {count} rows", copied)
            self._place.setText(words.format(count=count_in_words(copied)))

    @Slot()
    def _tell_failure(self) -> None:
        self._words.setText(_("The file can't be read any more."))


class TextView(_FileView):
    """The lines of a text with their numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Text"), self._text_in_words, self._line_in_words, parent)
        self._rows: TextRows | None = None
        self._encoding = ""

    def show_text(self, rows: TextRows | None, encoding: str = "utf-8") -> None:
        """Show a text, or nothing. `encoding` is the one it had before it was read."""
        self._rows = rows
        self._encoding = encoding
        self._show(rows)

    def go_to_line(self, number: int) -> None:
        """Go to a line, counting from 1, or as near as possible until it has been read."""
        self._view.go_to_row(number - 1)

    def show_fault(self, fault: JsonPlace) -> None:
        """Tell where the text is broken and why, mark the place, and go to it."""
        # Translators: a place in a text, and what's wrong there.
        words = _("Line {line}, column {column}: {reason}")
        self._fault.setText(
            words.format(
                line=count_in_words(fault.line),
                column=count_in_words(fault.column),
                reason=fault.reason,
            )
        )
        self._fault.show()
        self._view.mark(fault.line - 1, columns_of(visible(fault.before)))

    def _text_in_words(self) -> str:
        if self._rows is None:
            return ""
        number = self._rows.row_count
        if self._rows.is_complete:
            lines = ngettext("{number} line", "{number} lines", number)
        else:
            lines = ngettext("{number} line so far", "{number} lines so far", number)
        encoding = _(_ENCODINGS.get(self._encoding, self._encoding))
        return f"{encoding} · {lines.format(number=count_in_words(number))}"

    def _line_in_words(self, row: int) -> str:
        return _("Line {number}").format(number=count_in_words(row + 1))


class HexView(_FileView):
    """The bytes of a file in hexadecimal, with their offsets and the characters they may be."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_("Bytes"), self._size_in_words, self._byte_in_words, parent)
        self._rows: HexRows | None = None

    def show_bytes(self, rows: HexRows | None) -> None:
        """Show the bytes of a file, or nothing."""
        self._rows = rows
        self._show(rows)

    def go_to_offset(self, offset: int) -> None:
        """Go to a byte, counting from 0."""
        self._view.go_to_row(offset // HEX_BYTES)

    def _size_in_words(self) -> str:
        if self._rows is None:
            return ""
        size = format_size(self._rows.size)
        return size if self._rows.is_complete else _("{size} so far").format(size=size)

    def _byte_in_words(self, row: int) -> str:
        return _("Byte {number}").format(number=count_in_words(row * HEX_BYTES))
