"""Which upload created which file, shared by all programs that use the same data folder.

Each program has its own journal and knows only its own uploads. Without shared claims, two
programs could each match an upload with the same remote file.
"""

import contextlib
import logging
import sqlite3
import threading
from pathlib import Path

from services.system.databases import open_database, open_or_replace

_log = logging.getLogger(__name__)

MAX_AGE = 30 * 24 * 3600
"""How long a claim is kept, in seconds."""

_SCHEMA = (
    """CREATE TABLE claims (
        server TEXT NOT NULL,
        file_id TEXT NOT NULL,
        owner TEXT NOT NULL,
        found INTEGER NOT NULL,
        claimed_at REAL NOT NULL,
        PRIMARY KEY (server, file_id)
    ) WITHOUT ROWID""",
    "PRAGMA user_version = 1",
)
_PROBE = "SELECT server, file_id, owner, found, claimed_at FROM claims LIMIT 1"


class SharedClaims:
    """The claims of all programs, in one file. Thread-safe.

    On a disk error, each program relies on its own uploads only.
    """

    def __init__(self, path: Path | None, now: float = 0.0) -> None:
        """Without a path, nothing is shared. `now` is in seconds since 1970."""
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        if path is None:
            return
        try:
            self._database, _aside = open_or_replace(path, _open)
            self._database.execute("DELETE FROM claims WHERE claimed_at < ?", [now - MAX_AGE])
        except (sqlite3.Error, OSError) as error:
            _log.warning("Claims can't be shared with other programs: %s", error)

    def claim(self, server: str, file_id: str, owner: str, now: float, *, found: bool) -> bool:
        """Claim a file for the upload whose mark is `owner`; return False if another has it.

        `found` means that a lookup matched it, not an answer. A file named by an answer is refused
        only if a lookup matched it with another upload: some servers give equal content the same
        ID.
        """
        with self._lock:
            if self._database is None:
                return True
            try:
                return self._claim(self._database, server, file_id, owner, now, found)
            except sqlite3.Error as error:
                _log.warning("A claim can't be shared with other programs: %s", error)
                return True

    def claimed_by_others(self, server: str, owner: str) -> frozenset[str]:
        """Return the files of a server that other uploads have claimed."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._database is not None:
                rows = self._database.execute(
                    "SELECT file_id FROM claims WHERE server = ? AND owner <> ?", [server, owner]
                )
                return frozenset(file_id for (file_id,) in rows)
        return frozenset()

    def release(self, server: str, file_id: str, owner: str) -> None:
        """Release the claim of an upload on a file."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            if self._database is not None:
                self._database.execute(
                    "DELETE FROM claims WHERE server = ? AND file_id = ? AND owner = ?",
                    [server, file_id, owner],
                )

    def close(self) -> None:
        """Close the file; nothing is shared from now on."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    @staticmethod
    def _claim(
        database: sqlite3.Connection,
        server: str,
        file_id: str,
        owner: str,
        now: float,
        found: bool,
    ) -> bool:
        # One statement, since others wait for the lock meanwhile.
        [(holder, was_found)] = database.execute(
            """INSERT INTO claims VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (server, file_id) DO UPDATE SET owner = owner
                RETURNING owner, found""",
            [server, file_id, owner, found, now],
        ).fetchall()
        return holder == owner or not (found or was_found)


def _open(path: Path) -> sqlite3.Connection:
    # Claims matter only to running programs, so losing the last ones in a power failure is fine.
    return open_database(path, _SCHEMA, _PROBE, durable=False)
