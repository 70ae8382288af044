"""Makes sure that only one program uses a folder, and tells later ones how to reach it."""

import contextlib
import sqlite3
from pathlib import Path

from services.system.private_files import make_private_file, make_private_folder

_LONGEST_ADDRESS = 1000
"""Bytes."""


class ProgramLock:
    """A lock on a folder, held until `release` or the end of the process, however it ends.

    Whoever holds it may leave an address there, at which others reach it.
    """

    def __init__(self, folder: Path) -> None:
        """`folder` is private to the user; it's created when the lock is taken."""
        self._lock_file = folder / "program.lock"
        self._address_file = folder / "program.address"
        self._connection: sqlite3.Connection | None = None

    def take(self) -> bool:
        """Take the lock; return False if another process holds it.

        If the disk doesn't support locks, or nothing can be written there, return True: several
        programs at once are better than none.
        """
        with contextlib.ExitStack() as opened:
            try:
                make_private_folder(self._lock_file.parent)
                make_private_file(self._lock_file)
                # A lock of SQLite, as in `file_lock.py`.
                connection = sqlite3.connect(self._lock_file, timeout=0, isolation_level=None)
                opened.enter_context(contextlib.closing(connection))
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                return error.sqlite_errorcode != sqlite3.SQLITE_BUSY
            except (sqlite3.Error, OSError):
                return True
            opened.pop_all()
        self._connection = connection
        return True

    def release(self) -> None:
        """Let another process take the lock."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def read_address(self) -> str:
        """What whoever holds the lock has left, or someone before it; empty if there is nothing."""
        try:
            with self._address_file.open("rb") as file:
                return file.read(_LONGEST_ADDRESS).decode()
        except (OSError, UnicodeDecodeError):
            return ""

    def write_address(self, address: str) -> None:
        """Leave an address, or remove it if `address` is empty. Raises OSError."""
        if not address:
            self._address_file.unlink(missing_ok=True)
            return
        # Not synced: after a loss of power, nobody is there to be reached.
        new = self._address_file.with_suffix(".new")
        make_private_file(new)
        new.write_text(address)
        new.replace(self._address_file)
