"""Disks that fill up, and clocks that are set back."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from services.problems.errors import ProblemKind
from services.problems.events import SomethingFailed
from services.transfers import lost_answers
from services.transfers.events import TransferChanged
from services.transfers.job import Job
from services.transfers.jobs import UploadJob
from services.transfers.journal import Journal, JournalRow
from services.transfers.transfer import TransferKind, TransferState
from tests.services.faults.conftest import rows_on_disk
from tests.services.transfers.conftest import Wharf
from tests.support.factories import upload_request
from tests.support.files_server import ScriptedFilesServer
from tests.support.full_disk import fill_disk_under_partial_files
from tests.support.queue_bench import QueueBench, delete, download, upload
from tests.support.served_files import served_file
from tests.support.server_faults import Delivery


def test_full_disk_pauses_downloads_until_resumed(wharf: Wharf) -> None:
    wharf.queue.set_limits(
        {TransferKind.DOWNLOAD: 1}, upload_bytes_a_second=None, download_bytes_a_second=None
    )
    contents = {f"{number}.jsonl": os.urandom(400_000) for number in range(3)}
    files = [served_file(name, content=content) for name, content in contents.items()]
    wharf.server.add(*files)
    wharf.server.next(Delivery(stall_after=100_000))
    for file in files:
        wharf.download(file)
    wharf.server.wait_until_stalled()
    assert fill_disk_under_partial_files() == 1
    wharf.server.release()
    paused = wharf.events.wait_for_count(
        TransferChanged, 3, lambda event: event.transfer.state is TransferState.PAUSED
    )
    problems = [event.transfer.problem for event in paused]
    assert [one.kind for one in problems if one is not None] == [ProblemKind.DISK_FULL]
    assert wharf.saved == {}
    assert len(wharf.server.requests) == 1
    wharf.queue.resume([event.transfer.id for event in paused])
    wharf.events.wait_for_count(
        TransferChanged, 3, lambda event: event.transfer.state is TransferState.DONE
    )
    assert wharf.saved == contents


class BrokenJournal(Journal):
    """Opens, but fails on every write."""

    def __init__(self, path: Path, error: Exception) -> None:
        super().__init__(path)
        self._error = error

    def write(self, rows: Iterable[JournalRow], **more: Any) -> None:
        raise self._error


@pytest.mark.expects_log("The transfer journal can't be written")
@pytest.mark.parametrize(
    "error",
    [sqlite3.OperationalError("database or disk is full"), TypeError("a bug")],
    ids=["disk full", "bug"],
)
def test_failing_journal_blocks_no_transfer(
    wharf: Wharf, small_file: Path, tmp_path: Path, error: Exception
) -> None:
    wharf.queue.restore(BrokenJournal(tmp_path / "queue.sqlite", error))
    wharf.upload(small_file)
    assert wharf.end().state is TransferState.DONE
    assert len(wharf.server.files) == 1


CONFIRMING = frozenset({TransferState.CONFIRMING})
ANY_BUT_QUEUED = frozenset(TransferState) - {TransferState.QUEUED}


class SwitchedJournal(Journal):
    """Its disk becomes full at once, or when a transfer reaches one of some states."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.full = False
        self.full_from: frozenset[TransferState] = frozenset()

    def write(self, rows: Iterable[JournalRow], **more: Any) -> None:
        rows = list(rows)
        if any(row.transfer.state in self.full_from for row in rows):
            self.full = True
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        super().write(rows, **more)


