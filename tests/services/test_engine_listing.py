"""Listing, retrieving and gathering through the engine."""

import itertools
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from services.catalog.events import (
    FileNotRetrieved,
    FileRetrieved,
    FilesListed,
    ListingEnded,
    ListingStarted,
)
from services.checks.events import PathsGathered
from services.problems.errors import ProblemKind
from services.system.events import Event
from tests.support.engine_bench import EngineBench
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import ListingQuirk, many_files, served_file
from tests.support.server_faults import (
    Answer,
    Delivery,
    Framing,
    Stall,
    api_error,
)


@pytest.fixture
def broke_off(bench: EngineBench, files_server: ScriptedFilesServer) -> ListingEnded:
    """The end of a listing whose second page was refused."""
    files_server.add(*many_files(1000))
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    files_server.script("GET", "/files", [None, api_error(403, "no")])
    bench.save(files_server)
    bench.open()
    return bench.events.wait_for(ListingEnded)


@pytest.fixture
def stopped(opened: EngineBench, files_server: ScriptedFilesServer) -> ListingEnded:
    """The end of a listing that was stopped while waiting for its second page."""
    files_server.add(*many_files(1500))
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    files_server.script("GET", "/files", [None, Stall()])
    opened.session.listing.refresh()
    files_server.wait_until_stalled()
    opened.session.listing.stop()
    return opened.events.wait_for(ListingEnded)


# Listing


@pytest.mark.slow
def test_pages_are_published_as_they_arrive(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(2300))
    bench.save(files_server)
    bench.open()
    kinds = (ListingStarted, FilesListed, ListingEnded)
    started, *between, ended = [one for one in bench.events.received if isinstance(one, kinds)]
    assert isinstance(started, ListingStarted)
    pages = [one for one in between if isinstance(one, FilesListed)]
    assert len(between) == len(pages) > 1
    sizes = [len(page.files) for page in pages]
    assert [page.so_far for page in pages] == list(itertools.accumulate(sizes))
    assert pages[-1].so_far == 2300
    assert ended == ListingEnded("acme", started.listing, complete=True, session=ended.session)
    assert {page.listing for page in pages} == {started.listing}


def test_pages_wait_until_earlier_ones_are_handled(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(2300))
    waits, taken = threading.Event(), threading.Event()
    longest: list[float] = []

    def wait_until_handled(seconds: float) -> None:
        longest.append(seconds)
        if bench.events.all(FilesListed):
            waits.set()
            taken.wait(10)

    bench.wait_until_handled = wait_until_handled
    bench.save(files_server)
    bench.open_account("acme")
    assert waits.wait(10)
    assert [page.so_far for page in bench.events.all(FilesListed)] == [1000]
    taken.set()
    assert bench.events.wait_for(ListingEnded).complete
    assert bench.events.all(FilesListed)[-1].so_far == 2300
    assert max(longest) < 1


@pytest.mark.slow
def test_listing_that_fails_midway_is_incomplete(
    bench: EngineBench, broke_off: ListingEnded
) -> None:
    assert not broke_off.complete
    assert broke_off.problem is not None
    assert [page.so_far for page in bench.events.all(FilesListed)] == [500]


def test_listing_can_be_stopped_between_pages(stopped: ListingEnded) -> None:
    assert (stopped.complete, stopped.problem) == (False, None)


@pytest.mark.parametrize(
    "fault",
    [
        Delivery(stall_in_head=True),
        Delivery(stall_after=0),
        Delivery(stall_after=10),
        Delivery(stall_after=10, framing=Framing.CHUNKED),
        Delivery(stall_after=10, framing=Framing.CLOSE),
        Delivery(stall_after=10, gzip=True),
    ],
    ids=repr,
)
def test_listing_stopped_during_an_answer_is_not_a_failure(
    opened: EngineBench, files_server: ScriptedFilesServer, fault: Delivery
) -> None:
    files_server.next(fault)
    opened.session.listing.refresh()
    files_server.wait_until_stalled()
    opened.session.listing.stop()
    ended = opened.events.wait_for(ListingEnded)
    assert (ended.complete, ended.problem) == (False, None)


