"""Lets only one process at a time change a checkout; the others wait."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.2
"""Seconds between two attempts to get the lock."""


@contextmanager
def one_at_a_time(
    path: Path, message: str, notify: Callable[[str], None] = print
) -> Iterator[None]:
    """Hold the lock on this file; show `message` while another process holds it.

    The system releases the lock when the process ends, however it ends.
    """
    try:
        lock = _acquire(path, lambda: notify(message))
    except PermissionError:
        # Without write access there is nothing to protect.
        yield
        return
    try:
        yield
    finally:
        os.close(lock)


def _acquire(path: Path, notify_waiting: Callable[[], None]) -> int:
    notified = False
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if _lock(file):
            if _is_current(file, path):
                return file
        elif not notified:
            notified = True
            notify_waiting()
        os.close(file)
        if notified:
            time.sleep(_PAUSE)


def _is_current(file: int, path: Path) -> bool:
    """Return whether the path still leads to this file: "make clean" removes it."""
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
