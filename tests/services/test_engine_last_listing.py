"""The cached listing through the engine: published first, updated, cleared, never mixed up."""

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountOpened, AccountsLoaded
from services.api.remote_file import RemoteFile
from services.catalog import listings
from services.catalog.events import (
    CachedFilesListed,
    FileAdded,
    FileDeleted,
    FilesListed,
    ListingEnded,
    ListingStarted,
)
from services.catalog.export_format import ExportFormat
from services.catalog.file_export import export_pieces
from services.disk.events import ReportSaved
from services.problems.events import SomethingFailed
from services.providers.account import SANDBOX_ID, Account
from services.transfers.events import TransfersRestored
from tests.support.engine_bench import EngineBench
from tests.support.factories import account, remote_file, upload_request
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import ListingQuirk, many_files, served_file
from tests.support.server_faults import Stall, api_error

MakeBench = Callable[..., EngineBench]


def session(make_bench: MakeBench, account_id: str = "acme") -> EngineBench:
    """Start another session of the program, with the account listed."""
    bench = make_bench()
    bench.open(account_id)
    return bench


def last_of(bench: EngineBench) -> list[RemoteFile]:
    return [file for event in bench.events.all(CachedFilesListed) for file in event.files]


def caches(bench: EngineBench) -> list[Path]:
    return sorted(bench.paths.listings_folder.glob("*.sqlite"))


def save(bench: EngineBench, who: Account, key: str = TEST_KEY) -> None:
    bench.engine.accounts.save(AccountDraft(who, key))
    bench.events.wait_for(AccountsLoaded, lambda event: who in event.accounts)


@pytest.mark.slow
def test_cached_listing_is_published_before_the_new_one_starts(
    make_bench: MakeBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(2300))
    first = make_bench()
    first.save(files_server)
    first.open()
    assert first.events.all(CachedFilesListed) == []
    listed = [file for event in first.events.all(FilesListed) for file in event.files]
    first.close()
    files_server.add(served_file("new.txt"))
    second = session(make_bench)
    kinds = (AccountOpened, CachedFilesListed, ListingStarted, FilesListed, ListingEnded)
    order = [type(event) for event in second.events.received if isinstance(event, kinds)]
    assert [kind for kind, _same in itertools.groupby(order)] == list(kinds)
    assert last_of(second) == listed
    assert len(second.events.all(CachedFilesListed)) > 1
    assert 0 <= time.time() - second.events.all(CachedFilesListed)[0].listed_at < 60
    second.events.clear()
    second.session.listing.refresh()
    second.events.wait_for(ListingEnded)
    assert second.events.all(CachedFilesListed) == []


@pytest.mark.slow
@pytest.mark.parametrize("last", [300, 500])
def test_cached_listing_starts_with_what_to_show_at_once(
    make_bench: MakeBench,
    files_server: ScriptedFilesServer,
    monkeypatch: pytest.MonkeyPatch,
    last: int,
) -> None:
    files_server.add(*many_files(2000 + last))
    first = make_bench()
    first.save(files_server)
    first.open()
    first.close()
    monkeypatch.setattr(listings, "_FILES_PER_EVENT", 500)
    pieces = session(make_bench).events.all(CachedFilesListed)
    assert [(len(piece.files), piece.more) for piece in pieces] == [
        (1000, False),
        (500, True),
        (500, True),
        (last, False),
    ]


@pytest.mark.slow
def test_interrupted_listing_is_cached_only_after_it_continues(
    make_bench: MakeBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(1500))
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    first = make_bench()
    first.save(files_server)
    first.open()
    first.close()
    files_server.add(served_file("new.txt", id="file-new"))
    files_server.script("GET", "/files", [None, api_error(403, "no")])
    second = session(make_bench)
    second.close()
    files_server.script("GET", "/files", [None, api_error(403, "no")])
    third = session(make_bench)
    assert len(last_of(third)) == 1500
    third.events.clear()
    third.session.listing.resume()
    third.events.wait_for(ListingEnded, lambda event: event.complete)
    third.close()
    fourth = session(make_bench)
    assert [file.id for file in last_of(fourth)] == [
        file.id for file in reversed(files_server.files)
    ]


def test_listing_from_a_stuck_server_is_cached(
    make_bench: MakeBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(3))
    files_server.quirks.update({ListingQuirk.AFTER_IGNORED, ListingQuirk.HAS_MORE_ALWAYS})
    first = make_bench()
    first.save(files_server)
    first.open()
    assert not first.events.wait_for(ListingEnded).complete
    first.close()
    assert len(last_of(session(make_bench))) == 3


@pytest.mark.slow
def test_incomplete_listing_removes_nothing_from_the_cache(
    make_bench: MakeBench, files_server: ScriptedFilesServer
) -> None:
    files = many_files(3)
    files_server.add(*files)
    first = make_bench()
    first.save(files_server)
    first.open()
    first.close()
    files_server.remove(files[0].id)
    files_server.add(served_file(id="file-new"))
    files_server.quirks.add(ListingQuirk.HAS_MORE_ALWAYS)
    second = session(make_bench)
    assert not second.events.wait_for(ListingEnded).complete
    second.close()
    files_server.quirks.clear()
    ids = {file.id for file in last_of(session(make_bench))}
    assert ids == {file.id for file in files} | {"file-new"}
    whole = session(make_bench)
    whole.close()
    assert files[0].id not in {file.id for file in last_of(session(make_bench))}


