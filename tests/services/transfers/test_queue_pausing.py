"""Pause and resume, the order of the queue, and its limits."""

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
def test_what_runs_is_paused_and_goes_on_when_it_is_told_to(
    bench: QueueBench, make: Callable[[], AnyJob]
) -> None:
    order = make()
    transfer_id, _carried = bench.run(order)
    bench.queue.pause([transfer_id, 999])
    paused = bench.wait_for(transfer_id, State.PAUSED)
    assert (paused.problem, paused.speed) == (None, None)
    bench.queue.resume([transfer_id, 999])
    again = bench.jobs.wait_for_job(order, times=2)
    assert not again.running.token.cancelled
    again.finish()
    bench.wait_for(transfer_id, State.DONE)


@pytest.mark.parametrize("make", [upload, download])
@pytest.mark.parametrize("etag", ["", '"5f"'])
def test_what_a_paused_transfer_has_is_only_what_it_goes_on_from(
    bench: QueueBench, make: Callable[[], AnyJob], etag: str
) -> None:
    transfer_id, carried = bench.run(make())
    if make is download:
        carried.do(lambda: carried.running.update_job(etag=etag))
    bench.clock.now += 1
    carried.do(lambda: carried.running.set_progress(400))
    bench.queue.pause([transfer_id])
    keeps = make is download and bool(etag)
    paused = bench.wait_for(transfer_id, State.PAUSED)
    assert paused.done == (400 if keeps else 0)
    assert (paused.starts_over, paused.keeps_part) == (not keeps, keeps)
    bench.queue.resume([transfer_id])
    assert not bench.wait_for(transfer_id, State.RUNNING).starts_over


def test_what_had_moved_nothing_does_not_start_over(bench: QueueBench) -> None:
    transfer_id, _carried = bench.run(upload())
    bench.queue.pause([transfer_id])
    assert not bench.wait_for(transfer_id, State.PAUSED).starts_over


def test_what_is_queued_is_paused_at_once_and_keeps_its_place(bench: QueueBench) -> None:
    allow(bench, 1)
    orders = [upload() for _ in range(4)]
    ids = bench.add(*orders)
    bench.queue.pause(ids[1:3])
    assert [bench.states(one)[-1] for one in ids[1:3]] == [State.PAUSED] * 2
    bench.queue.resume([ids[2]])
    bench.queue.resume([ids[1]])
    for order in orders:
        bench.jobs.wait_for_job(order).finish()
        bench.wait_for(ids[orders.index(order)], State.DONE)
    assert [carried.job for carried in bench.jobs.started] == orders


def test_what_waits_between_two_attempts_is_paused(bench: QueueBench) -> None:
    transfer_id, carried = bench.run(download())
    carried.do(lambda: carried.running.start_waiting(100, problem()))
    bench.queue.pause([transfer_id])
    paused = bench.wait_for(transfer_id, State.PAUSED)
    assert (paused.wait_seconds, paused.problem) == (None, None)


def test_an_upload_that_waits_for_its_answer_is_not_paused(bench: QueueBench) -> None:
    transfer_id, carried = bench.run(upload())
    carried.do(carried.running.start_confirming)
    bench.queue.pause([transfer_id])
    assert not carried.running.token.cancelled
    carried.finish()
    bench.wait_for(transfer_id, State.DONE)


def test_what_is_being_paused_can_be_cancelled(bench: QueueBench) -> None:
    transfer_id, _carried = bench.run(upload())
    with bench.queue.lock:
        bench.queue.pause([transfer_id])
        bench.queue.cancel([transfer_id])
    bench.wait_for(transfer_id, State.CANCELLED)


def test_what_is_being_cancelled_is_not_paused_any_more(bench: QueueBench) -> None:
    transfer_id, _carried = bench.run(upload())
    with bench.queue.lock:
        bench.queue.cancel([transfer_id])
        bench.queue.pause([transfer_id])
    bench.wait_for(transfer_id, State.CANCELLED)


def test_what_is_paused_is_cancelled_at_once(bench: QueueBench) -> None:
    transfer_id, _carried = bench.run(upload())
    bench.queue.pause([transfer_id])
    bench.wait_for(transfer_id, State.PAUSED)
    bench.queue.cancel([transfer_id])
    assert bench.states(transfer_id)[-1] is State.CANCELLED


def test_paused_and_gone_on_while_its_turn_has_come_it_runs_only_once(bench: QueueBench) -> None:
    order = upload()
    with bench.queue.lock:  # so that the worker that has its turn can't begin
        [transfer_id] = bench.add(order)
        for _ in range(3):
            bench.queue.pause([transfer_id])
            bench.queue.resume([transfer_id])
            bench.queue.put_first([transfer_id])
    bench.jobs.wait_for_job(order).finish()
    bench.wait_for(transfer_id, State.DONE)
    bench.close()
    assert len(bench.jobs.started) == 1


