"""Shows the names of what is in an archive."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from services.previews.documents.archive_entries import ArchiveEnd
from services.previews.documents.archive_names import ArchiveForm, ArchiveNames
from services.system.language import _, ngettext
from services.system.sizes import format_size
from ui.inside.content.names_table import NamesTable
from ui.widgets.labels import ElidedLabel, label
from ui.wording import count_in_words

_FORMS = {
    ArchiveForm.ZIP: "ZIP",
    ArchiveForm.TAR: "TAR",
    ArchiveForm.GZIP: "GZIP",
    ArchiveForm.BZIP2: "BZIP2",
    ArchiveForm.XZ: "XZ",
    ArchiveForm.SEVEN_ZIP: "7Z",
}
_ENDINGS = {"GZIP": "GZ", "BZIP2": "BZ2"}
"""What follows TAR in the names of such files, if that's another word."""


class NamesView(QWidget):
    """A table of the names, sizes and dates in an archive, or why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table = NamesTable()
        self._message = label("", "muted", wrap=True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._message)
        self._pages.addWidget(self._table)
        self._words = ElidedLabel("muted")
        self._warning = ElidedLabel("warning")
        footer = QFrame()
        row = QHBoxLayout(footer)
        row.setContentsMargins(16, 6, 16, 6)
        row.setSpacing(16)
        row.addWidget(self._words)
        row.addWidget(self._warning, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pages, 1)
        column.addWidget(footer)
        self.setFocusProxy(self._table)

    def show_names(self, names: ArchiveNames | None) -> None:
        """Show the names read so far, or nothing."""
        if names is None:
            self._table.show_entries(())
            self.show_message("")
        elif not names.entries and names.end is not ArchiveEnd.NOT_YET:
            self._table.show_entries(())
            self.show_message(_nothing_in_words(names))
        else:
            self._table.show_entries(names.entries)
            self._pages.setCurrentWidget(self._table)
            self._words.setText(_sum_in_words(names))
            self._warning.setText(_shortcoming_in_words(names))

    def show_message(self, text: str) -> None:
        """Show a text in place of the names."""
        self._message.setText(text)
        self._pages.setCurrentWidget(self._message)
        self._words.setText("")
        self._warning.setText("")


def _sum_in_words(names: ArchiveNames) -> str:
    files = [entry for entry in names.entries if not entry.is_folder]
    words = ngettext("{number} file", "{number} files", len(files)).format(
        number=count_in_words(len(files))
    )
    form = _FORMS.get(names.form, "")
    parts = [f"TAR.{_ENDINGS.get(form, form)}" if names.is_packed_tar else form, words]
    sizes = [entry.size for entry in files]
    if sizes and None not in sizes:
        total = sum(size for size in sizes if size is not None)
        parts.append(_("{size} unpacked").format(size=format_size(total)))
    if names.end is ArchiveEnd.NOT_YET:
        parts.append(_("reading…"))
    return " · ".join(filter(None, parts))


def _shortcoming_in_words(names: ArchiveNames) -> str:
    match names.end:
        case ArchiveEnd.DAMAGED:
            return _("The archive is damaged or cut off. There may be more files.")
        case ArchiveEnd.TOO_MANY:
            return _("There are more files than can be shown.")
        case ArchiveEnd.TOO_LARGE:
            return _("There may be more files: the archive is too large to look through.")
    if any(entry.is_encrypted for entry in names.entries):
        return _("Encrypted: the files can't be opened without the password.")
    return ""


def _nothing_in_words(names: ArchiveNames) -> str:
    if names.end is not ArchiveEnd.WHOLE:
        return _("This archive is damaged, and no names could be read.")
    if names.form is ArchiveForm.SEVEN_ZIP:
        return _("Filewharf can't read the names in a 7z archive. Download it to open it.")
    if names.form is ArchiveForm.UNKNOWN:
        return _("The names in this archive can't be shown.")
    return _("The archive is empty.")
