"""A grid with rows of fields, each with a button that removes it."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QSize, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from ui.icons import icon
from ui.theme import Role
from ui.widgets.labels import label
from ui.widgets.tab_order import insert_in_tab_order


class RemovableRow(QObject):
    """Holds the widgets of a row."""

    removed = Signal()
    """The button was pressed; the row is still there."""

    def __init__(self, fields: Sequence[QWidget], name: str, tool_tip: str) -> None:
        """`name` and `tool_tip` say what the button does."""
        super().__init__()
        remove = QToolButton()
        remove.setIcon(icon("x", Role.MUTED))
        remove.setIconSize(QSize(12, 12))
        remove.setProperty("look", "close")
        remove.setAccessibleName(name)
        remove.setToolTip(tool_tip)
        remove.clicked.connect(self.removed)
        self.parts = (*fields, remove)
        """All widgets, in order."""

    def delete(self) -> None:
        """Take the row out of the window."""
        for part in self.parts:
            part.hide()
            part.deleteLater()
        self.deleteLater()


RowT = TypeVar("RowT", bound=RemovableRow)


class RowGrid(QObject, Generic[RowT]):
    """Rows under heads, which are hidden while there are no rows. A button below adds one."""

    removed = Signal()
    """A row was removed by its button."""

    def __init__(self, heads: Sequence[str], add: QWidget, parent: QWidget) -> None:
        """`add` is the button, which gets the focus when a row is removed."""
        super().__init__(parent)
        self._add = add
        self._rows: list[RowT] = []
        self.layout = QGridLayout()
        """To be placed by whoever has the rows; the columns may be stretched."""
        self.layout.setHorizontalSpacing(6)
        self.layout.setVerticalSpacing(6)
        self._heads = [label(text, "muted") for text in heads]
        for column, head in enumerate(self._heads):
            self.layout.addWidget(head, 0, column)

    @property
    def rows(self) -> Sequence[RowT]:
        """The rows, from top to bottom."""
        return self._rows

    def append(self, row: RowT) -> None:
        """Add a row. `show_heads` has to follow once all are added and the grid is placed."""
        place = self.layout.rowCount()
        for column, part in enumerate(row.parts):
            self.layout.addWidget(part, place, column)
        row.removed.connect(self._remove)
        row.setParent(self)
        self._rows.append(row)

    def show_at_once(self, row: RowT) -> None:
        """Show a row before the layout would, so that it can have the focus, and in Tab order."""
        for part in row.parts:
            part.show()
            insert_in_tab_order(part, self._add)

    def clear(self) -> None:
        """Take all rows out of the window."""
        for row in self._rows:
            row.delete()
        self._rows = []

    def show_heads(self) -> None:
        """Show or hide the heads."""
        for head in self._heads:
            head.setVisible(bool(self._rows))

    @Slot()
    def _remove(self) -> None:
        row = self.sender()
        self._rows = [one for one in self._rows if one is not row]
        if isinstance(row, RemovableRow):
            row.delete()
        self._add.setFocus()
        self.show_heads()
        self.removed.emit()
