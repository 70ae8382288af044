"""The row of buttons that a dialog ends with, in the order of the platform."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QDialogButtonBox


class ButtonRow(QDialogButtonBox):
    """Like Qt's, but never told to have the keyboard itself.

    Qt's stands for its first button, so a screen reader would name an unnamed panel in its place.
    """

    def event(self, event: QEvent) -> bool:
        """Stand for no button, though Qt has it do so whenever it lays the buttons out."""
        taken = super().event(event)
        if self.focusProxy() is not None:
            self.setFocusProxy(None)  # type: ignore[arg-type]
        return taken
