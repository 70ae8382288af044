"""Lets one process at a time do something in a checkout; the others wait."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_PAUSE = 0.2


@contextmanager
def one_at_a_time(path: Path, waiting: str, tell: Callable[[str], None] = print) -> Iterator[None]:
    """Hold the lock of this file; `waiting` is said when another process holds it.

    The system lets go of it when the process ends, however it ends.
    """
    try:
        held = _take(path, lambda: tell(waiting))
    except PermissionError:
        # Where this person can't write, nothing can be spoiled either.
        yield
        return
    try:
        yield
    finally:
        os.close(held)


def _take(path: Path, tell: Callable[[], None]) -> int:
    said = False
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        if _lock(file):
            if _is_there(file, path):
                return file
        elif not said:
            said = True
            tell()
        os.close(file)
        if said:
            time.sleep(_PAUSE)


def _is_there(file: int, path: Path) -> bool:
    """Tell whether it's still the file of that name: "make clean" removes it."""
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
