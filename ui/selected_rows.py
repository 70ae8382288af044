"""Which rows of a table are selected, quickly also when it is all of many thousands."""

from PySide6.QtWidgets import QTableView


def selected_rows(table: QTableView) -> list[int]:
    """The selected rows of a table that selects whole rows, from top to bottom.

    Goes by ranges: `QItemSelectionModel.selectedRows` asks the model about every cell, which
    took 0.4 s for 10,000 rows.
    """
    selection = table.selectionModel().selection()
    rows: set[int] = set()
    for number in range(selection.count()):
        part = selection.at(number)
        rows.update(range(part.top(), part.bottom() + 1))
    return sorted(rows)
