"""Starting and cancelling batches."""

import pytest

from services.api.batch import NewBatch
from services.api.batches_api import BatchesApi
from services.jobs.events import (
    BatchNotCancelled,
    BatchNotRetrieved,
    BatchNotStarted,
    BatchRetrieved,
    BatchStarted,
    JobsChanged,
)
from services.jobs.job_kind import JobKind
from services.jobs.job_watch import SHORTEST_INTERVAL
from services.problems.errors import ProblemKind
from tests.services.jobs.conftest import JobsBench
from tests.support.served_jobs import running_batch, served_batch
from tests.support.server_faults import Moment, Reset, Stall, api_error

NEW = NewBatch("file-1", "/v1/responses")


def test_a_started_batch_is_known_and_looked_at_from_then_on(bench: JobsBench) -> None:
    bench.jobs.batches.start(7, NEW)
    started = bench.events.wait_for(BatchStarted)
    assert (started.request, started.batch.input_file_id) == (7, "file-1")
    changed = bench.events.wait_for(JobsChanged)
    assert changed.jobs == (started.batch,)
    assert bench.jobs.known.of(JobKind.BATCHES) == (started.batch,)
    assert bench.timer.seconds == SHORTEST_INTERVAL


def test_a_refused_batch_is_told_with_the_reason(bench: JobsBench) -> None:
    bench.server.next(api_error(400, "Invalid endpoint"))
    bench.jobs.batches.start(7, NEW)
    refused = bench.events.wait_for(BatchNotStarted)
    assert (refused.request, refused.problem.server_message) == (7, "Invalid endpoint")
    assert bench.requested == ["/batches"]


def test_after_a_lost_answer_the_list_shows_what_was_started(bench: JobsBench) -> None:
    bench.server.next(Reset(Moment.AFTER_BODY, carried_out=True))
    bench.jobs.batches.start(7, NEW)
    lost = bench.events.wait_for(BatchNotStarted)
    assert lost.problem.kind is ProblemKind.ANSWER_LOST
    changed = bench.events.wait_for(JobsChanged)
    assert [job.id for job in changed.jobs] == [bench.server.jobs.batches[0]["id"]]
    assert [request.method for request in bench.server.requests] == ["POST", "GET"]


def test_closing_the_account_does_not_cut_off_a_start(bench: JobsBench) -> None:
    bench.server.next(Stall(carried_out=True))
    bench.jobs.batches.start(7, NEW)
    bench.server.wait_until_stalled()
    bench.jobs.stop()
    bench.server.release()
    bench.events.wait_for(BatchStarted)


def test_a_batch_is_retrieved_and_known_from_then_on(bench: JobsBench) -> None:
    bench.server.jobs.batches.append(running_batch(id="batch_1"))
    bench.jobs.batches.retrieve("batch_1")
    assert bench.events.wait_for(BatchRetrieved).batch.id == "batch_1"
    bench.events.wait_for(JobsChanged)
    assert [job.id for job in bench.jobs.known.of(JobKind.BATCHES)] == ["batch_1"]


def test_a_batch_that_is_gone_is_told(bench: JobsBench) -> None:
    bench.jobs.batches.retrieve("batch_1")
    gone = bench.events.wait_for(BatchNotRetrieved)
    assert (gone.batch_id, gone.problem.kind) == ("batch_1", ProblemKind.NOT_FOUND)


def test_a_batch_is_cancelled(bench: JobsBench) -> None:
    bench.server.jobs.batches.append(running_batch(id="batch_1"))
    bench.jobs.batches.cancel("batch_1")
    (batch,) = bench.events.wait_for(JobsChanged).jobs
    assert (batch.id, batch.status) == ("batch_1", "cancelling")


def test_a_batch_that_ended_meanwhile_is_shown_as_it_is(bench: JobsBench) -> None:
    bench.server.jobs.batches.append(served_batch(id="batch_1"))
    bench.jobs.batches.cancel("batch_1")
    failed = bench.events.wait_for(BatchNotCancelled)
    assert failed.batch_id == "batch_1"
    assert "Cannot cancel" in failed.problem.server_message
    (batch,) = bench.events.wait_for(JobsChanged).jobs
    assert batch.status == "completed"


@pytest.mark.expects_log("A job on batches-1 failed")
def test_a_cancel_that_fails_in_a_way_nobody_has_thought_of_is_told(
    bench: JobsBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel(*_arguments: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr(BatchesApi, "cancel", cancel)
    bench.jobs.batches.cancel("batch_1")
    assert bench.events.wait_for(BatchNotCancelled).problem.kind is ProblemKind.UNEXPECTED
