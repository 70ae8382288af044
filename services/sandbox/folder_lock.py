"""Which programs use a sandbox folder at the moment.

The window and `main.py sandbox` may have the same folder open. Only who is alone in it may clean
up, or it would remove the half-received uploads of the other. The lock is SQLite's own on an
empty database: it is there on every system and ends with the process, however that ends.
"""

import contextlib
import sqlite3
from pathlib import Path

from services.system.private_files import make_file

_LONGEST_WAIT = 10.0


class FolderLock:
    """One user's hold on a folder: first perhaps alone, then shared, until closed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "in-use.sqlite"
        self._connection: sqlite3.Connection | None = None

    def try_alone(self) -> bool:
        """Take the folder for us alone if nobody else has it; others then wait in `share`."""
        connection = self._connect(seconds=0)
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return False
        self._connection = connection
        return True

    def share(self) -> None:
        """Let others in, and be counted as a user; waits for one who is alone in the folder.

        Raises sqlite3.OperationalError when that takes longer than ten seconds.
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
        """Give the folder up."""
        if self._connection is not None:
            with contextlib.closing(self._connection):
                self._connection = None

    def _connect(self, seconds: float) -> sqlite3.Connection:
        with contextlib.suppress(OSError):  # SQLite says better what is wrong
            make_file(self._path)
        return sqlite3.connect(
            self._path, timeout=seconds, isolation_level=None, check_same_thread=False
        )
