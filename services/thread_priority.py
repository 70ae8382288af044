"""Which thread goes first when there is less processor than work."""

import os
import sys
import threading

_NICENESS = 10
"""Of threads that stepped back; 0 is usual, 19 comes last (setpriority(2))."""


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
