"""The queue after a restart or a crash, with a real journal."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from services.disk.partial_file import part_path
from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError, ProblemKind
from services.transfers.events import DeletesEnded, TransferChanged
from services.transfers.jobs import DeleteJob, DownloadJob, UploadJob
from services.transfers.journal import Journal
from services.transfers.lost_answers import AnswerLost
from services.transfers.transfer import TransferState
from tests.support.factories import local_file, problem, remote_file, upload_request
from tests.support.queue_bench import QueueBench, delete, download, failing, upload

State = TransferState


class Sessions:
    """One program after the other on the same journal."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "queue.sqlite"
        self._number = 0
        self._open: list[QueueBench] = []

    def begin(self) -> QueueBench:
        bench = QueueBench(Journal(self._path))
        self._open.append(bench)
        return bench

    def crash(self) -> QueueBench:
        """What is on the disk now is all that the next session has."""
        self._number += 1
        copy = self._path.with_name(f"crashed-{self._number}.sqlite")
        for ending in ("", "-wal"):
            file = self._path.with_name(self._path.name + ending)
            if file.exists():
                copy.with_name(copy.name + ending).write_bytes(file.read_bytes())
        self._path = copy
        return self.begin()

    def restart(self) -> QueueBench:
        """The program is quit and started again."""
        self._open[-1].close()
        return self.begin()

    def close(self) -> None:
        for bench in self._open:
            bench.close()


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    sessions = Sessions(tmp_path)
    yield sessions
    sessions.close()


def last(bench: QueueBench) -> dict[int, TransferState]:
    return {event.transfer.id: event.transfer.state for event in bench.events.all(TransferChanged)}


@pytest.mark.parametrize("how", ["crash", "restart"])
def test_all_are_there_again_and_what_had_not_ended_waits(sessions: Sessions, how: str) -> None:
    bench = sessions.begin()
    orders = [upload() for _ in range(4)] + [download() for _ in range(6)] + [delete()]
    ids = bench.add(*orders)
    bench.jobs.wait_for_job(orders[0]).finish()
    bench.jobs.wait_for_job(orders[1]).fail(failing())
    for number, state in ((0, State.DONE), (1, State.FAILED)):
        bench.wait_for(ids[number], state)
    for transfer_id in (*ids[2:8], ids[10]):
        bench.wait_for(transfer_id, State.RUNNING)
    bench.queue.cancel([ids[9]])
    ids += bench.add(upload())  # on the disk on return, and all that was told before it
    again = getattr(sessions, how)()
    assert last(again) == {
        ids[0]: State.DONE,
        ids[1]: State.FAILED,
        ids[9]: State.CANCELLED,
        **dict.fromkeys(ids[2:9] + ids[10:], State.PAUSED),
    }
    assert again.waiting == 9
    assert again.jobs.started == []
    snapshots = {event.transfer.id: event.transfer for event in again.events.all(TransferChanged)}
    marked = [
        one
        for one, it in snapshots.items()
        if it.problem and it.problem.kind is ProblemKind.INTERRUPTED
    ]
    if how == "crash":
        # Whether the last one had begun is not known.
        assert {*marked, ids[11]} == {*ids[2:8], *ids[10:]}, "what was under way says so"
    again.queue.resume(ids)
    assert len(again.jobs.wait_for(8)) == 8
    [new] = again.add(upload())
    assert new > max(ids)


@pytest.mark.parametrize("how", ["crash", "restart"])
def test_a_chosen_name_outlives_the_program_and_a_failure(sessions: Sessions, how: str) -> None:
    file = local_file(Path("/home/somebody/one.jsonl"), name="two (final).jsonl", size=1000)
    bench = sessions.begin()
    [transfer_id] = bench.add(UploadJob(upload_request(file)))
    bench.jobs.wait_for(1)[0].fail(failing())
    bench.wait_for(transfer_id, State.FAILED)
    again = getattr(sessions, how)()
    # After a crash it may be as it was before it failed.
    again.queue.resume([transfer_id])
    again.queue.retry([transfer_id])
    [carried] = again.jobs.wait_for(1)
    assert isinstance(carried.job, UploadJob)
    assert carried.job.request.file == file
    assert again.wait_for(transfer_id, State.RUNNING).name == "two (final).jsonl"


def test_what_was_added_is_on_the_disk_before_it_is_told(sessions: Sessions) -> None:
    bench = sessions.begin()
    ids = bench.add(*(upload() for _ in range(50)))
    assert set(last(sessions.crash())) == set(ids)


def sent_since(bench: QueueBench) -> list[float | None]:
    """Of the uploads that were begun."""
    orders = [carried.job for carried in bench.jobs.wait_for(1)]
    return [order.sent_since for order in orders if isinstance(order, UploadJob)]


@pytest.mark.parametrize("ending", ["crash", "restart"])
def test_an_upload_that_was_out_is_looked_for_before_it_is_sent_again(
    sessions: Sessions, ending: str
) -> None:
    bench = sessions.begin()
    begun = time.time()
    [transfer_id] = bench.add(upload())
    [carried] = bench.jobs.wait_for(1)
    carried.do(carried.running.start_confirming)
    bench.queue.put_last([transfer_id])
    again = getattr(sessions, ending)()
    again.queue.resume([transfer_id])
    again.queue.retry([transfer_id])
    [since] = sent_since(again)
    assert since is not None
    assert begun <= since <= time.time()


