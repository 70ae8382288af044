"""A combo box whose list opens below it, all of it in sight."""

from PySide6.QtWidgets import QComboBox, QStyledItemDelegate, QWidget

from ui.icons import beside_words

_ICON = 16


class ListBox(QComboBox):
    """Qt's own list lies over the box and hides its ends behind arrows that scroll by themselves.

    It leaves out the room of the style sheet when it reckons how high the list is to be.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "list")
        self.ensurePolished()  # how the list is to open is asked when it is made, by the next line
        self.setItemDelegate(QStyledItemDelegate(self))  # the other one knows no style sheet
        self.setIconSize(beside_words(_ICON))
        self.view().setIconSize(beside_words(_ICON))
