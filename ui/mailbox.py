"""Carries events from any thread to the window's thread, merged."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from services.event_box import EventBox
from services.system.events import Event
from services.transfers.events import TransferChanged

_TURNS_TO_PAINT = 3
"""Event-loop iterations to wait: one lays out new content, one paints it, then a timer runs."""


class _Waker(QObject):
    """A signal that any thread may emit, and a slot that runs on the thread that made the waker."""

    woken = Signal()

    def __init__(
        self, on_wake: Callable[[], None], is_busy: Callable[[], bool], on_idle: Callable[[], None]
    ) -> None:
        """`on_idle` is called after `on_wake`, once the results are laid out and painted.

        That is a few event-loop iterations after `is_busy` returns False.
        """
        super().__init__()
        self._on_wake = on_wake
        self._is_busy = is_busy
        self._on_idle = on_idle
        self._turns = 0
        self.woken.connect(self._wake, Qt.ConnectionType.QueuedConnection)
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.timeout.connect(self._wait_for_idle)

    @Slot()
    def _wake(self) -> None:
        self._turns = _TURNS_TO_PAINT
        self._idle.start(0)
        self._on_wake()

    @Slot()
    def _wait_for_idle(self) -> None:
        if self._is_busy():
            self._turns = _TURNS_TO_PAINT
        self._turns -= 1
        if self._turns:
            self._idle.start(0)
        else:
            self._on_idle()


class Mailbox:
    """Accepts events on any thread and delivers them, in order, on the thread that made it.

    This is not a QObject, so threads may keep it and post to it even after `close`, without effect.
    However many events arrive during an event-loop iteration, they cost one signal. But only one
    large event is delivered per iteration.
    """

    def __init__(
        self,
        deliver: Callable[[list[Event]], None],
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        """`deliver` is called on the window's thread with all new events.

        `is_busy` returns whether the window is still processing them step by step.
        """
        self._deliver = deliver
        self._waker: _Waker | None = _Waker(self._drain, is_busy, self._mark_handled)
        self._box = EventBox(self._waker.woken.emit)

    def post(self, event: Event) -> None:
        """Queue an event. May be called on any thread at any time."""
        self._box.put(event)

    def wait(self, seconds: float) -> bool:
        """Wait, on another thread, until all large events are delivered and painted.

        Return False on timeout.
        """
        return self._box.wait_until_handled(seconds)

    def close(self) -> None:
        """Stop delivering. Call it on the window's thread."""
        self._box.close()
        waker, self._waker = self._waker, None
        if waker is not None:
            waker.deleteLater()

    def _drain(self) -> None:
        events = self._box.pop_batch()
        if events:
            self._deliver(_merged(events))

    def _mark_handled(self) -> None:
        self._box.mark_handled()


def _merged(events: list[Event]) -> list[Event]:
    """The events with only the last snapshot of each transfer."""
    last: dict[int, int] = {}
    for index, event in enumerate(events):
        if isinstance(event, TransferChanged):
            last[event.transfer.id] = index
    return [
        event
        for index, event in enumerate(events)
        if not isinstance(event, TransferChanged) or last[event.transfer.id] == index
    ]
