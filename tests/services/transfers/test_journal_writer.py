"""Background writes: after `flush`, rows are on disk."""

import os
import queue
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from msgspec import structs

from services.transfers.jobs import DeleteJob
from services.transfers.journal import Journal, JournalRow, OwnedFile
from services.transfers.journal_writer import JournalWriter
from tests.support.factories import remote_file
from tests.support.narrowing import now


class WatchedJournal(Journal):
    """A real journal that can be blocked or made to fail, and counts its commits."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.commits = 0
        self.refusals = 0
        self.writing = threading.Event()
        self.may_write = threading.Event()
        self.may_write.set()

    def write(
        self,
        rows: Iterable[JournalRow],
        *,
        remove: Iterable[int] = (),
        owned: Iterable[OwnedFile] = (),
    ) -> None:
        self.writing.set()
        assert self.may_write.wait(10)
        if self.refusals:
            self.refusals -= 1
            raise sqlite3.OperationalError("database or disk is full")
        self.commits += 1
        super().write(rows, remove=remove, owned=owned)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite"


@pytest.fixture
def journal(path: Path) -> WatchedJournal:
    return WatchedJournal(path)


@pytest.fixture
def writer(journal: WatchedJournal) -> Iterator[JournalWriter]:
    writer = JournalWriter(journal)
    yield writer
    journal.may_write.set()
    assert writer.close(10)


def row(number: int, done: int = 0) -> JournalRow:
    job = DeleteJob(remote_file())
    transfer = job.new_transfer(number, "acme", 1, float(number))
    return JournalRow(structs.replace(transfer, done=done), job, float(number))


def ids(journal: Journal) -> list[int]:
    return [row.transfer.id for row in journal.rows()]


def test_flushed_rows_are_in_the_journal(writer: JournalWriter, journal: WatchedJournal) -> None:
    writer.put([row(1), row(2)])
    writer.put([row(3)])
    writer.clear([2], [])
    writer.flush()
    assert ids(journal) == [1, 3]
    writer.flush()


def test_changes_during_a_write_share_one_commit(
    writer: JournalWriter, journal: WatchedJournal
) -> None:
    journal.may_write.clear()
    writer.put([row(1)])
    assert journal.writing.wait(10)
    for done in range(100):
        writer.put([row(2, done), row(3 + done)])
    journal.may_write.set()
    writer.flush()
    assert journal.commits == 2
    saved = {row.transfer.id: row.transfer.done for row in journal.rows()}
    assert len(saved) == 102
    assert saved[2] == 99


def test_changes_are_written_with_those_that_somebody_waits_for(
    journal: WatchedJournal,
) -> None:
    writer = JournalWriter(journal, gathering=1000)
    for number in range(1, 6):
        writer.put([row(number)])
    writer.flush()
    assert journal.commits == 1
    assert ids(journal) == [1, 2, 3, 4, 5]
    writer.put([row(6)])
    assert writer.close(10)
    assert journal.commits == 2


def test_changes_are_written_even_if_nobody_waits(
    writer: JournalWriter, journal: WatchedJournal
) -> None:
    writer.put([row(1)])
    assert journal.writing.wait(10)


def test_flushes_from_many_threads_share_commits(
    writer: JournalWriter, journal: WatchedJournal
) -> None:
    journal.may_write.clear()
    seen: list[bool] = []

    def work(number: int) -> None:
        writer.put([row(number)])
        writer.flush()
        seen.append(number in ids(journal))

    threads = [threading.Thread(target=work, args=[number]) for number in range(1, 17)]
    for thread in threads:
        thread.start()
    assert seen == []
    journal.may_write.set()
    for thread in threads:
        thread.join(10)
    assert seen == [True] * 16
    assert journal.commits <= 16


@pytest.mark.expects_log("can't be written(.|\n)*disk is full")
def test_failed_rows_are_written_with_the_next_change(
    writer: JournalWriter, journal: WatchedJournal
) -> None:
    owned = [OwnedFile("acme", f"file-{number}", 5.0) for number in range(2)]
    journal.refusals = 1
    writer.put([row(1)])
    writer.clear([7], owned[:1])
    writer.flush()
    writer.put([row(2)])
    writer.clear([8], owned[1:])
    writer.flush()
    assert ids(journal) == [1, 2]
    assert journal.owned_files() == owned


@pytest.mark.expects_log("can't be written(.|\n)*disk is full")
def test_failing_disk_does_not_block_flush(writer: JournalWriter, journal: WatchedJournal) -> None:
    journal.refusals = 100
    for number in range(1, 5):
        writer.put([row(number)])
        writer.flush()
    journal.refusals = 0


@pytest.mark.expects_log("can't be written(.|\n)*disk is full")
def test_stale_rows_are_known(journal: WatchedJournal, path: Path) -> None:
    journal.write([row(1)])
    writer = JournalWriter(journal, known=[1])
    writer.put([row(2)])
    writer.flush()
    assert not now(writer.is_failing)
    journal.refusals = 1
    writer.put([row(1, 5), row(2, 5), row(3)])
    writer.flush()
    assert now(writer.is_failing)
    # The third was never on disk.
    assert [number for number in range(1, 5) if writer.holds_stale_row(number)] == [1, 2]
    writer.put([row(4)])
    writer.flush()
    assert not writer.is_failing
    assert not any(map(writer.holds_stale_row, range(1, 5)))
    writer.clear([1, 2], [])
    writer.flush()
    journal.refusals = 1
    writer.put([row(1), row(3, 5)])
    writer.flush()
    assert [number for number in range(1, 5) if writer.holds_stale_row(number)] == [3]
    assert writer.close(10)


@pytest.mark.expects_log("can't be written(.|\n)*disk is full")
def test_failure_and_recovery_are_each_reported_once(
    journal: WatchedJournal,
) -> None:
    errors: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
    writer = JournalWriter(journal, errors.put)
    journal.refusals = 3
    for number in range(1, 6):
        writer.put([row(number)])
        writer.flush()
    assert isinstance(errors.get(timeout=10), sqlite3.OperationalError)
    assert errors.get(timeout=10) is None
    assert writer.close(10)
    assert errors.empty()
    again = Journal(journal.path)
    assert ids(again) == [1, 2, 3, 4, 5]
    again.close()


@pytest.mark.skipif(os.name == "nt", reason="an open file can't be deleted there")
@pytest.mark.expects_log("can't be written(.|\n)*No such file")
def test_deleted_journal_is_reported(journal: WatchedJournal) -> None:
    errors: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
    writer = JournalWriter(journal, errors.put)
    shutil.rmtree(journal.path.parent)
    writer.put([row(1)])
    assert isinstance(errors.get(timeout=10), FileNotFoundError)
    assert writer.close(10)


@pytest.mark.skipif(os.name == "nt", reason="an open file can't be replaced there")
@pytest.mark.expects_log("can't be written(.|\n)*No such file")
def test_replaced_journal_is_reported(
    journal: WatchedJournal,
) -> None:
    errors: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
    writer = JournalWriter(journal, errors.put)
    other = journal.path.with_name("other")
    other.write_bytes(b"")
    other.replace(journal.path)
    writer.put([row(1)])
    assert isinstance(errors.get(timeout=10), FileNotFoundError)
    assert writer.close(10)


def test_close_writes_pending_rows(path: Path) -> None:
    journal = WatchedJournal(path)
    writer = JournalWriter(journal)
    journal.may_write.clear()
    writer.put([row(1)])
    assert journal.writing.wait(10)
    writer.put([row(2)])
    assert not writer.close(0.01)
    journal.may_write.set()
    assert writer.close(10)
    again = Journal(path)
    assert ids(again) == [1, 2]
    again.close()


def test_flush_after_close_does_not_block(path: Path) -> None:
    writer = JournalWriter(WatchedJournal(path))
    assert writer.close(10)
    writer.put([row(1)])
    writer.flush()


PROGRAM = """
import sys
from pathlib import Path
from services.transfers.journal import Journal, JournalRow
from services.transfers.journal_writer import JournalWriter
from services.transfers.jobs import DeleteJob
from tests.support.factories import remote_file

writer = JournalWriter(Journal(Path(sys.argv[1])))
for number in range(1, int(sys.argv[2]) + 1):
    job = DeleteJob(remote_file())
    writer.put([JournalRow(job.new_transfer(number, "acme", 1, float(number)), job, float(number))])
    writer.flush()
    print(number, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [1, 40])
def test_flushed_rows_survive_a_kill(path: Path, number: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path), str(number)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        last = next(line for line in process.stdout if line == f"{number}\n")
        assert int(last) == number
        process.kill()
        process.wait(30)
    assert process.returncode == -signal.SIGKILL
    again = Journal(path)
    assert ids(again) == list(range(1, number + 1))
    again.close()
