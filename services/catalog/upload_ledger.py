"""The upload history: what was uploaded from where, in a SQLite file; never a key.

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

from services.catalog.remembered_upload import AccountIdentity, RememberedUpload
from services.system.databases import open_database, open_or_replace, transaction

MOST_ROWS = 100_000
"""Uploads that are kept: about 40 MB. As many files as an account is expected to hold."""

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
    # A path is bytes: file names on Linux need not be valid text.
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
_AT_ONCE = 500
"""Values in one query; SQLite has a limit."""


class UploadLedger:
    """The file. Thread-safe; methods block, and raise sqlite3.Error when the disk refuses."""

    def __init__(self, path: Path) -> None:
        """Open the file, or a fresh one after setting a damaged one aside.

        Raises sqlite3.Error or OSError when the disk refuses.
        """
        self._path = path
        self._lock = threading.Lock()
        self.set_aside: Path | None
        """Where a damaged file is now; None when there was none."""
        self._database, self.set_aside = open_or_replace(path, _open)
        # What is deleted is overwritten, so that "forget" means it.
        self._database.execute("PRAGMA secure_delete = ON")
        (salt,) = self._database.execute("SELECT value FROM salt").fetchone()
        self.salt = bytes(salt)
        """For the fingerprints of keys; another one in each file."""

    def note(self, identity: AccountIdentity, upload: RememberedUpload) -> None:
        """Record an upload, replacing one that made the same remote file."""
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
            for ids in _pieces(file_ids):
                database.execute(
                    f"""UPDATE uploads SET deleted = 1
                    WHERE account = {_ACCOUNT} AND file_id IN ({_marks(ids)})""",
                    (*_key_of(identity), *ids),
                )

    def of_sizes(self, identity: AccountIdentity, sizes: Iterable[int]) -> list[RememberedUpload]:
        """The uploads of these sizes whose files are still there, the newest first."""
        found = self._rows(identity, "deleted = 0 AND size", set(sizes))
        return sorted(found, key=lambda upload: upload.uploaded_at, reverse=True)

    def of_files(
        self, identity: AccountIdentity, file_ids: Iterable[str]
    ) -> dict[str, RememberedUpload]:
        """The entries of these files, whether or not they are still there."""
        return {upload.file_id: upload for upload in self._rows(identity, "file_id", file_ids)}

    def living(self, identity: AccountIdentity, before: float) -> set[str]:
        """The ids of all files uploaded before then that are still there, as far as is known.

        `before` is in seconds since 1970.
        """
        with self._lock:
            rows = self._database.execute(
                f"""SELECT file_id FROM uploads
                WHERE account = {_ACCOUNT} AND deleted = 0 AND uploaded_at < ?""",
                (*_key_of(identity), before),
            ).fetchall()
        return {file_id for (file_id,) in rows}

    def trim(self) -> None:
        """Drop the oldest entries above the limit."""
        with self._change() as database:
            database.execute(
                """DELETE FROM uploads WHERE id <= (
                    SELECT id FROM uploads ORDER BY id DESC LIMIT 1 OFFSET ?)""",
                [MOST_ROWS],
            )

    def forget(self) -> None:
        """Delete everything, including files that were set aside; nothing of it stays on disk."""
        with self._change() as database:
            for table in ("uploads", "accounts"):
                database.execute(f"DELETE FROM {table}")
        with self._lock:
            self._database.execute("VACUUM")
            # The log of changes still has what was written earlier.
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        for damaged in self._path.parent.glob(f"{self._path.name}*.damaged-*"):
            damaged.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _rows(
        self, identity: AccountIdentity, condition: str, values: Iterable[object]
    ) -> list[RememberedUpload]:
        found: list[RememberedUpload] = []
        with self._lock:
            for some in _pieces(values):
                rows = self._database.execute(
                    f"""SELECT {_COLUMNS} FROM uploads
                    WHERE account = {_ACCOUNT} AND {condition} IN ({_marks(some)})""",
                    (*_key_of(identity), *some),
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


def _pieces(values: Iterable[Any]) -> Iterator[Sequence[Any]]:
    left = iter(values)
    while piece := tuple(islice(left, _AT_ONCE)):
        yield piece


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _key_of(identity: AccountIdentity) -> tuple[Any, ...]:
    return identity.base_url, identity.organization, identity.project, identity.key_fingerprint


def _values(upload: RememberedUpload) -> tuple[Any, ...]:
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
) -> RememberedUpload:
    return RememberedUpload(
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
