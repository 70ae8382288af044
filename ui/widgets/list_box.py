"""A combo box whose list opens below it, fully visible."""

from PySide6.QtWidgets import QComboBox, QListView, QStyledItemDelegate, QWidget

from ui.icons import spaced_icon_size

_ICON = 16


class ListBox(QComboBox):
    """A combo box with a regular list popup.

    Qt's default popup covers the box and ignores the style sheet's padding when it computes its
    height, so the first and last items end up behind scroll arrows.
    """

    def __init__(self, parent: QWidget | None = None, view: QListView | None = None) -> None:
        """`view` shows the list instead of a regular one."""
        super().__init__(parent)
        if view is not None:
            self.setView(view)
        self.setProperty("look", "list")
        self.ensurePolished()  # before the popup is created by the next line, which reads the style
        self.setItemDelegate(QStyledItemDelegate(self))  # the default one ignores style sheets
        self.setIconSize(spaced_icon_size(_ICON))
        self.view().setIconSize(spaced_icon_size(_ICON))