@pytest.mark.slow
def test_uploads_and_deletes_update_the_cache(
    make_bench: MakeBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    gone = served_file("gone.txt", id="file-gone")
    files_server.add(*many_files(3), gone)
    first = make_bench()
    first.events.wait_for(TransfersRestored)
    first.save(files_server)
    first.open()
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    first.session.upload([upload_request(tmp_path / "a.jsonl")])
    added = first.events.wait_for(FileAdded).file
    first.session.delete([remote_file("gone.txt", id="file-gone")])
    first.events.wait_for(FileDeleted)
    first.close()
    files_server.next(Stall())
    second = make_bench()
    second.open_account("acme")
    files_server.wait_until_stalled()
    assert {file.id for file in last_of(second)} == {file.id for file in files_server.files}
    assert added in last_of(second)


@pytest.mark.slow
def test_accounts_with_another_project_or_key_share_no_cache(
    make_bench: MakeBench, make_files_server: Callable[..., ScriptedFilesServer]
) -> None:
    server = make_files_server(many_files(3), key=None)
    first = make_bench()
    who = account(base_url=server.base_url, project="one")
    save(first, who)
    first.open()
    first.close()
    for number, (changed, key) in enumerate(
        [
            (replace(who, project="two"), TEST_KEY),
            (replace(who, project="two"), "sk-another-key"),
            (replace(who, project="two", id="other"), "sk-another-key"),
        ]
    ):
        bench = make_bench()
        save(bench, changed, key)
        server.next(api_error(403, "not now"))
        bench.open(changed.id)
        assert last_of(bench) == [], number
        bench.session.listing.refresh()
        bench.events.wait_for(ListingEnded, lambda event: event.complete)
        bench.close()
        if changed.id == who.id:
            assert len(caches(bench)) == 1, "that of the older key is gone"


def test_no_cache_file_contains_the_key(
    make_bench: MakeBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    files_server.add(*many_files(3))
    bench = make_bench()
    bench.save(files_server)
    bench.open()
    bench.close()
    assert len(caches(bench)) == 1
    for path in bench.paths.listings_folder.iterdir():
        assert TEST_KEY not in path.name
        assert TEST_KEY.encode() not in path.read_bytes()


@pytest.mark.slow
def test_removing_an_account_removes_its_cache(
    make_bench: MakeBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(1500))
    bench = make_bench()
    bench.save(files_server)
    bench.save(files_server, "other")
    bench.open("acme")
    bench.open("other")
    # During a listing, which must not bring it back.
    files_server.script("GET", "/files", [None, Stall()])
    bench.session.listing.refresh()
    files_server.wait_until_stalled()
    bench.events.clear()
    bench.engine.accounts.remove("other")
    bench.events.wait_for(AccountsLoaded)
    files_server.release()
    bench.engine.accounts.remove("acme")
    bench.events.wait_for_count(AccountsLoaded, 2)
    bench.close()
    assert caches(bench) == []


@pytest.mark.slow
def test_caches_can_be_cleared_during_a_listing(
    make_bench: MakeBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(1500))
    bench = make_bench()
    bench.save(files_server)
    bench.open()
    files_server.script("GET", "/files", [None, Stall()])
    bench.events.clear()
    bench.session.listing.refresh()
    files_server.wait_until_stalled()
    bench.engine.caches.clear_all()
    files_server.release()
    assert bench.events.wait_for(ListingEnded).complete
    bench.close()
    assert caches(bench) == []
    assert last_of(session(make_bench)) == []


def test_sandbox_is_not_cached(make_bench: MakeBench) -> None:
    bench = session(make_bench, SANDBOX_ID)
    assert bench.events.all(FilesListed)
    bench.close()
    assert caches(bench) == []


def test_everything_else_works_without_a_cache_folder(
    make_bench: MakeBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(3))
    bench = make_bench()
    bench.paths.listings_folder.parent.mkdir(exist_ok=True)
    bench.paths.listings_folder.write_text("in the way")
    bench.save(files_server)
    bench.open()
    assert bench.events.wait_for(ListingEnded).complete
    bench.engine.caches.clear_all()
    bench.close()
    assert bench.events.all(SomethingFailed) == []


def test_file_list_is_exported(bench: EngineBench, tmp_path: Path) -> None:
    files = [remote_file("a.jsonl", id="file-a"), remote_file("b.jsonl", id="file-b")]
    path = tmp_path / "list.jsonl"
    bench.engine.saver.save(path, lambda: export_pieces(files, ExportFormat.JSONL))
    assert bench.events.wait_for(ReportSaved).path == path
    assert path.read_text().count("\n") == 2