def test_forgotten_while_its_turn_has_come_it_takes_nobodys_place(bench: QueueBench) -> None:
    with bench.queue.lock:  # so that the workers that have their turn can't begin
        gone = bench.add(*(upload() for _ in range(4)))
        bench.queue.cancel(gone)
        bench.queue.clear(gone)
    bench.add(*(upload() for _ in range(4)))
    assert len(bench.jobs.wait_for(4)) == 4


def test_what_had_its_turn_when_the_queue_was_closed_is_not_begun() -> None:
    bench = QueueBench()
    with bench.queue.lock:
        ids = bench.add(*(upload() for _ in range(4)))
        bench.queue.close()
    bench.close()
    assert [bench.states(one) for one in ids] == [[State.QUEUED]] * 4
    assert bench.jobs.started == []


def test_a_full_disk_pauses_all_downloads_and_nothing_else(bench: QueueBench) -> None:
    downloads = [download() for _ in range(6)]
    ids = bench.add(*downloads, upload(), delete())
    begun = bench.jobs.wait_for(6)
    full = FilesError(problem(kind=ProblemKind.DISK_FULL))
    next(one for one in begun if one.job is downloads[2]).fail(full)
    for transfer_id in ids[:6]:
        bench.wait_for(transfer_id, State.PAUSED)
    kinds = [bench.snapshots(one)[-1].problem for one in ids[:6]]
    assert kinds == [None, None, full.problem, None, None, None]
    assert [bench.states(one)[-1] for one in ids[6:]] == [State.RUNNING] * 2
    bench.queue.resume(ids)
    for order in downloads:
        times = 2 if order in [one.job for one in begun] else 1
        bench.jobs.wait_for_job(order, times).finish()
    for transfer_id in ids[:6]:
        bench.wait_for(transfer_id, State.DONE)


def test_bytes_that_an_earlier_attempt_left_are_told_but_not_held_to_the_limit(
    bench: QueueBench,
) -> None:
    gigabyte = 10**9
    bench.queue.set_limits({}, upload_bytes_a_second=None, download_bytes_a_second=1000)
    transfer_id, carried = bench.run(download(2 * gigabyte))
    carried.do(lambda: carried.running.resume_from(gigabyte))
    assert bench.snapshots(transfer_id)[-1].done == gigabyte
    carried.do(lambda: carried.running.set_progress(gigabyte + 1))
    carried.do(lambda: carried.running.set_progress(gigabyte + 2))
    bench.queue.cancel([transfer_id])
    bench.wait_for(transfer_id, State.CANCELLED)


# Names noted for the case of a crash


@pytest.mark.parametrize("end", ["fail", "cancel"])
def test_a_name_noted_by_an_attempt_that_failed_counts_no_more(bench: QueueBench, end: str) -> None:
    order = download()
    transfer_id, carried = bench.run(order)
    carried.do(
        lambda: carried.running.update_job_on_disk(
            target=Path("/downloads/x"), target_size=5, warning=problem()
        )
    )
    if end == "fail":
        carried.fail(FilesError(problem()))
        bench.wait_for(transfer_id, State.FAILED)
    else:
        bench.queue.cancel([transfer_id])
        bench.wait_for(transfer_id, State.CANCELLED)
    bench.queue.retry([transfer_id])
    again = bench.jobs.wait_for_job(order, times=2)
    assert isinstance(again.job, DownloadJob)
    kept = (again.job.target, again.job.target_size, again.job.warning)
    assert kept == (None, None, None)


def test_what_a_part_belongs_to_is_known_when_it_goes_on(bench: QueueBench) -> None:
    order = download()
    transfer_id, carried = bench.run(order)
    carried.do(lambda: carried.running.update_job(etag='"v1"'))
    bench.queue.pause([transfer_id])
    bench.wait_for(transfer_id, State.PAUSED)
    bench.queue.resume([transfer_id])
    again = bench.jobs.wait_for_job(order, times=2)
    assert isinstance(again.job, DownloadJob)
    assert again.job.etag == '"v1"'


# Order


def order_of_turns(bench: QueueBench, first: Sequence[AnyJob]) -> list[Job]:
    """End one after the other; the orders as they began, after those that had begun."""
    count = len(first)
    while True:
        begun = bench.jobs.wait_for(count)
        begun[-1].finish()
        queued = {
            event.transfer.id
            for event in bench.events.all(TransferChanged)
            if bench.states(event.transfer.id)[-1] is State.QUEUED
        }
        if not queued:
            return [one.job for one in begun[len(first) :]]
        count += 1


def test_whoever_is_put_first_runs_next(bench: QueueBench) -> None:
    allow(bench, 1)
    orders = [upload() for _ in range(6)]
    ids = bench.add(*orders)
    bench.jobs.wait_for(1)
    bench.queue.put_first([ids[4], ids[3], 999])
    bench.queue.put_first([ids[5]])
    bench.queue.put_last([ids[1]])
    assert bench.snapshots(ids[5])[-1].place < bench.snapshots(ids[4])[-1].place
    assert order_of_turns(bench, orders[:1]) == [orders[n] for n in (5, 4, 3, 2, 1)]


