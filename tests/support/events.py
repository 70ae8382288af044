"""A listener that records every event and lets a test wait for one."""

import threading
from collections.abc import Callable
from typing import TypeVar

from services.system.events import Event

E = TypeVar("E")


class EventLog:
    """Pass it to a service as its listener; it may be called from any thread."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._events: list[Event] = []

    def __call__(self, event: Event) -> None:
        with self._condition:
            self._events.append(event)
            self._condition.notify_all()

    @property
    def received(self) -> list[Event]:
        """All events so far, in order."""
        with self._condition:
            return list(self._events)

    def all(self, kind: type[E]) -> list[E]:
        """All events of a kind so far, in order."""
        return [event for event in self.received if isinstance(event, kind)]

    def wait_for(
        self,
        kind: type[E],
        where: Callable[[E], bool] = lambda _event: True,
        seconds: float = 30,
    ) -> E:
        """The first event of that kind for which `where` holds, whether past or future.

        Raises AssertionError if there is none in time.
        """
        return self.wait_for_count(kind, 1, where, seconds)[0]

    def wait_for_count(
        self,
        kind: type[E],
        count: int,
        where: Callable[[E], bool] = lambda _event: True,
        seconds: float = 30,
    ) -> list[E]:
        """All events of that kind for which `where` holds, once there are `count`."""

        def found() -> list[E]:
            return [event for event in self._events if isinstance(event, kind) and where(event)]

        with self._condition:
            reached = self._condition.wait_for(lambda: len(found()) >= count, seconds)
            names = [type(event).__name__ for event in self._events]
            assert reached, (
                f"{len(found())} of {count} {kind.__name__} in {seconds} s; received: {names}"
            )
            return found()

    def clear(self) -> None:
        """Drop all events so far, so that `wait_for` sees only new ones."""
        with self._condition:
            self._events.clear()
