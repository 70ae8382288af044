"""Polling for new files, with a manual clock and timer."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.accounts.events import AccountOpened, AccountsLoaded
from services.api import retry
from services.api.files_api import FilesApi
from services.catalog.cache_keeper import CacheKeeper
from services.catalog.events import (
    CachedFilesListed,
    FilesListed,
    ListingEnded,
    ListingStarted,
    NewFilesFound,
    WatchFailed,
)
from services.catalog.listing_caches import ListingCaches
from services.catalog.listings import Listings
from services.problems.errors import ProblemKind
from services.system.events import Event
from tests.support.engine_bench import EngineBench
from tests.support.events import EventLog
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.leftovers import open_files
from tests.support.manual_clock import ManualClock
from tests.support.manual_timer import ManualTimer, ManualTimers
from tests.support.served_files import ListingQuirk, many_files, served_file
from tests.support.server_faults import Stall, api_error
from tests.support.waiting import wait_for


class Watched:
    """Real listings of a real server, with a manual timer and clock."""

    def __init__(self, folder: Path, server: ScriptedFilesServer) -> None:
        self.server = server
        self.events = EventLog()
        self.clock = ManualClock()
        self.timers = ManualTimers()
        self.keeper = CacheKeeper(ListingCaches(folder))
        self.wait_until_handled: Callable[[float], object] = lambda _seconds: None
        self.listings = Listings(
            self.events,
            threading.RLock(),
            self.keeper,
            numbers=itertools.count(1),
            wait_until_handled=lambda seconds: self.wait_until_handled(seconds),
            clock=self.clock,
            make_timer=self.timers,
        )

    @property
    def timer(self) -> ManualTimer:
        return self.timers.created[0]

    def open(self, minutes: int = 5, account_id: str = "acme") -> None:
        self.listings.open(
            FilesApi(account(id=account_id, base_url=self.server.base_url), TEST_KEY)
        )
        self.listings.watch(minutes)
        self.wait_until_listed()
        self.forget()

    def wait_until_listed(self) -> ListingEnded:
        return self.events.wait_for(ListingEnded)

    def forget(self) -> None:
        self.events.clear()
        self.server.requests.clear()

    def poll(self) -> list[Event]:
        """Run the next poll; return the events it published."""
        self.clock.now += self.timer.seconds
        self.timer.fire()
        return self.events.received

    def close(self) -> None:
        self.server.release()
        self.listings.close()
        self.join()

    def join(self) -> None:
        """Wait for the threads, as the engine does."""
        deadline = time.monotonic() + 10
        self.listings.join(deadline)
        self.keeper.stop()
        self.keeper.join(10)
        assert time.monotonic() < deadline


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "listings"


@pytest.fixture
def watched(
    folder: Path, files_server: ScriptedFilesServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watched]:
    monkeypatch.setattr(retry, "_FIRST_PAUSE", 0.00002)
    files_server.add(*many_files(250))
    watched = Watched(folder, files_server)
    yield watched
    watched.close()


def found_in(events: list[Event]) -> list[str]:
    return [file.id for event in events if isinstance(event, NewFilesFound) for file in event.files]


def requested_limits(server: ScriptedFilesServer) -> list[str]:
    return [request.query["limit"] for request in server.requests]


def test_watching_is_off_by_default_and_set_in_minutes(watched: Watched) -> None:
    watched.open(minutes=0)
    assert watched.timer.seconds == 0
    watched.listings.watch(5)
    assert watched.timer.seconds == 300


def test_new_files_are_published_once_newest_first(watched: Watched) -> None:
    watched.open()
    assert watched.poll() == []
    watched.server.add(served_file(id="file-a"), served_file(id="file-b"))
    (found,) = watched.poll()
    assert isinstance(found, NewFilesFound)
    assert [file.id for file in found.files] == ["file-b", "file-a"]
    assert found.account_id == "acme"
    watched.forget()
    assert watched.poll() == []
    watched.server.add(served_file(id="file-c"))
    assert found_in(watched.poll()) == ["file-c"]


def test_poll_requests_only_a_small_page(watched: Watched) -> None:
    watched.open()
    watched.poll()
    assert requested_limits(watched.server) == ["100"]
    assert watched.server.requests[0].query["order"] == "desc"


def test_poll_reads_back_to_a_known_file(watched: Watched) -> None:
    watched.open()
    new = many_files(140)
    watched.server.add(*new)
    assert found_in(watched.poll()) == [file.id for file in reversed(new)]
    assert requested_limits(watched.server) == ["100", "10000"]


def test_only_new_files_are_published_if_the_server_ignores_parameters(watched: Watched) -> None:
    watched.server.quirks.update(
        {
            ListingQuirk.LIMIT_IGNORED,
            ListingQuirk.AFTER_IGNORED,
            ListingQuirk.HAS_MORE_MISSING,
        }
    )
    watched.open()
    watched.server.add(served_file(id="file-a", created_at=5))
    assert found_in(watched.poll()) == ["file-a"]


def test_files_missing_from_an_incomplete_listing_are_not_new_later(
    watched: Watched,
) -> None:
    watched.open()
    lacking = watched.server.files[-1]
    watched.server.remove(lacking.id)
    watched.server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    watched.listings.refresh()
    assert not watched.wait_until_listed().complete
    watched.server.quirks.clear()
    watched.server.add(lacking, served_file(id="file-a"))
    watched.forget()
    assert found_in(watched.poll()) == ["file-a"]


def test_first_files_of_an_empty_account_are_new(watched: Watched) -> None:
    for file in watched.server.files:
        watched.server.remove(file.id)
    watched.open()
    assert watched.poll() == []
    watched.server.add(served_file(id="file-a"))
    assert found_in(watched.poll()) == ["file-a"]


def test_own_upload_is_not_new(watched: Watched) -> None:
    watched.open()
    watched.server.add(served_file(id="file-mine"))
    watched.listings.mark_known("acme", "file-mine")
    watched.listings.mark_known("other", "file-theirs")
    assert watched.poll() == []
    watched.server.add(served_file(id="file-theirs"))
    assert found_in(watched.poll()) == ["file-theirs"]


def test_upload_during_a_listing_is_not_new(watched: Watched) -> None:
    watched.open()
    watched.server.add(*many_files(1000))
    watched.server.script("GET", "/files", [None, Stall()])
    watched.listings.refresh()
    watched.server.wait_until_stalled()
    watched.server.add(served_file(id="file-mine"))
    watched.listings.mark_known("acme", "file-mine")
    watched.server.release()
    watched.wait_until_listed()
    watched.forget()
    assert watched.poll() == []


def test_refresh_publishes_new_files(watched: Watched) -> None:
    watched.open()
    watched.server.add(served_file(id="file-a"))
    watched.listings.refresh()
    watched.wait_until_listed()
    assert found_in(watched.events.received) == ["file-a"]
    watched.forget()
    assert watched.poll() == []


def test_everything_is_listed_once_an_hour(watched: Watched) -> None:
    watched.open(minutes=15)
    for _quarter in range(3):
        assert watched.poll() == []
    watched.server.add(served_file(id="file-a"))
    watched.poll()
    assert watched.wait_until_listed().complete
    kinds = [type(event) for event in watched.events.received]
    assert kinds == [NewFilesFound, ListingStarted, FilesListed, ListingEnded]
    watched.forget()
    assert watched.poll() == []


def test_poll_lists_everything_without_a_complete_listing(watched: Watched) -> None:
    watched.server.next(api_error(403, "no"))
    watched.open()
    watched.poll()
    assert watched.wait_until_listed().complete
    assert watched.events.all(NewFilesFound) == []
    watched.server.add(served_file(id="file-a"))
    assert found_in(watched.poll()) == ["file-a"]


def test_watching_can_be_turned_on_later(watched: Watched) -> None:
    watched.open(minutes=0)
    watched.listings.watch(1)
    watched.poll()
    assert watched.wait_until_listed().complete


def test_no_poll_during_a_listing(watched: Watched) -> None:
    watched.open()
    watched.server.next(Stall())
    watched.listings.refresh()
    watched.server.wait_until_stalled()
    watched.poll()
    assert len(watched.server.requests) == 1
    watched.server.release()
    watched.wait_until_listed()
    watched.poll()
    assert len(watched.server.requests) == 2


def test_no_poll_while_a_listing_continues(watched: Watched) -> None:
    watched.server.add(*many_files(1500))
    watched.server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    watched.server.script("GET", "/files", [None, api_error(403, "no"), Stall()])
    watched.open()
    watched.listings.resume()
    watched.server.wait_until_stalled()
    watched.poll()
    assert len(watched.server.requests) == 1
    assert watched.events.all(ListingEnded) == []


def test_failed_poll_is_reported_and_polling_continues(watched: Watched) -> None:
    watched.open()
    watched.server.add(served_file(id="file-a"))
    watched.server.next(api_error(403, "no"))
    (failed,) = watched.poll()
    assert isinstance(failed, WatchFailed)
    assert (failed.account_id, failed.problem.kind) == ("acme", ProblemKind.NOT_PERMITTED)
    assert found_in(watched.poll()) == ["file-a"]


def test_recovery_is_reported_once(watched: Watched) -> None:
    watched.server.add(*many_files(3))
    watched.open()
    watched.server.script("GET", "/files", [api_error(403, "No")])
    assert [type(event) for event in watched.poll()] == [WatchFailed]
    watched.forget()
    assert watched.poll() == [NewFilesFound("acme", ())]
    watched.forget()
    assert watched.poll() == []


@pytest.mark.parametrize("how", ["refresh", "watch", "leave", "open", "close"])
def test_poll_is_aborted_by(watched: Watched, how: str) -> None:
    watched.open()
    watched.server.add(served_file(id="file-a"))
    watched.server.next(Stall())
    looking = threading.Thread(target=watched.poll)
    looking.start()
    watched.server.wait_until_stalled()
    match how:
        case "refresh":
            watched.listings.refresh()
        case "watch":
            watched.listings.watch(0)
        case "leave":
            watched.listings.leave()
        case "open":
            watched.listings.open(
                FilesApi(account(id="other", base_url=watched.server.base_url), TEST_KEY)
            )
        case "close":
            watched.listings.close()
    looking.join(10)
    assert not looking.is_alive()
    if how in {"refresh", "open"}:
        watched.wait_until_listed()
    assert watched.events.all(WatchFailed) == []
    assert found_in(watched.events.received) == (["file-a"] if how == "refresh" else [])


def test_watching_ends_with_the_account(watched: Watched) -> None:
    watched.open()
    watched.listings.leave()
    assert watched.timer.seconds == 0
    watched.listings.watch(5)
    assert watched.timer.seconds == 0


def test_watching_ends_only_when_its_account_is_removed(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer
) -> None:
    timers = ManualTimers()
    bench = make_bench(make_timer=timers)
    bench.save(files_server)
    bench.open()
    bench.session.listing.watch(5)
    timer = timers.created[-1]
    for account_id, seconds in (("other", 300), ("acme", 0)):
        bench.events.clear()
        bench.engine.accounts.remove(account_id)
        bench.events.wait_for(AccountsLoaded)
        assert timer.seconds == seconds


def stall_a_listing(watched: Watched) -> None:
    watched.server.next(Stall())
    watched.listings.refresh()
    watched.server.wait_until_stalled()


def test_leaving_the_account_abandons_its_listing(watched: Watched, folder: Path) -> None:
    watched.open()
    stall_a_listing(watched)
    watched.listings.leave()
    assert not watched.wait_until_listed().complete
    wait_for(lambda: not open_files(folder), "that the file of the listing is closed")
    watched.listings.close()
    watched.join()


def test_listing_that_ends_while_quitting_is_cached(watched: Watched, folder: Path) -> None:
    all_handled = threading.Event()

    def wait_until_handled(_seconds: float) -> None:
        if watched.events.all(FilesListed):
            all_handled.set()
            assert watched.timer.joined.wait(10)

    watched.wait_until_handled = wait_until_handled
    api = FilesApi(account(base_url=watched.server.base_url), TEST_KEY)
    watched.listings.open(api)
    assert all_handled.wait(10)
    watched.listings.close()
    watched.join()
    names = [thread.name for thread in threading.enumerate()]
    assert [name for name in names if name.startswith("listing")] == []
    assert (
        len(
            [
                file
                for _at, files in CacheKeeper(ListingCaches(folder)).read_cached(api)
                for file in files
            ]
        )
        == 250
    )


def test_new_files_are_in_the_cache_of_the_next_session(watched: Watched, folder: Path) -> None:
    watched.open()
    watched.server.add(served_file(id="file-a"))
    watched.poll()
    watched.close()
    again = Watched(folder, watched.server)
    again.listings.open(FilesApi(account(base_url=watched.server.base_url), TEST_KEY))
    again.wait_until_listed()
    last = [file.id for event in again.events.all(CachedFilesListed) for file in event.files]
    assert len(last) == 251
    assert "file-a" in last
    again.close()


def test_files_that_jobs_have_made_are_found_without_watching(watched: Watched) -> None:
    watched.open(minutes=0)
    watched.server.add(served_file(id="file-a"), served_file(id="file-b"))
    watched.listings.add_made(["file-a", "file-gone", "file-b"], are_reported=True)
    found = watched.events.wait_for(NewFilesFound)
    assert [file.id for file in found.files] == ["file-a", "file-b"]
    assert found.are_reported
    assert [one.path for one in watched.server.requests] == [
        "/files/file-a",
        "/files/file-gone",
        "/files/file-b",
    ]


def test_files_that_jobs_have_made_are_not_new_to_the_next_poll(watched: Watched) -> None:
    watched.open()
    watched.server.add(served_file(id="file-a"))
    watched.listings.add_made(["file-a"], are_reported=False)
    watched.events.wait_for(NewFilesFound)
    watched.forget()
    assert watched.poll() == []


def test_a_server_that_fails_is_not_asked_for_more_files_of_jobs(watched: Watched) -> None:
    watched.open(minutes=0)
    watched.server.add(served_file(id="file-a"), served_file(id="file-c"))
    watched.server.script("GET", "/files/file-b", [api_error(403, "No")])
    watched.listings.add_made(["file-a", "file-b", "file-c"], are_reported=False)
    found = watched.events.wait_for(NewFilesFound)
    assert [file.id for file in found.files] == ["file-a"]
    assert watched.server.requests_to("GET", "/files/file-c") == []


def test_files_of_jobs_are_not_published_once_the_account_is_left(watched: Watched) -> None:
    watched.open(minutes=0)
    watched.server.add(served_file(id="file-a"))
    watched.server.script("GET", "/files/file-a", [Stall()])
    watched.listings.add_made(["file-a"], are_reported=False)
    wait_for(lambda: watched.server.requests, "the request")
    watched.listings.leave()
    watched.server.release()
    watched.listings.close()
    watched.join()
    assert watched.events.all(NewFilesFound) == []


def test_watching_applies_to_the_open_account(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer
) -> None:
    timers = ManualTimers()
    bench = make_bench(make_timer=timers)
    bench.save(files_server)
    bench.open_account("acme")
    bench.events.wait_for(AccountOpened)
    bench.session.listing.watch(1)
    bench.events.wait_for(ListingEnded)
    files_server.add(served_file(id="file-a"))
    timer = timers.created[-1]
    timer.fire()
    assert found_in(bench.events.received) == ["file-a"]
    bench.open_account("acme")
    assert timer.seconds == 0
    assert timer.stopped
    bench.events.wait_for_count(ListingEnded, 2)
    bench.close()
    assert timers.created[-1].stopped
