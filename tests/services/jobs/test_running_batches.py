"""Batches that ended while nobody looked are told the next time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from services.api.batch import Batch
from services.jobs.events import JobsEnded, JobsListingEnded
from services.jobs.job_kind import JobKind
from services.jobs.running_batches import RunningBatches
from services.providers.account import Account
from tests.services.jobs.conftest import JobsBench
from tests.support.factories import account
from tests.support.narrowing import instance_of
from tests.support.served_jobs import running_batch, served_batch
from tests.support.waiting import wait_for

MakeJobs = Callable[[], JobsBench]


def look(bench: JobsBench) -> None:
    """Look at the newest jobs of each kind, as when an account was opened."""
    bench.jobs.lists.look()
    bench.events.wait_for_count(JobsListingEnded, len(JobKind))


def ended_in(bench: JobsBench) -> list[tuple[str, float | None]]:
    """The IDs of all that were told, each with the time since when it may have ended."""
    events = bench.events.all(JobsEnded)
    return [(job.id, event.since) for event in events for job in event.jobs]


def kept(tmp_path: Path) -> Path:
    return tmp_path / "running.json"


def end(bench: JobsBench, *batch_ids: str) -> None:
    for batch in bench.server.jobs.batches:
        if batch["id"] in batch_ids:
            batch.update(status="completed", completed_at=1_700_000_900)


def test_batches_that_ended_meanwhile_are_told_once(make_jobs: MakeJobs) -> None:
    first = make_jobs()
    batches = first.server.jobs.batches
    batches += [running_batch(id=f"batch_{number}") for number in range(3)]
    batches.append(served_batch(id="ended_before"))
    look(first)
    assert ended_in(first) == []
    first.close()
    end(first, "batch_0", "batch_2")
    batches.append(served_batch(id="never_seen_running"))

    second = make_jobs()
    second.clock.now += 86400
    look(second)
    assert sorted(ended_in(second)) == [("batch_0", first.clock.now), ("batch_2", first.clock.now)]
    assert len(second.events.all(JobsEnded)) == 1
    second.jobs.lists.refresh(JobKind.BATCHES)
    second.events.wait_for_count(JobsListingEnded, 4)
    end(first, "batch_1")
    second.timer.fire()
    assert ended_in(second)[2:] == [("batch_1", None)]
    second.close()

    third = make_jobs()
    look(third)
    assert ended_in(third) == []


def test_one_that_is_not_among_the_newest_is_retrieved(make_jobs: MakeJobs) -> None:
    first = make_jobs()
    batches = first.server.jobs.batches
    batches += [running_batch(id="old"), running_batch(id="deleted")]
    look(first)
    first.close()
    batches.pop()
    end(first, "old")
    batches += [served_batch() for _ in range(100)]
    for _start in range(2):
        second = make_jobs()
        look(second)
        assert ended_in(second) == []
        second.close()

    third = make_jobs()
    look(third)
    third.timer.fire()
    assert ended_in(third) == [("old", first.clock.now)]
    assert third.timer.seconds == 0
    third.close()
    fourth = make_jobs()
    look(fourth)
    assert fourth.timer.seconds == 0


def test_one_that_a_whole_list_does_not_have_is_not_waited_for(make_jobs: MakeJobs) -> None:
    first = make_jobs()
    first.server.jobs.batches += [running_batch(id="one"), running_batch(id="other")]
    look(first)
    first.close()
    first.server.jobs.batches.pop()
    second = make_jobs()
    second.list_all(JobKind.BATCHES)
    second.timer.fire()
    assert second.requested == ["/batches"]


@pytest.mark.parametrize(
    "other", [account(id="other"), account(base_url="https://elsewhere.example/v1")], ids=str
)
def test_another_account_or_server_knows_nothing_of_them(tmp_path: Path, other: Account) -> None:
    running = RunningBatches(kept(tmp_path))
    running.keep(account(), lambda: ["batch_1"])
    assert running.of(other) is None
    found = running.of(account())
    assert found is not None
    assert found.batch_ids == ("batch_1",)


def test_the_same_batches_at_another_address_are_kept_anew(tmp_path: Path) -> None:
    running = RunningBatches(kept(tmp_path))
    moved = account(base_url="https://elsewhere.example/v1")
    for one in (account(), moved):
        running.keep(one, lambda: ["batch_1"])
    assert running.of(account()) is None
    assert RunningBatches(kept(tmp_path)).of(moved) is not None


def test_what_was_forgotten_is_kept_anew(tmp_path: Path) -> None:
    running = RunningBatches(kept(tmp_path))
    running.keep(account(), lambda: ["batch_1"])
    running.forget("acme")
    assert running.of(account()) is None
    running.keep(account(), lambda: ["batch_1"])
    assert running.of(account()) is not None


def test_the_time_is_that_of_the_last_look(make_jobs: MakeJobs) -> None:
    first = make_jobs()
    first.server.jobs.batches.append(running_batch(id="batch_1"))
    look(first)
    first.clock.now += 3600
    first.timer.fire()
    first.close()
    end(first, "batch_1")
    second = make_jobs()
    look(second)
    assert ended_in(second) == [("batch_1", first.clock.now)]


def test_one_that_is_looked_at_before_any_list_is_told_too(make_jobs: MakeJobs) -> None:
    first = make_jobs()
    first.server.jobs.batches.append(running_batch(id="batch_1"))
    look(first)
    (running,) = first.jobs.known.running(JobKind.BATCHES)
    first.close()
    second = make_jobs()
    ended = structs.replace(instance_of(Batch, running), status="completed")
    second.jobs.known.seen("acme", JobKind.BATCHES, [ended])
    assert ended_in(second) == [("batch_1", first.clock.now)]


def test_nothing_is_kept_after_the_account_was_closed(make_jobs: MakeJobs) -> None:
    bench = make_jobs()
    bench.server.jobs.batches.append(running_batch(id="batch_1"))
    look(bench)
    api = bench.api
    assert api is not None
    wait_for(lambda: bench.running.of(api.account), "that it is kept")
    bench.api = None
    bench.running.forget(api.account.id)
    bench.jobs.known.seen("acme", JobKind.BATCHES, ())
    assert bench.running.of(api.account) is None


@pytest.mark.parametrize("content", [b"", b"[]", b'{"acme": 1}', b"\xff", b"[" * 100_000])
def test_a_broken_file_counts_as_none(tmp_path: Path, content: bytes) -> None:
    kept(tmp_path).write_bytes(content)
    running = RunningBatches(kept(tmp_path))
    assert running.of(account()) is None
    running.keep(account(), lambda: ["batch_1"])
    assert running.of(account()) is not None
    running.forget(account().id)
    assert kept(tmp_path).read_bytes() == b"{}"


def test_a_folder_in_its_place_raises_nothing(tmp_path: Path) -> None:
    kept(tmp_path).mkdir()
    running = RunningBatches(kept(tmp_path))
    running.keep(account(), lambda: ["batch_1"])
    assert running.of(account()) is None
