"""Transfers through the façade, and what never shows."""

import logging
from pathlib import Path

import pytest

from services.accounts.account import SANDBOX_ID
from services.events import (
    AccountTested,
    DeletesEnded,
    Event,
    FileAdded,
    FileDeleted,
    FileNotRetrieved,
    ListingEnded,
    TransferChanged,
)
from services.file_commands import AccountDraft, WhenTaken
from services.transfers.transfer import TransferState
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.making import account, local_file, remote_file, upload_request
from tests.support.served_files import served_file
from tests.support.server_faults import (
    Answer,
    Reset,
    api_error,
    html,
    rate_limited,
)
from tests.support.service_bench import ServiceBench


def kinds_of(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


# Transfers


def test_an_upload_adds_a_file(
    opened: ServiceBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    opened.service.upload([upload_request(tmp_path / "a.jsonl")])
    added = opened.told.wait_for(FileAdded)
    done = opened.transfer()
    assert (added.account_id, added.file.id) == ("acme", files_server.files[0].id)
    assert (done.state, done.file_id) == (TransferState.DONE, added.file.id)


def test_an_upload_is_cancelled_and_tried_again(
    opened: ServiceBench, files_server: ScriptedFilesServer, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    files_server.next(rate_limited(retry_after="60"))
    opened.service.upload([upload_request(path)])
    waiting = opened.transfer(TransferState.WAITING)
    opened.service.cancel([waiting.id])
    opened.transfer(TransferState.CANCELLED)
    opened.service.retry([waiting.id])
    opened.transfer(TransferState.DONE)
    opened.service.forget([waiting.id])
    assert kinds_of(opened.told.events)[-1] == "TransfersForgotten"
    assert len(files_server.files) == 1


def test_deletes_are_told_one_by_one_and_summed_up(
    opened: ServiceBench, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*(served_file(id=f"file-{number}") for number in range(20)))
    opened.service.delete([remote_file(id=f"file-{number}") for number in range(21)])
    ended = opened.told.wait_for(DeletesEnded)
    assert (ended.account_id, ended.deleted, ended.cancelled) == ("acme", 20, 0)
    assert [transfer.file_id for transfer in ended.failed] == ["file-20"]
    assert len({event.file_id for event in opened.told.all(FileDeleted)}) == 20
    assert files_server.files == []


def test_nothing_asked_for_is_nothing_done(opened: ServiceBench, tmp_path: Path) -> None:
    opened.service.upload([])
    opened.service.delete([])
    opened.service.download([], tmp_path, WhenTaken.SKIP)
    opened.service.cancel([1])
    opened.service.retry([1])
    opened.service.forget([1])
    assert opened.told.events == []


# The key


def test_the_key_shows_nowhere(
    bench: ServiceBench,
    files_server: ScriptedFilesServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"{}\n")
    bench.save(files_server)
    bench.service.test_account(AccountDraft(account(base_url=files_server.base_url), TEST_KEY), 1)
    bench.told.wait_for(AccountTested)
    echo = api_error(400, f"Do not send {TEST_KEY} to us", code=TEST_KEY)
    files_server.script(
        "GET",
        "/files",
        [None, echo, html(401)],
    )
    files_server.script("POST", "/files", [echo, Reset(), Answer(500, body=TEST_KEY.encode())])
    bench.open()
    for count in range(2, 4):
        bench.service.refresh()
        bench.told.wait_for_count(ListingEnded, count)
    bench.service.upload([upload_request(path)] * 2)
    bench.told.wait_for_count(
        TransferChanged,
        2,
        lambda event: event.transfer.state in {TransferState.FAILED, TransferState.UNCERTAIN},
    )
    bench.service.upload([upload_request(local_file(tmp_path / "gone"))])
    bench.service.retrieve(f"file-{TEST_KEY[:4]}")
    bench.told.wait_for(FileNotRetrieved)
    bench.open(SANDBOX_ID)
    sandbox_key = bench.keys.key_of(SANDBOX_ID)
    assert sandbox_key is not None
    bench.close()
    for key in (TEST_KEY, sandbox_key):
        assert key not in "".join(map(repr, bench.told.events))
        assert key not in caplog.text
        for written in (tmp_path / "data").rglob("*"):
            assert not written.is_file() or key.encode() not in written.read_bytes()