@pytest.mark.expects_log("The transfer journal can't be written")
@pytest.mark.parametrize("full_from", [CONFIRMING, ANY_BUT_QUEUED])
def test_upload_that_the_journal_cannot_record_is_not_sent(
    wharf: Wharf,
    make_wharf: Callable[[ScriptedFilesServer], Wharf],
    small_file: Path,
    tmp_path: Path,
    full_from: frozenset[TransferState],
) -> None:
    journal = SwitchedJournal(tmp_path / "queue.sqlite")
    wharf.queue.restore(journal)
    journal.full_from = full_from
    wharf.upload(small_file)
    paused = wharf.wait_for(TransferState.PAUSED)
    assert paused.problem is not None
    assert paused.problem.kind is ProblemKind.DISK_FAILED
    assert wharf.states == "QUEUED RUNNING PAUSED"
    assert wharf.server.files == []
    # It is still not sent while the disk is full.
    wharf.queue.resume([paused.id])
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.PAUSED
    )
    assert wharf.server.files == []
    # After a kill, it is still an unsent upload.
    [row] = rows_on_disk(journal.path, tmp_path / "copy")
    assert isinstance(row.job, UploadJob)
    assert row.job.sent_since is None
    after = make_wharf(wharf.server)
    after.queue.restore(Journal(tmp_path / "copy" / journal.path.name))
    after.queue.resume([row.transfer.id])
    after.wait_for(TransferState.DONE)
    assert len(wharf.server.files) == 1


@pytest.mark.expects_log("The transfer journal can't be written")
@pytest.mark.parametrize(
    ("make", "state"),
    [
        (upload, TransferState.PAUSED),
        (download, TransferState.DONE),
        (delete, TransferState.DONE),
    ],
)
def test_full_journal_disk_pauses_only_uploads(
    tmp_path: Path, make: Callable[[], Job], state: TransferState
) -> None:
    journal = SwitchedJournal(tmp_path / "queue.sqlite")
    bench = QueueBench(journal)
    transfer_id, run = bench.run(make())
    journal.full = True
    bench.queue.put_last([transfer_id])  # so that there is something to write
    bench.events.wait_for(SomethingFailed)
    run.do(run.running.start_attempt)
    run.finish()
    bench.wait_for(transfer_id, state)
    bench.close()


@pytest.mark.expects_log("The transfer journal can't be written")
def test_upload_resumes_when_the_disk_has_space_again(
    wharf: Wharf, small_file: Path, tmp_path: Path
) -> None:
    journal = SwitchedJournal(tmp_path / "queue.sqlite")
    wharf.queue.restore(journal)
    journal.full_from = CONFIRMING
    wharf.upload(small_file)
    paused = wharf.wait_for(TransferState.PAUSED)
    journal.full_from, journal.full = frozenset(), False
    wharf.queue.resume([paused.id])
    assert wharf.wait_for(TransferState.DONE).problem is None
    assert len(wharf.server.files) == 1


@pytest.mark.slow
@pytest.mark.expects_log("The transfer journal can't be written")
def test_nothing_is_sent_while_the_disk_is_known_to_be_full(
    wharf: Wharf, large_file: Path, tmp_path: Path
) -> None:
    journal = SwitchedJournal(tmp_path / "queue.sqlite")
    wharf.queue.restore(journal)
    journal.full_from = CONFIRMING
    wharf.upload(large_file)
    paused = wharf.wait_for(TransferState.PAUSED)
    sent = wharf.posts
    wharf.queue.resume([paused.id])
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.PAUSED
    )
    assert wharf.posts == sent


def test_upload_from_before_the_clock_was_set_back_is_found(wharf: Wharf, small_file: Path) -> None:
    taken = served_file(
        small_file.name, content=small_file.read_bytes(), created_at=int(time.time())
    )
    wharf.server.add(taken)
    started = time.time() + 3600  # the clock was an hour ahead
    wharf.add(UploadJob(upload_request(small_file), sent_since=started, sent_until=started + 1))
    assert wharf.end().file_id == taken.id
    assert wharf.posts == 0


def test_missing_upload_from_before_the_clock_was_set_back_is_resent(
    wharf: Wharf, small_file: Path
) -> None:
    started = time.time() + 3600
    wharf.add(UploadJob(upload_request(small_file), sent_since=started, sent_until=started + 1))
    wharf.wait_for(TransferState.UNCERTAIN)
    wharf.look_up_after(lost_answers.SETTLED_AFTER)
    wharf.wait_for(TransferState.DONE)
    assert wharf.posts == 1
