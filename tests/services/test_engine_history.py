"""The upload history through the engine, against a real server."""

import hashlib
import logging
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from services.accounts.events import AccountsLoaded
from services.catalog import upload_history
from services.catalog.events import (
    FileAdded,
    FileNotRetrieved,
    FilesRestored,
    ListingEnded,
    OriginFound,
    RestorableFound,
    UploadHistoryCleared,
    UploadsFound,
)
from services.catalog.upload_record import KnownUpload, LocalCopy, UploadOrigin
from services.catalog.upload_store import UploadStore
from services.checks.gathering import inspect_file
from services.disk.local_file import UploadRequest
from services.disk.when_taken import WhenTaken
from services.problems.errors import ProblemKind
from services.problems.events import SomethingFailed
from services.providers.account import SANDBOX_ID
from services.system.events import Event
from services.transfers.events import DeletesEnded, TransferChanged, TransfersRestored
from services.transfers.transfer import TransferState
from tests.support.engine_bench import EngineBench
from tests.support.factories import remote_file
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import Moment, Reset, Stall, api_error, json_body, rate_limited

CONTENT = b'{"custom_id": "1"}\n'
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "local" / "a.jsonl"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


def send(bench: EngineBench, path: Path, purpose: str = "batch", **named: int) -> str:
    """Upload a file; return its ID."""
    bench.events.clear()
    bench.session.upload([UploadRequest(inspect_file(path), purpose, **named)])
    file_id = bench.events.wait_for(FileAdded).file.id
    bench.transfer()  # the transfer ends after that
    return file_id


def known(bench: EngineBench, *paths: Path) -> dict[Path, KnownUpload]:
    """Return the known uploads of these files."""
    bench.events.clear()
    bench.session.uploads.look_up(3, [inspect_file(path) for path in paths])
    bench.events.wait_for(UploadsFound, lambda event: event.ended)
    events = bench.events.all(UploadsFound)
    assert {event.request for event in events} == {3}
    return {path: one for event in events for path, one in event.found}


def origin(bench: EngineBench, file_id: str) -> UploadOrigin | None:
    bench.events.clear()
    bench.session.uploads.origin_of(file_id)
    return bench.events.wait_for(OriginFound, lambda event: event.file_id == file_id).origin


def copy_of(bench: EngineBench, file_id: str) -> LocalCopy:
    where = origin(bench, file_id)
    assert where is not None
    return where.local


def restored(bench: EngineBench, *file_ids: str) -> FilesRestored:
    bench.events.clear()
    bench.session.uploads.restore(file_ids)
    return bench.events.wait_for(FilesRestored)


def delete(bench: EngineBench, file_id: str) -> None:
    bench.session.delete([remote_file(id=file_id)])
    bench.events.wait_for(DeletesEnded)


def touch(path: Path) -> None:
    """Change the modification time of a file."""
    os.utime(path, ns=(0, path.stat().st_mtime_ns - 5_000_000_000))


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


# Recognizing files


def test_uploaded_file_is_recognized(opened: EngineBench, local: Path) -> None:
    file_id = send(opened, local)
    one = known(opened, local)[local]
    assert (one.file_id, one.same_content, one.purpose) == (file_id, True, "batch")
    assert one.name == "a.jsonl"


def test_copy_is_recognized_by_the_hash_of_the_upload(
    opened: EngineBench, local: Path, tmp_path: Path
) -> None:
    file_id = send(opened, local)
    copy, other = tmp_path / "copy.jsonl", tmp_path / "local" / "b.jsonl"
    copy.write_bytes(CONTENT)
    other.write_bytes(CONTENT.replace(b"1", b"2"))
    found = known(opened, other, copy)
    assert {path: one.file_id for path, one in found.items()} == {copy: file_id}
    assert found[copy].same_content


@pytest.mark.slow
def test_uploads_of_earlier_sessions_are_recognized(
    opened: EngineBench, make_bench: Callable[..., EngineBench], local: Path
) -> None:
    file_id = send(opened, local)
    opened.close()
    again = make_bench()
    again.open()
    assert known(again, local)[local].file_id == file_id


def test_deleted_file_is_no_longer_recognized(opened: EngineBench, local: Path) -> None:
    delete(opened, send(opened, local))
    assert known(opened, local) == {}


