"""Which thread goes first when the processor is busy."""

import os
import sys
import threading
import time

_REST = 0.003
"""Seconds; the window paints during most of it, 15 ms in all."""
_NICENESS = 10
"""Of threads that stepped back; 0 is usual, 19 comes last (setpriority(2))."""


def give_way() -> None:
    """Yield the interpreter to the window's thread for a moment.

    For pure Python work that takes longer than some ten milliseconds, a few times in each. Qt
    releases and reacquires the interpreter with nearly every call while it paints, and would wait
    for the whole of such work.
    """
    time.sleep(_REST)


def step_back() -> None:
    """Let the window's thread go before this one, for as long as this one lives.

    Many transfers at full speed can keep every processor busy, and a window that has to compete
    with them responds late. Only Linux has a priority for each thread of a process; elsewhere
    this does nothing.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        if os.getpriority(os.PRIO_PROCESS, thread) < _NICENESS:
            os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)
