"""Looking again at what runs."""

import pytest

from services.api.batch import Batch, NewBatch
from services.jobs.events import BatchStarted, JobsChanged, JobsEnded, JobsGone, JobsNotUpdated
from services.jobs.job_kind import JobKind
from services.jobs.job_watch import LONGEST_INTERVAL, SHORTEST_INTERVAL
from services.problems.errors import ProblemKind
from tests.services.jobs.conftest import JobsBench
from tests.support.served_jobs import running_batch, served_batch, served_job, served_store
from tests.support.server_faults import Stall, html, rate_limited
from tests.support.waiting import wait_for


@pytest.fixture
def running(bench: JobsBench) -> JobsBench:
    """A bench with a running batch, `batch_1`, that was listed."""
    bench.server.jobs.batches.append(running_batch(id="batch_1"))
    bench.list_all(JobKind.BATCHES)
    return bench


def test_what_has_ended_is_left_alone(bench: JobsBench) -> None:
    bench.server.jobs.batches.append(served_batch())
    bench.server.jobs.fine_tuning.append(served_job())
    bench.server.jobs.stores.append(served_store())
    for kind in JobKind:
        bench.list_all(kind)
    assert bench.timer.seconds == 0


def test_only_the_newest_page_is_looked_at_while_something_runs(running: JobsBench) -> None:
    batches = running.server.jobs.batches
    assert running.timer.seconds == SHORTEST_INTERVAL
    batches[0]["request_counts"] = {"total": 10, "completed": 5, "failed": 0}
    batches.append(served_batch(id="batch_2"))
    running.timer.fire()
    assert running.requested == ["/batches"]
    (changed,) = running.events.all(JobsChanged)
    assert [job.id for job in changed.jobs] == ["batch_2", "batch_1"]
    assert running.events.all(JobsEnded) == []


def test_the_end_of_a_batch_is_told_and_the_timer_rests(running: JobsBench) -> None:
    running.server.jobs.batches[0].update(status="completed", completed_at=1_700_000_900)
    running.timer.fire()
    (ended,) = running.events.all(JobsEnded)
    assert (ended.kind, [job.id for job in ended.jobs]) == (JobKind.BATCHES, ["batch_1"])
    assert running.timer.seconds == 0


def test_it_looks_less_often_while_nothing_changes(running: JobsBench) -> None:
    intervals = []
    for _look in range(6):
        running.timer.fire()
        intervals.append(running.timer.seconds)
    assert intervals == [20, 40, 80, LONGEST_INTERVAL, LONGEST_INTERVAL, LONGEST_INTERVAL]
    assert running.events.received == []
    running.server.jobs.batches[0]["status"] = "finalizing"
    running.timer.fire()
    assert running.timer.seconds == SHORTEST_INTERVAL


def test_a_batch_that_was_just_started_or_canceled_is_looked_at_soon(running: JobsBench) -> None:
    acts = running.jobs.batches
    for _look in range(3):
        running.timer.fire()
    assert running.timer.seconds == 80
    acts.start(1, NewBatch("file-in", "/v1/responses"))
    batch = running.events.wait_for(BatchStarted).batch
    assert running.timer.seconds == SHORTEST_INTERVAL
    running.timer.fire()
    running.timer.fire()
    assert running.timer.seconds == 40
    running.events.clear()
    acts.cancel(batch.id)
    running.events.wait_for(JobsChanged)
    wait_for(lambda: running.timer.seconds == SHORTEST_INTERVAL, "a short interval")


def test_a_refresh_does_not_put_off_the_next_look(running: JobsBench) -> None:
    running.timer.seconds = 7  # what is left until then
    running.server.jobs.batches[0]["request_counts"] = {"total": 10, "completed": 5, "failed": 0}
    running.list_all(JobKind.BATCHES)
    assert running.timer.seconds == 7


def test_a_running_batch_that_is_not_among_the_newest_is_looked_at_by_itself(
    bench: JobsBench,
) -> None:
    batches = bench.server.jobs.batches
    batches += [running_batch(id="old"), *(served_batch() for _ in range(100))]
    bench.list_all(JobKind.BATCHES)
    batches[0].update(status="expired", expired_at=1_700_000_900)
    bench.timer.fire()
    assert bench.requested == ["/batches", "/batches/old"]
    assert [job.id for event in bench.events.all(JobsEnded) for job in event.jobs] == ["old"]


