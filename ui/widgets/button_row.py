"""The row of buttons at the end of a dialog, in the platform's order."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialogButtonBox


class ButtonRow(QDialogButtonBox):
    """A QDialogButtonBox without a focus proxy.

    With Qt's focus proxy, a screen reader reports an unnamed panel instead of the first button.
    """

    def event(self, event: QEvent) -> bool:
        """Remove the focus proxy, which Qt sets again on every layout."""
        handled = super().event(event)
        if self.focusProxy() is not None:
            self.setFocusProxy(None)  # type: ignore[arg-type]
        return handled
