"""One program at a time: a lock beside a file that several programs change."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from services.system.private_files import make_file

LONGEST_WAIT = 5.0


@contextlib.contextmanager
def locked(path: Path, seconds: float = LONGEST_WAIT) -> Iterator[None]:
    """Hold the lock file `path`, which is made if it is not there.

    It is SQLite's own lock on an empty database: that one is there on every system and ends with
    the program, however it ends. Where the disk has no locks, or another program holds this one
    for longer than `seconds`, the work is done without it.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(sqlite3.Error, OSError):
            make_file(path)
            connection = sqlite3.connect(path, timeout=seconds, isolation_level=None)
            held.enter_context(contextlib.closing(connection))
            connection.execute("BEGIN EXCLUSIVE")
        yield
