"""How long a process takes from its start until its window is painted.

    python -m tests.bench.first_paint BEGUN bare
    python -m tests.bench.first_paint BEGUN program FILES FOLDER

`BEGUN` is when it was started, in seconds of the monotonic clock. A bare window has an empty
table and nothing else. The program is run as a person does, on what it keeps in `FOLDER`, until
`FILES` rows are painted. Prints milliseconds.
"""

import json
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow, QTableView, QWidget


class _Eye(QObject):
    """Notes when a widget has been painted, and what there was to count."""

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
    """When it has been painted and what `count` gave then, kept up to date."""
    return _Eye(widget, count).seen


def _tell_when_painted(
    widget: QWidget, count: Callable[[], int], wanted: int, then: Callable[[], object]
) -> QTimer:
    """Print it as soon as there are so many, and do what is to be done then."""
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
    _tell_when_painted(table.viewport(), lambda: 0, 0, application.quit)
    window.show()
    application.exec()


def _program(number: int, folder: str) -> None:
    import main

    run = QApplication.exec

    def watch_and_run(application: QApplication) -> int:
        window = next(one for one in application.topLevelWidgets() if isinstance(one, QMainWindow))
        area = window.workspace.area  # type: ignore[attr-defined]
        _tell_when_painted(area.table.viewport(), area.model.rowCount, number, window.leave)  # type: ignore[attr-defined]
        return run()

    # Nothing of the program is loaded before it does so itself.
    QApplication.exec = watch_and_run  # type: ignore[method-assign, assignment]
    main.main(["--data-dir", folder])


if __name__ == "__main__":
    match sys.argv[2:]:
        case ["bare"]:
            _bare()
        case ["program", number, folder]:
            _program(int(number), folder)
