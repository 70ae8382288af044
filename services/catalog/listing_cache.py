"""The last listing of one account, cached in SQLite to have something to show at once.

The file may be deleted at any time without losing data. So errors are never shown to the user: a
damaged file is deleted, and if the disk is full, the old contents stay.

Files are stored a thousand to a row, read and written as a whole, and never searched. A new
listing is written next to the last one and replaces it in one transaction, so that a killed program
leaves one or the other.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from services.api.file_page import share_texts
from services.api.remote_file import RemoteFile
from services.catalog.cached_page import decode_page, encode_page
from services.system.databases import Damaged, open_database, transaction
from services.system.private_files import make_private_folder

_log = logging.getLogger(__name__)

Change = tuple[str, RemoteFile | None]
"""A file ID, and the file as it is now, or None if it is gone."""

_SCHEMA = (
    # Without `listed_at`, it is still being written, or the program was killed. Numbers are unique.
    """CREATE TABLE listings (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        listed_at REAL,
        changes_before INTEGER NOT NULL
    )""",
    """CREATE TABLE pages (
        listing INTEGER NOT NULL,
        number INTEGER NOT NULL,
        files BLOB NOT NULL,
        PRIMARY KEY (listing, number)
    )""",
    # Changes to single files since the listing; the last change of a file counts.
    """CREATE TABLE changes (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL,
        file BLOB
    )""",
    "PRAGMA user_version = 2",
)
_PROBE = """SELECT listings.number, listed_at, changes_before, pages.number, files, id, file
    FROM listings, pages, changes LIMIT 1"""
_DELETE_UNFINISHED = (
    "DELETE FROM pages WHERE listing IN (SELECT number FROM listings WHERE listed_at IS NULL)",
    "DELETE FROM listings WHERE listed_at IS NULL",
)
_REPLACE = (
    """DELETE FROM changes WHERE number <=
        (SELECT changes_before FROM listings WHERE number = :number)""",
    "DELETE FROM pages WHERE listing != :number",
    "DELETE FROM listings WHERE number != :number",
    "UPDATE listings SET listed_at = :listed_at WHERE number = :number",
)
"""Replaces all other listings with the one of this number."""

_encode = msgspec.msgpack.Encoder().encode
_decode_file = msgspec.msgpack.Decoder(RemoteFile).decode


class ListingCache:
    """One cache file. Methods block and raise nothing; the file is open only while they run."""

    def __init__(self, path: Path) -> None:
        """The file isn't opened or created yet."""
        self.path = path

    def read(self) -> Iterator[tuple[float, tuple[RemoteFile, ...]]]:
        """The last finished listing in batches, each with the Unix timestamp of its end.

        Yields nothing if there is no listing, and one empty batch if it had no files.
        """
        if not self.path.exists():
            return
        try:
            with closing(_open(self.path)) as database:
                yield from _read_batches(database)
        except (
            Damaged,
            sqlite3.DatabaseError,
            OSError,
            ValueError,
            TypeError,
            LookupError,
        ) as error:
            self._drop_if_damaged(error)

    def begin(self) -> "ListingWriter":
        """Start a new listing, which replaces the last one when it is finished."""
        return ListingWriter(self)

    def change(self, changes: Sequence[Change]) -> None:
        """Record changes to single files since the last listing, if there is one."""
        if not self.path.exists():
            return
        rows = [(file_id, None if file is None else _encode(file)) for file_id, file in changes]
        try:
            with closing(_open(self.path)) as database, transaction(database):
                database.executemany("INSERT INTO changes (id, file) VALUES (?, ?)", rows)
        except (Damaged, sqlite3.DatabaseError, OSError) as error:
            self._drop_if_damaged(error)

    def delete(self) -> None:
        """Delete the file."""
        for ending in ("", "-wal", "-shm"):
            # On Windows, a file that is being read can't be deleted; it is deleted another time.
            with suppress(OSError):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def _drop_if_damaged(self, error: Exception) -> None:
        _log.info("A listing cache can't be used: %s", error)
        # A full or busy disk doesn't mean that the file is damaged.
        if not isinstance(error, sqlite3.OperationalError | OSError):
            self.delete()