def test_refresh_ends_the_previous_listing_and_starts_over(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(3))
    files_server.next(Stall())
    opened.session.listing.refresh()
    files_server.wait_until_stalled()
    opened.session.listing.refresh()
    first, second = opened.events.wait_for_count(ListingEnded, 2)
    assert first.listing < second.listing
    assert (first.complete, first.problem, second.complete) == (False, None, True)
    assert {page.listing for page in opened.events.all(FilesListed)} == {second.listing}


def test_many_quick_refreshes_end_in_one_complete_listing(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(3))
    for _ in range(50):
        opened.session.listing.refresh()
    opened.events.wait_for(ListingEnded, lambda event: event.complete)
    numbers = [
        event.listing
        for event in opened.events.received
        if isinstance(event, ListingStarted | FilesListed | ListingEnded)
    ]
    assert numbers == sorted(numbers)
    last = [event for event in opened.events.received if isinstance(event, ListingEnded)][-1]
    assert (last.complete, last.listing) == (True, max(numbers))
    assert len(opened.events.all(ListingStarted)) == len(opened.events.all(ListingEnded))


def test_refresh_in_response_to_a_start_gets_both_ends(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer
) -> None:
    started: list[int] = []

    def refresh_at_the_first(event: Event) -> None:
        if isinstance(event, ListingStarted):
            started.append(event.listing)
            if len(started) == 1:
                bench.session.listing.refresh()

    bench = make_bench(listener=refresh_at_the_first)
    bench.save(files_server)
    bench.open_account("acme")
    bench.events.wait_for(ListingEnded, lambda event: event.complete)
    ends = [(event.listing, event.complete) for event in bench.events.all(ListingEnded)]
    assert ends == [(started[0], False), (started[1], True)]


