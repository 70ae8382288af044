import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError, ProblemKind
from services.transfers.bandwidth import Bandwidth
from services.transfers.events import DeletesEnded, TransfersCleared
from services.transfers.jobs import AnyJob, DeleteJob, DownloadJob, UploadJob, ZipJob
from services.transfers.lost_answers import AnswerLost
from services.transfers.transfer import Transfer, TransferKind, TransferState
from services.transfers.transfer_queue import AT_ONCE
from tests.support.factories import local_file, problem, remote_file, upload_request
from tests.support.queue_bench import (
    QueueBench,
    change,
    clean_up,
    copy,
    delete,
    download,
    failing,
    upload,
)

State = TransferState


@pytest.mark.parametrize("make", [upload, download, delete, clean_up])
def test_job_is_queued_run_and_done(bench: QueueBench, make: Callable[[], AnyJob]) -> None:
    transfer_id, run = bench.run(make())
    run.finish()
    last = bench.wait_for(transfer_id, State.DONE)
    assert bench.states(transfer_id) == [State.QUEUED, State.RUNNING, State.DONE]
    assert last.done == (last.total or 0)
    assert run.account_id == "acme"


def test_first_snapshot_describes_the_job(bench: QueueBench) -> None:
    file = remote_file("out.jsonl", id="file-1", purpose="batch_output", size=None)
    path = Path("/somewhere/in.jsonl")
    sent = upload_request(local_file(path, size=7), purpose="evals", expires_after=7200)
    ids = bench.add(
        UploadJob(sent),
        DownloadJob(file, Path("/downloads"), WhenTaken.SKIP),
        DeleteJob(file),
    )
    first = [bench.snapshots(transfer_id)[0] for transfer_id in ids]
    assert first == [
        Transfer(ids[0], TransferKind.UPLOAD, "acme", "in.jsonl", total=7, purpose="evals", expires_after=7200, path=path, batch=1, place=1),
        Transfer(ids[1], TransferKind.DOWNLOAD, "acme", "out.jsonl", purpose="batch_output", path=Path("/downloads"), file_id="file-1", batch=1, place=2),
        Transfer(ids[2], TransferKind.DELETE, "acme", "out.jsonl", purpose="batch_output", file_id="file-1", batch=1, place=3),
    ]  # fmt: skip


@pytest.mark.parametrize(("sizes", "total"), [((3, 4), 7), ((3, None), None), ((0,), 0)])
def test_zip_total_is_known_if_every_size_is(
    bench: QueueBench, sizes: tuple[int | None, ...], total: int | None
) -> None:
    files = tuple(remote_file(size=size) for size in sizes)
    [added] = bench.add(ZipJob(files, Path("/downloads"), "a.zip", WhenTaken.SKIP))
    assert bench.snapshots(added)[0].total == total


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (upload, TransferKind.UPLOAD),
        (download, TransferKind.DOWNLOAD),
        (delete, TransferKind.DELETE),
    ],
)
def test_limit_of_running_transfers_is_used_and_kept(
    bench: QueueBench, make: Callable[[], AnyJob], kind: TransferKind
) -> None:
    limit = AT_ONCE[kind]
    ids = bench.add(*(make() for _ in range(limit + 3)))
    started = bench.jobs.wait_for(limit)
    for transfer_id in ids[:limit]:
        bench.wait_for(transfer_id, State.RUNNING)
    assert [bench.states(transfer_id) for transfer_id in ids[limit:]] == [[State.QUEUED]] * 3
    for run in started:
        run.finish()
    for run in bench.jobs.wait_for(limit + 3)[limit:]:
        run.finish()
    for transfer_id in ids:
        bench.wait_for(transfer_id, State.DONE)
    assert bench.jobs.most_at_once == limit


def test_kinds_do_not_wait_for_each_other(bench: QueueBench) -> None:
    bench.add(*(upload() for _ in range(9)), *(download() for _ in range(9)))
    bench.add(*(delete() for _ in range(9)), clean_up(), clean_up())
    bench.add(*(change() for _ in range(3)), *(copy() for _ in range(3)))
    assert len(bench.jobs.wait_for(sum(AT_ONCE.values()))) == sum(AT_ONCE.values())


