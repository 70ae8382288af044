"""Several accounts open at once: sessions stay separate."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from services.accounts.events import AccountOpened, AccountsLoaded
from services.catalog.events import (
    FileAdded,
    FileRetrieved,
    FilesListed,
    ListingEnded,
    ListingStarted,
    NewFilesFound,
    OriginFound,
)
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from services.disk.when_taken import WhenTaken
from services.jobs.job_kind import JobKind
from services.session import Session
from services.system.events import SessionEvent
from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferKind, TransferState
from tests.support.engine_bench import EngineBench
from tests.support.files_server import ScriptedFilesServer
from tests.support.manual_timer import ManualTimers
from tests.support.served_files import served_file
from tests.support.server_faults import Stall
from tests.support.waiting import wait_for


class Two:
    """Two sessions of one engine, on two servers with one file each, both listed."""

    def __init__(
        self, bench: EngineBench, first: ScriptedFilesServer, second: ScriptedFilesServer
    ) -> None:
        self.bench = bench
        self.events = bench.events
        self.servers = (first, second)
        self.sessions: list[Session] = []
        for name, server in zip(("acme", "beta"), self.servers, strict=True):
            bench.save(server, name)
            server.add(served_file(f"{name}.txt", id=f"file-{name}", content=name.encode()))
        bench.events.clear()
        self.sessions = [bench.engine.open(name) for name in ("acme", "beta")]
        bench.events.wait_for_count(ListingEnded, 2)

    def events_of(self, session: Session) -> list[SessionEvent]:
        return [
            event
            for event in self.events.received
            if isinstance(event, SessionEvent) and event.session == session.number
        ]


@pytest.fixture
def timers() -> ManualTimers:
    """The timers of the sessions."""
    return ManualTimers()


@pytest.fixture
def two(
    make_bench: Callable[..., EngineBench],
    make_files_server: Callable[..., ScriptedFilesServer],
    timers: ManualTimers,
) -> Two:
    return Two(make_bench(make_timer=timers), make_files_server(), make_files_server())


def test_each_session_publishes_only_its_own_account(two: Two) -> None:
    for session, account_id in zip(two.sessions, ("acme", "beta"), strict=True):
        events = two.events_of(session)
        assert [type(event) for event in events[-3:]] == [ListingStarted, FilesListed, ListingEnded]
        assert {event.account_id for event in events if hasattr(event, "account_id")} == {
            account_id
        }
        (listed,) = [event for event in events if isinstance(event, FilesListed)]
        assert [file.id for file in listed.files] == [f"file-{account_id}"]
        assert session.account is not None
        assert session.account.id == account_id


def test_requests_of_a_session_go_only_to_its_server(two: Two) -> None:
    for server in two.servers:
        server.requests.clear()
    _acme, beta = two.sessions
    beta.listing.refresh()
    two.events.wait_for_count(ListingEnded, 3)
    beta.details.retrieve("file-beta")
    two.events.wait_for(FileRetrieved, lambda event: event.session == beta.number)
    assert two.servers[0].requests == []
    assert [request.path for request in two.servers[1].requests] == [
        "/files",
        "/files/file-beta",
    ]


def test_transfers_of_both_sessions_run_at_once(two: Two, tmp_path: Path) -> None:
    for session, name in zip(two.sessions, ("acme", "beta"), strict=True):
        path = tmp_path / f"from-{name}.txt"
        path.write_text(f"sent to {name}")
        session.upload([UploadRequest(inspect_file(path), "user_data")])
    two.events.wait_for_count(FileAdded, 2)
    for server, name in zip(two.servers, ("acme", "beta"), strict=True):
        assert [file.filename for file in server.files] == [f"{name}.txt", f"from-{name}.txt"]
    added = {event.account_id: event.file.name for event in two.events.all(FileAdded)}
    assert added == {"acme": "from-acme.txt", "beta": "from-beta.txt"}


def test_downloads_come_from_the_server_of_their_session(two: Two, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    listed = {event.account_id: event.files for event in two.events.all(FilesListed)}
    for session, name in zip(two.sessions, ("acme", "beta"), strict=True):
        session.download(listed[name], folder, WhenTaken.KEEP_BOTH)
    two.events.wait_for_count(
        TransferChanged,
        2,
        lambda event: (
            event.transfer.kind is TransferKind.DOWNLOAD
            and event.transfer.state is TransferState.DONE
        ),
    )
    assert {path.name: path.read_text() for path in folder.iterdir()} == {
        "acme.txt": "acme",
        "beta.txt": "beta",
    }


def test_closed_session_publishes_nothing_and_the_other_continues(two: Two) -> None:
    acme, beta = two.sessions
    two.servers[0].next(Stall())
    acme.listing.refresh()
    two.servers[0].wait_until_stalled()
    acme.close()
    two.events.clear()
    two.servers[0].release()
    acme.listing.refresh()
    acme.details.retrieve("file-acme")
    acme.uploads.origin_of("file-acme")
    beta.listing.refresh()
    beta.uploads.origin_of("file-beta")
    two.events.wait_for(OriginFound)
    two.events.wait_for(ListingEnded)
    assert two.events_of(acme) == []
    assert acme.account is None


def test_removing_an_account_closes_only_its_sessions(two: Two) -> None:
    acme, beta = two.sessions
    two.events.clear()
    two.bench.engine.accounts.remove("acme")
    two.events.wait_for(AccountsLoaded)
    assert (acme.account, beta.account is not None) == (None, True)


def test_account_open_twice_has_listings_with_unique_numbers(two: Two) -> None:
    again = two.bench.engine.open("acme")
    two.events.wait_for(ListingEnded, lambda event: event.session == again.number)
    started = two.events.all(ListingStarted)
    assert len({event.listing for event in started}) == len(started) == 3
    assert {event.session for event in two.events.all(AccountOpened)} == {
        one.number for one in (*two.sessions, again)
    }


def test_upload_of_one_session_is_not_a_new_file_in_another(
    two: Two, timers: ManualTimers, tmp_path: Path
) -> None:
    again = two.bench.engine.open("acme")
    two.events.wait_for(ListingEnded, lambda event: event.session == again.number)
    again.listing.watch(5)
    two.events.clear()
    again.listing.refresh()
    two.events.wait_for(ListingEnded)
    path = tmp_path / "mine.txt"
    path.write_text("mine")
    two.sessions[0].upload([UploadRequest(inspect_file(path), "user_data")])
    two.events.wait_for(FileAdded)
    two.servers[0].add(served_file(id="file-of-somebody"))
    timers.created[-1].fire()
    (found,) = two.events.all(NewFilesFound)
    assert found.session == again.number
    assert [file.id for file in found.files] == ["file-of-somebody"]


def test_closed_sessions_keep_no_threads(two: Two) -> None:
    for _again in range(5):
        session = two.bench.engine.open("acme")
        two.events.wait_for(
            ListingEnded, partial(lambda one, event: event.session == one.number, session)
        )
        session.details.retrieve("file-acme")
        two.events.wait_for(
            FileRetrieved, partial(lambda one, event: event.session == one.number, session)
        )
        session.close()
    for session in two.sessions:
        session.close()
    names = ("listing-", "retrieve-")
    wait_for(
        lambda: not [one for one in threading.enumerate() if one.name.startswith(names)],
        "that the threads of sessions that were left end",
    )


def test_what_is_first_used_after_a_session_was_closed_leaves_no_thread(two: Two) -> None:
    session = two.sessions[0]
    session.close()
    session.references.note_deleted("file-acme")
    assert session.jobs.known.of(JobKind.BATCHES) == ()
    wait_for(lambda: session.has_ended, "that its threads have ended")
