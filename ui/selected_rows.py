"""Tables of whole rows, and their selections, fast even with many thousands of rows."""

from collections.abc import Callable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

_FEW = 100
"""How many rows may change at once for assistive technology to hear of each cell."""


def show_whole_rows(table: QTableView) -> None:
    """Let a table show rows rather than cells: they are selected whole, and Tab leaves the table."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)


def are_few(*changes: QItemSelection) -> bool:
    """Whether so few rows changed that `QTableView.selectionChanged` can be called.

    It lists every single cell for assistive technology. The method of `QAbstractItemView` only
    repaints.
    """
    parts = (one.at(place) for one in changes for place in range(one.count()))
    return sum(part.height() for part in parts) <= _FEW


def selected_ranges(table: QTableView) -> list[tuple[int, int]]:
    """The selected rows of a table that selects whole rows, as sorted (first, last) ranges.

    `QItemSelectionModel.selectedRows` queries every cell, which took 0.4 s for 10,000 rows.
    """
    selection = table.selectionModel().selection()
    merged: list[tuple[int, int]] = []
    parts = map(selection.at, range(selection.count()))
    for first, last in sorted((part.top(), part.bottom()) for part in parts):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return merged


def selected_rows(table: QTableView) -> list[int]:
    """The selected row numbers of a table that selects whole rows, in ascending order."""
    return [row for first, last in selected_ranges(table) for row in range(first, last + 1)]


def replace_selection(table: QTableView, selection: QItemSelection) -> None:
    """Select these rows and no others, without a signal.

    Qt compares each old range with each new one and computes its position on the screen, which
    takes seconds for some ten thousand ranges. Starting from an empty selection and repainting
    everything takes no time.
    """
    model = table.selectionModel()
    model.blockSignals(True)
    model.clearSelection()
    if selection.count():
        model.select(selection, QItemSelectionModel.SelectionFlag.Select)
    model.blockSignals(False)
    table.viewport().update()


def move_by_key(
    view: QAbstractItemView, event: QKeyEvent, press: Callable[[QKeyEvent], None]
) -> None:
    """Handle a key press with `press`, the view's own handler, then fix the selection.

    A key that moves must leave only the current row selected. Qt ignores it if there is nowhere to
    go: with all rows selected and the first one current, Home would keep them all selected.
    """
    before = view.currentIndex()
    press(event)
    plain = event.modifiers() & ~_KEYPAD == Qt.KeyboardModifier.NoModifier
    if plain and event.key() in _MOVING and before.isValid() and view.currentIndex() == before:
        how = QItemSelectionModel.SelectionFlag
        view.selectionModel().select(before, how.ClearAndSelect | how.Rows)
        event.accept()


_KEYPAD = Qt.KeyboardModifier.KeypadModifier
_MOVING = frozenset(
    {
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
    }
)
