"""Opens and creates the program's SQLite databases, and moves damaged ones out of the way."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.system.private_files import make_private_file, make_private_folder, restrict

_UNREADABLE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
_BUSY_SECONDS = 5.0
_COMPANIONS = ("-wal", "-shm")


class InUse(Exception):
    """Another process has opened the file exclusively."""


class Damaged(Exception):
    """The file is damaged, or isn't one of our databases."""


def open_database(
    path: Path,
    schema: Sequence[str],
    probe: str,
    *,
    durable: bool,
    exclusive: bool = False,
) -> sqlite3.Connection:
    """Open the database at `path`, or create it with the statements in `schema`.

    The last statement must set `user_version`, which is 0 in a new file. `probe` is a query that
    names the required columns. With `durable`, each commit is on disk when it returns; without it,
    a power failure may lose the last commits, but doesn't damage the database. With `exclusive`, no
    other process can open the file until this connection is closed.

    The connection needs an explicit BEGIN and COMMIT, and may be used from any thread, one at a
    time. Raises Damaged, InUse, or another sqlite3.Error if the disk fails.
    """
    _make_private(path)
    connection = sqlite3.connect(
        path,
        timeout=0 if exclusive else _BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        if exclusive:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _prepare(connection, schema, probe, "FULL" if durable else "NORMAL")
    except Damaged:
        connection.close()
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        # The low byte is the primary error code, the rest is the extended code.
        if exclusive and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise InUse from error
        if error.sqlite_errorcode & 0xFF in _UNREADABLE:
            raise Damaged(str(error)) from error
        raise
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit all changes in the block, or roll them back if it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # SQLite may have rolled back already, on a full disk
            connection.execute("ROLLBACK")
        raise


def open_or_replace(
    path: Path, open_file: Callable[[Path], sqlite3.Connection]
) -> tuple[sqlite3.Connection, Path | None]:
    """Open a database; if it's damaged, rename it and open a new one.

    Returns the connection, and the damaged file's new path or None. `open_file` opens the file and
    raises errors like `open_database`.
    """
    make_private_folder(path.parent)
    try:
        return open_file(path), None
    except Damaged:
        companions = [path.with_name(path.name + ending) for ending in _COMPANIONS]
        aside = set_aside([path, *companions])[0]
        return open_file(path), aside


def set_aside(paths: list[Path]) -> list[Path]:
    """Rename files or folders that belong together to `NAME.damaged-TIME`.

    Returns the new paths of those that existed.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    mark, number = f"damaged-{stamp}", 1
    while any(_renamed(path, mark).exists() for path in paths):
        number += 1
        mark = f"damaged-{stamp}-{number}"
    return [path.rename(_renamed(path, mark)) for path in paths if path.exists()]


def _make_private(path: Path) -> None:
    with contextlib.suppress(OSError):  # SQLite reports a better error
        # SQLite gives new companion files the same permissions.
        make_private_file(path)
    for ending in _COMPANIONS:
        restrict(path.with_name(path.name + ending))


def _renamed(path: Path, mark: str) -> Path:
    return path.with_name(f"{path.name}.{mark}")


def _prepare(
    connection: sqlite3.Connection, schema: Sequence[str], probe: str, synchronous: str
) -> None:
    # Network folders may not support WAL; SQLite then keeps the rollback journal.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    # If two processes open a new database at once, the second finds the tables already created.
    with transaction(connection):
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in schema:
                connection.execute(statement)
    # Check its integrity and its columns.
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise Damaged(verdict)
    connection.execute(probe)
