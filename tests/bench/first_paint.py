"""How long a process takes from its start to its first paint.

    python -m tests.bench.first_paint STARTED bare
    python -m tests.bench.first_paint STARTED program FILES FOLDER

`STARTED` is the start time in seconds of the monotonic clock. The bare window has an empty table
and nothing else. The program runs normally, with its data in `FOLDER`, until `FILES` rows are
painted. Prints milliseconds.
"""

import json
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView, QWidget


class _PaintWatcher(QObject):
    """Records when a widget was painted, with a count at that time."""

    def __init__(self, watched: QWidget, count: Callable[[], int]) -> None:
        super().__init__(watched)
        self.seen: list[tuple[float, int]] = []
        self._count = count
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            rows = self._count()
            QTimer.singleShot(0, lambda: self.seen.append((time.monotonic(), rows)))
        return False


def times_of_paint(widget: QWidget, count: Callable[[], int]) -> list[tuple[float, int]]:
    """A growing list of paint times with the `count` at that time."""
    return _PaintWatcher(widget, count).seen


def _print_when_painted(
    widget: QWidget, count: Callable[[], int], wanted: int, then: Callable[[], object]
) -> QTimer:
    """Print the time of the first paint with the wanted count, then call `then`."""
    painted = times_of_paint(widget, count)
    timer = QTimer(widget)

    def look() -> None:
        moments = [moment for moment, rows in painted if rows == wanted]
        if moments:
            timer.stop()
            print(json.dumps({"ms": [(moments[0] - float(sys.argv[1])) * 1000]}), flush=True)
            then()

    timer.timeout.connect(look)
    timer.start(10)
    return timer


def _bare() -> None:
    from PySide6.QtGui import QStandardItemModel

    application = QApplication([])
    window = QMainWindow()
    table = QTableView()
    table.setModel(QStandardItemModel(0, 5, table))
    window.setCentralWidget(table)
    window.resize(1360, 860)
    _print_when_painted(table.viewport(), lambda: 0, 0, application.quit)
    window.show()
    application.exec()


def _program(number: int, folder: str) -> None:
    import main

    run = QApplication.exec

    def watch_and_run(application: QApplication) -> int:
        window = next(one for one in application.topLevelWidgets() if isinstance(one, QMainWindow))
        area = window.workspace.area  # type: ignore[attr-defined]
        _print_when_painted(area.table.viewport(), area.model.rowCount, number, window.leave)  # type: ignore[attr-defined]
        return run()

    # The program imports its modules itself, as usual.
    QApplication.exec = watch_and_run  # type: ignore[method-assign, assignment]
    main.main(["--data-dir", folder])


if __name__ == "__main__":
    match sys.argv[2:]:
        case ["bare"]:
            _bare()
        case ["program", number, folder]:
            _program(int(number), folder)
