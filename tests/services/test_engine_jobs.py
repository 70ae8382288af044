"""The jobs of a session of the whole engine."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from services.api.batch import Batch, NewBatch
from services.catalog.events import FileAdded, NewFilesFound
from services.jobs.events import (
    BatchStarted,
    JobsChanged,
    JobsEnded,
    JobsListed,
    JobsListingEnded,
    ListOffered,
    StoreChangeEnded,
    StoreFilesEnded,
    StoreFilesListed,
)
from services.jobs.job_kind import JobKind
from services.previews.events import PreviewReady
from services.providers.account import SANDBOX_ID
from services.sandbox.server import SandboxServer
from services.system.cancellation import CancelToken
from tests.services.sandbox.batches.batch_files import CHAT, jsonl, requests_of
from tests.support.engine_bench import EngineBench
from tests.support.factories import remote_file, upload_request
from tests.support.files_server import ScriptedFilesServer
from tests.support.manual_clock import ManualClock
from tests.support.manual_timer import ManualTimers
from tests.support.served_files import served_file
from tests.support.served_jobs import running_batch, served_batch, served_store, store_file
from tests.support.server_faults import api_error
from tests.support.waiting import wait_for


def test_jobs_are_listed_in_the_session_that_asks(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.jobs.batches.append(served_batch(id="batch_1"))
    assert not files_server.requests_to("GET", "/batches")
    opened.session.jobs.lists.look()
    listed = opened.events.wait_for(JobsListed, lambda event: event.kind is JobKind.BATCHES)
    assert listed.session == opened.session.number
    assert [job.id for job in listed.jobs] == ["batch_1"]
    opened.events.wait_for_count(JobsListingEnded, 3)


def test_a_session_that_is_not_open_requests_nothing(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    bench.session.jobs.lists.look()
    bench.session.jobs.lists.refresh(JobKind.BATCHES)
    bench.close()
    assert files_server.requests == []


def test_a_closed_session_ends_the_threads_of_its_jobs(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.jobs.batches.append(running_batch())
    opened.session.jobs.lists.look()
    opened.events.wait_for_count(JobsListingEnded, 3)
    opened.session.close()
    wait_for(lambda: opened.session.has_ended, "that the session has ended")


def test_what_a_server_offers_is_forgotten_with_its_account(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    path = opened.paths.catalog_folder / "offered-lists.json"
    opened.session.jobs.lists.look()
    opened.events.wait_for_count(ListOffered, 3)
    wait_for(lambda: path.exists() and path.read_bytes().count(b"asked_at") == 3, "that it is kept")
    opened.engine.accounts.remove("acme")
    wait_for(lambda: path.read_bytes() == b"{}", "that it is forgotten")


def test_which_batches_ran_is_forgotten_with_the_account(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    path = opened.paths.catalog_folder / "running-batches.json"
    files_server.jobs.batches.append(running_batch(id="batch_1"))
    opened.session.jobs.lists.look()
    wait_for(lambda: path.exists() and b"batch_1" in path.read_bytes(), "that it is kept")
    opened.engine.accounts.remove("acme")
    wait_for(lambda: path.read_bytes() == b"{}", "that it is forgotten")


def test_a_batch_that_ended_while_the_account_was_closed_is_told_when_it_is_opened(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.jobs.batches.append(running_batch(id="batch_1"))
    opened.session.jobs.lists.look()
    opened.events.wait_for_count(JobsListingEnded, 3)
    files_server.jobs.batches[0].update(status="completed", completed_at=1_700_000_900)
    opened.open()
    opened.session.jobs.lists.look()
    ended = opened.events.wait_for(JobsEnded)
    assert [job.id for job in ended.jobs] == ["batch_1"]
    assert ended.since is not None


def test_a_file_whose_download_is_refused_is_shown_as_parsed_for_a_store(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.txt", id="file-a", content=b"x" * 8))
    files_server.jobs.stores.append(served_store(id="vs_1"))
    files_server.jobs.files_of["vs_1"] = [store_file("file-a")]
    files_server.jobs.texts["file-a"] = ["Parsed ", "text"]
    files_server.script(
        "GET", "/files/*/content", [api_error(400, "Not allowed to download files of purpose: x")]
    )
    opened.session.previews.preview(remote_file("a.txt", id="file-a", size=8), True)
    shown = opened.events.wait_for(PreviewReady).preview
    assert "Parsed text" in repr(shown)


@pytest.mark.slow
def test_a_batch_runs_in_the_sandbox_and_its_file_goes_into_a_store(
    make_bench: Callable[..., EngineBench], tmp_path: Path
) -> None:
    clock, timers = ManualClock(time.time()), ManualTimers()
    bench = make_bench(make_timer=timers, make_sandbox=partial(SandboxServer, clock=clock))
    bench.open(SANDBOX_ID)
    jobs = bench.session.jobs
    (tmp_path / "requests.jsonl").write_bytes(jsonl(requests_of(30)))
    bench.session.upload([upload_request(tmp_path / "requests.jsonl")])
    file = bench.events.wait_for(FileAdded).file
    for kind in JobKind:
        jobs.lists.refresh(kind)
    ended = bench.events.wait_for_count(JobsListingEnded, 3)
    assert all(event.complete and not event.oddities for event in ended)

    jobs.batches.start(1, NewBatch(file.id, CHAT, metadata={"name": "nightly"}))
    batch = bench.events.wait_for(BatchStarted).batch
    assert batch.name == "nightly"
    bench.events.wait_for(JobsChanged)
    for _look in range(20):
        clock.now += 5
        timers.created[-1].fire()
    (done,) = [
        job for event in bench.events.all(JobsEnded) for job in event.jobs if job.id == batch.id
    ]
    assert isinstance(done, Batch)
    assert (done.status, done.total, done.progress) == ("completed", 30, 1.0)
    assert {role for role, _file_id in done.file_ids} >= {"input", "output"}
    added = bench.events.wait_for(NewFilesFound)
    assert {one.id for one in added.files} == {
        file_id for role, file_id in done.file_ids if role != "input"
    }
    assert added.are_reported

    store = jobs.known.of(JobKind.VECTOR_STORES)[0]
    (tmp_path / "notes.txt").write_bytes(b"Some notes")
    bench.events.clear()
    bench.session.upload([upload_request(tmp_path / "notes.txt", purpose="user_data")])
    notes = bench.events.wait_for(FileAdded).file
    jobs.stores.changes.attach(2, store.id, [notes.id])
    changed = bench.events.wait_for(StoreChangeEnded)
    assert (changed.changed, changed.failed) == ((notes.id,), ())
    clock.now += 60
    pieces = jobs.texts.find(notes.id, CancelToken())
    assert pieces is not None
    assert b"".join(pieces) == b"Some notes"
    jobs.stores.list_files(store.id)
    bench.events.wait_for(StoreFilesEnded, lambda event: event.complete)
    listed = [one.id for event in bench.events.all(StoreFilesListed) for one in event.files]
    assert notes.id in listed
    jobs.stores.changes.detach(3, store.id, [notes.id])
    changed = bench.events.wait_for(StoreChangeEnded, lambda event: event.request == 3)
    assert changed.changed == (notes.id,)
