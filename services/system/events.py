"""Events: frozen values, named in the past tense, that report what has happened.

Each package defines its own events. Its creator passes it a `Listener`, which is called from any
thread. Consumers subscribe to event types.
"""

from collections.abc import Callable
from types import UnionType
from typing import Any, TypeVar, get_args

import msgspec


class Event(msgspec.Struct, frozen=True):
    """Something happened.

    A struct, because all these classes are created at startup, which takes forty times as long for
    dataclasses.
    """


class SessionEvent(Event, frozen=True, kw_only=True):
    """Something happened to one open account."""

    session: int = 0
    """The number of its `Session`; 0 if there is none."""


class LargeEvent(SessionEvent, frozen=True, kw_only=True):
    """A `SessionEvent` that takes a window a whole turn of its event loop to show.

    Whoever publishes it waits until it was handled before going on: a thread that works meanwhile
    makes the window wait for Python's lock, up to a millisecond at each of hundreds of calls.
    """


class LastingEvent(SessionEvent, frozen=True, kw_only=True):
    """A `SessionEvent` that is worth telling later, if nobody looks at its account now."""


Listener = Callable[[Event], None]

Kind = TypeVar("Kind", bound=Event)


class Subscriptions:
    """Routes events to listeners. Subscribe before the first event; `publish` is thread-safe."""

    def __init__(self) -> None:
        self._listeners: dict[type[Event], list[Callable[[Any], object]]] = {}

    def on(self, kind: type[Kind], listener: Callable[[Kind], object]) -> None:
        """Call `listener` with every event of this type, including subclasses.

        Listeners for one type are called in the order they subscribed, before those for its base
        classes.
        """
        self._listeners.setdefault(kind, []).append(listener)

    def on_any(self, kinds: UnionType, listener: Callable[[Any], object]) -> None:
        """Call `listener` with every event of each type in a union such as `A | B`."""
        for kind in get_args(kinds):
            self.on(kind, listener)

    def publish(self, event: Event) -> None:
        """Call all listeners for the event's type."""
        for kind in type(event).__mro__:
            for listener in self._listeners.get(kind, ()):
                listener(event)
