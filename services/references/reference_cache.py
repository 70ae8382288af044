"""What was found out about the references of one account, kept in SQLite with its age.

The file may be deleted at any time: checking again finds everything out. So errors are never shown
to the user, and a damaged file is deleted.
"""

import logging
import sqlite3
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from services.references.checks import StoreCheck
from services.references.index import ReferenceIndex
from services.references.reference import ReferenceKind, Referrer
from services.system.databases import Damaged, open_database, transaction
from services.system.private_files import make_private_folder

_log = logging.getLogger(__name__)

_IDS_PER_ROW = 5_000

_SCHEMA = (
    """CREATE TABLE referrers (
        kind TEXT NOT NULL,
        id TEXT NOT NULL,
        referrer BLOB NOT NULL,
        PRIMARY KEY (kind, id)
    )""",
    "CREATE TABLE lists (kind TEXT PRIMARY KEY, listed_at REAL NOT NULL)",
    "CREATE TABLE stores (id TEXT PRIMARY KEY, checked_at REAL NOT NULL, file_count INTEGER)",
    "CREATE TABLE store_files (store TEXT NOT NULL, ids BLOB NOT NULL)",
    "CREATE INDEX files_of_store ON store_files (store)",
    # Files that were seen in a store since, or without reading all of it.
    "CREATE TABLE added (store TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (store, file))",
    # The answers for single files; one that was found there is in `added`, too.
    """CREATE TABLE asked (
        store TEXT NOT NULL,
        file TEXT NOT NULL,
        asked_at REAL NOT NULL,
        PRIMARY KEY (store, file)
    )""",
    # Files that left a store since, or were deleted: then without a store.
    "CREATE TABLE gone (store TEXT NOT NULL, file TEXT NOT NULL, PRIMARY KEY (store, file))",
    "PRAGMA user_version = 1",
)
_PROBE = """SELECT referrer, listed_at, checked_at, file_count, ids, asked_at, gone.file, added.file
    FROM referrers, lists, stores, store_files, asked, gone, added LIMIT 1"""

_encode = msgspec.msgpack.Encoder().encode
_decode_referrer = msgspec.msgpack.Decoder(Referrer).decode
_decode_ids = msgspec.msgpack.Decoder(list[str]).decode


