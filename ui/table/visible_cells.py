"""The cells to paint in a table that paints all of them in one call.

Qt would call into Python three to five times for each cell: the delegate, and the model's index,
flags, rowCount and data. Each call may wait a millisecond while another thread runs Python; a
screen of cells took 0.3 s while the results of a batch were added up.
"""

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QTableView


class VisibleRow(NamedTuple):
    """A row that is at least partly in the area to paint."""

    row: int
    is_selected: bool
    cells: list[tuple[int, QRect]]
    """The section and the place of each cell in the area."""


def visible_rows(table: QTableView, area: QRect) -> Iterator[VisibleRow]:
    """The rows and cells in an area of the viewport, from top to bottom."""
    model, selection, head = table.model(), table.selectionModel(), table.horizontalHeader()
    first, last = table.rowAt(area.top()), table.rowAt(area.bottom())
    if first < 0:
        return
    if last < 0:
        last = model.rowCount() - 1
    columns = [
        (section, left, table.columnWidth(section))
        for section in range(model.columnCount())
        if not head.isSectionHidden(section)
        and (left := table.columnViewportPosition(section)) <= area.right()
        and left + table.columnWidth(section) > area.left()
    ]
    for row in range(first, last + 1):
        top, height = table.rowViewportPosition(row), table.rowHeight(row)
        cells = [(section, QRect(left, top, width, height)) for section, left, width in columns]
        yield VisibleRow(row, selection.isSelected(model.index(row, 0)), cells)