def test_an_upload_that_was_not_out_yet_is_sent_without_looking(sessions: Sessions) -> None:
    bench = sessions.begin()
    [transfer_id] = bench.add(upload())
    [carried] = bench.jobs.wait_for(1)
    carried.do(lambda: carried.running.set_progress(500))
    again = sessions.crash()
    again.queue.resume([transfer_id])
    assert sent_since(again) == [None]


def test_an_upload_whose_answer_was_lost_waits_for_a_decision_and_is_looked_for(
    sessions: Sessions,
) -> None:
    bench = sessions.begin()
    transfer_id, carried = bench.run(upload())
    carried.fail(AnswerLost(problem(kind=ProblemKind.ANSWER_LOST)))
    bench.wait_for(transfer_id, State.UNCERTAIN)
    again = sessions.restart()
    assert last(again) == {transfer_id: State.UNCERTAIN}
    assert again.waiting == 0
    again.queue.retry([transfer_id])
    [since] = sent_since(again)
    assert since is not None


def test_an_upload_that_was_refused_after_its_last_byte_is_sent_without_looking(
    sessions: Sessions,
) -> None:
    bench = sessions.begin()
    transfer_id, carried = bench.run(upload())
    carried.do(carried.running.start_confirming)
    carried.do(lambda: carried.running.start_waiting(1, problem(kind=ProblemKind.RATE_LIMITED)))
    carried.do(carried.running.start_attempt)
    bench.add(upload())  # what was told before it is on the disk
    again = sessions.crash()
    again.queue.resume([transfer_id])
    assert sent_since(again) == [None]


@pytest.mark.parametrize("how", ["crash", "restart"])
def test_a_file_that_is_gone_after_a_crash_counts_as_deleted(sessions: Sessions, how: str) -> None:
    bench = sessions.begin()
    transfer_id, _carried = bench.run(delete())
    bench.add(upload())  # what was told before it is on the disk
    again = getattr(sessions, how)()
    again.queue.resume([transfer_id])
    [carried] = again.jobs.wait_for(1)
    assert isinstance(carried.job, DeleteJob)
    assert carried.job.tried


def test_the_name_that_a_download_was_about_to_get_is_on_the_disk(sessions: Sessions) -> None:
    bench = sessions.begin()
    transfer_id, carried = bench.run(download())
    target = Path("/downloads/x (2).jsonl")
    carried.do(
        lambda: carried.running.update_job_on_disk(target=target, target_size=5, warning=problem())
    )
    again = sessions.crash()
    again.queue.resume([transfer_id])
    [carried] = again.jobs.wait_for(1)
    assert isinstance(carried.job, DownloadJob)
    assert carried.job.target == target
    assert carried.job.target_size == 5
    assert carried.job.warning == problem()


def test_a_name_that_was_noted_is_forgotten_with_a_cancel(sessions: Sessions) -> None:
    """Else a file that gets that name later would be taken for the download."""
    bench = sessions.begin()
    transfer_id, carried = bench.run(download())
    carried.do(
        lambda: carried.running.update_job_on_disk(
            target=Path("/downloads/x"), target_size=5, warning=None
        )
    )
    carried.fail(FilesError(problem(kind=ProblemKind.FOLDER_MISSING)))
    bench.wait_for(transfer_id, State.PAUSED)
    bench.queue.cancel([transfer_id])
    again = sessions.restart()
    again.queue.retry([transfer_id])
    [carried] = again.jobs.wait_for(1)
    assert isinstance(carried.job, DownloadJob)
    assert carried.job.target is None


def test_that_a_part_grows_is_on_the_disk_before_it_does(sessions: Sessions) -> None:
    """Else its last bytes, which need not be, would be taken for those of the pause before."""
    bench = sessions.begin()
    order = structs.replace(download(), etag='"v1"')
    transfer_id, carried = bench.run(order)
    carried.do(lambda: carried.running.resume_from(500))
    again = sessions.crash()
    again.queue.resume([transfer_id])
    [carried] = again.jobs.wait_for(1)
    assert isinstance(carried.job, DownloadJob)
    assert carried.job.etag == ""


@pytest.mark.parametrize(("ending", "etag"), [("crash", ""), ("restart", '"v1"')])
def test_only_a_part_that_is_surely_on_the_disk_is_gone_on_from(
    sessions: Sessions, ending: str, etag: str
) -> None:
    bench = sessions.begin()
    transfer_id, carried = bench.run(download())
    carried.do(lambda: carried.running.update_job(etag='"v1"'))
    again = getattr(sessions, ending)()
    again.queue.resume([transfer_id])
    [carried] = again.jobs.wait_for(1)
    assert isinstance(carried.job, DownloadJob)
    assert carried.job.etag == etag


