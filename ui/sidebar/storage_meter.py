"""The storage used, at the bottom of the sidebar."""

from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from services.system.language import _
from services.system.locale_format import whole
from services.system.sizes import format_size
from ui.widgets.labels import label, set_look


class StorageMeter(QWidget):
    """Shows the bytes used, and the account's limit, if it has one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, _FULL)
        self._bar.setAccessibleName(_("Storage used"))
        self._bar.hide()
        self._used = label("", "muted", wrap=True)
        self._warning = label("", "warning", wrap=True)
        self._warning.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        for widget in (label(_("STORAGE"), "section"), self._bar, self._used, self._warning):
            column.addWidget(widget)
        self.show_used(None, None)

    def show_used(self, used: int | None, limit: int | None) -> None:
        """Show the bytes used and the limit, with a warning when it is nearly reached.

        Pass None for unknown values.
        """
        if used is None or limit is None:
            self._bar.hide()
            self._used.setText(format_size(used))
            self._show_warning("")
            return
        # In thousandths, as a progress bar counts in 32 bits.
        part = min(_FULL, -(-used * _FULL // limit)) if limit > 0 else _FULL
        text = _("{used} of {limit}").format(used=format_size(used), limit=format_size(limit))
        warning = _warning(used, limit)
        self._bar.setValue(part)
        self._bar.setAccessibleDescription(f"{text}. {warning}" if warning else text)
        self._bar.show()
        self._used.setText(text)
        self._show_warning(warning)

    def _show_warning(self, text: str) -> None:
        if text == self._warning.text():
            return
        self._warning.setText(text)
        self._warning.setVisible(bool(text))
        set_look(self._bar, "warning" if text else "")


def _warning(used: int, limit: int) -> str:
    """A warning if over 90% are used, else an empty text."""
    if used > limit:
        return _("Over the account's storage limit.")
    if 10 * used > 9 * limit:
        return _("{number}% full. Delete some files.").format(number=whole(100 * used // limit))
    return ""


_FULL = 1000
