"""The file store's database."""

import sqlite3
from pathlib import Path

from services.system import databases

NEW = 1
"""`user_version` of a database that hasn't been filled with sample files yet."""
IN_USE = 2

_SCHEMA = (
    # `position` orders files created in the same second, and is never reused.
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
_PROBE = "SELECT position, id, filename, purpose, size, created_at, expires_at FROM files LIMIT 1"


def open_database(path: Path) -> sqlite3.Connection:
    """Open the database at `path`, or create it; raises like `databases.open_database`."""
    return databases.open_database(path, _SCHEMA, _PROBE, durable=False)