class ReferenceCache:
    """One cache file. Methods block and raise nothing; for use by one thread at a time."""

    def __init__(self, path: Path) -> None:
        """The file isn't opened or created yet."""
        self._path = path
        self._database: sqlite3.Connection | None = None
        self._failed = False

    def read_into(self, index: ReferenceIndex) -> None:
        """Add what is kept to an index, unless it knows newer."""
        if not self._path.exists():
            return

        def read(database: sqlite3.Connection) -> None:
            gone: dict[str, set[str]] = {}
            for store_id, file_id in database.execute("SELECT store, file FROM gone"):
                gone.setdefault(store_id, set()).add(file_id)
            deleted = gone.get("", set())
            referrers = database.execute("SELECT referrer FROM referrers")
            index.restore(
                [_decode_referrer(one) for (one,) in referrers],
                {
                    ReferenceKind(kind): at
                    for kind, at in database.execute("SELECT kind, listed_at FROM lists")
                },
                {
                    store_id: StoreCheck(at, count)
                    for store_id, at, count in database.execute("SELECT * FROM stores")
                },
                database.execute("SELECT store, file, asked_at FROM asked").fetchall(),
            )
            for store_id, ids in database.execute("SELECT store, ids FROM store_files"):
                left = deleted | gone.get(store_id, set())
                index.add_store_files(
                    store_id, (one for one in _decode_ids(ids) if one not in left)
                )
            for store_id, file_id in database.execute("SELECT store, file FROM added"):
                if file_id not in deleted:
                    index.add_store_files(store_id, (file_id,))

        self._use(read)

    def keep_referrers(self, referrers: Collection[Referrer]) -> None:
        """Keep batches, jobs or stores as they are now."""

        def keep(database: sqlite3.Connection) -> None:
            for one in referrers:
                if one.kind is ReferenceKind.VECTOR_STORE:
                    _forget_outdated_answers(database, one)
            database.executemany(
                "INSERT OR REPLACE INTO referrers VALUES (?, ?, ?)",
                [(one.kind, one.id, _encode(one)) for one in referrers],
            )

        self._write(keep)

    def drop_referrers(self, kind: ReferenceKind, ids: Collection[str]) -> None:
        """Keep nothing about those that no longer exist."""

        def drop(database: sqlite3.Connection) -> None:
            for one in ids:
                database.execute("DELETE FROM referrers WHERE kind = ? AND id = ?", (kind, one))
                if kind is ReferenceKind.VECTOR_STORE:
                    _drop_store(database, one)

        self._write(drop)

    def keep_list(self, kind: ReferenceKind, at: float | None) -> None:
        """Keep when a list was read to its end; None if it no longer can be."""

        def keep(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM lists WHERE kind = ?", (kind,))
            if at is not None:
                database.execute("INSERT INTO lists VALUES (?, ?)", (kind, at))

        self._write(keep)

    def keep_store(self, store_id: str, file_ids: Collection[str], check: StoreCheck) -> None:
        """Keep which files a vector store has."""

        def keep(database: sqlite3.Connection) -> None:
            _drop_store(database, store_id)
            database.execute(
                "INSERT INTO stores VALUES (?, ?, ?)",
                (store_id, check.checked_at, check.file_count),
            )
            ids = tuple(file_ids)
            database.executemany(
                "INSERT INTO store_files VALUES (?, ?)",
                [
                    (store_id, _encode(ids[first : first + _IDS_PER_ROW]))
                    for first in range(0, len(ids), _IDS_PER_ROW)
                ],
            )

        self._write(keep)

    def refuse_store(self, store_id: str) -> None:
        """Keep that the files of a vector store aren't known any more."""

        def forget(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM stores WHERE id = ?", (store_id,))
            database.execute("DELETE FROM asked WHERE store = ?", (store_id,))

        self._write(forget)

    def keep_asked(self, store_id: str, file_id: str, at: float, *, found: bool) -> None:
        """Keep whether a vector store has a file."""

        def keep(database: sqlite3.Connection) -> None:
            database.execute(
                "INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (store_id, file_id, at)
            )
            _set_in_store(database, store_id, (file_id,), found=found)

        self._write(keep)

    def change_store(self, store_id: str, file_ids: Iterable[str], *, added: bool) -> None:
        """Keep that files were added to a vector store, or removed from it."""

        def keep(database: sqlite3.Connection) -> None:
            _set_in_store(database, store_id, file_ids, found=added)

        self._write(keep)

    def forget_file(self, file_id: str, stores: Iterable[Referrer]) -> None:
        """Keep that a file was deleted; `stores` are those that had it, as they are now."""

        def keep(database: sqlite3.Connection) -> None:
            database.execute("INSERT OR IGNORE INTO gone VALUES ('', ?)", (file_id,))
            database.execute("DELETE FROM asked WHERE file = ?", (file_id,))
            for store in stores:
                database.execute(
                    "UPDATE stores SET file_count = ? WHERE id = ?", (store.file_count, store.id)
                )
                database.execute(
                    "UPDATE referrers SET referrer = ? WHERE kind = ? AND id = ?",
                    (_encode(store), store.kind, store.id),
                )

        self._write(keep)

    def delete(self) -> None:
        """Delete the file."""
        self.close()
        for ending in ("", "-wal", "-shm"):
            # On Windows, a file that is open can't be deleted; it is deleted another time.
            with suppress(OSError):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file; a later call opens it again."""
        database, self._database = self._database, None
        if database is not None:
            with suppress(sqlite3.DatabaseError):
                database.close()

    def _write(self, change: Callable[[sqlite3.Connection], object]) -> None:
        def write(database: sqlite3.Connection) -> None:
            with transaction(database):
                change(database)

        self._use(write)

    def _use(self, act: Callable[[sqlite3.Connection], object]) -> None:
        if self._failed:
            return
        try:
            if self._database is None:
                make_private_folder(self._path.parent)
                self._database = open_database(self._path, _SCHEMA, _PROBE, durable=False)
            act(self._database)
        except (Damaged, sqlite3.Error, OSError, ValueError, TypeError, LookupError) as error:
            _log.info("What refers to files can't be kept: %s", error)
            # What is kept must not miss a change, so either all of it is written or nothing.
            self._failed = True
            self.delete()


def _set_in_store(
    database: sqlite3.Connection, store_id: str, file_ids: Iterable[str], *, found: bool
) -> None:
    rows = [(store_id, file_id) for file_id in file_ids]
    now_in, no_longer_in = ("added", "gone") if found else ("gone", "added")
    database.executemany(f"DELETE FROM {no_longer_in} WHERE store = ? AND file = ?", rows)
    database.executemany(f"INSERT OR IGNORE INTO {now_in} VALUES (?, ?)", rows)


def _forget_outdated_answers(database: sqlite3.Connection, store: Referrer) -> None:
    """Once a store has more or fewer files, what it answered before doesn't count."""
    kept = database.execute(
        "SELECT referrer FROM referrers WHERE kind = ? AND id = ?", (store.kind, store.id)
    ).fetchone()
    if kept is not None and _decode_referrer(kept[0]).file_count != store.file_count:
        database.execute("DELETE FROM asked WHERE store = ?", (store.id,))


def _drop_store(database: sqlite3.Connection, store_id: str) -> None:
    for table, column in (
        ("stores", "id"),
        ("store_files", "store"),
        ("asked", "store"),
        ("gone", "store"),
        ("added", "store"),
    ):
        database.execute(f"DELETE FROM {table} WHERE {column} = ?", (store_id,))
