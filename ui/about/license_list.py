"""Everything that is shipped, with its license."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from services.releases.licenses import LicensedPart
from services.system.language import _
from ui.widgets.exact_copy import ExactText
from ui.widgets.labels import label


class LicenseList(QWidget):
    """Lists what is shipped; below, the text of the selected license."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: Sequence[LicensedPart] = ()
        self._list = QListWidget()
        self._list.setProperty("look", "set-off")
        self._list.setAccessibleName(_("Licenses"))
        self._list.currentRowChanged.connect(self._show_text)
        self._text = ExactText()
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setProperty("look", "field")
        self._text.setAccessibleName(_("License text"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(
            label(_("Filewharf is shipped with these, under their licenses."), "muted")
        )
        column.addWidget(self._list, 2)
        column.addWidget(self._text, 3)

    def show_parts(self, parts: Sequence[LicensedPart]) -> None:
        """Replace the list, and show the first license."""
        self._list.clear()
        self._parts = parts
        for part in parts:
            named = f"{part.name} {part.version}".strip()
            QListWidgetItem(f"{named} · {part.license}" if part.license else named, self._list)
        self._list.setCurrentRow(0)

    @Slot(int)
    def _show_text(self, row: int) -> None:
        text = self._parts[row].text if 0 <= row < len(self._parts) else ""
        self._text.setPlainText(text or _("This package comes without a license text."))