def test_oddities_are_described_in_sentences(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.next(Answer(200, body=b'{"data": [{"id": "file-1"}, {"name": "x"}, 7]}'))
    files_server.next(Answer(200, body=b'{"data": []}'))
    bench.save(files_server)
    bench.open()
    ended = bench.events.wait_for(ListingEnded)
    assert (ended.complete, ended.oddities) == (True, ("2 objects without an ID were hidden.",))


@pytest.mark.slow
def test_interrupted_listing_continues_with_the_same_number(
    bench: EngineBench, broke_off: ListingEnded
) -> None:
    assert broke_off.can_resume
    bench.events.clear()
    bench.session.listing.resume()
    ended = bench.events.wait_for(ListingEnded)
    assert ended == ListingEnded("acme", broke_off.listing, complete=True, session=ended.session)
    assert bench.events.all(ListingStarted) == [
        ListingStarted("acme", broke_off.listing, session=ended.session)
    ]
    assert [page.so_far for page in bench.events.all(FilesListed)] == [1000]
    assert len(bench.events.all(FilesListed)[0].files) == 500
    bench.events.clear()
    bench.session.listing.resume()
    bench.session.listing.refresh()
    bench.events.wait_for(ListingEnded)
    assert {event.listing for event in bench.events.all(ListingStarted)} == {ended.listing + 1}


@pytest.mark.slow
def test_stopped_listing_can_continue(opened: EngineBench, stopped: ListingEnded) -> None:
    assert stopped.can_resume
    opened.events.clear()
    opened.session.listing.resume()
    assert opened.events.wait_for(ListingEnded).complete
    assert opened.events.all(FilesListed)[-1].so_far == 1500


@pytest.mark.slow
@pytest.mark.parametrize("status", [None, 404])
def test_listing_restarts_if_the_server_lost_its_cursor(
    bench: EngineBench,
    files_server: ScriptedFilesServer,
    broke_off: ListingEnded,
    status: int | None,
) -> None:
    last = bench.events.all(FilesListed)[-1].files[-1]
    files_server.remove(last.id)
    if status is not None:
        files_server.next(api_error(status, "Unknown cursor"))
    bench.events.clear()
    bench.session.listing.resume()
    ended = bench.events.wait_for(ListingEnded, lambda event: event.complete)
    again = broke_off.listing + 1
    assert ended == ListingEnded("acme", again, complete=True, session=ended.session)
    assert bench.events.all(ListingEnded) == [
        ListingEnded("acme", broke_off.listing, complete=False, session=ended.session),
        ended,
    ]
    pages = bench.events.all(FilesListed)
    assert {page.listing for page in pages} == {again}
    ids = [file.id for page in pages for file in page.files]
    assert len(ids) == 999
    assert last.id not in ids


def test_cursor_lost_later_is_reported_instead_of_restarting(
    bench: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(1500))
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    lost = api_error(404, "Unknown cursor")
    files_server.script("GET", "/files", [None, lost, None, lost])
    bench.save(files_server)
    bench.open()
    first = bench.events.wait_for(ListingEnded)
    bench.events.clear()
    bench.session.listing.resume()
    second = bench.events.wait_for(ListingEnded)
    for ended in (first, second):
        assert ended.problem is not None
        assert (ended.listing, ended.can_resume) == (first.listing, True)
    assert bench.events.all(FilesListed)[-1].so_far == 1000


def test_listing_refused_again_can_still_continue(
    bench: EngineBench, files_server: ScriptedFilesServer, broke_off: ListingEnded
) -> None:
    files_server.next(api_error(403, "still no"))
    bench.events.clear()
    bench.session.listing.resume()
    ended = bench.events.wait_for(ListingEnded)
    assert ended.problem is not None
    assert (ended.listing, ended.can_resume) == (broke_off.listing, True)


@pytest.mark.slow
def test_server_that_rejects_the_cursor_is_asked_again_once(
    bench: EngineBench, files_server: ScriptedFilesServer, broke_off: ListingEnded
) -> None:
    files_server.next(api_error(400, "no"), None, api_error(400, "no"))
    bench.events.clear()
    bench.session.listing.resume()
    ended = bench.events.wait_for(ListingEnded, lambda event: event.problem is not None)
    assert (ended.listing, ended.can_resume) == (broke_off.listing + 1, True)
    bench.session.listing.resume()
    assert (
        bench.events.wait_for(ListingEnded, lambda event: event.complete).listing == ended.listing
    )


def test_nothing_continues_without_an_account(bench: EngineBench) -> None:
    bench.session.listing.resume()
    bench.session.listing.refresh()
    bench.session.listing.stop()
    bench.session.listing.watch(5)
    assert bench.events.received == []


def test_listing_not_ended_by_the_server_is_incomplete(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(2))
    files_server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    opened.session.listing.refresh()
    ended = opened.events.wait_for(ListingEnded)
    assert (ended.complete, ended.problem, ended.can_resume) == (False, None, False)
    assert len(ended.oddities) == 1


# Retrieving and gathering


def test_every_field_of_a_file_is_published(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("a.txt", id="file-a", of_later=[1]))
    opened.session.details.retrieve("file-a")
    event = opened.events.wait_for(FileRetrieved)
    assert dict(event.fields)["of_later"] == [1]
    opened.session.details.retrieve("file-b")
    refused = opened.events.wait_for(FileNotRetrieved)
    assert (refused.file_id, refused.problem.kind) == ("file-b", ProblemKind.NOT_FOUND)


@pytest.mark.parametrize("fault", [Stall(), Delivery(stall_in_head=True), Delivery(stall_after=5)])
def test_only_the_last_requested_file_is_published(
    opened: EngineBench, files_server: ScriptedFilesServer, fault: Stall | Delivery
) -> None:
    files_server.add(served_file(id="file-a"), served_file(id="file-b"))
    files_server.next(fault)
    opened.session.details.retrieve("file-a")
    files_server.wait_until_stalled()
    opened.session.details.retrieve("file-b")
    opened.events.wait_for(FileRetrieved)
    opened.session.details.retrieve("file-c")
    opened.events.wait_for(FileNotRetrieved)
    events = opened.events.all(FileRetrieved) + opened.events.all(FileNotRetrieved)
    assert [event.file_id for event in events] == ["file-b", "file-c"]


def test_paths_are_gathered(bench: EngineBench, tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.txt").write_text("x")
    bench.engine.new_session().checks.gather([tmp_path / "d", tmp_path / "gone"], 5)
    event = bench.events.wait_for(PathsGathered)
    assert (event.request, event.folders, event.skipped) == (5, 1, 0)
    assert [file.name for file in event.files] == ["a.txt", "gone"]
