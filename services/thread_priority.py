"""Which thread goes first when there is less processor than work."""

import os
import sys
import threading
import time

_REST = 0.003
"""Seconds: in most of it a window paints, which takes it 15 ms in all."""
_NICENESS = 10
"""Of threads that stepped back; 0 is usual, 19 comes last (setpriority(2))."""


def give_way() -> None:
    """Let the window's thread have the interpreter for a moment.

    For work that is the interpreter's alone and takes longer than some ten milliseconds, a few
    times in each. Qt gives the interpreter away and takes it back with nearly every call while it
    paints, and would wait for the whole of such work.
    """
    time.sleep(_REST)


def step_back() -> None:
    """Let the window's thread go before this one, for as long as this one lives.

    Many transfers at full speed can keep every processor busy; a window that has to queue up
    among them answers late. Only Linux has a priority for each thread of a process; elsewhere
    nothing happens.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        if os.getpriority(os.PRIO_PROCESS, thread) < _NICENESS:
            os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)
