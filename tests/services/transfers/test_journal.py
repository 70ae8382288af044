"""The journal, with real SQLite."""

import contextlib
import json
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from services.disk.when_taken import WhenTaken
from services.problems.errors import ProblemKind
from services.system.databases import InUse
from services.transfers.jobs import (
    AnyJob,
    DeleteJob,
    DownloadJob,
    UploadJob,
    ZipJob,
)
from services.transfers.journal import (
    MAX_AGE,
    MAX_ROWS,
    Journal,
    JournalRow,
    OwnedFile,
)
from services.transfers.lost_answers import SeenBefore
from services.transfers.transfer import TransferState
from tests.support.factories import local_file, problem, remote_file, upload_request

NOW = 1_800_000_000.0
DAY = 24 * 3600


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "queue.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    journal = Journal(path)
    yield journal
    journal.close()


def row(number: int, job: AnyJob | None = None, **values: Any) -> JournalRow:
    job = job or DeleteJob(remote_file())
    transfer = job.new_transfer(number, "acme", 1, float(number))
    ended_at = values.pop("ended_at", None)
    return JournalRow(structs.replace(transfer, **values), job, float(number), ended_at)


def test_owned_files_are_kept_as_long_as_transfers(path: Path) -> None:
    journal = Journal(path)
    owned = [OwnedFile("acme", "file-a", NOW), OwnedFile("acme", "file-b", NOW + DAY)]
    journal.write([], owned=owned)
    journal.write([], owned=owned[:1])
    journal.close()
    journal = Journal(path)
    assert sorted(journal.owned_files(), key=lambda one: one.file_id) == owned
    journal.trim(NOW + MAX_AGE + 1)
    assert journal.owned_files() == owned[1:]
    journal.close()


def test_journal_without_owned_files_is_read(path: Path) -> None:
    journal = Journal(path)
    journal.write([row(1)])
    journal.close()
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("DROP TABLE owned_files")
    journal = Journal(path)
    assert [one.transfer.id for one in journal.rows()] == [1]
    assert journal.owned_files() == []
    journal.close()


JOBS: list[AnyJob] = [
    UploadJob(upload_request(local_file(size=7), expires_after=3600)),
    UploadJob(upload_request(local_file(size=0)), sent_since=NOW, sent_until=NOW + 1),
    UploadJob(upload_request(local_file()), seen_before=SeenBefore(("file-a",), 1, 2)),
    DownloadJob(remote_file(None, size=None), Path("/downloads"), WhenTaken.REPLACE),
    DownloadJob(
        remote_file("é\n.txt"),
        Path("/downloads"),
        WhenTaken.SKIP,
        target=Path("/downloads/é_.txt"),
        etag='"v1"',
    ),
    ZipJob((remote_file(), remote_file()), Path("/d"), "2 files.zip", WhenTaken.KEEP_BOTH),
    DeleteJob(remote_file(), tried=True),
]


@pytest.mark.parametrize("job", JOBS, ids=lambda job: type(job).__name__)
def test_jobs_and_snapshots_survive_a_restart(path: Path, job: AnyJob) -> None:
    trouble = problem("Kaputt – «wirklich»", kind=ProblemKind.DISK_FULL, detail="a\0b", status=500)
    saved = [
        row(7, job, done=3, problem=trouble, state=TransferState.PAUSED),
        row(9, job, state=TransferState.CANCELLED, ended_at=NOW),
    ]
    journal = Journal(path)
    journal.write(saved)
    journal.close()
    again = Journal(path)
    assert again.rows() == saved
    assert again.last_id() == 9
    assert again.set_aside is None
    again.close()


def test_rows_are_in_queue_order(journal: Journal) -> None:
    journal.write(replace(row(number), place=-float(number)) for number in (1, 2, 3))
    assert [saved.transfer.id for saved in journal.rows()] == [3, 2, 1]


def test_write_replaces_and_removes_rows(
    journal: Journal,
) -> None:
    journal.write([row(1), row(2), row(3)])
    journal.write([row(2, done=5, state=TransferState.RUNNING)], remove=[1, 99])
    assert [(saved.transfer.id, saved.transfer.done) for saved in journal.rows()] == [
        (2, 5),
        (3, 0),
    ]


def test_failed_write_changes_nothing(journal: Journal) -> None:
    journal.write([row(1)])
    with pytest.raises(TypeError):
        journal.write([row(2), row(3, file_id=object())], remove=[1])
    assert [saved.transfer.id for saved in journal.rows()] == [1]


@pytest.mark.parametrize("name", [b"caf\xe9.jsonl", b"\xff\xfe", "日本.jsonl".encode(), b'a"\\\n'])
def test_paths_with_any_bytes_survive(path: Path, name: bytes) -> None:
    where = Path(os.fsdecode(b"/home/" + name))
    job = UploadJob(upload_request(local_file(where, name=os.fsdecode(name), size=1)))
    journal = Journal(path)
    journal.write([row(1, job, problem=problem(detail=f"no such file: {where}"))])
    journal.close()
    again = Journal(path)
    [saved] = again.rows()
    again.close()
    assert saved == row(1, job, problem=problem(detail=f"no such file: {where}"))
    assert isinstance(saved.job, UploadJob)
    assert os.fsencode(saved.job.request.file.path) == b"/home/" + name


# Odd rows


def spoil(path: Path, statement: str, *values: object) -> None:
    database = sqlite3.connect(path)
    database.execute(statement, values)
    database.commit()
    database.close()


