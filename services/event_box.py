"""Events on their way from any thread to one, in order. No Qt."""

import threading
from collections.abc import Callable

from services.catalog.events import CachedFilesListed, FilesListed
from services.system.events import Event

_LISTING_PAGES = FilesListed | CachedFilesListed
"""Of a listing: hundreds of rows each, which are work for a turn of whoever takes them."""


class EventBox:
    """Takes events on any thread until they are asked for. Thread-safe."""

    def __init__(self, wake: Callable[[], object]) -> None:
        """`wake` is called when there is something to take again, and never after `close`.

        It is called on the thread that put it in, under the lock.
        """
        self._lock = threading.Lock()
        self._wake = wake
        self._events: list[Event] = []
        self._handled = threading.Event()
        self._handled.set()
        self._closed = False

    def put(self, event: Event) -> None:
        """Take an event; nothing after `close`."""
        with self._lock:
            if self._closed:
                return
            self._events.append(event)
            if isinstance(event, _LISTING_PAGES):
                self._handled.clear()
            if len(self._events) == 1:
                self._wake()

    def pop_batch(self) -> list[Event]:
        """What came since the last time, but of pieces of a listing only one."""
        with self._lock:
            count = _batch_size(self._events)
            events, self._events = self._events[:count], self._events[count:]
            if self._events:
                self._wake()
            return events

    def mark_handled(self) -> None:
        """Whoever takes them has done with all so far."""
        with self._lock:
            if not any(isinstance(event, _LISTING_PAGES) for event in self._events):
                self._handled.set()

    def wait_until_handled(self, seconds: float) -> bool:
        """Wait until every piece of a listing was taken and done with; whether it was in time."""
        return self._handled.wait(seconds)

    def close(self) -> None:
        """Forget what is there, take nothing any more, and let go of those who wait."""
        with self._lock:
            self._closed = True
            self._events = []
            self._wake = _do_nothing
            self._handled.set()


def _batch_size(events: list[Event]) -> int:
    for index, event in enumerate(events):
        if isinstance(event, _LISTING_PAGES):
            return index + 1
    return len(events)


def _do_nothing() -> None:
    """Is woken no more."""
