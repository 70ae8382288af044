"""The sandbox's files: content on disk, metadata in SQLite.

The folder has `files.sqlite`; `content/ID`, one per file; and `incoming/`, for incomplete uploads.
A file exists if its row does. Content is written before its row and removed after it, so if the
program is killed, it leaves at most content without a row, which the next start removes.
"""

import contextlib
import secrets
import shutil
import sqlite3
import string
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from services.sandbox.database import IN_USE, NEW, open_database
from services.sandbox.folder_lock import FolderLock
from services.system.databases import Damaged, set_aside, transaction
from services.system.private_files import (
    make_folder,
    make_private_file,
    make_private_folder,
    restrict,
)

_BASE62 = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file's metadata. `size` is in bytes, times are in seconds since 1970."""

    id: str
    filename: str
    purpose: str
    size: int
    created_at: int
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A file to add to a new store. `age` and `expires_in` are in seconds, from now."""

    source: Path
    filename: str
    purpose: str
    age: int
    expires_in: int | None


class NoSuchFile(KeyError):
    """No file has this ID, or it no longer exists."""


AddSampleJobs = Callable[[sqlite3.Connection, Mapping[str, StoredFile]], None]
"""Adds sample jobs; receives the sample files by the names of their sources."""


class IncomingFile:
    """An upload in progress; created only by the store."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._file = path.open("xb")
        restrict(path)

    def write(self, data: bytes | memoryview) -> None:
        """Append data."""
        self._file.write(data)
        self.size += len(data)

    def close(self) -> None:
        """Close the file, when the upload is complete."""
        self._file.close()

    def discard(self) -> None:
        """Remove it, unless it has been added to the store."""
        with contextlib.suppress(OSError):  # the disk may be full, or the folder gone
            self._file.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


