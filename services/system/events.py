"""What an event is: a frozen value, named in the past tense, that tells what has happened.

Each room has the events that it tells. Whoever makes a room gives it a `Listener`, which is called
from any thread; in the program that is the mailbox of the window, in a test the `append` of a list.
"""

from collections.abc import Callable

import msgspec


class Event(msgspec.Struct, frozen=True):
    """Something happened.

    A struct, because the program makes all these classes when it starts: as dataclasses, that takes
    forty times as long.
    """


Listener = Callable[[Event], None]
