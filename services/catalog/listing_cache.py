"""The last listing of one account, in SQLite, so that the window has something to show at once.

It may be deleted at any time without losing data. So trouble with it is never reported to the
person: a damaged file is deleted, and a full disk keeps what was there before.

Files are stored a thousand to a row: read and written whole, never searched. A new listing is
written beside the last one and replaces it in one transaction, so a program that is killed leaves
one or the other.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from services.api.file_page import share_texts
from services.api.remote_file import RemoteFile
from services.catalog.kept_page import decode_page, encode_page
from services.system.databases import Damaged, open_database, transaction
from services.system.private_files import make_private_folder

_log = logging.getLogger(__name__)

Change = tuple[str, RemoteFile | None]
"""The id of a file, and the file as it is now; None when it is gone."""

_SCHEMA = (
    # Without `listed_at`, it is being written, or its program was killed. Numbers are never reused.
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
    # What happened to single files since; the last change of a file counts.
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
"""Put the listing of this number in place of all others."""

_encode = msgspec.msgpack.Encoder().encode
_decode_file = msgspec.msgpack.Decoder(RemoteFile).decode


class ListingCache:
    """One file on the disk. Methods block and raise nothing; the file is open only within them."""

    def __init__(self, path: Path) -> None:
        """Nothing is opened or made yet."""
        self.path = path

    def read(self) -> Iterator[tuple[float, tuple[RemoteFile, ...]]]:
        """The last whole listing in pieces, each with the time it ended, in seconds since 1970.

        Nothing when there is none; a single empty piece when there were no files.
        """
        if not self.path.exists():
            return
        try:
            with closing(_open(self.path)) as database:
                yield from _pieces(database)
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
        """A new listing, to replace the last one when it is finished."""
        return ListingWriter(self)

    def change(self, changes: Sequence[Change]) -> None:
        """Record changes of single files since the last listing, if there is one."""
        if not self.path.exists():
            return
        rows = [(file_id, None if file is None else _encode(file)) for file_id, file in changes]
        try:
            with closing(_open(self.path)) as database, transaction(database):
                database.executemany("INSERT INTO changes (id, file) VALUES (?, ?)", rows)
        except (Damaged, sqlite3.DatabaseError, OSError) as error:
            self._drop_if_damaged(error)

    def delete(self) -> None:
        """Remove the file."""
        for ending in ("", "-wal", "-shm"):
            # On Windows a file that is being read stays, and is deleted another time.
            with suppress(OSError):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def _drop_if_damaged(self, error: Exception) -> None:
        _log.info("A listing cache can't be used: %s", error)
        # A full or busy disk does not mean a damaged file.
        if not isinstance(error, sqlite3.OperationalError | OSError):
            self.delete()


class ListingWriter:
    """A listing being written to its cache. Methods block and raise nothing."""

    def __init__(self, cache: ListingCache) -> None:
        self._cache = cache
        self._database: sqlite3.Connection | None = None
        self._number: int
        """Of the listing, once it has begun."""
        self._pages = 0
        self._over = False

    @property
    def path(self) -> Path:
        """The file of the cache."""
        return self._cache.path

    def last(self) -> Iterator[tuple[float, tuple[RemoteFile, ...]]]:
        """The listing that this one is to replace, as `ListingCache.read` gives it."""
        return self._cache.read()

    def open(self) -> None:
        """Begin: later changes of single files override what is added."""
        self._opened()

    def add(self, files: Sequence[RemoteFile]) -> None:
        """Put the next files beside the last listing."""
        database = self._opened()
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
        """Replace the last listing; whether that worked.

        `listed_at` is in seconds since 1970.
        """
        database = self._opened()
        if database is None:
            return False
        try:
            with transaction(database):
                (kept,) = database.execute(
                    "SELECT count(*) FROM pages WHERE listing = ?", [self._number]
                ).fetchone()
                if kept == self._pages:  # else another program has finished one meanwhile
                    for statement in _REPLACE:
                        database.execute(
                            statement, {"number": self._number, "listed_at": listed_at}
                        )
        except sqlite3.DatabaseError as error:
            self._fail(error)
            return False
        self._close()
        return bool(kept == self._pages)

    def discard(self) -> None:
        """Keep the last listing instead of this one, whose rows the next one deletes."""
        self._close()

    def _opened(self) -> sqlite3.Connection | None:
        if self._database is not None or self._over:
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
        self._over = True
        database, self._database = self._database, None
        if database is not None:
            with suppress(sqlite3.DatabaseError):
                database.close()  # what is not committed is undone


def _open(path: Path) -> sqlite3.Connection:
    database = open_database(path, _SCHEMA, _PROBE, durable=False)
    # Nothing is copied while a listing grows, but all when the file is closed.
    database.execute("PRAGMA wal_autocheckpoint = 0")
    return database


def _begin(database: sqlite3.Connection) -> int:
    """Delete what killed programs left behind; the number of a new listing."""
    with transaction(database):
        for statement in _DELETE_UNFINISHED:
            database.execute(statement)
        made = database.execute(
            """INSERT INTO listings (changes_before)
                VALUES ((SELECT coalesce(max(number), 0) FROM changes))"""
        )
    return made.lastrowid or 0


def _pieces(database: sqlite3.Connection) -> Iterator[tuple[float, tuple[RemoteFile, ...]]]:
    database.execute("BEGIN")  # all of one moment
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
