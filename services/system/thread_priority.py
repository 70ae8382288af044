"""Keeps the window responsive when the CPU is busy."""

import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")

_REST = 0.003
"""Seconds; painting the window takes about 15 ms in all, spread over several rests."""
_WORK = 0.003
"""Seconds of work between two rests."""
_NICENESS = 10
"""The niceness of low-priority threads; 0 is normal, 19 the lowest priority (setpriority(2))."""


def yield_to_window() -> None:
    """Release the GIL briefly, so that the window's thread can run.

    For pure Python work that takes longer than about ten milliseconds; call it every few
    milliseconds. While painting, Qt releases and reacquires the GIL with nearly every call, and
    would wait for such work to finish.
    """
    time.sleep(_REST)


def yielding_to_window(items: Iterable[Item]) -> Iterator[Item]:
    """The same items, with a `yield_to_window` whenever a few milliseconds of work are done."""
    until = time.perf_counter() + _WORK
    for item in items:
        yield item
        if time.perf_counter() >= until:
            yield_to_window()
            until = time.perf_counter() + _WORK


def lower_priority() -> None:
    """Lower the priority of the current thread for good, in favor of the window's thread.

    Many transfers at full speed can keep all CPUs busy, and make the window respond slowly. Does
    nothing except on Linux, the only system with a priority per thread.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        if os.getpriority(os.PRIO_PROCESS, thread) < _NICENESS:
            os.setpriority(os.PRIO_PROCESS, thread, _NICENESS)
