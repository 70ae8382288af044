"""Transfers through the engine, and that the key never appears."""

import logging
import os
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from services.accounts.account_draft import AccountDraft
from services.accounts.events import AccountTested
from services.catalog.events import FileAdded, FileDeleted, FileNotRetrieved, ListingEnded
from services.disk.when_taken import WhenTaken
from services.problems.errors import ProblemKind
from services.problems.events import SomethingFailed
from services.providers.account import ENVIRONMENT_ID, SANDBOX_ID
from services.system.events import Event
from services.system.paths import paths_under
from services.transfers.bandwidth import Bandwidth
from services.transfers.events import (
    DeletesEnded,
    TransferChanged,
    TransfersCleared,
    TransfersRestored,
    TransfersSaved,
)
from services.transfers.journal import Journal
from services.transfers.transfer import Transfer, TransferState
from services.transfers.transfer_limits import TransferLimits
from tests.support.engine_bench import EngineBench
from tests.support.factories import (
    account,
    local_file,
    remote_file,
    upload_request,
)
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import (
    Answer,
    Moment,
    Reset,
    Stall,
    api_error,
    html,
    rate_limited,
    unavailable,
)
from tests.support.waiting import wait_for


def kinds_of(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


# Transfers


def test_upload_adds_a_file(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    opened.session.upload([upload_request(tmp_path / "a.jsonl")])
    added = opened.events.wait_for(FileAdded)
    done = opened.transfer()
    assert (added.account_id, added.file.id) == ("acme", files_server.files[0].id)
    assert (done.state, done.file_id) == (TransferState.DONE, added.file.id)


def test_upload_is_canceled_and_retried(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    files_server.script("POST", "/files", [unavailable(retry_after="60")])
    opened.session.upload([upload_request(path)])
    waiting = opened.transfer(TransferState.WAITING)
    opened.engine.transfers.cancel([waiting.id])
    opened.transfer(TransferState.CANCELLED)
    opened.engine.transfers.retry([waiting.id])
    opened.transfer(TransferState.DONE)
    opened.engine.transfers.clear([waiting.id])
    assert opened.events.wait_for(TransfersCleared).transfer_ids == (waiting.id,)
    assert len(files_server.files) == 1


@pytest.mark.slow
def test_deletes_are_published_one_by_one_and_summed_up(
    opened: EngineBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*(served_file(id=f"file-{number}") for number in range(20)))
    opened.session.delete([remote_file(id=f"file-{number}") for number in range(21)])
    ended = opened.events.wait_for(DeletesEnded)
    assert (ended.account_id, ended.deleted, ended.cancelled) == ("acme", 20, 0)
    assert [transfer.file_id for transfer in ended.failed] == ["file-20"]
    assert len({event.file_id for event in opened.events.all(FileDeleted)}) == 20
    assert files_server.files == []


def test_empty_commands_do_nothing(opened: EngineBench, tmp_path: Path) -> None:
    all_done = threading.Event()
    opened.session.upload([])
    opened.session.delete([])
    opened.session.download([], tmp_path, WhenTaken.SKIP)
    opened.session.download_as_zip([], tmp_path, WhenTaken.SKIP)
    for command in ("cancel", "pause", "resume", "retry", "put_first", "put_last", "clear"):
        getattr(opened.engine.transfers, command)([1])
    opened.engine.transfers.do(lambda _queue: all_done.set())  # commands run in order
    assert all_done.wait(10)
    assert kinds_of(opened.events.received) == []


# The key


@pytest.mark.slow
def test_key_appears_nowhere(
    bench: EngineBench,
    files_server: ScriptedFilesServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    bench.save(files_server)
    bench.engine.accounts.test(AccountDraft(account(base_url=files_server.base_url), TEST_KEY), 1)
    bench.events.wait_for(AccountTested)
    echo = api_error(400, f"Do not send {TEST_KEY} to us", code=TEST_KEY)
    files_server.script(
        "GET",
        "/files",
        [None, echo, html(401)],
    )
    files_server.script("POST", "/files", [echo, Reset(), Answer(500, body=TEST_KEY.encode())])
    bench.open()
    for count in range(2, 4):
        bench.session.listing.refresh()
        bench.events.wait_for_count(ListingEnded, count)
    bench.session.upload([upload_request(path)] * 2)
    bench.events.wait_for_count(
        TransferChanged,
        2,
        lambda event: event.transfer.state in {TransferState.FAILED, TransferState.UNCERTAIN},
    )
    bench.session.upload([upload_request(local_file(tmp_path / "gone"))])
    bench.session.details.retrieve(f"file-{TEST_KEY[:4]}")
    bench.events.wait_for(FileNotRetrieved)
    bench.open(SANDBOX_ID)
    sandbox_key = bench.keys.key_of(SANDBOX_ID)
    assert sandbox_key is not None
    bench.close()
    for key in (TEST_KEY, sandbox_key):
        assert key not in "".join(map(repr, bench.events.received))
        assert key not in caplog.text
        for written in (tmp_path / "data").rglob("*"):
            assert not written.is_file() or key.encode() not in written.read_bytes()


# After a restart


def paused(bench: EngineBench) -> list[Transfer]:
    bench.events.wait_for(TransfersRestored)
    latest = {event.transfer.id: event.transfer for event in bench.events.all(TransferChanged)}
    return [transfer for transfer in latest.values() if transfer.can_resume]


@pytest.mark.slow
def test_upload_interrupted_by_quitting_is_sent_once(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    bench = make_bench()
    bench.save(files_server)
    bench.open()
    paths = [tmp_path / f"{number}.jsonl" for number in range(6)]
    for path in paths:
        path.write_bytes(path.name.encode())
    files_server.script("POST", "/files", [Stall(carried_out=True), Stall()] * 2)
    bench.session.upload([upload_request(path) for path in paths])
    files_server.wait_until_stalled(4)
    bench.close()
    files_server.release()
    again = make_bench()
    assert again.events.wait_for(TransfersRestored).waiting == len(paused(again)) == 2
    ids = [event.transfer.id for event in again.events.all(TransferChanged)]
    again.engine.transfers.resume(ids)
    again.engine.transfers.retry(ids)
    again.events.wait_for_count(FileAdded, 6)
    assert sorted(file.content or b"" for file in files_server.files) == [
        path.name.encode() for path in paths
    ]


def test_only_the_own_downloads_folder_is_created(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    file = served_file("output.jsonl", content=b"x")
    files_server.add(file)
    seen = remote_file("output.jsonl", id=file.id, size=1)
    opened.session.download([seen], tmp_path / "USB", WhenTaken.KEEP_BOTH)
    paused = opened.transfer(TransferState.PAUSED)
    assert paused.problem is not None
    assert paused.problem.kind is ProblemKind.FOLDER_MISSING
    assert not (tmp_path / "USB").exists()
    opened.session.download([seen], opened.paths.downloads_folder, WhenTaken.KEEP_BOTH)
    assert (
        opened.transfer(TransferState.DONE).path == opened.paths.downloads_folder / "output.jsonl"
    )
    opened.events.clear()
    opened.session.download_as_zip([seen], opened.paths.downloads_folder, WhenTaken.KEEP_BOTH)
    assert opened.transfer().state is TransferState.DONE


def test_download_to_an_unplugged_disk_is_paused(
    opened: EngineBench,
    files_server: ScriptedFilesServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usb_disk = tmp_path / "stick"
    usb_disk.mkdir()
    attached = [usb_disk]
    ismount = os.path.ismount
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path) in attached or ismount(path))
    file = served_file("output.jsonl", size=1000)
    files_server.add(file)
    files_server.next(Stall())
    seen = remote_file("output.jsonl", id=file.id, size=1000)
    opened.session.download([seen], usb_disk, WhenTaken.KEEP_BOTH)
    files_server.wait_until_stalled()
    running = opened.transfer(TransferState.RUNNING)
    opened.engine.transfers.pause([running.id])
    opened.transfer(TransferState.PAUSED)
    attached.clear()
    opened.engine.transfers.resume([running.id])
    missing = opened.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.PAUSED
    )[-1].transfer.problem
    assert missing is not None
    assert missing.kind is ProblemKind.FOLDER_MISSING
    assert list(usb_disk.iterdir()) == []
    attached.append(usb_disk)
    opened.engine.transfers.resume([running.id])
    assert opened.transfer(TransferState.DONE).path == usb_disk / "output.jsonl"


def test_key_is_never_in_the_journal(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    echo = api_error(400, f"Do not send {TEST_KEY} to us", code=TEST_KEY)
    files_server.script("*", "/files*", [echo] * 4)
    opened.session.upload([upload_request(path)])
    opened.session.delete([remote_file()])
    (tmp_path / "got").mkdir()
    opened.session.download([remote_file()], tmp_path / "got", WhenTaken.SKIP)
    opened.events.wait_for_count(
        TransferChanged, 3, lambda event: event.transfer.state is TransferState.FAILED
    )
    opened.close()
    saved = {path.name: path.read_bytes() for path in opened.paths.journal_folder.iterdir()}
    assert b"Do not send" in saved["queue.sqlite"], "the server's message is saved"
    for content in saved.values():
        assert TEST_KEY.encode() not in content


def test_damaged_journal_is_reported_and_transfers_work(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    folder = paths_under(tmp_path / "data").journal_folder
    folder.mkdir(parents=True)
    (folder / "queue.sqlite").write_bytes(b"no database" * 1000)
    bench = make_bench()
    failed = bench.events.wait_for(SomethingFailed)
    assert "damaged" in failed.problem.advice
    assert bench.events.wait_for(TransfersRestored).waiting == 0
    bench.save(files_server)
    bench.open()
    files_server.add(served_file(id="file-a"))
    bench.session.delete([remote_file(id="file-a")])
    assert bench.transfer().state is TransferState.DONE


@pytest.mark.expects_log("transfer journal can't be opened")
def test_transfers_work_without_a_journal(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    folder = paths_under(tmp_path / "data").journal_folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_bytes(b"a file where the folder should be")
    bench = make_bench()
    assert bench.events.wait_for(SomethingFailed).problem.kind is ProblemKind.DISK_FAILED
    assert bench.events.wait_for(TransfersRestored).waiting == 0
    bench.save(files_server)
    bench.open()
    files_server.add(served_file(id="file-a"))
    bench.session.delete([remote_file(id="file-a")])
    assert bench.transfer().state is TransferState.DONE


@pytest.mark.expects_log("transfer journal can't be written")
def test_journal_write_failure_is_reported_once(
    opened: EngineBench, files_server: ScriptedFilesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_journal: Journal, *_steps: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "_change", refused)
        for number in range(3):
            files_server.add(served_file(id=f"file-{number}"))
            opened.session.delete([remote_file(id=f"file-{number}")])
            opened.events.wait_for(
                FileDeleted, partial(lambda n, event: event.file_id == f"file-{n}", number)
            )
    assert opened.events.wait_for(SomethingFailed).problem.kind is ProblemKind.DISK_FAILED
    files_server.add(served_file(id="file-last"))
    opened.session.delete([remote_file(id="file-last")])
    opened.events.wait_for(TransfersSaved)
    assert len(opened.events.all(SomethingFailed)) == 1


def test_speed_limits_reach_their_direction(
    opened: EngineBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[int | None] = []
    monkeypatch.setattr(Bandwidth, "set_limit", lambda _self, limit: limits.append(limit))
    opened.engine.transfers.set_limits(
        TransferLimits(upload_bytes_a_second=7, download_bytes_a_second=8)
    )
    wait_for(lambda: limits == [7, 8], "the limits of both directions")


def test_rate_limit_holds_all_uploads_of_the_account(
    opened: EngineBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    files_server.script("POST", "/files", [rate_limited(retry_after="60")])
    opened.session.upload([upload_request(path)])
    first = opened.transfer(TransferState.WAITING)
    opened.session.delete([remote_file()])
    second = opened.events.wait_for(
        TransferChanged,
        lambda event: (
            event.transfer.id != first.id and event.transfer.state is TransferState.WAITING
        ),
    ).transfer
    assert second.problem is not None
    assert second.problem.kind is ProblemKind.RATE_LIMITED
    assert 50 < (second.wait_seconds or 0) <= 60
    assert len([r for r in files_server.requests if r.method != "GET"]) == 1


# Accounts whose destination changes between sessions

OTHER_KEY = "sk-other-0123456789abcdef0123456789abcdef"


def last_of_each(bench: EngineBench) -> list[Transfer]:
    events = bench.events.all(TransferChanged)
    return list({event.transfer.id: event.transfer for event in events}.values())


def environment_of(server: ScriptedFilesServer, key: str, project: str = "") -> dict[str, str]:
    return {
        "OPENAI_API_KEY": key,
        "OPENAI_BASE_URL": server.base_url,
        "OPENAI_PROJECT_ID": project,
    }


@pytest.mark.slow
@pytest.mark.parametrize("changed", ["address", "key", "project", "nothing"])
def test_transfers_stay_with_their_environment_account(
    make_bench: Callable[..., EngineBench],
    files_server: ScriptedFilesServer,
    make_files_server: Callable[..., ScriptedFilesServer],
    small_file: Path,
    changed: str,
) -> None:
    files_server.key = None
    files_server.add(served_file(id="file-a"))
    elsewhere = make_files_server([served_file(id="file-a")], key=None)
    bench = make_bench(environment=environment_of(files_server, TEST_KEY))
    bench.open(ENVIRONMENT_ID)
    files_server.script("DELETE", "/files/*", [Stall()])
    files_server.script("POST", "/files", [Reset(Moment.AFTER_BODY)])
    bench.session.upload([upload_request(small_file)])
    bench.transfer(TransferState.UNCERTAIN)
    bench.session.delete([remote_file(id="file-a")])
    bench.transfer(TransferState.RUNNING)
    files_server.wait_until_stalled()
    bench.close()
    files_server.release()
    before = len(files_server.requests)

    server = elsewhere if changed == "address" else files_server
    key = OTHER_KEY if changed == "key" else TEST_KEY
    project = "proj-other" if changed == "project" else ""
    later = make_bench(environment=environment_of(server, key, project))
    later.events.wait_for(TransfersRestored)
    ids = [one.id for one in last_of_each(later)]
    later.events.clear()
    later.engine.transfers.send_again(ids)
    later.engine.transfers.resume(ids)
    ended = {TransferState.DONE, TransferState.FAILED}
    later.events.wait_for_count(TransferChanged, 2, lambda event: event.transfer.state in ended)
    state = TransferState.DONE if changed == "nothing" else TransferState.FAILED
    assert [one.state for one in last_of_each(later)] == [state, state]
    assert elsewhere.requests == []
    if changed != "nothing":
        assert len(files_server.requests) == before


@pytest.mark.parametrize("changed", [True, False])
def test_transfers_stay_with_their_server_if_the_address_changes(
    make_bench: Callable[..., EngineBench],
    files_server: ScriptedFilesServer,
    make_files_server: Callable[..., ScriptedFilesServer],
    changed: bool,
) -> None:
    """A new key is still the same account, since keys are renewed."""
    elsewhere = make_files_server([served_file(id="file-a")], key=None)
    files_server.key = None
    files_server.add(served_file(id="file-a"))
    bench = make_bench()
    bench.save(files_server)
    bench.open()
    files_server.script("DELETE", "/files/*", [Stall()])
    bench.session.delete([remote_file(id="file-a")])
    files_server.wait_until_stalled()
    [running] = last_of_each(bench)
    bench.engine.transfers.pause([running.id])
    bench.transfer(TransferState.PAUSED)
    files_server.release()
    bench.save(elsewhere if changed else files_server, key=OTHER_KEY)
    bench.engine.transfers.resume([running.id])
    ended = bench.transfer()
    assert ended.state is (TransferState.FAILED if changed else TransferState.DONE)
    assert elsewhere.requests == []


@pytest.mark.slow
def test_uploads_of_two_accounts_on_one_server_are_not_mixed_up(
    make_bench: Callable[..., EngineBench], files_server: ScriptedFilesServer, small_file: Path
) -> None:
    """The same file was sent through both accounts, and one answer got lost."""
    bench = make_bench(environment=environment_of(files_server, TEST_KEY))
    bench.save(files_server)
    bench.open()
    files_server.script("POST", "/files", [Reset(Moment.AFTER_BODY)])
    bench.session.upload([upload_request(small_file)])
    lost = bench.transfer(TransferState.UNCERTAIN)
    bench.open(ENVIRONMENT_ID)
    bench.session.upload([upload_request(small_file)])
    there = bench.transfer(TransferState.DONE)
    bench.events.clear()
    bench.engine.transfers.retry([lost.id])
    uncertain = bench.transfer(TransferState.UNCERTAIN)
    assert (uncertain.id, uncertain.file_id, uncertain.candidates) == (lost.id, "", ())
    assert [file.id for file in files_server.files] == [there.file_id]
