"""A lock file for a file that several processes change."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from services.system.private_files import make_private_file

LONGEST_WAIT = 5.0
"""Seconds."""


@contextlib.contextmanager
def locked(path: Path, seconds: float = LONGEST_WAIT) -> Iterator[None]:
    """Hold the lock file `path`, which is created if needed, during the block.

    The lock is a SQLite lock on an empty database: it works on every system, and is released
    however the process ends. If the disk doesn't support locks, or another process holds the lock
    for longer than `seconds`, the block runs without it.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(sqlite3.Error, OSError):
            make_private_file(path)
            connection = sqlite3.connect(path, timeout=seconds, isolation_level=None)
            held.enter_context(contextlib.closing(connection))
            connection.execute("BEGIN EXCLUSIVE")
        yield
