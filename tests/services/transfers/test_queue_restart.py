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
    """Consecutive sessions on the same journal."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "queue.sqlite"
        self._number = 0
        self._open: list[QueueBench] = []

    def begin(self) -> QueueBench:
        bench = QueueBench(Journal(self._path))
        self._open.append(bench)
        return bench

    def crash(self) -> QueueBench:
        """Start the next session with only what is on disk now."""
        self._number += 1
        copy = self._path.with_name(f"crashed-{self._number}.sqlite")
        for ending in ("", "-wal"):
            file = self._path.with_name(self._path.name + ending)
            if file.exists():
                copy.with_name(copy.name + ending).write_bytes(file.read_bytes())
        self._path = copy
        return self.begin()

    def restart(self) -> QueueBench:
        """Quit and start again."""
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
def test_transfers_are_restored_and_unfinished_ones_paused(sessions: Sessions, how: str) -> None:
    bench = sessions.begin()
    jobs = [upload() for _ in range(4)] + [download() for _ in range(6)] + [delete()]
    ids = bench.add(*jobs)
    bench.jobs.wait_for_job(jobs[0]).finish()
    bench.jobs.wait_for_job(jobs[1]).fail(failing())
    for number, state in ((0, State.DONE), (1, State.FAILED)):
        bench.wait_for(ids[number], state)
    for transfer_id in (*ids[2:8], ids[10]):
        bench.wait_for(transfer_id, State.RUNNING)
    bench.queue.cancel([ids[9]])
    ids += bench.add(upload())  # saved on return, with all earlier changes
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
        # The last one may or may not have started.
        assert {*marked, ids[11]} == {*ids[2:8], *ids[10:]}, "what was under way says so"
    again.queue.resume(ids)
    assert len(again.jobs.wait_for(8)) == 8
    [new] = again.add(upload())
    assert new > max(ids)


@pytest.mark.parametrize("how", ["crash", "restart"])
def test_archive_name_survives_a_restart_and_a_failure(sessions: Sessions, how: str) -> None:
    file = local_file(Path("/home/somebody/one.jsonl"), name="two (final).jsonl", size=1000)
    bench = sessions.begin()
    [transfer_id] = bench.add(UploadJob(upload_request(file)))
    bench.jobs.wait_for(1)[0].fail(failing())
    bench.wait_for(transfer_id, State.FAILED)
    again = getattr(sessions, how)()
    # After a crash it may be in its state before the failure.
    again.queue.resume([transfer_id])
    again.queue.retry([transfer_id])
    [run] = again.jobs.wait_for(1)
    assert isinstance(run.job, UploadJob)
    assert run.job.request.file == file
    assert again.wait_for(transfer_id, State.RUNNING).name == "two (final).jsonl"


def test_added_transfers_are_saved_before_they_are_published(sessions: Sessions) -> None:
    bench = sessions.begin()
    ids = bench.add(*(upload() for _ in range(50)))
    assert set(last(sessions.crash())) == set(ids)


def sent_since(bench: QueueBench) -> list[float | None]:
    """The `sent_since` of the uploads that were started."""
    jobs = [run.job for run in bench.jobs.wait_for(1)]
    return [job.sent_since for job in jobs if isinstance(job, UploadJob)]


@pytest.mark.parametrize("ending", ["crash", "restart"])
def test_sent_upload_is_looked_up_before_it_is_resent(sessions: Sessions, ending: str) -> None:
    bench = sessions.begin()
    started = time.time()
    [transfer_id] = bench.add(upload())
    [run] = bench.jobs.wait_for(1)
    run.do(run.running.start_confirming)
    bench.queue.put_last([transfer_id])
    again = getattr(sessions, ending)()
    again.queue.resume([transfer_id])
    again.queue.retry([transfer_id])
    [since] = sent_since(again)
    assert since is not None
    assert started <= since <= time.time()


def test_unsent_upload_is_sent_without_a_lookup(sessions: Sessions) -> None:
    bench = sessions.begin()
    [transfer_id] = bench.add(upload())
    [run] = bench.jobs.wait_for(1)
    run.do(lambda: run.running.set_progress(500))
    again = sessions.crash()
    again.queue.resume([transfer_id])
    assert sent_since(again) == [None]


def test_uncertain_upload_stays_uncertain_and_is_looked_up_on_retry(
    sessions: Sessions,
) -> None:
    bench = sessions.begin()
    transfer_id, run = bench.run(upload())
    run.fail(AnswerLost(problem(kind=ProblemKind.ANSWER_LOST)))
    bench.wait_for(transfer_id, State.UNCERTAIN)
    again = sessions.restart()
    assert last(again) == {transfer_id: State.UNCERTAIN}
    assert again.waiting == 0
    again.queue.retry([transfer_id])
    [since] = sent_since(again)
    assert since is not None


def test_refused_upload_is_resent_without_a_lookup(
    sessions: Sessions,
) -> None:
    bench = sessions.begin()
    transfer_id, run = bench.run(upload())
    run.do(run.running.start_confirming)
    run.do(lambda: run.running.start_waiting(1, problem(kind=ProblemKind.RATE_LIMITED)))
    run.do(run.running.start_attempt)
    bench.add(upload())  # saves all earlier changes
    again = sessions.crash()
    again.queue.resume([transfer_id])
    assert sent_since(again) == [None]


@pytest.mark.parametrize("how", ["crash", "restart"])
def test_missing_file_after_a_crash_counts_as_deleted(sessions: Sessions, how: str) -> None:
    bench = sessions.begin()
    transfer_id, _run = bench.run(delete())
    bench.add(upload())  # saves all earlier changes
    again = getattr(sessions, how)()
    again.queue.resume([transfer_id])
    [run] = again.jobs.wait_for(1)
    assert isinstance(run.job, DeleteJob)
    assert run.job.tried


def test_download_target_is_saved_before_the_rename(sessions: Sessions) -> None:
    bench = sessions.begin()
    transfer_id, run = bench.run(download())
    target = Path("/downloads/x (2).jsonl")
    run.do(lambda: run.running.update_job_on_disk(target=target, target_size=5, warning=problem()))
    again = sessions.crash()
    again.queue.resume([transfer_id])
    [run] = again.jobs.wait_for(1)
    assert isinstance(run.job, DownloadJob)
    assert run.job.target == target
    assert run.job.target_size == 5
    assert run.job.warning == problem()


def test_cancel_drops_the_download_target(sessions: Sessions) -> None:
    """Otherwise a later file with that name would be taken for the download."""
    bench = sessions.begin()
    transfer_id, run = bench.run(download())
    run.do(
        lambda: run.running.update_job_on_disk(
            target=Path("/downloads/x"), target_size=5, warning=None
        )
    )
    run.fail(FilesError(problem(kind=ProblemKind.FOLDER_MISSING)))
    bench.wait_for(transfer_id, State.PAUSED)
    bench.queue.cancel([transfer_id])
    again = sessions.restart()
    again.queue.retry([transfer_id])
    [run] = again.jobs.wait_for(1)
    assert isinstance(run.job, DownloadJob)
    assert run.job.target is None


def test_resuming_is_saved_before_the_part_grows(sessions: Sessions) -> None:
    """Otherwise unsynced bytes at its end would be trusted after a crash."""
    bench = sessions.begin()
    job = structs.replace(download(), etag='"v1"')
    transfer_id, run = bench.run(job)
    run.do(lambda: run.running.resume_from(500))
    again = sessions.crash()
    again.queue.resume([transfer_id])
    [run] = again.jobs.wait_for(1)
    assert isinstance(run.job, DownloadJob)
    assert run.job.etag == ""


@pytest.mark.parametrize(("ending", "etag"), [("crash", ""), ("restart", '"v1"')])
def test_only_a_synced_part_is_resumed(sessions: Sessions, ending: str, etag: str) -> None:
    bench = sessions.begin()
    transfer_id, run = bench.run(download())
    run.do(lambda: run.running.update_job(etag='"v1"'))
    again = getattr(sessions, ending)()
    again.queue.resume([transfer_id])
    [run] = again.jobs.wait_for(1)
    assert isinstance(run.job, DownloadJob)
    assert run.job.etag == etag


def test_failure_before_the_first_attempt_leaves_no_part(
    sessions: Sessions, tmp_path: Path
) -> None:
    job = DownloadJob(remote_file("x.jsonl"), tmp_path, WhenTaken.KEEP_BOTH)
    part = part_path(tmp_path, "x.jsonl", job.part_mark)
    bench = sessions.begin()
    transfer_id, _run = bench.run(job)
    part.write_bytes(b"half")
    again = sessions.crash()
    again.queue.resume([transfer_id])
    # As when the account or its key is gone.
    again.jobs.wait_for(1)[0].fail(failing())
    again.wait_for(transfer_id, State.FAILED)
    assert not part.exists()


def test_queue_order_survives_a_restart(sessions: Sessions) -> None:
    bench = sessions.begin()
    ids = bench.add(*(upload() for _ in range(4)))
    bench.queue.pause(ids)
    bench.queue.put_first([ids[3]])
    bench.queue.put_last([ids[0]])
    again = sessions.restart()
    assert list(last(again)) == [ids[3], ids[1], ids[2], ids[0]]


def test_cleared_transfers_stay_cleared(sessions: Sessions) -> None:
    bench = sessions.begin()
    ids = bench.add(*(upload() for _ in range(3)))
    for run in bench.jobs.wait_for(3):
        run.finish()
    for transfer_id in ids:
        bench.wait_for(transfer_id, State.DONE)
    bench.queue.clear(ids[:2])
    assert set(last(sessions.restart())) == {ids[2]}


def ended_days_ago(sessions: Sessions, path: Path, days: int) -> tuple[int, tuple[float]]:
    """Save an ended upload to a journal; return its ID and the end time that the journal has."""
    bench = sessions.begin()
    transfer_id, run = bench.run(upload())
    run.finish()
    bench.wait_for(transfer_id, State.DONE)
    bench.close()
    database = sqlite3.connect(path)
    database.execute("UPDATE transfers SET ended_at = ended_at - ? * 86400", [days])
    database.commit()
    old = database.execute("SELECT ended_at FROM transfers").fetchone()
    database.close()
    return transfer_id, old


def test_old_ended_transfers_are_dropped(sessions: Sessions, tmp_path: Path) -> None:
    ended_days_ago(sessions, tmp_path / "queue.sqlite", 31)
    assert last(sessions.begin()) == {}


def test_interrupted_transfers_are_saved_as_paused(sessions: Sessions, tmp_path: Path) -> None:
    bench = sessions.begin()
    done, run = bench.run(upload())
    run.finish()
    bench.wait_for(done, State.DONE)
    runs, _run = bench.run(upload())
    sessions.crash().close()
    journal = Journal(tmp_path / "crashed-1.sqlite")
    states = {row.transfer.id: row.transfer.state for row in journal.rows()}
    journal.close()
    assert states == {done: State.DONE, runs: State.PAUSED}


def test_end_time_survives_many_restarts(sessions: Sessions, tmp_path: Path) -> None:
    transfer_id, old = ended_days_ago(sessions, tmp_path / "queue.sqlite", 29)
    for _ in range(2):
        bench = sessions.begin()
        bench.queue.put_first([transfer_id])
        bench.close()
    database = sqlite3.connect(tmp_path / "queue.sqlite")
    assert database.execute("SELECT ended_at FROM transfers").fetchone() == old
    database.close()


def test_batch_summary_spans_sessions(sessions: Sessions) -> None:
    bench = sessions.begin()
    jobs = [delete(), delete(), delete()]
    ids = bench.add(*jobs)
    bench.jobs.wait_for_job(jobs[0]).finish()
    bench.wait_for(ids[0], State.DONE)
    again = sessions.restart()
    assert again.events.all(DeletesEnded) == []
    more = again.add(delete())
    again.queue.resume(ids)
    for run in again.jobs.wait_for(3):
        run.finish()
    sums = again.events.wait_for_count(DeletesEnded, 2)
    assert sorted(sorted(transfer.id for transfer in ended.all) for ended in sums) == [ids, more]


def test_queue_works_before_the_journal_is_open() -> None:
    bench = QueueBench()
    transfer_id, run = bench.run(upload())
    run.finish()
    bench.wait_for(transfer_id, State.DONE)
    bench.close()


def test_journal_opened_after_close_is_closed_again(tmp_path: Path) -> None:
    bench = QueueBench()
    bench.close()
    assert bench.queue.restore(Journal(tmp_path / "queue.sqlite")) == 0
    assert not list(tmp_path.glob("*-wal"))
    Journal(tmp_path / "queue.sqlite").close()


def test_close_releases_all_files(sessions: Sessions, tmp_path: Path) -> None:
    bench = sessions.begin()
    transfer_id, run = bench.run(upload())
    run.do(lambda: run.running.set_file_id("file-a"))
    run.finish()
    bench.wait_for(transfer_id, State.DONE)
    bench.close()
    assert not list(tmp_path.glob("*-wal"))