def test_many_old_running_batches_are_looked_at_in_turn(bench: JobsBench) -> None:
    batches = bench.server.jobs.batches
    batches += [running_batch(id=f"old-{number}") for number in range(45)]
    batches += [served_batch() for _ in range(100)]
    bench.list_all(JobKind.BATCHES)
    for _look in range(3):
        bench.timer.fire()
    retrieved = [path for path in bench.requested if path != "/batches"]
    assert len(retrieved) == 60
    assert set(retrieved) == {f"/batches/old-{number}" for number in range(45)}


def test_a_running_batch_that_is_gone_is_forgotten(running: JobsBench) -> None:
    running.server.jobs.batches.clear()
    running.timer.fire()
    assert running.events.all(JobsGone) == [JobsGone("acme", JobKind.BATCHES, ("batch_1",))]
    assert running.jobs.known.of(JobKind.BATCHES) == ()
    assert running.timer.seconds == 0


def test_trouble_is_told_once_and_when_it_is_over(running: JobsBench) -> None:
    running.server.next(html(502), rate_limited(), None)
    running.timer.fire()
    running.timer.fire()
    (failed,) = running.events.all(JobsNotUpdated)
    assert failed.problem is not None
    assert failed.problem.kind is ProblemKind.SERVER_FAILED
    assert running.timer.seconds == 40
    running.timer.fire()
    assert running.events.all(JobsNotUpdated)[1:] == [JobsNotUpdated("acme", JobKind.BATCHES, None)]


def test_a_server_that_asks_to_wait_is_left_alone_for_so_long(running: JobsBench) -> None:
    running.server.next(rate_limited(retry_after="300"))
    running.timer.fire()
    assert running.timer.seconds == 300
    running.timer.fire()
    assert running.timer.seconds == LONGEST_INTERVAL


def test_a_state_that_nobody_knows_is_not_looked_at_for_ever(bench: JobsBench) -> None:
    odd = running_batch(status="hibernating", created_at=int(bench.clock.now))
    bench.server.jobs.batches.append(odd)
    bench.list_all(JobKind.BATCHES)
    assert bench.timer.seconds == SHORTEST_INTERVAL
    bench.clock.now += 31 * 86400
    bench.timer.fire()
    assert bench.requested == []
    assert bench.timer.seconds == 0


def test_a_list_that_is_being_listed_is_left_alone(running: JobsBench) -> None:
    running.server.next(Stall())
    running.jobs.lists.refresh(JobKind.BATCHES)
    running.server.wait_until_stalled()
    running.timer.fire()
    assert running.requested == ["/batches"]


def test_jobs_and_stores_are_looked_at_too(bench: JobsBench) -> None:
    bench.server.jobs.fine_tuning.append(served_job(id="ftjob-1", status="running"))
    bench.server.jobs.stores.append(served_store(id="vs_1", status="in_progress"))
    bench.list_all(JobKind.FINE_TUNING)
    bench.list_all(JobKind.VECTOR_STORES)
    bench.server.jobs.fine_tuning[0]["status"] = "succeeded"
    bench.server.jobs.stores[0]["status"] = "completed"
    bench.timer.fire()
    assert bench.requested == ["/fine_tuning/jobs", "/vector_stores"]
    ended = bench.events.all(JobsEnded)
    assert [(event.kind, event.jobs[0].id) for event in ended] == [
        (JobKind.FINE_TUNING, "ftjob-1"),
        (JobKind.VECTOR_STORES, "vs_1"),
    ]


def test_an_old_store_is_looked_at_while_it_indexes_what_was_attached(bench: JobsBench) -> None:
    old, now = 1_600_000_000, int(bench.clock.now)
    bench.server.jobs.stores += [
        served_store(id="busy", created_at=old, last_active_at=now, status="in_progress"),
        served_store(id="stuck", created_at=old, last_active_at=old, status="in_progress"),
    ]
    bench.list_all(JobKind.VECTOR_STORES)
    bench.timer.fire()
    assert bench.requested == ["/vector_stores"]
    bench.server.jobs.stores[0]["status"] = "completed"
    bench.timer.fire()
    assert [job.id for event in bench.events.all(JobsEnded) for job in event.jobs] == ["busy"]
    assert bench.timer.seconds == 0


@pytest.mark.slow
def test_very_many_running_jobs_do_not_hold_up_a_look(bench: JobsBench) -> None:
    """It would take longer than a test may if each were looked for among all others."""
    jobs = [Batch(f"batch_{number}", status="in_progress") for number in range(100_000)]
    bench.jobs.known.seen("acme", JobKind.BATCHES, jobs)
    for _look in range(2):
        bench.server.next(*[None, *[html(502)] * 3])
        bench.timer.fire()
    assert len(bench.requested) < 10
