"""An upload that a crash interrupts: whether the server may have it is on the disk in time."""

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


@pytest.fixture
def crash(wharf: Wharf, tmp_path: Path) -> Callable[[], JournalRow]:
    """Gives the only row that would be there if the program crashed now; `copy` has the journal."""
    wharf.queue.restore(Journal(tmp_path / "queue.sqlite"))

    def row_now() -> JournalRow:
        [row] = rows_on_disk(tmp_path / "queue.sqlite", tmp_path / "copy")
        return row

    return row_now


def go_on(make_wharf: MakeWharf, server: ScriptedFilesServer, tmp_path: Path) -> Wharf:
    """The program after the crash, with everything let go on."""
    after = make_wharf(server)
    assert after.queue.restore(Journal(tmp_path / "copy" / "queue.sqlite")) == 1
    [event] = after.events.all(TransferChanged)
    after.queue.resume([event.transfer.id])
    return after


def go_on_to_the_end(make_wharf: MakeWharf, server: ScriptedFilesServer, tmp_path: Path) -> Wharf:
    """The same, and all the time that a server may need goes by."""
    after = go_on(make_wharf, server, tmp_path)
    after.end()
    after.look_up_after(lost_answers.SETTLED_AFTER)
    after.wait_for(TransferState.DONE)
    return after


class SlowJournal(Journal):
    """A disk so slow that an upload which does not wait for it would be there long before."""

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
def test_the_last_byte_leaves_only_when_that_is_on_the_disk(
    wharf: Wharf, small_file: Path, tmp_path: Path
) -> None:
    journal = SlowJournal(tmp_path / "queue.sqlite", wharf.server)
    wharf.queue.restore(journal)
    wharf.upload(small_file)
    assert wharf.end().state is TransferState.DONE
    # It may be written once more, when it is told that the last byte is out.
    assert journal.arrived_before[0] is False


@pytest.mark.slow
def test_before_the_last_byte_is_out_nothing_is_looked_for_after_a_crash(
    wharf: Wharf,
    large_file: Path,
    crash: Callable[[], JournalRow],
    make_wharf: MakeWharf,
    tmp_path: Path,
) -> None:
    wharf.server.next(Stall(Moment.IN_BODY, after_bytes=1_000_000))
    wharf.upload(large_file)
    wharf.server.wait_until_stalled()
    row = crash()
    assert isinstance(row.job, UploadJob)
    assert (row.transfer.state, row.job.sent_since) == (TransferState.RUNNING, None)
    wharf.queue.cancel([row.transfer.id])
    wharf.wait_for(TransferState.CANCELLED)
    go_on(make_wharf, wharf.server, tmp_path).wait_for(TransferState.DONE)
    assert [request.method for request in wharf.server.requests] == ["POST", "POST"]
    assert len(wharf.server.files) == 1


@pytest.mark.slow
def test_in_the_body_of_another_attempt_it_is_not_out_though_the_one_before_was(
    wharf: Wharf, large_file: Path, crash: Callable[[], JournalRow]
) -> None:
    wharf.server.next(
        rate_limited(retry_after_ms="20"), Stall(Moment.IN_BODY, after_bytes=1_000_000)
    )
    wharf.upload(large_file)
    wharf.server.wait_until_stalled()
    row = crash()
    assert isinstance(row.job, UploadJob)
    assert (row.transfer.state, row.job.sent_since) == (TransferState.RUNNING, None)


@pytest.mark.parametrize("taken", [True, False])
def test_once_the_last_byte_is_out_the_server_is_asked_after_a_crash(
    wharf: Wharf,
    small_file: Path,
    crash: Callable[[], JournalRow],
    make_wharf: MakeWharf,
    tmp_path: Path,
    taken: bool,
) -> None:
    begun = wharf.clock.now
    wharf.server.next(Stall(Moment.AFTER_BODY, carried_out=taken))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    row = crash()
    assert isinstance(row.job, UploadJob)
    assert row.transfer.state is TransferState.CONFIRMING
    assert row.job.sent_since is not None
    assert row.job.sent_since == begun
    wharf.server.close()
    with ScriptedFilesServer(wharf.server.files) as server:
        after = go_on_to_the_end(make_wharf, server, tmp_path)
        assert len(server.files) == 1
        assert after.posts == (0 if taken else 1)
        assert after.wait_for(TransferState.DONE).file_id == server.files[0].id


def test_a_file_that_the_server_lists_only_a_moment_later_is_not_sent_again(
    wharf: Wharf,
    small_file: Path,
    crash: Callable[[], JournalRow],
    make_wharf: MakeWharf,
    tmp_path: Path,
) -> None:
    """Killed just after the last byte, and back before the server has put the file away."""
    wharf.server.next(Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    row = crash()
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


def test_between_two_attempts_nothing_is_looked_for_but_after_the_second_it_is(
    wharf: Wharf, small_file: Path, crash: Callable[[], JournalRow]
) -> None:
    """A refusal says that no file was made; the crash that follows must not think otherwise."""
    wharf.server.next(rate_limited(retry_after_ms="20"), Stall(Moment.AFTER_BODY))
    wharf.upload(small_file)
    wharf.server.wait_until_stalled()
    row = crash()
    assert isinstance(row.job, UploadJob)
    assert wharf.states == "QUEUED RUNNING CONFIRMING WAITING RUNNING CONFIRMING"
    assert row.job.sent_since is not None