def test_a_removed_account_can_take_its_part_of_the_history_along(
    opened: EngineBench, local: Path, tmp_path: Path
) -> None:
    send(opened, local)
    opened.engine.accounts.remove("acme", True)
    opened.events.wait_for(UploadHistoryCleared)
    (database,) = tmp_path.rglob("uploads.sqlite")
    assert os.fsencode(local.name) not in database.read_bytes()


@pytest.mark.parametrize("with_uploads", [False, True])
def test_the_history_stays_if_another_account_shares_it(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path, with_uploads: bool
) -> None:
    file_id = send(opened, local)
    opened.save(files_server, "twin")
    opened.engine.accounts.remove("acme", with_uploads)
    opened.open("twin")
    assert known(opened, local)[local].file_id == file_id


def test_the_history_stays_if_only_the_account_is_removed(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path
) -> None:
    file_id = send(opened, local)
    opened.events.clear()
    opened.engine.accounts.remove("acme")
    opened.events.wait_for(AccountsLoaded)
    opened.save(files_server)
    opened.open()
    assert known(opened, local)[local].file_id == file_id


def test_complete_listing_reveals_files_deleted_elsewhere(
    opened: EngineBench,
    files_server: ScriptedFilesServer,
    local: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(upload_history, "_LISTED_AFTER", 0.0)
    remaining = send(opened, local, "evals")
    files_server.remove(send(opened, local))
    opened.events.clear()
    opened.session.listing.refresh()
    opened.events.wait_for(ListingEnded)
    assert known(opened, local)[local].file_id == remaining


def test_file_not_listed_yet_counts_as_present(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path
) -> None:
    file_id = send(opened, local)
    files_server.remove(file_id)  # according to the listing
    opened.events.clear()
    opened.session.listing.refresh()
    opened.events.wait_for(ListingEnded)
    assert known(opened, local)[local].file_id == file_id


def test_file_unknown_to_the_server_is_recorded_as_deleted(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path
) -> None:
    file_id = send(opened, local)
    files_server.remove(file_id)
    opened.session.details.retrieve(file_id)
    opened.events.wait_for(FileNotRetrieved)
    assert known(opened, local) == {}
    assert origin(opened, file_id) is not None


def test_lookup_in_response_to_a_delete_already_sees_it(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer, local: Path
) -> None:
    def ask_at_once(event: Event) -> None:
        if isinstance(event, FileNotRetrieved):
            bench.session.uploads.look_up(3, [inspect_file(local)])

    bench = make_bench(listener=ask_at_once)
    bench.save(files_server)
    bench.open()
    file_id = send(bench, local)
    files_server.remove(file_id)
    bench.session.details.retrieve(file_id)
    bench.events.wait_for(UploadsFound, lambda event: event.ended)
    assert [event.found for event in bench.events.all(UploadsFound) if event.found] == []


@pytest.mark.slow
def test_uploads_with_another_key_are_not_recognized(
    bench: EngineBench, files_server: ScriptedFilesServer, local: Path
) -> None:
    bench.save(files_server, "acme")
    bench.open("acme")
    send(bench, local)
    bench.save(files_server, "twin", key="sk-another")
    bench.open("twin")
    assert known(bench, local) == {}
    bench.save(files_server, "same")
    bench.open("same")
    assert known(bench, local).keys() == {local}


@pytest.mark.slow
def test_sandbox_is_the_same_account_in_each_session(
    bench: EngineBench, make_bench: Callable[..., EngineBench], local: Path
) -> None:
    bench.open(SANDBOX_ID)
    file_id = send(bench, local)
    bench.close()
    again = make_bench()
    again.open(SANDBOX_ID)
    assert known(again, local)[local].file_id == file_id


# The hash


def test_second_attempt_is_hashed_separately(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(os.urandom(1_000_000))
    files_server.script("POST", "/files", [rate_limited(retry_after_ms="20"), None])
    where = origin(opened, send(opened, path))
    assert where is not None
    assert where.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert where.size == 1_000_000


def test_matched_upload_is_recorded_with_its_hash(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path
) -> None:
    files_server.script("POST", "/files", [Reset(Moment.AFTER_BODY, carried_out=True)])
    where = origin(opened, send(opened, local))
    assert where is not None
    assert (where.path, where.sha256) == (local, SHA256)
    assert len(files_server.requests_to("POST", "/files")) == 1


def test_damaged_upload_is_recorded_without_a_hash(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path
) -> None:
    damaged = served_file(local.name, size=1).described()
    files_server.script("POST", "/files", [json_body(damaged)])
    where = origin(opened, send(opened, local))
    assert where is not None
    assert (where.path, where.sha256) == (local, None)


def test_unverified_match_is_recorded_without_a_hash_and_warns(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path
) -> None:
    files_server.script("POST", "/files", [Reset(Moment.AFTER_BODY, carried_out=True)])
    files_server.script("GET", "/files/*/content", [api_error(400, "not for this purpose")] * 9)
    file_id = send(opened, local)
    done = opened.transfer(TransferState.DONE)
    where = origin(opened, file_id)
    assert where is not None
    assert (where.path, where.sha256) == (local, None)
    assert done.warning is not None
    assert done.warning.kind is ProblemKind.DIFFERS


@pytest.mark.slow
@pytest.mark.parametrize("hashing", [True, False])
@pytest.mark.parametrize("proved", [True, False])
def test_upload_interrupted_by_a_crash_is_recorded_as_far_as_proven(
    opened: EngineBench,
    files_server: ScriptedFilesServer,
    local: Path,
    tmp_path: Path,
    hashing: bool,
    proved: bool,
) -> None:
    """The program is killed after the last byte, and finds the file in the next session."""
    opened.settings.change(keep_upload_ledger=hashing)
    files_server.script("POST", "/files", [Stall(Moment.AFTER_BODY, carried_out=True)])
    opened.session.upload([UploadRequest(inspect_file(local), "batch")])
    files_server.wait_until_stalled()
    shutil.copytree(opened.paths.journal_folder.parent, tmp_path / "after")
    files_server.release()
    opened.events.wait_for(FileAdded)
    opened.close()
    after = EngineBench(tmp_path / "after")
    after.settings.change(keep_upload_ledger=True)
    if not proved:
        files_server.script("GET", "/files/*/content", [api_error(400, "not for this purpose")] * 9)
    try:
        after.events.wait_for(TransfersRestored)
        paused = after.events.wait_for(TransferChanged)
        after.open()
        after.engine.transfers.resume([paused.transfer.id])
        file_id = after.events.wait_for(FileAdded).file.id
        where = origin(after, file_id)
        assert where is not None
        assert (where.path, where.sha256) == (local, SHA256 if proved else None)
        assert len(files_server.files) == 1
    finally:
        after.close()


# Origin


def test_origin_describes_the_local_file_now(opened: EngineBench, local: Path) -> None:
    file_id = send(opened, local)
    where = origin(opened, file_id)
    assert where is not None
    assert (where.path, where.purpose, where.sha256) == (local, "batch", SHA256)
    assert where.local is LocalCopy.UNCHANGED
    touch(local)
    assert copy_of(opened, file_id) is LocalCopy.TOUCHED
    local.write_bytes(b"more than it was, by far")
    assert copy_of(opened, file_id) is LocalCopy.CHANGED
    local.unlink()
    assert copy_of(opened, file_id) is LocalCopy.MISSING
    local.mkdir()
    assert copy_of(opened, file_id) is LocalCopy.MISSING


def test_file_uploaded_elsewhere_has_no_origin(opened: EngineBench) -> None:
    assert origin(opened, "file-none") is None


# Restoring


def test_deleted_file_is_restored_as_it_was(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path
) -> None:
    file_id = send(opened, local, "batch", expires_after=7200)
    delete(opened, file_id)
    assert files_server.files == []
    opened.events.clear()
    opened.session.uploads.restore([file_id])
    added = opened.events.wait_for(FileAdded)
    event = opened.events.wait_for(FilesRestored)
    assert (event.account_id, event.queued, event.refused) == ("acme", 1, ())
    [post] = files_server.requests_to("POST", "/files")[1:]
    assert post.fields["expires_after[seconds]"] == "7200"
    [file] = files_server.files
    assert (file.id, file.purpose, file.filename) == (added.file.id, "batch", "a.jsonl")


def test_touched_file_is_restored_if_its_content_is_unchanged(
    opened: EngineBench, local: Path
) -> None:
    file_id = send(opened, local)
    touch(local)
    opened.events.clear()
    assert restored(opened, file_id).queued == 1
    opened.events.wait_for(FileAdded)


def test_changed_file_is_not_restored_and_reported(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    ids = {}
    for name in ("other", "longer", "gone"):
        path = tmp_path / f"{name}.jsonl"
        path.write_bytes(CONTENT)
        ids[name] = send(opened, path)
    (tmp_path / "other.jsonl").write_bytes(CONTENT.replace(b"1", b"2"))
    touch(tmp_path / "other.jsonl")
    (tmp_path / "longer.jsonl").write_bytes(CONTENT + CONTENT)
    (tmp_path / "gone.jsonl").unlink()
    event = restored(opened, *ids.values(), "file-none")
    assert event.queued == 0
    assert [(one.name, one.problem.kind) for one in event.refused] == [
        ("other.jsonl", ProblemKind.FILE_CHANGED),
        ("longer.jsonl", ProblemKind.FILE_CHANGED),
        ("gone.jsonl", ProblemKind.FILE_MISSING),
        ("file-none", ProblemKind.FILE_UNREADABLE),
    ]
    assert len(files_server.files) == 3


def test_only_restorable_files_are_offered(opened: EngineBench, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.jsonl" for name in ("same", "touched", "gone")]
    for path in paths:
        path.write_bytes(CONTENT)
    ids = [send(opened, path) for path in paths]
    touch(paths[1])
    paths[2].unlink()
    opened.events.clear()
    opened.session.uploads.find_restorable(["file-none", *ids])
    event = opened.events.wait_for(RestorableFound)
    assert (event.account_id, list(event.file_ids)) == ("acme", ids[:2])


# Off, cleared, damaged


def test_nothing_is_recorded_hashed_or_reported_while_off(opened: EngineBench, local: Path) -> None:
    before = send(opened, local)
    opened.settings.change(keep_upload_ledger=False)
    file_id = send(opened, local)
    assert known(opened, local) == {}
    assert origin(opened, before) is None
    assert restored(opened, before).queued == 0
    opened.settings.change(keep_upload_ledger=True)
    assert origin(opened, file_id) is None
    assert origin(opened, before) is not None


def test_history_off_from_the_start_creates_no_file(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer, local: Path
) -> None:
    bench = make_bench()
    bench.settings.change(keep_upload_ledger=False)
    bench.save(files_server)
    bench.open()
    send(bench, local)
    bench.close()
    assert not bench.paths.catalog_folder.exists()
    assert SHA256.encode() not in everything_in(bench.paths.journal_folder)


def test_history_can_be_cleared(opened: EngineBench, local: Path) -> None:
    file_id = send(opened, local)
    opened.events.clear()
    opened.engine.history.clear()
    opened.events.wait_for(UploadHistoryCleared)
    left = everything_in(opened.paths.catalog_folder)
    assert os.fsencode(local.name) not in left
    assert file_id.encode() not in left
    assert origin(opened, file_id) is None
    assert known(opened, local) == {}


def test_damaged_history_is_set_aside_and_reported(
    make_bench: Callable[..., EngineBench],
    files_server: ScriptedFilesServer,
    tmp_path: Path,
    local: Path,
) -> None:
    damaged = tmp_path / "data" / "catalog" / "uploads.sqlite"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"no database")
    bench = make_bench()
    bench.save(files_server)
    bench.open()
    event = bench.events.wait_for(SomethingFailed)
    assert event.problem.kind is ProblemKind.DISK_FAILED
    assert "damaged-" in event.problem.advice
    assert origin(bench, send(bench, local)) is not None


def test_unusable_history_is_reported_once_and_blocks_nothing(
    make_bench: Callable[..., EngineBench],
    files_server: ScriptedFilesServer,
    tmp_path: Path,
    local: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.ERROR)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "catalog").write_bytes(b"a file where the folder should be")
    bench = make_bench()
    bench.save(files_server)
    bench.open()
    bench.events.wait_for(SomethingFailed)
    send(bench, local)
    assert known(bench, local) == {}
    assert bench.events.all(SomethingFailed) == []
    bench.engine.history.clear()
    bench.events.wait_for(SomethingFailed)


@pytest.mark.expects_log("Upload history can't be used: database or disk is full")
def test_history_write_failure_is_reported_once(
    opened: EngineBench, local: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_ledger: UploadStore, *_values: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(UploadStore, "add", refused)
    send(opened, local)
    opened.events.wait_for(SomethingFailed)
    send(opened, local)
    opened.session.uploads.look_up(
        7, [inspect_file(local)]
    )  # afterwards the second write was tried too
    opened.events.wait_for(UploadsFound, lambda event: event.ended)
    assert opened.events.all(SomethingFailed) == []


# Secrets and searches


def test_history_file_holds_no_key_and_only_two_bytes_of_its_hash(
    opened: EngineBench, local: Path
) -> None:
    send(opened, local)
    assert opened.transfer().state is TransferState.DONE
    assert origin(opened, opened.transfer().file_id) is not None
    written = everything_in(opened.paths.catalog_folder)
    assert b"a.jsonl" in written
    hashed = hashlib.sha256(TEST_KEY.encode())
    for secret in (
        TEST_KEY.encode(),
        TEST_KEY.encode()[-8:],
        hashed.digest(),
        hashed.hexdigest().encode(),
    ):
        assert secret not in written


def test_search_does_not_end_an_earlier_one_of_the_same_request(
    opened: EngineBench, local: Path
) -> None:
    send(opened, local)
    opened.events.clear()
    for _time in range(20):
        opened.session.uploads.look_up(3, [inspect_file(local)])
    for number in range(1, 21):
        opened.events.wait_for(
            UploadsFound,
            partial(
                lambda number, event: (
                    event.ended
                    and sum(one.ended for one in opened.events.all(UploadsFound)) >= number
                ),
                number,
            ),
        )
    assert sum(bool(event.found) for event in opened.events.all(UploadsFound)) == 20


def test_renamed_upload_is_restored_under_its_name(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path
) -> None:
    named = replace(inspect_file(local), name="b.jsonl")
    opened.events.clear()
    opened.session.upload([UploadRequest(named, "batch")])
    file_id = opened.events.wait_for(FileAdded).file.id
    assert opened.transfer().name == "b.jsonl"
    assert known(opened, local)[local].name == "b.jsonl"
    delete(opened, file_id)
    restored(opened, file_id)
    opened.events.wait_for(FileAdded)
    assert [file.filename for file in files_server.files] == ["b.jsonl"]
    assert local.read_bytes() == CONTENT


def test_earlier_search_is_abandoned(opened: EngineBench, local: Path) -> None:
    send(opened, local)
    opened.events.clear()
    for request in range(20):
        opened.session.uploads.look_up(request, [inspect_file(local)])
    opened.events.wait_for(UploadsFound, lambda event: event.request == 19 and event.ended)


# Comparing downloads with the history


@pytest.mark.parametrize("as_zip", [False, True])
@pytest.mark.parametrize("changed", [False, True])
def test_download_that_differs_from_the_upload_warns(
    opened: EngineBench,
    files_server: ScriptedFilesServer,
    local: Path,
    tmp_path: Path,
    as_zip: bool,
    changed: bool,
) -> None:
    file_id = send(opened, local)
    if changed:
        [served] = files_server.files
        served.content = CONTENT[::-1]
    seen = remote_file("a.jsonl", id=file_id, size=len(CONTENT))
    fetch = opened.session.download_as_zip if as_zip else opened.session.download
    opened.events.clear()
    fetch([seen], tmp_path, WhenTaken.KEEP_BOTH)
    ended = opened.transfer()
    assert ended.state is TransferState.DONE
    assert (ended.warning and ended.warning.kind) is (ProblemKind.DIFFERS if changed else None)


def test_downloads_are_not_compared_without_history(
    opened: EngineBench, files_server: ScriptedFilesServer, local: Path, tmp_path: Path
) -> None:
    file_id = send(opened, local)
    [served] = files_server.files
    served.content = CONTENT[::-1]
    opened.settings.change(keep_upload_ledger=False)
    opened.events.clear()
    seen = remote_file("a.jsonl", id=file_id, size=len(CONTENT))
    opened.session.download([seen], tmp_path, WhenTaken.KEEP_BOTH)
    assert opened.transfer().warning is None
