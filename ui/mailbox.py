"""Carries events from any thread to the window's thread, merged."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from services.event_box import EventBox
from services.system.events import Event
from services.transfers.events import TransferChanged

_TURNS_TO_PAINT = 3
"""Of the event loop: one lays out what is new, one paints it, and then comes a timer's."""


class _Waker(QObject):
    """One signal, emitted on any thread, and one slot, run on the thread the waker was made on."""

    woken = Signal()

    def __init__(
        self, answer: Callable[[], None], is_busy: Callable[[], bool], rest: Callable[[], None]
    ) -> None:
        """`rest` is called after `answer`, when what it led to is laid out and painted.

        That is some turns after `is_busy` says no.
        """
        super().__init__()
        self._answer = answer
        self._is_busy = is_busy
        self._rest = rest
        self._turns = 0
        self.woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._wait_for_rest)

    @Slot()
    def _wake(self) -> None:
        self._turns = _TURNS_TO_PAINT
        self._idle.start(0)
        self._answer()

    @Slot()
    def _wait_for_rest(self) -> None:
        if self._is_busy():
            self._turns = _TURNS_TO_PAINT
        self._turns -= 1
        if self._turns:
            self._idle.start(0)
        else:
            self._rest()


class Mailbox:
    """Takes events on any thread and delivers them, in order, on the thread that made it.

    Not a QObject: threads may hold it and post to it for ever after `close`, when nothing happens
    any more. However many events come between two turns of the event loop, they cost one signal;
    only of pieces of a listing, which bring many rows each, there is one a turn.
    """

    def __init__(
        self,
        deliver: Callable[[list[Event]], None],
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        """`deliver` is called on the window's thread with all that came since the last time.

        `is_busy` says whether what it led to is still being worked on, a little each turn.
        """
        self._deliver = deliver
        self._waker: _Waker | None = _Waker(self._drain, is_busy, self._rest)
        self._box = EventBox(self._waker.woken.emit)

    def post(self, event: Event) -> None:
        """Take an event; from any thread, at any time."""
        self._box.put(event)

    def wait(self, seconds: float) -> bool:
        """Wait, on another thread, until no piece of a listing is still to be delivered or painted.

        Whether that was so in time.
        """
        return self._box.wait_until_handled(seconds)

    def close(self) -> None:
        """Deliver nothing any more. On the window's thread."""
        self._box.close()
        waker, self._waker = self._waker, None
        if waker is not None:
            waker.deleteLater()

    def _drain(self) -> None:
        events = self._box.pop_batch()
        if events:
            self._deliver(_merged(events))

    def _rest(self) -> None:
        self._box.mark_handled()


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