def test_full_limit_is_used_every_time() -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(50):
            bench = QueueBench()
            bench.add(*(upload() for _ in range(4)))
            bench.jobs.wait_for(4)
            bench.close()
    finally:
        sys.setswitchinterval(interval)


def test_progress_is_published_at_most_ten_times_a_second(bench: QueueBench) -> None:
    transfer_id, run = bench.run(upload(1000))
    run.do(lambda: run.running.set_progress(0))
    for done in range(0, 1000, 10):
        bench.clock.now += 0.02
        run.do(partial(lambda done: run.running.set_progress(done), done))
    progress = [snapshot.done for snapshot in bench.snapshots(transfer_id)]
    assert progress == sorted(progress)
    assert 10 <= len(progress) <= 23
    assert bench.snapshots(transfer_id)[-1].speed == pytest.approx(500, rel=0.02)
    run.finish()
    last = bench.wait_for(transfer_id, State.DONE)
    assert (last.done, last.speed, last.seconds_left) == (1000, None, None)


def test_progress_is_published_again_after_a_tenth_of_a_second(bench: QueueBench) -> None:
    bench.clock.now = 0.0
    transfer_id, run = bench.run(upload(1000))
    bench.clock.now = 0.1
    run.do(lambda: run.running.set_progress(10))
    assert bench.snapshots(transfer_id)[-1].done == 10


def test_progress_never_exceeds_the_total(bench: QueueBench) -> None:
    transfer_id, run = bench.run(download(1000))
    bench.clock.now += 1
    run.do(lambda: run.running.set_progress(2000))
    assert bench.snapshots(transfer_id)[-1].done == 1000


def test_smaller_total_lowers_the_done_bytes(bench: QueueBench) -> None:
    transfer_id, run = bench.run(download(1000))
    bench.clock.now += 1
    run.do(lambda: run.running.set_progress(800))
    run.do(lambda: run.running.set_total(500))
    last = bench.snapshots(transfer_id)[-1]
    assert (last.done, last.total) == (500, 500)