class ListingWriter:
    """A listing being written to its cache. Methods block and raise nothing."""

    def __init__(self, cache: ListingCache) -> None:
        self._cache = cache
        self._database: sqlite3.Connection | None = None
        self._number: int
        """The number of the listing, set by `_open_once`."""
        self._pages = 0
        self._closed = False

    @property
    def path(self) -> Path:
        """The file of the cache."""
        return self._cache.path

    def read_cached(self) -> Iterator[tuple[float, tuple[RemoteFile, ...]]]:
        """The listing that this one will replace, like `ListingCache.read`."""
        return self._cache.read()

    def open(self) -> None:
        """Start writing: changes made from now on override the files added."""
        self._open_once()

    def add(self, files: Sequence[RemoteFile]) -> None:
        """Write the next files, without touching the last listing."""
        database = self._open_once()
        if database is None:
            return
        try:
            self._pages += 1
            database.execute(
                "INSERT INTO pages VALUES (?, ?, ?)",
                (self._number, self._pages, encode_page(files)),
            )
        except sqlite3.DatabaseError as error:
            self._fail(error)

    def finish(self, listed_at: float) -> bool:
        """Replace the last listing; return whether that worked.

        `listed_at` is a Unix timestamp.
        """
        database = self._open_once()
        if database is None:
            return False
        try:
            with transaction(database):
                (written,) = database.execute(
                    "SELECT count(*) FROM pages WHERE listing = ?", [self._number]
                ).fetchone()
                if written == self._pages:  # else another program has finished a listing meanwhile
                    for statement in _REPLACE:
                        database.execute(
                            statement, {"number": self._number, "listed_at": listed_at}
                        )
        except sqlite3.DatabaseError as error:
            self._fail(error)
            return False
        self._close()
        return bool(written == self._pages)

    def discard(self) -> None:
        """Drop this listing and keep the last one. The next writer deletes the rows."""
        self._close()

    def _open_once(self) -> sqlite3.Connection | None:
        if self._database is not None or self._closed:
            return self._database
        try:
            make_private_folder(self._cache.path.parent)
            try:
                database = _open(self._cache.path)
            except Damaged:
                self._cache.delete()
                database = _open(self._cache.path)
            self._database = database
            self._number = _begin(database)
        except (Damaged, sqlite3.DatabaseError, OSError) as error:
            self._fail(error)
        return self._database

    def _fail(self, error: Exception) -> None:
        _log.info("A listing wasn't cached: %s", error)
        self._close()

    def _close(self) -> None:
        self._closed = True
        database, self._database = self._database, None
        if database is not None:
            with suppress(sqlite3.DatabaseError):
                database.close()  # rolls back what isn't committed


def _open(path: Path) -> sqlite3.Connection:
    database = open_database(path, _SCHEMA, _PROBE, durable=False)
    # No checkpoints while a listing is written, only one when the file is closed.
    database.execute("PRAGMA wal_autocheckpoint = 0")
    return database


def _begin(database: sqlite3.Connection) -> int:
    """Delete what killed programs left behind; return the number of a new listing."""
    with transaction(database):
        for statement in _DELETE_UNFINISHED:
            database.execute(statement)
        cursor = database.execute(
            """INSERT INTO listings (changes_before)
                VALUES ((SELECT coalesce(max(number), 0) FROM changes))"""
        )
    return cursor.lastrowid or 0


def _read_batches(database: sqlite3.Connection) -> Iterator[tuple[float, tuple[RemoteFile, ...]]]:
    database.execute("BEGIN")  # a consistent snapshot
    last = database.execute(
        """SELECT number, listed_at FROM listings
            WHERE listed_at IS NOT NULL ORDER BY number DESC LIMIT 1"""
    ).fetchone()
    if last is None:
        return
    number, listed_at = last
    changes = database.execute("SELECT id, file FROM changes ORDER BY number").fetchall()
    since = dict(changes)
    changed = [_decode_file(file) for file in since.values() if file is not None]
    share_texts(changed)
    pages = database.execute("SELECT files FROM pages WHERE listing = ? ORDER BY number", [number])
    if changed:
        yield listed_at, tuple(changed)
    empty = not changed
    for (page,) in pages:
        files = decode_page(page)
        if since:
            files = [file for file in files if file.id not in since]
        if files:
            empty = False
            yield listed_at, tuple(files)
    if empty:
        yield listed_at, ()