class FileStore:
    """All files in a folder. Can be used by several threads, and by several processes.

    `clock` returns seconds since 1970. A damaged database is renamed, together with its content,
    and the store starts out empty. Raises OSError or sqlite3.Error if the folder can't be used.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.before_reading: list[Callable[[], None]] = []
        """Called before files are read: what jobs have finished since is added then. These must
        use only `query` and `adding`."""
        self._database_path = folder / "files.sqlite"
        self._content = folder / "content"
        self._incoming = folder / "incoming"
        self._mutex = threading.Lock()
        make_folder(folder)
        self._lock = FolderLock(folder)
        exclusive = self._lock.try_exclusive()
        try:
            if not exclusive:
                self._lock.share()
            self._database = self._open(may_set_aside=exclusive)
            try:
                for part in (self._content, self._incoming):
                    make_private_folder(part)
                if exclusive:
                    self._remove_leftovers()
                    self._lock.share()
            except BaseException:
                self._database.close()
                raise
        except BaseException:
            self._lock.close()
            raise

    @property
    def now(self) -> int:
        """The time in seconds since 1970."""
        return int(self._clock())

    def add_samples_once(self, samples: Iterable[SampleFile], add_jobs: AddSampleJobs) -> None:
        """Add `samples` if the store is new, and mark it as no longer new."""
        now = self.now
        with self.change() as database:
            if database.execute("PRAGMA user_version").fetchone()[0] != NEW:
                return
            added = {}
            for sample in samples:
                file_id = new_file_id()
                target = self._content / file_id
                make_private_file(target)
                shutil.copyfile(sample.source, target)
                expires_at = None if sample.expires_in is None else now + sample.expires_in
                file = StoredFile(
                    file_id,
                    sample.filename,
                    sample.purpose,
                    target.stat().st_size,
                    now - sample.age,
                    expires_at,
                )
                self._insert(file)
                added[sample.source.name] = file
            if added:
                add_jobs(database, added)
            database.execute(f"PRAGMA user_version = {IN_USE}")

    def new_incoming(self) -> IncomingFile:
        """Create a file to receive an upload; `add` or `discard` it afterwards."""
        return IncomingFile(self._incoming / secrets.token_hex(16))

    def add(
        self, incoming: IncomingFile, filename: str, purpose: str, expires_after: int | None
    ) -> StoredFile:
        """Add a complete upload as a file; `expires_after` is in seconds, None for never."""
        now = self.now
        expires_at = None if expires_after is None else now + expires_after
        file = StoredFile(new_file_id(), filename, purpose, incoming.size, now, expires_at)
        with self.adding([(incoming, file)]):
            pass
        return file

    @contextlib.contextmanager
    def adding(
        self, files: Sequence[tuple[IncomingFile, StoredFile]]
    ) -> Iterator[sqlite3.Connection]:
        """Add complete files in a transaction, with further changes in the block.

        If the block raises, nothing is added.
        """
        moved = []
        try:
            for incoming, file in files:
                incoming.close()
                target = self._content / file.id
                incoming.path.rename(target)
                moved.append(target)
            with self.change() as database:
                for _incoming, file in files:
                    self._insert(file)
                yield database
        except BaseException:
            for target in moved:
                target.unlink(missing_ok=True)
            raise

    def page(
        self, *, purpose: str | None, limit: int, newest_first: bool, after: str | None
    ) -> tuple[list[StoredFile], bool]:
        """Up to `limit` files, and whether there are more.

        Ordered by creation time, and within a second in the order they were uploaded. `after` is
        the ID of the last file of the previous page; raises NoSuchFile if it doesn't exist.
        """
        self.bring_up_to_date()
        conditions, values = ["TRUE"], list[object]()
        if purpose is not None:
            conditions.append("purpose = ?")
            values.append(purpose)
        direction, beyond = ("DESC", "<") if newest_first else ("ASC", ">")
        with self._mutex:
            if after is not None:
                cursor = self._database.execute(
                    "SELECT created_at, position FROM files WHERE id = ?", (after,)
                ).fetchone()
                if cursor is None:
                    raise NoSuchFile(after)
                conditions.append(f"(created_at, position) {beyond} (?, ?)")
                values.extend(cursor)
            rows = self._database.execute(
                "SELECT id, filename, purpose, size, created_at, expires_at FROM files "
                f"WHERE {' AND '.join(conditions)} "
                f"ORDER BY created_at {direction}, position {direction} LIMIT ?",
                (*values, limit + 1),
            ).fetchall()
        return [StoredFile(*row) for row in rows[:limit]], len(rows) > limit

    def retrieve(self, file_id: str) -> StoredFile:
        """The file with that ID. Raises NoSuchFile."""
        self.bring_up_to_date()
        return self.stored(file_id)

    def stored(self, file_id: str) -> StoredFile:
        """Like `retrieve`, without adding or removing what is due."""
        rows = self.query(
            "SELECT id, filename, purpose, size, created_at, expires_at FROM files WHERE id = ?",
            (file_id,),
        )
        if not rows:
            raise NoSuchFile(file_id)
        return StoredFile(*rows[0])

    def open_content(self, file: StoredFile) -> BinaryIO:
        """Open a file's content; the caller closes it. Raises NoSuchFile if it was just removed."""
        try:
            return (self._content / file.id).open("rb")
        except FileNotFoundError as error:
            raise NoSuchFile(file.id) from error

    def delete(self, file_id: str) -> None:
        """Delete a file. Raises NoSuchFile."""
        self.bring_up_to_date()
        with self.change() as database:
            gone = database.execute("DELETE FROM files WHERE id = ?", (file_id,)).rowcount
        if not gone:
            raise NoSuchFile(file_id)
        self._unlink(file_id)

    def bring_up_to_date(self) -> None:
        """Add the files that jobs have finished since, and remove those that have expired."""
        for add_what_is_due in self.before_reading:
            add_what_is_due()
        self._remove_expired()

    def query(
        self, statement: str, values: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[Any, ...]]:
        """The rows of a query; `values` are by place or by name."""
        with self._mutex:
            return self._database.execute(statement, values).fetchall()

    @contextlib.contextmanager
    def change(self) -> Iterator[sqlite3.Connection]:
        """A transaction for the block."""
        with self._mutex, transaction(self._database):
            yield self._database

    def close(self) -> None:
        """Close the store and release the folder."""
        with self._mutex:
            self._database.close()
            self._lock.close()

    def _open(self, *, may_set_aside: bool) -> sqlite3.Connection:
        try:
            return open_database(self._database_path)
        except Damaged as error:
            if not may_set_aside:
                raise sqlite3.DatabaseError(str(error)) from error
        path = self._database_path
        companions = [path.with_name(path.name + ending) for ending in ("-wal", "-shm")]
        set_aside([path, *companions, self._content])
        return open_database(path)

    def _insert(self, file: StoredFile) -> None:
        self._database.execute(
            "INSERT INTO files (id, filename, purpose, size, created_at, expires_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (file.id, file.filename, file.purpose, file.size, file.created_at, file.expires_at),
        )

    def _remove_expired(self) -> None:
        now = self.now
        with self._mutex:
            # Check first, so that readers don't wait for SQLite's single writer.
            expired = self._database.execute(
                "SELECT id FROM files WHERE expires_at <= ?", (now,)
            ).fetchall()
        if not expired:
            return
        with self.change() as database:
            database.executemany("DELETE FROM files WHERE id = ?", expired)
        for (file_id,) in expired:
            self._unlink(file_id)

    def _unlink(self, file_id: str) -> None:
        # Fails on Windows while a download is reading it; the next start removes it then.
        with contextlib.suppress(OSError):
            (self._content / file_id).unlink(missing_ok=True)

    def _remove_leftovers(self) -> None:
        self._remove_expired()
        known = {file_id for (file_id,) in self._database.execute("SELECT id FROM files")}
        for leftover in self._incoming.iterdir():
            leftover.unlink()
        for content in self._content.iterdir():
            if content.name not in known:
                content.unlink()


def new_file_id() -> str:
    """An ID that no file has."""
    return "file-" + "".join(secrets.choice(_BASE62) for _ in range(22))