def test_what_is_new_stands_behind_what_was_put_last(bench: QueueBench) -> None:
    allow(bench, 1)
    orders = [upload() for _ in range(4)]
    ids = bench.add(*orders[:3])
    bench.jobs.wait_for(1)
    bench.queue.put_last([ids[1]])
    bench.add(orders[3])
    assert order_of_turns(bench, orders[:1]) == [orders[2], orders[1], orders[3]]


def test_what_is_tried_again_stands_at_the_end(bench: QueueBench) -> None:
    allow(bench, 1)
    orders = [upload() for _ in range(4)]
    ids = bench.add(*orders)
    bench.queue.cancel([ids[1], ids[2]])
    bench.queue.retry([ids[2], ids[1]])
    bench.jobs.wait_for(1)
    assert order_of_turns(bench, orders[:1]) == [orders[3], orders[2], orders[1]]


@pytest.mark.slow
def test_ten_thousand_are_tried_again_and_moved_in_no_time(bench: QueueBench) -> None:
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


def test_a_higher_limit_starts_more_at_once_and_a_lower_one_stops_nobody(
    bench: QueueBench,
) -> None:
    allow(bench, 1)
    orders = [upload() for _ in range(8)]
    ids = bench.add(*orders)
    bench.jobs.wait_for(1)
    allow(bench, 3)
    begun = [bench.jobs.wait_for_job(order) for order in orders[:3]]
    allow(bench, 1)
    for number in (0, 1):
        begun[number].finish()
        bench.wait_for(ids[number], State.DONE)
    assert bench.states(ids[3]) == [State.QUEUED]
    begun[2].finish()
    bench.jobs.wait_for(4)
    assert bench.jobs.most_at_once == 3


@pytest.mark.parametrize(("asked", "most"), [(0, 1), (-5, 1), (10**6, 32)])
def test_a_limit_is_never_out_of_reason(bench: QueueBench, asked: int, most: int) -> None:
    allow(bench, asked)
    ids = bench.add(*(upload() for _ in range(40)))
    bench.jobs.wait_for(most)
    for transfer_id in ids[:most]:
        bench.wait_for(transfer_id, State.RUNNING)
    assert bench.states(ids[most]) == [State.QUEUED]


@pytest.mark.parametrize("limited", [TransferKind.UPLOAD, TransferKind.DOWNLOAD])
@pytest.mark.parametrize("make", [upload, download])
def test_each_direction_is_held_to_its_own_limit(
    limited: TransferKind, make: Callable[[], AnyJob]
) -> None:
    def carry_out(_account_id: str, _job: Job, running: RunningTransfer) -> None:
        running.token.cancel()  # so that whoever would have to wait ends at once
        running.set_progress(100)
        running.set_progress(200)

    told = EventLog()
    queue = TransferQueue(told, carry_out)
    queue.set_limits(
        {},
        upload_bytes_a_second=1 if limited is TransferKind.UPLOAD else None,
        download_bytes_a_second=1 if limited is TransferKind.DOWNLOAD else None,
    )
    queue.add("acme", [make()])
    over = {State.DONE, State.CANCELLED}
    ended = told.wait_for(TransferChanged, lambda event: event.transfer.state in over).transfer
    assert ended.state is (State.CANCELLED if ended.kind is limited else State.DONE)
    queue.close()
    assert queue.join(time.monotonic() + 5)


# Deletes that are paused


def test_deletes_are_summed_up_when_those_that_were_paused_have_ended_too(
    bench: QueueBench,
) -> None:
    orders = [delete() for _ in range(3)]
    ids = bench.add(*orders)
    bench.jobs.wait_for(3)
    bench.queue.pause([ids[0]])
    bench.wait_for(ids[0], State.PAUSED)
    for order in orders[1:]:
        bench.jobs.wait_for_job(order).finish()
    for transfer_id in ids[1:]:
        bench.wait_for(transfer_id, State.DONE)
    assert bench.events.all(DeletesEnded) == []
    bench.queue.resume([ids[0]])
    bench.jobs.wait_for_job(orders[0], times=2).finish()
    ended = bench.events.wait_for(DeletesEnded)
    assert (ended.deleted, ended.cancelled, ended.failed) == (3, 0, ())
    assert {transfer.id for transfer in ended.all} == set(ids)


def test_paused_deletes_that_are_cancelled_are_summed_up_once(bench: QueueBench) -> None:
    ids = bench.add(*(delete() for _ in range(20)))
    bench.queue.pause(ids)
    for transfer_id in ids:
        bench.wait_for(transfer_id, State.PAUSED)
    bench.queue.cancel(ids)
    [ended] = bench.events.all(DeletesEnded)
    assert (ended.deleted, ended.cancelled) == (0, 20)
    assert {transfer.state for transfer in ended.all} == {State.CANCELLED}
