"""The program's SQLite files: opened, created, or set aside when damaged."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.system.private_files import make_file, narrow, own_folder

_UNREADABLE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}
_BUSY_SECONDS = 5.0
_COMPANIONS = ("-wal", "-shm")


class InUse(Exception):
    """Another program has the file open exclusively."""


class Damaged(Exception):
    """The file is not one of our databases, or is damaged."""


def open_database(
    path: Path,
    schema: Sequence[str],
    probe: str,
    *,
    every_commit_is_safe: bool,
    alone: bool = False,
) -> sqlite3.Connection:
    """The database at `path`, made by the statements of `schema` if there is none.

    The last statement must set `user_version`, which is 0 in a new file; `probe` is a query that
    names the columns there must be. With `every_commit_is_safe` a commit is on the disk when it
    returns; else the last ones may be lost, though never the whole, when the power fails. With
    `alone`, no other program can open the file while this one lives.

    The connection commits only what is put between BEGIN and COMMIT, and may be used from any
    thread, one at a time. Raises Damaged, InUse, or another sqlite3.Error when the disk refuses.
    """
    _close_to_others(path)
    connection = sqlite3.connect(
        path, timeout=0 if alone else _BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    try:
        if alone:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _prepare(connection, schema, probe, "FULL" if every_commit_is_safe else "NORMAL")
    except Damaged:
        connection.close()
        raise
    except sqlite3.DatabaseError as error:
        connection.close()
        # The low byte is the kind of error, the rest its cause.
        if alone and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise InUse from error
        if error.sqlite_errorcode & 0xFF in _UNREADABLE:
            raise Damaged(str(error)) from error
        raise
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Make all changes of the block at once, or none of them if it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk can have ended it
            connection.execute("ROLLBACK")
        raise


def open_or_replace(
    path: Path, open_file: Callable[[Path], sqlite3.Connection]
) -> tuple[sqlite3.Connection, Path | None]:
    """Open a file, or a fresh one after setting a damaged one aside; where that one is now.

    `open_file` opens it as `open_database` does, and raises what it does.
    """
    own_folder(path.parent)
    try:
        return open_file(path), None
    except Damaged:
        companions = [path.with_name(path.name + ending) for ending in _COMPANIONS]
        aside = set_aside([path, *companions])[0]
        return open_file(path), aside


def set_aside(paths: list[Path]) -> list[Path]:
    """Rename files or folders that belong together, to keep them out of the way.

    Gives the new names of those that were there.
    """
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    mark, number = f"damaged-{stamp}", 1
    while any(_renamed(path, mark).exists() for path in paths):
        number += 1
        mark = f"damaged-{stamp}-{number}"
    return [path.rename(_renamed(path, mark)) for path in paths if path.exists()]


def _close_to_others(path: Path) -> None:
    with contextlib.suppress(OSError):  # SQLite says better what is wrong
        # Companions that are new get the rights of the file from SQLite.
        make_file(path)
    for ending in _COMPANIONS:
        narrow(path.with_name(path.name + ending))


def _renamed(path: Path, mark: str) -> Path:
    return path.with_name(f"{path.name}.{mark}")


def _prepare(
    connection: sqlite3.Connection, schema: Sequence[str], probe: str, synchronous: str
) -> None:
    # A network folder may not do WAL; SQLite then stays with the journal that it can.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    # Two programs may open a new folder at once; the second finds the tables made.
    with transaction(connection):
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in schema:
                connection.execute(statement)
    # Is it whole, and does it have the columns?
    verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if verdict != "ok":
        raise Damaged(verdict)
    connection.execute(probe)
