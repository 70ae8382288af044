"""Copies the selected rows of a table, without holding up the window."""

from collections.abc import Callable
from itertools import chain, islice

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView

from ui.selected_rows import selected_ranges

_MOST_ROWS = 10_000
"""Reading more would take too long."""
_MOST_TEXT = 4 * 1024 * 1024
"""Characters; clipboard managers keep copies."""
_READING_MS = 20
"""How long rows are read in one turn of the event loop."""


def copy_rows(table: QTableView, text_of: Callable[[int], str]) -> None:
    """Copy the selected rows, one on each line, as many as can be copied at once.

    The table selects whole rows; `text_of` returns the text of a row. What takes long is copied
    later, unless the table shows other rows or something else is copied meanwhile. Without a
    selection, the clipboard stays as it is.
    """
    _Copying(table, text_of).go_on()


class _Copying(QObject):
    """Reads rows in several turns of the event loop, then copies them and goes."""

    def __init__(self, table: QTableView, text_of: Callable[[int], str]) -> None:
        super().__init__(table)
        ranges = selected_ranges(table)
        rows = chain.from_iterable(range(first, last + 1) for first, last in ranges)
        self._left = map(text_of, islice(rows, _MOST_ROWS))
        self._texts: list[str] = []
        self._size = 0
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self.go_on)
        model = table.model()
        for changed in (
            model.modelReset,
            model.rowsRemoved,
            QGuiApplication.clipboard().dataChanged,
        ):
            changed.connect(self._stop)

    @Slot()
    def go_on(self) -> None:
        """Read more rows, and copy them once there are no more."""
        clock = QElapsedTimer()
        clock.start()
        for text in self._left:
            self._size += len(text)
            if self._size > _MOST_TEXT:
                break
            self._texts.append(text)
            if clock.elapsed() >= _READING_MS:
                self._turn.start()
                return
        if self._texts:
            QGuiApplication.clipboard().setText("\n".join(self._texts))
        self._stop()

    @Slot()
    def _stop(self) -> None:
        self._turn.stop()
        self.deleteLater()
