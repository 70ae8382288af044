"""The database of the file store: opened, made when new, set aside when damaged."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

NEW = 1
"""`user_version` of a database that nobody has put sample files in yet."""
IN_USE = 2

_SCHEMA = (
    # `position` tells apart files made in the same second, and is never given out twice.
    """CREATE TABLE files (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        filename TEXT NOT NULL,
        purpose TEXT NOT NULL,
        size INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER
    )""",
    "CREATE INDEX files_by_age ON files (created_at, position)",
    "CREATE INDEX files_by_expiry ON files (expires_at) WHERE expires_at IS NOT NULL",
    f"PRAGMA user_version = {NEW}",
)
_UNREADABLE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}


class Damaged(Exception):
    """The file is no database of ours, or no longer a whole one."""


def open_database(path: Path) -> sqlite3.Connection:
    """The database at `path`, made if there is none.

    The connection commits only what is put between BEGIN and COMMIT, and may be used from any
    thread, one at a time. Raises Damaged, or another sqlite3.Error when the disk refuses.
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection)
    except Damaged:
        connection.close()
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        # The low byte is the kind of error, the rest its cause.
        if error.sqlite_errorcode & 0xFF in _UNREADABLE:
            raise Damaged(str(error)) from error
        raise
    return connection


def set_aside(paths: list[Path]) -> None:
    """Rename files or folders that belong together, so that they keep and are out of the way."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    mark, number = f"damaged-{stamp}", 1
    while any(_renamed(path, mark).exists() for path in paths):
        number += 1
        mark = f"damaged-{stamp}-{number}"
    for path in paths:
        if path.exists():
            path.rename(_renamed(path, mark))


def _renamed(path: Path, mark: str) -> Path:
    return path.with_name(f"{path.name}.{mark}")


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    # In WAL mode this loses at most the last changes when the power fails, never the whole.
    connection.execute("PRAGMA synchronous = NORMAL")
    # Two programs may open a new folder at once; the second finds the tables made.
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
        for statement in _SCHEMA:
            connection.execute(statement)
    connection.execute("COMMIT")
    # Is it whole, and does it have the columns?
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise Damaged(verdict)
    connection.execute(
        "SELECT position, id, filename, purpose, size, created_at, expires_at FROM files LIMIT 1"
    )
