"""A page that can be shown in the middle of the window, in place of the files."""

from PySide6.QtWidgets import QWidget


class MiddlePage(QWidget):
    """Knows where the keyboard focus goes."""

    digit_keys = 0
    """How many of the keys Ctrl+1, Ctrl+2, … it uses itself; the rest switch to accounts."""

    def focus_content(self) -> None:
        """Focus what the page shows."""
        self.setFocus()

    def set_covered_height(self, height: int) -> None:
        """End the content above the part of the bottom that is covered, in pixels."""
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(0, 0, 0, height)

    def focus_search(self) -> None:
        """Focus the search field, or the content if there is none."""
        self.focus_content()
