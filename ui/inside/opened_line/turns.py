"""Divides work among turns of the event loop, so that the window never stops responding."""

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Slot

TURN_MS = 8
"""No more tasks are begun in a turn after this time, in milliseconds."""


class Turns(QObject):
    """Does tasks of a few milliseconds each, in the order they were added."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: dict[object, Callable[[], object]] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.do_some)

    @property
    def are_done(self) -> bool:
        """Whether no task is waiting."""
        return not self._waiting

    def add(self, key: object, task: Callable[[], object]) -> None:
        """Do a task soon, in place of the one with the same key that may be waiting."""
        self._waiting[key] = task
        if not self._timer.isActive():
            self._timer.start(0)

    def forget_all(self) -> None:
        """Do none of the waiting tasks."""
        self._waiting.clear()
        self._timer.stop()

    @Slot()
    def do_some(self) -> None:
        """Do as many of the waiting tasks as fit into a turn, at least one."""
        clock = QElapsedTimer()
        clock.start()
        while self._waiting:
            key = next(iter(self._waiting))
            self._waiting.pop(key)()
            if clock.elapsed() >= TURN_MS:
                break
        if self._waiting:
            self._timer.start(0)
