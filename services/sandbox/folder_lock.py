"""Tracks which processes are using a sandbox folder.

The window and `main.py sandbox` may have the same folder open. Only a process that is alone in the
folder may clean up, or it would remove another's uploads in progress. The lock is a SQLite lock on
an empty database: it works on every system, and is released however the process ends.
"""

import contextlib
import sqlite3
from pathlib import Path

from services.system.private_files import make_private_file

_LONGEST_WAIT = 10.0


class FolderLock:
    """One process's lock on a folder: exclusive at first if possible, then shared until closed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "in-use.sqlite"
        self._connection: sqlite3.Connection | None = None

    def try_exclusive(self) -> bool:
        """Lock the folder exclusively if no one else is using it; others then wait in `share`."""
        connection = self._connect(seconds=0)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return False
        self._connection = connection
        return True

    def share(self) -> None:
        """Share the folder with other processes; waits for one that has locked it exclusively.

        Raises sqlite3.OperationalError if that takes longer than ten seconds.
        """
        self.close()
        connection = self._connect(seconds=_LONGEST_WAIT)
        try:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def close(self) -> None:
        """Release the lock."""
        if self._connection is not None:
            with contextlib.closing(self._connection):
                self._connection = None

    def _connect(self, seconds: float) -> sqlite3.Connection:
        with contextlib.suppress(OSError):  # SQLite reports a better error
            make_private_file(self._path)
        return sqlite3.connect(
            self._path, timeout=seconds, isolation_level=None, check_same_thread=False
        )
