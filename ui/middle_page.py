"""A page that can be shown in the middle of the window, in place of the files."""

from PySide6.QtWidgets import QWidget


class MiddlePage(QWidget):
    """Knows where the keyboard focus goes."""

    def focus_content(self) -> None:
        """Focus what the page shows."""
        self.setFocus()

    def focus_search(self) -> None:
        """Focus the search field, or the content if there is none."""
        self.focus_content()
