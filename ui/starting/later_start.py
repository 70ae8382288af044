"""Decides at the start whether this is the only program, or hands over to the one that runs."""

import time
from enum import Enum

from services.system.program_lock import ProgramLock
from ui.starting.start_request import StartRequest

LONGEST_WAIT = 10.0
"""Seconds until a program that doesn't respond is given up: it may be just starting or ending."""
_BETWEEN = 0.05
"""Seconds between attempts."""


class Outcome(Enum):
    """What becomes of a start."""

    FIRST = "first"
    """No other program is running: this one holds the lock."""
    HANDED_OVER = "handed over"
    """The running program has taken the request."""
    NO_ANSWER = "no answer"
    """Another program is running, but doesn't respond."""


def begin_or_hand_over(
    lock: ProgramLock, request: StartRequest, seconds: float = LONGEST_WAIT
) -> Outcome:
    """Take the lock, or hand over the request to the program that holds it. Blocks.

    If that program ends meanwhile, the lock is taken.
    """
    if lock.take():
        return Outcome.FIRST
    from ui.starting.start_call import send

    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        address = lock.read_address()
        if address and send(address, request, left):
            return Outcome.HANDED_OVER
        if lock.take():
            return Outcome.FIRST
        time.sleep(_BETWEEN)
    return Outcome.NO_ANSWER
