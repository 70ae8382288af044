"""Pausing and resuming, queue order, and limits."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from services.problems.errors import FilesError, ProblemKind
from services.transfers.events import DeletesEnded, TransferChanged
from services.transfers.job import Job
from services.transfers.jobs import AnyJob, DownloadJob
from services.transfers.running_transfer import RunningTransfer
from services.transfers.transfer import TransferKind, TransferState
from services.transfers.transfer_queue import TransferQueue
from tests.support.events import EventLog
from tests.support.factories import problem
from tests.support.queue_bench import QueueBench, delete, download, upload

State = TransferState


def allow(bench: QueueBench, number: int) -> None:
    limits = dict.fromkeys(TransferKind, number)
    bench.queue.set_limits(limits, upload_bytes_a_second=None, download_bytes_a_second=None)


# Pausing


@pytest.mark.parametrize("make", [upload, download, delete])
def test_running_transfer_is_paused_and_resumed(
    bench: QueueBench, make: Callable[[], AnyJob]
) -> None:
    job = make()
    transfer_id, _run = bench.run(job)
    bench.queue.pause([transfer_id, 999])
    paused = bench.wait_for(transfer_id, State.PAUSED)
    assert (paused.problem, paused.speed) == (None, None)
    bench.queue.resume([transfer_id, 999])
    again = bench.jobs.wait_for_job(job, times=2)
    assert not again.running.token.cancelled
    again.finish()
    bench.wait_for(transfer_id, State.DONE)


@pytest.mark.parametrize("make", [upload, download])
@pytest.mark.parametrize("etag", ["", '"5f"'])
def test_paused_progress_is_what_it_resumes_from(
    bench: QueueBench, make: Callable[[], AnyJob], etag: str
) -> None:
    transfer_id, run = bench.run(make())
    if make is download:
        run.do(lambda: run.running.update_job(etag=etag))
    bench.clock.now += 1
    run.do(lambda: run.running.set_progress(400))
    bench.queue.pause([transfer_id])
    keeps = make is download and bool(etag)
    paused = bench.wait_for(transfer_id, State.PAUSED)
    assert paused.done == (400 if keeps else 0)
    assert (paused.starts_over, paused.keeps_part) == (not keeps, keeps)
    bench.queue.resume([transfer_id])
    assert not bench.wait_for(transfer_id, State.RUNNING).starts_over


def test_transfer_without_progress_does_not_start_over(bench: QueueBench) -> None:
    transfer_id, _run = bench.run(upload())
    bench.queue.pause([transfer_id])
    assert not bench.wait_for(transfer_id, State.PAUSED).starts_over


def test_queued_transfer_pauses_at_once_and_keeps_its_place(bench: QueueBench) -> None:
    allow(bench, 1)
    jobs = [upload() for _ in range(4)]
    ids = bench.add(*jobs)
    bench.queue.pause(ids[1:3])
    assert [bench.states(one)[-1] for one in ids[1:3]] == [State.PAUSED] * 2
    bench.queue.resume([ids[2]])
    bench.queue.resume([ids[1]])
    for job in jobs:
        bench.jobs.wait_for_job(job).finish()
        bench.wait_for(ids[jobs.index(job)], State.DONE)
    assert [run.job for run in bench.jobs.started] == jobs


def test_transfer_waiting_to_retry_can_be_paused(bench: QueueBench) -> None:
    transfer_id, run = bench.run(download())
    run.do(lambda: run.running.start_waiting(100, problem()))
    bench.queue.pause([transfer_id])
    paused = bench.wait_for(transfer_id, State.PAUSED)
    assert (paused.wait_seconds, paused.problem) == (None, None)


def test_confirming_upload_is_not_paused(bench: QueueBench) -> None:
    transfer_id, run = bench.run(upload())
    run.do(run.running.start_confirming)
    bench.queue.pause([transfer_id])
    assert not run.running.token.cancelled
    run.finish()
    bench.wait_for(transfer_id, State.DONE)


def test_pausing_transfer_can_be_canceled(bench: QueueBench) -> None:
    transfer_id, _run = bench.run(upload())
    with bench.queue.lock:
        bench.queue.pause([transfer_id])
        bench.queue.cancel([transfer_id])
    bench.wait_for(transfer_id, State.CANCELLED)


def test_canceling_transfer_is_not_paused(bench: QueueBench) -> None:
    transfer_id, _run = bench.run(upload())
    with bench.queue.lock:
        bench.queue.cancel([transfer_id])
        bench.queue.pause([transfer_id])
    bench.wait_for(transfer_id, State.CANCELLED)


def test_paused_transfer_is_canceled_at_once(bench: QueueBench) -> None:
    transfer_id, _run = bench.run(upload())
    bench.queue.pause([transfer_id])
    bench.wait_for(transfer_id, State.PAUSED)
    bench.queue.cancel([transfer_id])
    assert bench.states(transfer_id)[-1] is State.CANCELLED


def test_pause_and_resume_before_the_worker_starts_runs_once(bench: QueueBench) -> None:
    job = upload()
    with bench.queue.lock:  # so that the worker can't start yet
        [transfer_id] = bench.add(job)
        for _ in range(3):
            bench.queue.pause([transfer_id])
            bench.queue.resume([transfer_id])
            bench.queue.put_first([transfer_id])
    bench.jobs.wait_for_job(job).finish()
    bench.wait_for(transfer_id, State.DONE)
    bench.close()
    assert len(bench.jobs.started) == 1


def test_transfer_cleared_before_its_worker_starts_frees_the_slot(bench: QueueBench) -> None:
    with bench.queue.lock:  # so that the workers can't start yet
        cleared = bench.add(*(upload() for _ in range(4)))
        bench.queue.cancel(cleared)
        bench.queue.clear(cleared)
    bench.add(*(upload() for _ in range(4)))
    assert len(bench.jobs.wait_for(4)) == 4


def test_close_stops_transfers_whose_worker_has_not_started() -> None:
    bench = QueueBench()
    with bench.queue.lock:
        ids = bench.add(*(upload() for _ in range(4)))
        bench.queue.close()
    bench.close()
    assert [bench.states(one) for one in ids] == [[State.QUEUED]] * 4
    assert bench.jobs.started == []


def test_full_disk_pauses_only_downloads(bench: QueueBench) -> None:
    downloads = [download() for _ in range(6)]
    ids = bench.add(*downloads, upload(), delete())
    started = bench.jobs.wait_for(6)
    full = FilesError(problem(kind=ProblemKind.DISK_FULL))
    next(one for one in started if one.job is downloads[2]).fail(full)
    for transfer_id in ids[:6]:
        bench.wait_for(transfer_id, State.PAUSED)
    kinds = [bench.snapshots(one)[-1].problem for one in ids[:6]]
    assert kinds == [None, None, full.problem, None, None, None]
    assert [bench.states(one)[-1] for one in ids[6:]] == [State.RUNNING] * 2
    bench.queue.resume(ids)
    for job in downloads:
        times = 2 if job in [one.job for one in started] else 1
        bench.jobs.wait_for_job(job, times).finish()
    for transfer_id in ids[:6]:
        bench.wait_for(transfer_id, State.DONE)


def test_resumed_bytes_count_as_progress_but_not_toward_the_limit(
    bench: QueueBench,
) -> None:
    gigabyte = 10**9
    bench.queue.set_limits({}, upload_bytes_a_second=None, download_bytes_a_second=1000)
    transfer_id, run = bench.run(download(2 * gigabyte))
    run.do(lambda: run.running.resume_from(gigabyte))
    assert bench.snapshots(transfer_id)[-1].done == gigabyte
    run.do(lambda: run.running.set_progress(gigabyte + 1))
    run.do(lambda: run.running.set_progress(gigabyte + 2))
    bench.queue.cancel([transfer_id])
    bench.wait_for(transfer_id, State.CANCELLED)


# What is recorded for a restart after a crash


@pytest.mark.parametrize("end", ["fail", "cancel"])
def test_target_of_a_failed_attempt_is_dropped(bench: QueueBench, end: str) -> None:
    job = download()
    transfer_id, run = bench.run(job)
    run.do(
        lambda: run.running.update_job_on_disk(
            target=Path("/downloads/x"), target_size=5, warning=problem()
        )
    )
    if end == "fail":
        run.fail(FilesError(problem()))
        bench.wait_for(transfer_id, State.FAILED)
    else:
        bench.queue.cancel([transfer_id])
        bench.wait_for(transfer_id, State.CANCELLED)
    bench.queue.retry([transfer_id])
    again = bench.jobs.wait_for_job(job, times=2)
    assert isinstance(again.job, DownloadJob)
    saved = (again.job.target, again.job.target_size, again.job.warning)
    assert saved == (None, None, None)


def test_etag_of_the_part_is_known_on_resume(bench: QueueBench) -> None:
    job = download()
    transfer_id, run = bench.run(job)
    run.do(lambda: run.running.update_job(etag='"v1"'))
    bench.queue.pause([transfer_id])
    bench.wait_for(transfer_id, State.PAUSED)
    bench.queue.resume([transfer_id])
    again = bench.jobs.wait_for_job(job, times=2)
    assert isinstance(again.job, DownloadJob)
    assert again.job.etag == '"v1"'


# Queue order


def start_order(bench: QueueBench, first: Sequence[AnyJob]) -> list[Job]:
    """Finish all runs one by one; return the jobs that started later, in order."""
    count = len(first)
    while True:
        started = bench.jobs.wait_for(count)
        started[-1].finish()
        queued = {
            event.transfer.id
            for event in bench.events.all(TransferChanged)
            if bench.states(event.transfer.id)[-1] is State.QUEUED
        }
        if not queued:
            return [one.job for one in started[len(first) :]]
        count += 1


def test_first_in_the_queue_runs_next(bench: QueueBench) -> None:
    allow(bench, 1)
    jobs = [upload() for _ in range(6)]
    ids = bench.add(*jobs)
    bench.jobs.wait_for(1)
    bench.queue.put_first([ids[4], ids[3], 999])
    bench.queue.put_first([ids[5]])
    bench.queue.put_last([ids[1]])
    assert bench.snapshots(ids[5])[-1].place < bench.snapshots(ids[4])[-1].place
    assert start_order(bench, jobs[:1]) == [jobs[n] for n in (5, 4, 3, 2, 1)]


def test_new_transfers_queue_behind_those_put_last(bench: QueueBench) -> None:
    allow(bench, 1)
    jobs = [upload() for _ in range(4)]
    ids = bench.add(*jobs[:3])
    bench.jobs.wait_for(1)
    bench.queue.put_last([ids[1]])
    bench.add(jobs[3])
    assert start_order(bench, jobs[:1]) == [jobs[2], jobs[1], jobs[3]]


def test_retried_transfers_go_to_the_end(bench: QueueBench) -> None:
    allow(bench, 1)
    jobs = [upload() for _ in range(4)]
    ids = bench.add(*jobs)
    bench.queue.cancel([ids[1], ids[2]])
    bench.queue.retry([ids[2], ids[1]])
    bench.jobs.wait_for(1)
    assert start_order(bench, jobs[:1]) == [jobs[3], jobs[2], jobs[1]]


@pytest.mark.slow
def test_retrying_and_moving_ten_thousand_is_fast(bench: QueueBench) -> None:
    allow(bench, 1)
    ids = bench.add(*[upload()] * 10_001)[1:]
    bench.jobs.wait_for(1)
    bench.events.clear()
    bench.queue.cancel(ids)
    bench.queue.retry(ids)
    bench.queue.put_last(ids[:5000])
    bench.queue.put_first(ids[:5000])
    assert len(bench.events.all(TransferChanged)) == 30_000


# Limits


def test_raising_a_limit_starts_more_and_lowering_stops_none(
    bench: QueueBench,
) -> None:
    allow(bench, 1)
    jobs = [upload() for _ in range(8)]
    ids = bench.add(*jobs)
    bench.jobs.wait_for(1)
    allow(bench, 3)
    started = [bench.jobs.wait_for_job(job) for job in jobs[:3]]
    allow(bench, 1)
    for number in (0, 1):
        started[number].finish()
        bench.wait_for(ids[number], State.DONE)
    assert bench.states(ids[3]) == [State.QUEUED]
    started[2].finish()
    bench.jobs.wait_for(4)
    assert bench.jobs.most_at_once == 3


@pytest.mark.parametrize(("requested", "actual"), [(0, 1), (-5, 1), (10**6, 32)])
def test_limits_are_clamped(bench: QueueBench, requested: int, actual: int) -> None:
    allow(bench, requested)
    ids = bench.add(*(upload() for _ in range(40)))
    bench.jobs.wait_for(actual)
    for transfer_id in ids[:actual]:
        bench.wait_for(transfer_id, State.RUNNING)
    assert bench.states(ids[actual]) == [State.QUEUED]


@pytest.mark.parametrize("limited", [TransferKind.UPLOAD, TransferKind.DOWNLOAD])
@pytest.mark.parametrize("make", [upload, download])
def test_each_direction_has_its_own_speed_limit(
    limited: TransferKind, make: Callable[[], AnyJob]
) -> None:
    def carry_out(_account_id: str, _job: Job, running: RunningTransfer) -> None:
        running.token.cancel()  # so that a transfer that would wait ends at once
        running.set_progress(100)
        running.set_progress(200)

    events = EventLog()
    queue = TransferQueue(events, carry_out)
    queue.set_limits(
        {},
        upload_bytes_a_second=1 if limited is TransferKind.UPLOAD else None,
        download_bytes_a_second=1 if limited is TransferKind.DOWNLOAD else None,
    )
    queue.add("acme", [make()])
    over = {State.DONE, State.CANCELLED}
    ended = events.wait_for(TransferChanged, lambda event: event.transfer.state in over).transfer
    assert ended.state is (State.CANCELLED if ended.kind is limited else State.DONE)
    queue.close()
    assert queue.join(time.monotonic() + 5)


# Paused deletes


def test_batch_summary_waits_for_paused_deletes(
    bench: QueueBench,
) -> None:
    jobs = [delete() for _ in range(3)]
    ids = bench.add(*jobs)
    bench.jobs.wait_for(3)
    bench.queue.pause([ids[0]])
    bench.wait_for(ids[0], State.PAUSED)
    for job in jobs[1:]:
        bench.jobs.wait_for_job(job).finish()
    for transfer_id in ids[1:]:
        bench.wait_for(transfer_id, State.DONE)
    assert bench.events.all(DeletesEnded) == []
    bench.queue.resume([ids[0]])
    bench.jobs.wait_for_job(jobs[0], times=2).finish()
    ended = bench.events.wait_for(DeletesEnded)
    assert (ended.deleted, ended.cancelled, ended.failed) == (3, 0, ())
    assert {transfer.id for transfer in ended.all} == set(ids)


def test_canceled_paused_deletes_are_summed_up_once(bench: QueueBench) -> None:
    ids = bench.add(*(delete() for _ in range(20)))
    bench.queue.pause(ids)
    for transfer_id in ids:
        bench.wait_for(transfer_id, State.PAUSED)
    bench.queue.cancel(ids)
    [ended] = bench.events.all(DeletesEnded)
    assert (ended.deleted, ended.cancelled) == (0, 20)
    assert {transfer.state for transfer in ended.all} == {State.CANCELLED}
