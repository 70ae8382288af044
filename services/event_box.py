"""Queues events from any thread for one consumer, in order. No Qt."""

import threading
from collections.abc import Callable

from services.system.events import Event, LargeEvent


class EventBox:
    """Holds events until the consumer takes them. Thread-safe."""

    def __init__(self, wake: Callable[[], object]) -> None:
        """`wake` is called when events become available, but never after `close`.

        It is called on the thread that added the event, under the lock.
        """
        self._lock = threading.Lock()
        self._wake = wake
        self._events: list[Event] = []
        self._handled = threading.Event()
        self._handled.set()
        self._closed = False

    def put(self, event: Event) -> None:
        """Add an event; ignored after `close`."""
        with self._lock:
            if self._closed:
                return
            self._events.append(event)
            if isinstance(event, LargeEvent):
                self._handled.clear()
            if len(self._events) == 1:
                self._wake()

    def pop_batch(self) -> list[Event]:
        """Return and remove the next events: all, or up to the first large one."""
        with self._lock:
            count = _batch_size(self._events)
            events, self._events = self._events[:count], self._events[count:]
            if self._events:
                self._wake()
            return events

    def mark_handled(self) -> None:
        """Record that the consumer has handled everything it took."""
        with self._lock:
            if not any(isinstance(event, LargeEvent) for event in self._events):
                self._handled.set()

    def wait_until_handled(self, seconds: float) -> bool:
        """Wait until all large events have been handled; return False on timeout."""
        return self._handled.wait(seconds)

    def close(self) -> None:
        """Drop pending events, ignore new ones, and release all waiters."""
        with self._lock:
            self._closed = True
            self._events = []
            self._wake = _do_nothing
            self._handled.set()


def _batch_size(events: list[Event]) -> int:
    for index, event in enumerate(events):
        if isinstance(event, LargeEvent):
            return index + 1
    return len(events)


def _do_nothing() -> None:
    """Replaces `wake` after `close`."""
