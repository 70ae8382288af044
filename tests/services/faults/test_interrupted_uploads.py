"""Uploads interrupted by a crash: the journal knows whether the server may have the file."""

import contextlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from services.transfers import lost_answers
from services.transfers.events import TransferChanged
from services.transfers.jobs import UploadJob
from services.transfers.journal import Journal, JournalRow
from services.transfers.transfer import TransferState
from tests.services.faults.conftest import rows_on_disk
from tests.services.transfers.conftest import Wharf
from tests.support.files_server import ScriptedFilesServer
from tests.support.server_faults import Moment, Stall, rate_limited
from tests.support.waiting import NotObserved, wait_for

MakeWharf = Callable[[ScriptedFilesServer], Wharf]


Crash = Callable[[TransferState], JournalRow]


@pytest.fixture
def crash(wharf: Wharf, tmp_path: Path) -> Crash:
    """Returns the only row that a crash would leave once its state is saved; the journal in `copy`."""
    journal = Journal(tmp_path / "queue.sqlite")
    wharf.queue.restore(journal)

    def row_in(state: TransferState) -> JournalRow:
        wait_for(lambda: [row.transfer.state for row in journal.rows()] == [state], state.value)
        [row] = rows_on_disk(tmp_path / "queue.sqlite", tmp_path / "copy")
        return row

    return row_in


def resume(make_wharf: MakeWharf, server: ScriptedFilesServer, tmp_path: Path) -> Wharf:
    """Start the next session after a crash and resume the transfer."""
    after = make_wharf(server)
    assert after.queue.restore(Journal(tmp_path / "copy" / "queue.sqlite")) == 1
    [event] = after.events.all(TransferChanged)
    after.queue.resume([event.transfer.id])
    return after


def resume_until_done(make_wharf: MakeWharf, server: ScriptedFilesServer, tmp_path: Path) -> Wharf:
    """Resume after a crash and run lookups until the upload is done."""
    after = resume(make_wharf, server, tmp_path)
    after.end()
    after.look_up_after(lost_answers.SETTLED_AFTER)
    after.wait_for(TransferState.DONE)
    return after


class SlowJournal(Journal):
    """A disk so slow that an upload that didn't wait for it would arrive first."""

    def __init__(self, path: Path, server: ScriptedFilesServer) -> None:
        super().__init__(path)
        self._server = server
        self.arrived_before: list[bool] = []

    def write(self, rows: Iterable[JournalRow], **more: Any) -> None:
        rows = list(rows)
        if any(row.transfer.state is TransferState.CONFIRMING for row in rows):
            with contextlib.suppress(NotObserved):
                wait_for(self._arrived, "the upload", seconds=0.3)
            self.arrived_before.append(self._arrived())
        super().write(rows, **more)

    def _arrived(self) -> bool:
        return any(request.complete for request in self._server.requests)


@pytest.mark.slow
def test_last_byte_is_sent_only_after_that_is_saved(
    wharf: Wharf, small_file: Path, tmp_path: Path
) -> None:
    journal = SlowJournal(tmp_path / "queue.sqlite", wharf.server)
    wharf.queue.restore(journal)
    wharf.upload(small_file)
    assert wharf.end().state is TransferState.DONE
    # It may be written once more when CONFIRMING is published.
    assert journal.arrived_before[0] is False


@pytest.mark.slow
def test_crash_before_the_last_byte_needs_no_lookup(
    wharf: Wharf,
    large_file: Path,
    crash: Crash,
    make_wharf: MakeWharf,
    tmp_path: Path,
) -> None:
    wharf.server.next(Stall(Moment.IN_BODY, after_bytes=1_000_000))
    wharf.upload(large_file)
    wharf.server.wait_until_stalled()
    row = crash(TransferState.RUNNING)
    assert isinstance(row.job, UploadJob)
    assert row.job.sent_since is None
    wharf.queue.cancel([row.transfer.id])
    wharf.wait_for(TransferState.CANCELLED)
    resume(make_wharf, wharf.server, tmp_path).wait_for(TransferState.DONE)
    assert [request.method for request in wharf.server.requests] == ["POST", "POST"]
    assert len(wharf.server.files) == 1


@pytest.mark.slow
def test_crash_during_a_retry_needs_no_lookup(wharf: Wharf, large_file: Path, crash: Crash) -> None:
    wharf.server.next(
        rate_limited(retry_after_ms="20"), Stall(Moment.IN_BODY, after_bytes=1_000_000)
    )
    wharf.upload(large_file)
    wharf.server.wait_until_stalled()
    row = crash(TransferState.RUNNING)
    assert isinstance(row.job, UploadJob)
    assert row.job.sent_since is None


@pytest.mark.parametrize("taken", [True, False])
def test_crash_after_the_last_byte_leads_to_a_lookup(
    wharf: Wharf,
    small_file: Path,
    crash: Crash,
    make_wharf: MakeWharf,
    tmp_path: Path,
    taken: bool,
) -> None:
    started = wharf.clock.now
    wharf.server.next(Stall(Moment.AFTER_BODY, carried_out=taken))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    row = crash(TransferState.CONFIRMING)
    assert isinstance(row.job, UploadJob)
    assert row.job.sent_since is not None
    assert row.job.sent_since == started
    wharf.server.close()
    with ScriptedFilesServer(wharf.server.files) as server:
        after = resume_until_done(make_wharf, server, tmp_path)
        assert len(server.files) == 1
        assert after.posts == (0 if taken else 1)
        assert after.wait_for(TransferState.DONE).file_id == server.files[0].id


def test_file_listed_late_is_not_resent(
    wharf: Wharf,
    small_file: Path,
    crash: Crash,
    make_wharf: MakeWharf,
    tmp_path: Path,
) -> None:
    """Killed just after the last byte, and restarted before the server has stored the file."""
    wharf.server.next(Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    row = crash(TransferState.CONFIRMING)
    after = make_wharf(wharf.server)
    after.queue.restore(Journal(tmp_path / "copy" / "queue.sqlite"))
    after.queue.resume([row.transfer.id])
    after.wait_for(TransferState.UNCERTAIN)
    assert after.look_up_after(lost_answers.SETTLED_AFTER - 1) is not None
    assert wharf.server.files == []
    wharf.server.release()
    assert wharf.end().state is TransferState.DONE
    after.look_up_after(1)
    assert after.wait_for(TransferState.DONE).file_id == wharf.server.files[0].id
    assert wharf.posts == 1
    assert len(wharf.server.files) == 1


def test_lookup_is_needed_after_the_retry_but_not_before(
    wharf: Wharf, small_file: Path, crash: Crash
) -> None:
    """A refusal means that no file was created, also after the next crash."""
    wharf.server.next(rate_limited(retry_after_ms="20"), Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    row = crash(TransferState.CONFIRMING)
    assert isinstance(row.job, UploadJob)
    assert wharf.states == "QUEUED RUNNING CONFIRMING WAITING RUNNING CONFIRMING"
    assert row.job.sent_since is not None
