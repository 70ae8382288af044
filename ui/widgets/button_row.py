"""The row of buttons at the end of a dialog, in the platform's order."""

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPushButton

from services.system.language import _


class ButtonRow(QDialogButtonBox):
    """A QDialogButtonBox without a focus proxy.

    With Qt's focus proxy, a screen reader reports an unnamed panel instead of the first button.
    """

    def add_close(self, dialog: QDialog) -> QPushButton:
        """Add the only button that ends a dialog; Enter presses it."""
        close = self.addButton(_("Close"), self.ButtonRole.RejectRole)
        close.setDefault(True)
        self.rejected.connect(dialog.reject)
        return close

    def add_choice(self, dialog: QDialog, words: str, choose: Callable[[], object]) -> QPushButton:
        """Add the button that does what a dialog is for, which Enter presses, and Cancel.

        `choose` is called when it is pressed, and closes the dialog if that is due.
        """
        chosen = self.addButton(words, self.ButtonRole.AcceptRole)
        chosen.setProperty("look", "filled")
        chosen.setDefault(True)
        self.addButton(_("Cancel"), self.ButtonRole.RejectRole)
        self.accepted.connect(choose)
        self.rejected.connect(dialog.reject)
        return chosen

    def event(self, event: QEvent) -> bool:
        """Remove the focus proxy, which Qt sets again on every layout."""
        handled = super().event(event)
        if self.focusProxy() is not None:
            self.setFocusProxy(None)  # type: ignore[arg-type]
        return handled
