"""The upload history: what was uploaded from where, in a SQLite file, without any keys.

It is a convenience, not an archive: commits are not synced to the disk, and the oldest entries
are dropped. Several programs may use the file at once.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from services.catalog.upload_record import AccountIdentity, UploadRecord
from services.system.databases import open_database, open_or_replace, transaction

MAX_ROWS = 100_000
"""Uploads that are kept, about 40 MB; as many as the files an account is expected to have."""

_SCHEMA = (
    "CREATE TABLE salt (value BLOB NOT NULL)",
    "INSERT INTO salt VALUES (randomblob(16))",
    """CREATE TABLE accounts (
        id INTEGER PRIMARY KEY,
        base_url TEXT NOT NULL,
        organization TEXT NOT NULL,
        project TEXT NOT NULL,
        key_fingerprint BLOB NOT NULL,
        UNIQUE (base_url, organization, project, key_fingerprint)
    )""",
    # Paths are bytes: file names on Linux need not be valid text.
    """CREATE TABLE uploads (
        id INTEGER PRIMARY KEY,
        account INTEGER NOT NULL,
        file_id TEXT NOT NULL,
        path BLOB NOT NULL,
        size INTEGER NOT NULL,
        modified_ns INTEGER NOT NULL,
        sha256 BLOB,
        purpose TEXT NOT NULL,
        expires_after INTEGER,
        name TEXT NOT NULL,
        uploaded_at REAL NOT NULL,
        deleted INTEGER NOT NULL,
        UNIQUE (account, file_id)
    )""",
    "CREATE INDEX uploads_by_size ON uploads (account, size)",
    "PRAGMA user_version = 1",
)
_COLUMNS = (
    "path, size, modified_ns, sha256, purpose, expires_after, file_id, name, uploaded_at, deleted"
)
_PROBE = f"SELECT account, {_COLUMNS} FROM uploads, salt LIMIT 1"
_VALUES_PER_QUERY = 500
"""Values per query; SQLite has a limit."""


class UploadStore:
    """The database. Thread-safe; methods block, and raise sqlite3.Error on disk errors."""

    def __init__(self, path: Path) -> None:
        """Open the file; a damaged one is set aside and replaced with a new one.

        Raises sqlite3.Error or OSError on disk errors.
        """
        self._path = path
        self._lock = threading.Lock()
        self.set_aside: Path | None
        """Where a damaged file was moved; None if there was none."""
        self._database, self.set_aside = open_or_replace(path, _open)
        # Overwrite what is deleted, so that clearing the history really removes it.
        self._database.execute("PRAGMA secure_delete = ON")
        (salt,) = self._database.execute("SELECT value FROM salt").fetchone()
        self.salt = bytes(salt)
        """The salt for key fingerprints, different in each file."""

    def add(self, identity: AccountIdentity, upload: UploadRecord) -> None:
        """Add an upload, replacing an entry for the same remote file."""
        with self._change() as database:
            database.execute(
                "INSERT OR IGNORE INTO accounts VALUES (NULL, ?, ?, ?, ?)", _key_of(identity)
            )
            database.execute(
                f"""INSERT OR REPLACE INTO uploads (account, {_COLUMNS})
                VALUES ({_ACCOUNT}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (*_key_of(identity), *_values(upload)),
            )

    def mark_deleted(self, identity: AccountIdentity, file_ids: Iterable[str]) -> None:
        """Record that these files are no longer on the server."""
        with self._change() as database:
            for ids in _batches(file_ids):
                database.execute(
                    f"""UPDATE uploads SET deleted = 1
                    WHERE account = {_ACCOUNT} AND file_id IN ({_placeholders(ids)})""",
                    (*_key_of(identity), *ids),
                )

    def with_sizes(self, identity: AccountIdentity, sizes: Iterable[int]) -> list[UploadRecord]:
        """The uploads of these sizes whose files still exist, newest first."""
        found = self._rows(identity, "deleted = 0 AND size", set(sizes))
        return sorted(found, key=lambda upload: upload.uploaded_at, reverse=True)

    def with_file_ids(
        self, identity: AccountIdentity, file_ids: Iterable[str]
    ) -> dict[str, UploadRecord]:
        """The entries for these file IDs, whether or not the files still exist."""
        return {upload.file_id: upload for upload in self._rows(identity, "file_id", file_ids)}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was uploaded to any account, as far as is known.

        Then no account's identity is needed, whose fingerprint of the key takes 25 ms or more.
        """
        return self._database.execute("SELECT 1 FROM uploads LIMIT 1").fetchone() is None

    def existing_ids(self, identity: AccountIdentity, before: float) -> set[str]:
        """The IDs of all files uploaded before a time that, as far as is known, still exist.

        `before` is a Unix timestamp.
        """
        with self._lock:
            rows = self._database.execute(
                f"""SELECT file_id FROM uploads
                WHERE account = {_ACCOUNT} AND deleted = 0 AND uploaded_at < ?""",
                (*_key_of(identity), before),
            ).fetchall()
        return {file_id for (file_id,) in rows}

    def trim(self) -> None:
        """Delete the oldest entries beyond the limit."""
        with self._change() as database:
            database.execute(
                """DELETE FROM uploads WHERE id <= (
                    SELECT id FROM uploads ORDER BY id DESC LIMIT 1 OFFSET ?)""",
                [MAX_ROWS],
            )

    def remove_account(self, identity: AccountIdentity) -> None:
        """Delete all entries of an account; none of them stays on disk."""
        with self._change() as database:
            key = _key_of(identity)
            database.execute(f"DELETE FROM uploads WHERE account = {_ACCOUNT}", key)
            database.execute(f"DELETE FROM accounts WHERE id = {_ACCOUNT}", key)
        self._compact()

    def clear(self) -> None:
        """Delete everything, including damaged files that were set aside; nothing stays on disk."""
        with self._change() as database:
            for table in ("uploads", "accounts"):
                database.execute(f"DELETE FROM {table}")
        self._compact()
        for damaged in self._path.parent.glob(f"{self._path.name}*.damaged-*"):
            damaged.unlink(missing_ok=True)

    def _compact(self) -> None:
        """Overwrite what was deleted."""
        with self._lock:
            self._database.execute("VACUUM")
            # The write-ahead log still has earlier contents.
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _rows(
        self, identity: AccountIdentity, condition: str, values: Iterable[object]
    ) -> list[UploadRecord]:
        found: list[UploadRecord] = []
        with self._lock:
            for batch in _batches(values):
                rows = self._database.execute(
                    f"""SELECT {_COLUMNS} FROM uploads
                    WHERE account = {_ACCOUNT} AND {condition} IN ({_placeholders(batch)})""",
                    (*_key_of(identity), *batch),
                )
                found += [_upload(*row) for row in rows]
        return found

    @contextlib.contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock, transaction(self._database):
            yield self._database


_ACCOUNT = """(SELECT id FROM accounts
    WHERE base_url = ? AND organization = ? AND project = ? AND key_fingerprint = ?)"""


def _open(path: Path) -> sqlite3.Connection:
    return open_database(path, _SCHEMA, _PROBE, durable=False)


def _batches(values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    left = iter(values)
    while batch := tuple(islice(left, _VALUES_PER_QUERY)):
        yield batch


def _placeholders(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _key_of(identity: AccountIdentity) -> tuple[Any, ...]:
    return identity.base_url, identity.organization, identity.project, identity.key_fingerprint


def _values(upload: UploadRecord) -> tuple[Any, ...]:
    return (
        os.fsencode(upload.path),
        upload.size,
        upload.modified_ns,
        None if upload.sha256 is None else bytes.fromhex(upload.sha256),
        upload.purpose,
        upload.expires_after,
        upload.file_id,
        upload.name,
        upload.uploaded_at,
        upload.deleted,
    )


def _upload(
    path: bytes,
    size: int,
    modified_ns: int,
    sha256: bytes | None,
    purpose: str,
    expires_after: int | None,
    file_id: str,
    name: str,
    uploaded_at: float,
    deleted: int,
) -> UploadRecord:
    return UploadRecord(
        Path(os.fsdecode(path)),
        size,
        modified_ns,
        None if sha256 is None else sha256.hex(),
        purpose,
        expires_after,
        file_id,
        name,
        uploaded_at,
        bool(deleted),
    )
