"""What an event is: a frozen value, named in the past tense, that tells what has happened.

Each room has the events that it tells. Whoever makes a room gives it a `Listener`, which is called
from any thread. Who wants to hear of events subscribes to their types.
"""

from collections.abc import Callable
from types import UnionType
from typing import Any, TypeVar, get_args

import msgspec


class Event(msgspec.Struct, frozen=True):
    """Something happened.

    A struct, because the program makes all these classes when it starts: as dataclasses, that takes
    forty times as long.
    """


class SessionEvent(Event, frozen=True, kw_only=True):
    """Something happened to one open account."""

    session: int = 0
    """The number of its `Session`; 0 outside of any."""


Listener = Callable[[Event], None]

Kind = TypeVar("Kind", bound=Event)


class Subscriptions:
    """Who hears of which events. Subscribe before the first event; `tell` is thread-safe."""

    def __init__(self) -> None:
        self._listeners: dict[type[Event], list[Callable[[Any], object]]] = {}

    def on(self, kind: type[Kind], listener: Callable[[Kind], object]) -> None:
        """Have the listener called with every event of this type; of all events for `Event`.

        Listeners of one type are called in the order in which they subscribed, those of a broader
        type after them.
        """
        self._listeners.setdefault(kind, []).append(listener)

    def on_any(self, kinds: UnionType, listener: Callable[[Any], object]) -> None:
        """Have the listener called with every event of each type in a union such as `A | B`."""
        for kind in get_args(kinds):
            self.on(kind, listener)

    def tell(self, event: Event) -> None:
        """Call whoever subscribed to the type of the event."""
        for kind in type(event).__mro__:
            for listener in self._listeners.get(kind, ()):
                listener(event)