@pytest.mark.expects_log("can't be read")
@pytest.mark.parametrize("column", ["transfer", "work"])
@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b'{"id": 2}', b'{"type": "fly"}', b"\xff", b"[" * 100_000, 7, "{"],
    ids=lambda content: repr(content)[:12],
)
def test_only_unreadable_rows_are_skipped(path: Path, column: str, content: object) -> None:
    journal = Journal(path)
    journal.write([row(1), row(2), row(3)])
    journal.close()
    spoil(path, f"UPDATE transfers SET {column} = ? WHERE id = 2", content)
    again = Journal(path)
    assert [saved.transfer.id for saved in again.rows()] == [1, 3]
    assert again.set_aside is None
    again.close()


@pytest.mark.expects_log("can't be read")
@pytest.mark.parametrize("odd", [5, None, []])
def test_row_with_an_invalid_path_is_skipped(path: Path, odd: object) -> None:
    job = DownloadJob(remote_file(), Path("/downloads"), WhenTaken.SKIP)
    journal = Journal(path)
    journal.write([row(1, job), row(2)])
    journal.close()
    with contextlib.closing(sqlite3.connect(path)) as database:
        [(work,)] = database.execute("SELECT work FROM transfers WHERE id = 1").fetchall()
    spoiled = json.loads(work) | {"folder": odd}
    spoil(path, "UPDATE transfers SET work = ? WHERE id = 1", json.dumps(spoiled).encode())
    again = Journal(path)
    assert [saved.transfer.id for saved in again.rows()] == [2]
    again.close()


# Damage


def whole(path: Path) -> bytes:
    journal = Journal(path)
    journal.write(row(number) for number in range(1, 200))
    journal.close()
    return path.read_bytes()


def make_garbage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def make_truncated(path: Path) -> None:
    path.write_bytes(whole(path)[:10_000])


def make_overwritten(path: Path) -> None:
    content = bytearray(whole(path))
    content[4096:30_000] = os.urandom(30_000 - 4096)
    path.write_bytes(content)


def make_foreign(path: Path) -> None:
    spoil(path, "CREATE TABLE something (other TEXT)")
    spoil(path, "PRAGMA user_version = 1")


@pytest.mark.parametrize("damage", [make_garbage, make_truncated, make_overwritten, make_foreign])
def test_damaged_file_is_set_aside_with_its_side_files(
    path: Path, damage: Callable[[Path], None]
) -> None:
    path.parent.mkdir()
    damage(path)
    broken = path.read_bytes()
    beside = {ending: path.with_name(path.name + ending) for ending in ("-wal", "-shm")}
    for ending, file in beside.items():
        file.write_bytes(ending.encode())
    journal = Journal(path)
    assert journal.rows() == []
    assert journal.set_aside is not None
    assert journal.set_aside.name.startswith("queue.sqlite.damaged-")
    assert journal.set_aside.read_bytes() == broken
    journal.write([row(1)])
    journal.close()
    assert not any(file.exists() for file in beside.values())
    again = Journal(path)
    assert len(again.rows()) == 1
    assert again.set_aside is None
    again.close()


def test_empty_file_becomes_a_new_journal(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    journal = Journal(path)
    assert (journal.rows(), journal.last_id(), journal.set_aside) == ([], 0, None)
    journal.close()


def test_folder_in_place_of_the_file_raises(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(sqlite3.Error):
        Journal(path)


def test_journal_has_one_user_at_a_time(path: Path, journal: Journal) -> None:
    with pytest.raises(InUse):
        Journal(path)
    journal.write([row(1)])
    journal.close()
    again = Journal(path)
    assert len(again.rows()) == 1
    again.close()


# History


def test_ended_transfers_are_kept_for_thirty_days(journal: Journal) -> None:
    def ended(number: int, age: float) -> JournalRow:
        return row(number, state=TransferState.DONE, ended_at=NOW - age)

    assert MAX_AGE == 30 * DAY
    journal.write([ended(1, 30 * DAY + 1), ended(2, 30 * DAY - 1), ended(3, 0), row(4)])
    journal.trim(NOW)
    assert [saved.transfer.id for saved in journal.rows()] == [2, 3, 4]


@pytest.mark.slow
def test_ten_thousand_ended_and_all_unfinished_transfers_are_kept(
    journal: Journal,
) -> None:
    assert MAX_ROWS == 10_000
    first, second = row(1), row(2)
    journal.write(
        replace(
            first if number % 2 else second,
            transfer=structs.replace(first.transfer, id=number, state=TransferState.DONE),
            ended_at=NOW - 20_000 + number,
        )
        for number in range(1, 10_501)
    )
    journal.write(row(number) for number in range(20_001, 20_011))
    journal.trim(NOW)
    ids = [saved.transfer.id for saved in journal.rows()]
    assert len(ids) == 10_010
    assert set(ids) == {*range(501, 10_501), *range(20_001, 20_011)}


def test_folder_is_private(path: Path, journal: Journal) -> None:
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_commits_are_synced_to_disk(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In WAL mode, only synchronous=FULL keeps the last commits in a power failure."""
    made: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def spy(*arguments: Any, **named: Any) -> sqlite3.Connection:
        made.append(connect(*arguments, **named))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", spy)
    journal = Journal(path)
    journal.write([row(1)])
    assert [one.execute("PRAGMA synchronous").fetchone() for one in made] == [(2,)]
    journal.close()


def test_upload_job_without_seen_before_is_read(path: Path) -> None:
    job = UploadJob(upload_request(local_file()), sent_since=NOW, sent_until=NOW + 1)
    journal = Journal(path)
    journal.write([row(1, job)])
    journal.close()
    with contextlib.closing(sqlite3.connect(path)) as database:
        [(work,)] = database.execute("SELECT work FROM transfers").fetchall()
        older = json.loads(work)
        del older["seen_before"]
        database.execute("UPDATE transfers SET work = ?", [json.dumps(older).encode()])
        database.commit()
    again = Journal(path)
    assert [one.job for one in again.rows()] == [job]
    again.close()
