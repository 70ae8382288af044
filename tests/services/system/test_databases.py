"""The program's databases: who may open them, and how damage is reported."""

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from services.system.databases import (
    Damaged,
    InUse,
    open_database,
    open_or_replace,
    set_aside,
    transaction,
)

SCHEMA = ("CREATE TABLE notes (text TEXT)", "PRAGMA user_version = 1")


def open_notes(path: Path, *, exclusive: bool = False, durable: bool = False) -> sqlite3.Connection:
    return open_database(
        path, SCHEMA, "SELECT text FROM notes", durable=durable, exclusive=exclusive
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "notes.sqlite"


def open_count(path: Path) -> int:
    """How often this process has the file open; 0 if the system doesn't say."""
    return [os.path.realpath(one) for one in Path("/proc/self/fd").glob("*")].count(str(path))


def test_an_exclusive_database_cannot_be_opened_twice(path: Path) -> None:
    with closing(open_notes(path, exclusive=True)), pytest.raises(InUse):
        open_notes(path, exclusive=True)
    open_notes(path, exclusive=True).close()


def test_a_shared_database_can_be_opened_twice(path: Path) -> None:
    with closing(open_notes(path)) as one, closing(open_notes(path)) as other:
        one.execute("INSERT INTO notes VALUES ('kept')")
        assert other.execute("SELECT text FROM notes").fetchall() == [("kept",)]


@pytest.mark.parametrize(("durable", "level"), [(True, 2), (False, 1)])
def test_durable_commits_are_synced(path: Path, durable: bool, level: int) -> None:
    with closing(open_notes(path, durable=durable)) as database:
        assert database.execute("PRAGMA synchronous").fetchone() == (level,)
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_data_is_kept_and_private_to_the_user(path: Path) -> None:
    with closing(open_notes(path)) as database:
        database.execute("INSERT INTO notes VALUES ('kept')")
    with closing(open_notes(path)) as database:
        assert database.execute("SELECT text FROM notes").fetchall() == [("kept",)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def write_and_fail(database: sqlite3.Connection) -> None:
    with transaction(database):
        database.execute("INSERT INTO notes VALUES ('half')")
        raise ZeroDivisionError


def test_a_failed_transaction_changes_nothing_and_the_next_one_works(path: Path) -> None:
    with closing(open_notes(path)) as database, closing(open_notes(path)) as other:
        with pytest.raises(ZeroDivisionError):
            write_and_fail(database)
        with transaction(database):
            database.execute("INSERT INTO notes VALUES ('whole')")
            assert other.execute("SELECT text FROM notes").fetchall() == []
        assert other.execute("SELECT text FROM notes").fetchall() == [("whole",)]


def no_database(path: Path) -> None:
    path.write_bytes(b"no database " * 1000)


def other_columns(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE notes (other TEXT)")
        database.execute("PRAGMA user_version = 1")


def wrong_count_of_free_pages(path: Path) -> None:
    open_notes(path).close()
    content = bytearray(path.read_bytes())
    content[36:40] = (1).to_bytes(4, "big")
    path.write_bytes(content)


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("damage", [no_database, other_columns, wrong_count_of_free_pages])
def test_a_damaged_database_is_distinguished_from_one_in_use(
    path: Path, damage: Callable[[Path], None], exclusive: bool
) -> None:
    damage(path)
    with pytest.raises(Damaged) as _kept_alive:
        open_notes(path, exclusive=exclusive)
    assert open_count(path) == 0  # Windows can't rename an open file


def test_other_errors_are_raised_unchanged(path: Path) -> None:
    twice = ("CREATE TABLE notes (text UNIQUE)", *["INSERT INTO notes VALUES ('a')"] * 2)
    with pytest.raises(sqlite3.IntegrityError) as _kept_alive:
        open_database(path, twice, "SELECT text FROM notes", durable=False)
    assert open_count(path) == 0


def test_companion_files_are_private_too(path: Path) -> None:
    with closing(open_notes(path)) as database:
        database.execute("INSERT INTO notes VALUES ('kept')")
        for beside in path.parent.iterdir():
            beside.chmod(0o666)
        open_notes(path).close()
        rights = {stat.S_IMODE(beside.stat().st_mode) for beside in path.parent.iterdir()}
    assert rights == {0o600}


def test_a_missing_folder_is_created(tmp_path: Path) -> None:
    database, _aside = open_or_replace(tmp_path / "deep" / "notes.sqlite", open_notes)
    database.close()
    assert stat.S_IMODE((tmp_path / "deep").stat().st_mode) == 0o700


def test_a_damaged_database_is_renamed_with_its_companions(path: Path) -> None:
    no_database(path)
    before = path.read_bytes()
    database, aside = open_or_replace(path, open_notes)
    with closing(database):
        assert database.execute("SELECT text FROM notes").fetchall() == []
    assert aside is not None
    assert aside.read_bytes() == before


def test_an_intact_database_is_not_renamed(path: Path) -> None:
    open_notes(path).close()
    database, aside = open_or_replace(path, open_notes)
    database.close()
    assert aside is None


def test_renaming_never_replaces_another_file(path: Path) -> None:
    beside = path.with_name("notes.sqlite-wal")
    names = set()
    for body in (b"first", b"second", b"third"):
        path.write_bytes(body)
        beside.write_bytes(body)
        moved = set_aside([path, beside])
        assert [one.read_bytes() for one in moved] == [body, body]
        names.update(moved)
    assert len(names) == 6
    assert set_aside([path, beside]) == []
