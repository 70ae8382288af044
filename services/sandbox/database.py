"""The sandbox's database: files, and the jobs that use them."""

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
_JOB_TABLES = (
    # Created in every database that lacks them: the first version had only files.
    """CREATE TABLE IF NOT EXISTS batches (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        endpoint TEXT NOT NULL,
        input_file_id TEXT NOT NULL,
        metadata TEXT,
        output_lifetime INTEGER NOT NULL,
        model TEXT,
        total INTEGER NOT NULL,
        failing TEXT NOT NULL,
        errors TEXT NOT NULL,
        run_seconds INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        cancelling_at INTEGER,
        output_file_id TEXT,
        error_file_id TEXT,
        usage TEXT,
        lost_at INTEGER,
        is_settled INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX IF NOT EXISTS unsettled_batches ON batches (position) WHERE NOT is_settled",
    """CREATE TABLE IF NOT EXISTS fine_tuning_jobs (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        model TEXT NOT NULL,
        training_file TEXT NOT NULL,
        validation_file TEXT,
        metadata TEXT,
        method TEXT NOT NULL,
        asked TEXT NOT NULL,
        chosen TEXT NOT NULL,
        seed INTEGER NOT NULL,
        suffix TEXT,
        steps INTEGER NOT NULL,
        trained_tokens INTEGER NOT NULL,
        run_seconds INTEGER NOT NULL,
        error TEXT,
        cancelled_at INTEGER,
        result_file_id TEXT,
        is_settled INTEGER NOT NULL DEFAULT 0
    )""",
    "CREATE INDEX IF NOT EXISTS unsettled_jobs ON fine_tuning_jobs (position) WHERE NOT is_settled",
    """CREATE TABLE IF NOT EXISTS vector_stores (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        created_at INTEGER NOT NULL,
        name TEXT NOT NULL,
        metadata TEXT NOT NULL,
        expires_days INTEGER,
        last_active_at INTEGER NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS vector_store_files (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        store_id TEXT NOT NULL,
        file_id TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        ready_at INTEGER NOT NULL,
        error_code TEXT,
        error_message TEXT,
        usage_bytes INTEGER NOT NULL,
        attributes TEXT NOT NULL,
        chunk_tokens INTEGER NOT NULL,
        overlap_tokens INTEGER NOT NULL,
        UNIQUE (store_id, file_id)
    )""",
    "CREATE INDEX IF NOT EXISTS stores_of_file ON vector_store_files (file_id)",
    """CREATE INDEX IF NOT EXISTS store_files_by_age
        ON vector_store_files (store_id, created_at, position)""",
    # However a file goes, it leaves the stores as well.
    """CREATE TRIGGER IF NOT EXISTS file_leaves_stores AFTER DELETE ON files BEGIN
        DELETE FROM vector_store_files WHERE file_id = OLD.id;
    END""",
    """CREATE TRIGGER IF NOT EXISTS store_leaves AFTER DELETE ON vector_stores BEGIN
        DELETE FROM vector_store_files WHERE store_id = OLD.id;
    END""",
)
_PROBE = "SELECT position, id, filename, purpose, size, created_at, expires_at FROM files LIMIT 1"


def open_database(path: Path) -> sqlite3.Connection:
    """Open the database at `path`, or create it; raises like `databases.open_database`."""
    connection = databases.open_database(path, _SCHEMA, _PROBE, durable=False)
    try:
        with databases.transaction(connection):
            for statement in _JOB_TABLES:
                connection.execute(statement)
    except BaseException:
        connection.close()
        raise
    return connection