def test_what_fails_before_it_begins_leaves_no_part(sessions: Sessions, tmp_path: Path) -> None:
    order = DownloadJob(remote_file("x.jsonl"), tmp_path, WhenTaken.KEEP_BOTH)
    part = part_path(tmp_path, "x.jsonl", order.part_mark)
    bench = sessions.begin()
    transfer_id, _carried = bench.run(order)
    part.write_bytes(b"half")
    again = sessions.crash()
    again.queue.resume([transfer_id])
    # As when the account is gone, or its key.
    again.jobs.wait_for(1)[0].fail(failing())
    again.wait_for(transfer_id, State.FAILED)
    assert not part.exists()


def test_the_order_of_the_queue_outlasts_a_restart(sessions: Sessions) -> None:
    bench = sessions.begin()
    ids = bench.add(*(upload() for _ in range(4)))
    bench.queue.pause(ids)
    bench.queue.put_first([ids[3]])
    bench.queue.put_last([ids[0]])
    again = sessions.restart()
    assert list(last(again)) == [ids[3], ids[1], ids[2], ids[0]]


def test_what_was_forgotten_stays_forgotten(sessions: Sessions) -> None:
    bench = sessions.begin()
    ids = bench.add(*(upload() for _ in range(3)))
    for carried in bench.jobs.wait_for(3):
        carried.finish()
    for transfer_id in ids:
        bench.wait_for(transfer_id, State.DONE)
    bench.queue.clear(ids[:2])
    assert set(last(sessions.restart())) == {ids[2]}


def ended_days_ago(sessions: Sessions, path: Path, days: int) -> tuple[int, tuple[float]]:
    """Leave an upload in a journal; its id, and when it ended as the journal says."""
    bench = sessions.begin()
    transfer_id, carried = bench.run(upload())
    carried.finish()
    bench.wait_for(transfer_id, State.DONE)
    bench.close()
    database = sqlite3.connect(path)
    database.execute("UPDATE transfers SET ended_at = ended_at - ? * 86400", [days])
    database.commit()
    old = database.execute("SELECT ended_at FROM transfers").fetchone()
    database.close()
    return transfer_id, old


def test_what_ended_too_long_ago_is_forgotten(sessions: Sessions, tmp_path: Path) -> None:
    ended_days_ago(sessions, tmp_path / "queue.sqlite", 31)
    assert last(sessions.begin()) == {}


def test_what_was_under_way_is_paused_on_the_disk_too(sessions: Sessions, tmp_path: Path) -> None:
    bench = sessions.begin()
    done, carried = bench.run(upload())
    carried.finish()
    bench.wait_for(done, State.DONE)
    runs, _carried = bench.run(upload())
    sessions.crash().close()
    journal = Journal(tmp_path / "crashed-1.sqlite")
    states = {row.transfer.id: row.transfer.state for row in journal.rows()}
    journal.close()
    assert states == {done: State.DONE, runs: State.PAUSED}


def test_what_ended_long_ago_is_as_old_after_many_restarts(
    sessions: Sessions, tmp_path: Path
) -> None:
    transfer_id, old = ended_days_ago(sessions, tmp_path / "queue.sqlite", 29)
    for _ in range(2):
        bench = sessions.begin()
        bench.queue.put_first([transfer_id])
        bench.close()
    database = sqlite3.connect(tmp_path / "queue.sqlite")
    assert database.execute("SELECT ended_at FROM transfers").fetchone() == old
    database.close()


def test_deletes_of_two_sessions_are_summed_up_together(sessions: Sessions) -> None:
    bench = sessions.begin()
    orders = [delete(), delete(), delete()]
    ids = bench.add(*orders)
    bench.jobs.wait_for_job(orders[0]).finish()
    bench.wait_for(ids[0], State.DONE)
    again = sessions.restart()
    assert again.events.all(DeletesEnded) == []
    more = again.add(delete())
    again.queue.resume(ids)
    for carried in again.jobs.wait_for(3):
        carried.finish()
    sums = again.events.wait_for_count(DeletesEnded, 2)
    assert sorted(sorted(transfer.id for transfer in ended.all) for ended in sums) == [ids, more]


def test_before_the_journal_is_open_the_queue_works_too() -> None:
    bench = QueueBench()
    transfer_id, carried = bench.run(upload())
    carried.finish()
    bench.wait_for(transfer_id, State.DONE)
    bench.close()


def test_a_journal_that_is_opened_after_the_end_is_closed_again(tmp_path: Path) -> None:
    bench = QueueBench()
    bench.close()
    assert bench.queue.restore(Journal(tmp_path / "queue.sqlite")) == 0
    assert not list(tmp_path.glob("*-wal"))
    Journal(tmp_path / "queue.sqlite").close()


def test_what_is_closed_lets_go_of_all_its_files(sessions: Sessions, tmp_path: Path) -> None:
    bench = sessions.begin()
    transfer_id, carried = bench.run(upload())
    carried.do(lambda: carried.running.set_file_id("file-a"))
    carried.finish()
    bench.wait_for(transfer_id, State.DONE)
    bench.close()
    assert not list(tmp_path.glob("*-wal"))
