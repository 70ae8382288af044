"""The jobs of a session of the whole engine."""

from services.jobs.events import JobsListed, JobsListingEnded, ListOffered
from services.jobs.job_kind import JobKind
from services.previews.events import PreviewReady
from tests.support.engine_bench import EngineBench
from tests.support.factories import remote_file
from tests.support.files_server import ScriptedFilesServer
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
