"""Saves the transfer queue to disk, so that it survives a crash, a reboot or a power failure.

Uses SQLite in WAL mode with full sync: rows are on disk when `write` returns. A row holds the last
snapshot of a transfer and its job as JSON, and never an API key.
"""

import errno
import json
import logging
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from services.system.databases import open_database, open_or_replace, transaction
from services.transfers.job import Job
from services.transfers.jobs import AnyJob
from services.transfers.transfer import Transfer

_log = logging.getLogger(__name__)

MAX_ROWS = 10_000
"""How many ended transfers are kept."""
MAX_AGE = 30 * 24 * 3600
"""How long an ended transfer is kept, in seconds."""

_SCHEMA = (
    """CREATE TABLE transfers (
        id INTEGER PRIMARY KEY,
        place REAL NOT NULL,
        ended_at REAL,
        transfer BLOB NOT NULL,
        work BLOB NOT NULL
    )""",
    "CREATE INDEX transfers_by_end ON transfers (ended_at) WHERE ended_at IS NOT NULL",
    # The names of journals that were merged into this one.
    "CREATE TABLE taken_over (name INTEGER PRIMARY KEY)",
)
# The files of uploads that were cleared from the list: no other upload may be matched with them.
# Created on every start, since files of the first version don't have it.
_OWNED_FILES = """CREATE TABLE IF NOT EXISTS owned_files (
    server TEXT NOT NULL,
    file_id TEXT NOT NULL,
    cleared_at REAL NOT NULL,
    PRIMARY KEY (server, file_id)
)"""
_WRITE = (
    "INSERT OR REPLACE INTO transfers (id, place, ended_at, transfer, work) VALUES (?, ?, ?, ?, ?)"
)
_WRITE_OWNED = "INSERT OR REPLACE INTO owned_files VALUES (?, ?, ?)"
_PROBE = "SELECT id, place, ended_at, transfer, work FROM transfers LIMIT 1"


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One transfer as it is saved."""

    transfer: Transfer
    job: Job
    place: float
    """Its position in the queue; smaller is earlier."""
    ended_at: float | None = None
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class OwnedFile:
    """The remote file of an upload that was cleared from the list."""

    server: str
    """See `destination.server_of`."""
    file_id: str
    cleared_at: float
    """Seconds since 1970."""


class Journal:
    """The file of the queue, used by one program at a time. Thread-safe; methods block."""

    def __init__(self, path: Path) -> None:
        """Open the file; set a damaged one aside and create a new one.

        Raises InUse while another program uses it, and sqlite3.Error or OSError on a disk error.
        """
        self.path = path
        self._lock = threading.Lock()
        self.set_aside: Path | None
        """Where a damaged file was moved to; None if there was none."""
        self._database, self.set_aside = open_or_replace(path, _open)
        self._file = path.stat()

    def rows(self) -> list[JournalRow]:
        """Return every readable transfer, in queue order."""
        with self._lock:
            found = self._database.execute(
                "SELECT transfer, work, place, ended_at FROM transfers ORDER BY place, id"
            ).fetchall()
        rows = [_row(*columns) for columns in found]
        return [row for row in rows if row is not None]

    def owned_files(self) -> list[OwnedFile]:
        """Return the files of uploads that were cleared from the list."""
        with self._lock:
            found = self._database.execute("SELECT * FROM owned_files").fetchall()
        return [OwnedFile(*columns) for columns in found]

    def last_id(self) -> int:
        """Return the largest transfer ID in use; 0 if there is none."""
        with self._lock:
            (last,) = self._database.execute("SELECT max(id) FROM transfers").fetchone()
        return last or 0

    def write(
        self,
        rows: Iterable[JournalRow],
        *,
        remove: Iterable[int] = (),
        owned: Iterable[OwnedFile] = (),
    ) -> None:
        """Save `rows` and delete those with the IDs in `remove`, in one transaction.

        `owned` are the files of the removed uploads.

        Raises sqlite3.Error or OSError on a disk error, and FileNotFoundError if the file was
        deleted: the system still accepts writes, but nobody could ever read them.
        """
        self._change(
            (_WRITE, map(_values, rows)),
            ("DELETE FROM transfers WHERE id = ?", ((one,) for one in remove)),
            (_WRITE_OWNED, map(astuple, owned)),
        )
        if not os.path.samestat(self._file, self.path.stat()):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))

    def take_over(self, other: "Journal") -> None:
        """Move everything from another journal into this one; only once, even if interrupted.

        The transfers get new IDs, places and batches that follow the existing ones.
        """
        with self._lock:
            (done,) = self._database.execute(
                "SELECT count(*) FROM taken_over WHERE name = ?", [other._name()]
            ).fetchone()
        if not done:
            rows = self.rows()
            last_id = self.last_id()
            last_place = max((row.place for row in rows), default=0.0)
            last_batch = max((row.transfer.batch for row in rows), default=0)
            taken = [
                replace(
                    row,
                    transfer=structs.replace(
                        row.transfer, id=last_id + number, batch=last_batch + row.transfer.batch
                    ),
                    place=last_place + number,
                )
                for number, row in enumerate(other.rows(), start=1)
            ]
            self._change(
                (_WRITE, map(_values, taken)),
                (_WRITE_OWNED, map(astuple, other.owned_files())),
                ("INSERT INTO taken_over VALUES (?)", [(other._name(),)]),
            )
        # It gets a new name, because it may be used and abandoned again.
        other._change(
            ("DELETE FROM transfers", [()]), ("DELETE FROM owned_files", [()]), (_rename(), [()])
        )

    def trim(self, now: float) -> None:
        """Delete ended transfers that are too old or too many; `now` is in seconds since 1970."""
        self._change(
            ("DELETE FROM transfers WHERE ended_at < ?", [(now - MAX_AGE,)]),
            ("DELETE FROM owned_files WHERE cleared_at < ?", [(now - MAX_AGE,)]),
            (
                """DELETE FROM transfers WHERE ended_at IS NOT NULL AND id NOT IN (
                    SELECT id FROM transfers WHERE ended_at IS NOT NULL
                    ORDER BY ended_at DESC, id DESC LIMIT ?)""",
                [(MAX_ROWS,)],
            ),
        )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _name(self) -> int:
        """Return a number that identifies this file."""
        (name,) = self._database.execute("PRAGMA application_id").fetchone()
        return int(name)

    def _change(self, *steps: tuple[str, Iterable[tuple[Any, ...]]]) -> None:
        """Run each statement with each of its parameters, all in one transaction."""
        with self._lock, transaction(self._database):
            for statement, values in steps:
                for one in values:
                    self._database.execute(statement, one)


def _open(path: Path) -> sqlite3.Connection:
    schema = [*_SCHEMA, _rename(), "PRAGMA user_version = 1"]
    database = open_database(path, schema, _PROBE, durable=True, exclusive=True)
    database.execute(_OWNED_FILES)
    return database


def _rename() -> str:
    return f"PRAGMA application_id = {1 + secrets.randbelow(2**31 - 1)}"


def _values(row: JournalRow) -> tuple[Any, ...]:
    return row.transfer.id, row.place, row.ended_at, _encoded(row.transfer), _encoded(row.job)


def _row(transfer: bytes, work: bytes, place: float, ended_at: float | None) -> JournalRow | None:
    try:
        read: Transfer = _decoded(transfer, Transfer)
        job: Job = _decoded(work, AnyJob)
    except (ValueError, TypeError, RecursionError) as error:
        _log.warning("A transfer in the journal can't be read: %s", error)
        return None
    return JournalRow(read, job, place, ended_at)


def _encoded(value: object) -> bytes:
    try:
        return msgspec.json.encode(value, enc_hook=_encode_path)
    except UnicodeEncodeError:
        # A lone surrogate, from a name that isn't UTF-8; the standard library encodes it.
        return json.dumps(msgspec.to_builtins(value, enc_hook=_encode_path)).encode()


def _decoded(text: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=kind, dec_hook=_decode_path)
    except msgspec.DecodeError:
        return msgspec.convert(json.loads(text), kind, dec_hook=_decode_path)


def _encode_path(value: object) -> object:
    if isinstance(value, Path):
        # File names on Linux are bytes and need not be UTF-8; this preserves all of them.
        return os.fsencode(value).decode("latin-1")
    raise TypeError(f"no text for {value!r}")


def _decode_path(kind: type, value: object) -> object:
    if issubclass(kind, Path) and isinstance(value, str):
        return Path(os.fsdecode(value.encode("latin-1")))
    raise TypeError(f"no text for {value!r}")
