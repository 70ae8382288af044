"""Carries events from any thread to the window's thread, merged."""

import threading
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal, Slot

from services.events import Event, FilesListed, LastListed, TransferChanged


class _Waker(QObject):
    """One signal, emitted on any thread, and one slot, run on the thread the waker was made on."""

    woken = Signal()

    def __init__(self, answer: Callable[[], None]) -> None:
        super().__init__()
        self._answer = answer
        self.woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)

    @Slot()
    def _wake(self) -> None:
        self._answer()


class Mailbox:
    """Takes events on any thread and delivers them, in order, on the thread that made it.

    Not a QObject: threads may hold it and post to it for ever after `close`, when nothing happens
    any more. However many events come between two turns of the event loop, they cost one signal;
    only of pieces of a listing, which bring many rows each, there is one a turn.
    """

    def __init__(self, deliver: Callable[[list[Event]], None]) -> None:
        """`deliver` is called on the window's thread with all that came since the last time."""
        self._lock = threading.Lock()
        self._events: list[Event] = []
        self._deliver = deliver
        self._waker: _Waker | None = _Waker(self._drain)

    def post(self, event: Event) -> None:
        """Take an event; from any thread, at any time."""
        with self._lock:
            if self._waker is None:
                return
            self._events.append(event)
            if len(self._events) == 1:
                self._waker.woken.emit()

    def close(self) -> None:
        """Deliver nothing any more. On the window's thread."""
        with self._lock:
            self._events.clear()
            waker, self._waker = self._waker, None
        if waker is not None:
            waker.deleteLater()

    def _drain(self) -> None:
        with self._lock:
            if self._waker is None:
                return
            count = _for_one_turn(self._events)
            events, self._events = self._events[:count], self._events[count:]
            if self._events:
                self._waker.woken.emit()
        if events:
            self._deliver(_merged(events))


def _for_one_turn(events: list[Event]) -> int:
    """How many of the first events to deliver at once: hundreds of rows are work for a turn."""
    for index, event in enumerate(events):
        if isinstance(event, FilesListed | LastListed):
            return index + 1
    return len(events)


def _merged(events: list[Event]) -> list[Event]:
    """Only the last snapshot of each transfer, at the place of the last one."""
    last: dict[int, int] = {}
    for index, event in enumerate(events):
        if isinstance(event, TransferChanged):
            last[event.transfer.id] = index
    return [
        event
        for index, event in enumerate(events)
        if not isinstance(event, TransferChanged) or last[event.transfer.id] == index
    ]