def test_every_byte_counts_once_toward_the_limit(
    bench: QueueBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent: list[int] = []
    monkeypatch.setattr(Bandwidth, "consume", lambda _self, count, _token: spent.append(count))
    _id, run = bench.run(download(1000))
    running = run.running
    for step in (
        lambda: running.set_progress(400),
        lambda: running.set_progress(700),
        lambda: running.set_progress(700),
        running.start_attempt,
        lambda: running.set_progress(300),
        lambda: running.resume_from(700),
        lambda: running.set_progress(1000),
    ):
        run.do(step)
    assert spent == [400, 300, 300, 300]


def test_confirming_and_waiting_are_published(bench: QueueBench) -> None:
    transfer_id, run = bench.run(upload(1000))
    run.do(run.running.start_confirming)
    assert bench.snapshots(transfer_id)[-1].done == 1000
    trouble = problem(kind=ProblemKind.RATE_LIMITED)
    run.do(lambda: run.running.start_waiting(2.5, trouble))
    waiting = bench.snapshots(transfer_id)[-1]
    assert (waiting.state, waiting.wait_seconds, waiting.problem) == (State.WAITING, 2.5, trouble)
    run.do(run.running.start_attempt)
    again = bench.snapshots(transfer_id)[-1]
    assert (again.state, again.wait_seconds, again.problem) == (State.RUNNING, None, None)
    assert again.done == 0
    run.do(run.running.start_attempt)
    run.finish()
    bench.wait_for(transfer_id, State.DONE)
    assert bench.states(transfer_id) == [
        State.QUEUED, State.RUNNING, State.CONFIRMING, State.WAITING, State.RUNNING, State.DONE,
    ]  # fmt: skip


def test_file_still_belongs_to_its_upload_after_a_download(bench: QueueBench) -> None:
    up, sending = bench.run(upload())
    sending.do(lambda: sending.running.set_file_id("file-9"))
    sending.finish()
    bench.wait_for(up, State.DONE)
    job = DownloadJob(remote_file(id="file-9"), Path("/downloads"), WhenTaken.KEEP_BOTH)
    down, saving = bench.run(job)
    saving.fail(failing())
    bench.wait_for(down, State.FAILED)
    bench.queue.retry([down])
    bench.jobs.wait_for_job(job, times=2)
    _id, another = bench.run(upload())
    assert another.running.other_uploads().owned == {"file-9"}


def test_final_path_and_warning_are_published(bench: QueueBench) -> None:
    up, sending = bench.run(upload())
    sending.do(lambda: sending.running.set_file_id("file-9"))
    down, saving = bench.run(download())
    saving.do(lambda: saving.running.set_path(Path("/downloads/x (2).jsonl")))
    sending.finish()
    saving.finish()
    assert bench.wait_for(up, State.DONE).file_id == "file-9"
    assert bench.wait_for(down, State.DONE).path == Path("/downloads/x (2).jsonl")


def test_failure_has_its_problem(bench: QueueBench) -> None:
    transfer_id, run = bench.run(upload())
    error = failing()
    run.fail(error)
    assert bench.wait_for(transfer_id, State.FAILED).problem is error.problem


def test_lost_answer_makes_it_uncertain(bench: QueueBench) -> None:
    transfer_id, run = bench.run(upload())
    run.fail(AnswerLost(problem(kind=ProblemKind.ANSWER_LOST)))
    last = bench.wait_for(transfer_id, State.UNCERTAIN)
    assert last.problem is not None
    assert last.needs_attention


def test_skipped_download_needs_no_attention(bench: QueueBench) -> None:
    transfer_id, run = bench.run(download())
    run.fail(FilesError(problem(kind=ProblemKind.NAME_TAKEN)))
    last = bench.wait_for(transfer_id, State.CANCELLED)
    assert last.problem is not None


@pytest.mark.expects_log("A job on upload-1 failed(.|\n)*ZeroDivisionError")
def test_bug_fails_the_transfer_and_is_logged(bench: QueueBench) -> None:
    transfer_id, run = bench.run(upload())
    run.fail(ZeroDivisionError())
    last = bench.wait_for(transfer_id, State.FAILED)
    assert last.problem is not None
    assert last.problem.kind is ProblemKind.UNEXPECTED
    _again, run = bench.run(upload())
    run.finish()


# Canceling


def test_queued_transfer_is_canceled_at_once_and_never_runs(bench: QueueBench) -> None:
    ids = bench.add(*(upload() for _ in range(6)))
    started = bench.jobs.wait_for(4)
    bench.queue.cancel([ids[4], 999])
    assert bench.states(ids[4]) == [State.QUEUED, State.CANCELLED]
    for run in started:
        run.finish()
    bench.jobs.wait_for(5)[4].finish()
    bench.wait_for(ids[5], State.DONE)
    assert len(bench.jobs.started) == 5


@pytest.mark.parametrize("make", [upload, download, delete, clean_up])
def test_running_transfer_is_canceled(bench: QueueBench, make: Callable[[], AnyJob]) -> None:
    transfer_id, run = bench.run(make())
    bench.queue.cancel([transfer_id])
    assert run.running.token.cancelled
    assert bench.wait_for(transfer_id, State.CANCELLED).problem is None


def test_waiting_transfer_is_canceled(bench: QueueBench) -> None:
    transfer_id, run = bench.run(download())
    run.do(lambda: run.running.start_waiting(100, problem()))
    bench.queue.cancel([transfer_id])
    last = bench.wait_for(transfer_id, State.CANCELLED)
    assert (last.wait_seconds, last.problem) == (None, None)


def test_upload_canceled_after_its_last_byte_is_uncertain(bench: QueueBench) -> None:
    transfer_id, run = bench.run(upload())
    run.do(run.running.start_confirming)
    bench.queue.cancel([transfer_id])
    last = bench.wait_for(transfer_id, State.UNCERTAIN)
    assert last.problem is not None
    assert last.problem.kind is ProblemKind.ANSWER_LOST


def test_late_cancel_changes_nothing(bench: QueueBench) -> None:
    transfer_id, run = bench.run(upload())
    run.finish()
    bench.wait_for(transfer_id, State.DONE)
    bench.queue.cancel([transfer_id])
    assert bench.states(transfer_id)[-1] is State.DONE


# Retrying and clearing


def test_failed_transfer_can_be_retried_from_the_start(bench: QueueBench) -> None:
    job = upload()
    transfer_id, run = bench.run(job)
    bench.clock.now += 1
    run.do(lambda: run.running.set_progress(500))
    run.fail(failing())
    bench.wait_for(transfer_id, State.FAILED)
    bench.queue.retry([transfer_id])
    queued = next(s for s in bench.snapshots(transfer_id)[2:] if s.state is State.QUEUED)
    assert (queued.done, queued.problem) == (0, None)
    again = bench.jobs.wait_for_job(job, times=2)
    again.finish()
    bench.wait_for(transfer_id, State.DONE)


def test_retry_measures_speed_from_scratch(bench: QueueBench) -> None:
    job = upload(1_000_000)
    transfer_id, run = bench.run(job)
    run.do(lambda: run.running.set_progress(0))
    run.fail(failing())
    bench.wait_for(transfer_id, State.FAILED)
    bench.clock.now += 3600
    bench.queue.retry([transfer_id])
    again = bench.jobs.wait_for_job(job, times=2)
    again.do(lambda: again.running.set_progress(0))
    bench.clock.now += 1
    again.do(lambda: again.running.set_progress(1000))
    assert bench.snapshots(transfer_id)[-1].speed == pytest.approx(1000)
    again.finish()


def test_retried_transfer_can_be_canceled_again(bench: QueueBench) -> None:
    job = upload()
    transfer_id, _run = bench.run(job)
    bench.queue.cancel([transfer_id])
    bench.wait_for(transfer_id, State.CANCELLED)
    bench.queue.retry([transfer_id])
    again = bench.jobs.wait_for_job(job, times=2)
    assert not again.running.token.cancelled
    bench.queue.cancel([transfer_id])
    bench.wait_for(transfer_id, State.CANCELLED, times=2)


def test_retry_after_cancel_while_queued_runs_once(bench: QueueBench) -> None:
    jobs = [upload() for _ in range(5)]
    ids = bench.add(*jobs)
    started = bench.jobs.wait_for(4)
    for _ in range(3):
        bench.queue.cancel([ids[4]])
        bench.queue.retry([ids[4]])
    for run in started:
        run.finish()
    bench.jobs.wait_for_job(jobs[4]).finish()
    bench.wait_for(ids[4], State.DONE)
    bench.close()
    assert len(bench.jobs.started) == 5


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_only_failed_or_canceled_transfers_are_retried(bench: QueueBench, state: str) -> None:
    if state == "queued":
        transfer_id = bench.add(*(upload() for _ in range(5)))[4]
    else:
        transfer_id, run = bench.run(upload())
        if state == "done":
            run.finish()
            bench.wait_for(transfer_id, State.DONE)
    before = bench.states(transfer_id)
    bench.queue.retry([transfer_id, 999])
    assert bench.states(transfer_id) == before


def test_only_ended_transfers_can_be_cleared(bench: QueueBench) -> None:
    done, run = bench.run(upload())
    run.finish()
    lost, run = bench.run(upload())
    run.fail(AnswerLost(problem()))
    bench.wait_for(done, State.DONE)
    bench.wait_for(lost, State.UNCERTAIN)
    runs, _run = bench.run(upload())
    bench.queue.clear([done, lost, runs, 999, done])
    assert bench.events.all(TransfersCleared) == [TransfersCleared((done, lost))]
    bench.queue.clear([done, runs])
    bench.queue.retry([lost])
    bench.queue.cancel([done])
    assert len(bench.events.all(TransfersCleared)) == 1
    assert bench.states(lost)[-1] is State.UNCERTAIN


# Deletes


def test_deletes_are_summed_up_once_when_the_last_ends(bench: QueueBench) -> None:
    jobs = [delete() for _ in range(12)]
    ids = bench.add(*jobs)
    bench.queue.cancel(ids[8:10])
    bench.jobs.wait_for_job(jobs[0]).fail(failing())
    for job in (*jobs[1:8], jobs[10]):
        bench.jobs.wait_for_job(job).finish()
    last = bench.jobs.wait_for_job(jobs[11])
    bench.wait_for(ids[10], State.DONE)
    assert bench.events.all(DeletesEnded) == []
    last.finish()
    ended = bench.events.wait_for(DeletesEnded)
    assert (ended.account_id, ended.deleted, ended.cancelled) == ("acme", 9, 2)
    assert [transfer.id for transfer in ended.failed] == [ids[0]]
    assert isinstance(bench.events.received[-1], DeletesEnded)


def test_each_batch_of_deletes_has_its_own_summary(bench: QueueBench) -> None:
    one, two = delete(), delete()
    bench.add(one)
    bench.add(two, account_id="other")
    bench.jobs.wait_for_job(two).finish()
    first = bench.events.wait_for(DeletesEnded)
    bench.jobs.wait_for_job(one).finish()
    first, second = bench.events.wait_for_count(DeletesEnded, 2)
    assert (first.account_id, second.account_id) == ("other", "acme")
    assert first.batch != second.batch
    assert (first.deleted, second.deleted) == (1, 1)


def test_retried_deletes_are_summed_up_again(bench: QueueBench) -> None:
    jobs = [delete(), delete()]
    ids = bench.add(*jobs)
    for job in jobs:
        bench.jobs.wait_for_job(job).fail(failing())
    assert len(bench.events.wait_for(DeletesEnded).failed) == 2
    bench.queue.retry(ids)
    for job in jobs:
        bench.jobs.wait_for_job(job, times=2).finish()
    _first, second = bench.events.wait_for_count(DeletesEnded, 2)
    assert (second.deleted, second.failed) == (2, ())


def test_summary_includes_deletes_cleared_meanwhile(bench: QueueBench) -> None:
    jobs = [delete(), delete(), delete()]
    ids = bench.add(*jobs)
    bench.jobs.wait_for_job(jobs[0]).finish()
    bench.jobs.wait_for_job(jobs[1]).fail(failing())
    bench.wait_for(ids[0], State.DONE)
    bench.wait_for(ids[1], State.FAILED)
    bench.queue.clear(ids)
    bench.jobs.wait_for_job(jobs[2]).finish()
    ended = bench.events.wait_for(DeletesEnded)
    assert ended.deleted == 2
    assert [transfer.id for transfer in ended.failed] == [ids[1]]


def test_later_summaries_exclude_deletes_cleared_after_the_first(bench: QueueBench) -> None:
    jobs = [delete(), delete()]
    ids = bench.add(*jobs)
    bench.jobs.wait_for_job(jobs[0]).finish()
    bench.jobs.wait_for_job(jobs[1]).fail(failing())
    bench.events.wait_for(DeletesEnded)
    bench.queue.clear(ids[:1])
    bench.queue.retry(ids[1:])
    bench.jobs.wait_for_job(jobs[1], times=2).finish()
    _first, second = bench.events.wait_for_count(DeletesEnded, 2)
    assert [transfer.id for transfer in second.all] == ids[1:]


def test_uploads_and_downloads_are_not_summed_up(bench: QueueBench) -> None:
    for job in (upload(), download()):
        transfer_id, run = bench.run(job)
        run.finish()
        bench.wait_for(transfer_id, State.DONE)
    assert bench.events.all(DeletesEnded) == []


# Closing


def test_close_pauses_running_transfers_and_starts_none() -> None:
    bench = QueueBench()
    ids = bench.add(*(upload() for _ in range(50)), *(delete() for _ in range(50)))
    bench.jobs.wait_for(12)
    start = time.monotonic()
    bench.close()
    assert time.monotonic() - start < 5
    states = Counter(bench.states(transfer_id)[-1] for transfer_id in ids)
    assert states == {State.PAUSED: 12, State.QUEUED: 88}
    assert len(bench.jobs.started) == 12
    bench.queue.add("acme", [upload()])
    bench.close()
    assert len(bench.jobs.started) == 12


def test_join_returns_false_if_a_worker_does_not_end() -> None:
    bench = QueueBench()
    _id, run = bench.run(upload())
    gate, blocked = threading.Event(), threading.Event()

    def block() -> None:
        blocked.set()
        gate.wait(10)

    blocking = threading.Thread(target=run.do, args=[block])
    blocking.start()
    assert blocked.wait(10)
    bench.queue.close()
    assert not bench.queue.join(time.monotonic() + 0.05)
    gate.set()
    blocking.join(10)
    bench.close()
