"""Searches and restores that are given up while a file is being read: real ledger, held disk."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.catalog import restoring, upload_lookups
from services.catalog.events import FilesRestored, UploadsFound
from services.catalog.upload_history import UploadHistory
from services.checks.gathering import inspect_file
from services.disk.local_file import LocalFile, UploadRequest
from services.system.cancellation import CancelToken
from tests.support.events import EventLog
from tests.support.factories import account
from tests.support.leftovers import open_files

CONTENT = b"{}\n"


class HeldDisk:
    """Reads no file to its end before it is let go."""

    def __init__(self) -> None:
        self.reading = threading.Event()
        self.let_go = threading.Event()

    def sha256_of(self, _path: Path, _size: int, _modified: int, token: CancelToken) -> str:
        self.reading.set()
        assert self.let_go.wait(10)
        return "ab" * 32

    def check_first(self, path: Path, size: int, modified: int, token: CancelToken) -> str:
        digest = self.sha256_of(path, size, modified, token)
        token.check()
        return digest


class Remembering:
    """One upload that is remembered by a hash, of a local file with another date since."""

    def __init__(self, folder: Path, disk: HeldDisk) -> None:
        self.told = EventLog()
        self.disk = disk
        self.api = FilesApi(account(), "sk-test")
        self.folder = folder / "catalog"
        self.ledger = UploadHistory(
            self.told, self.folder / "uploads.sqlite", lambda _id: self.api, lambda: True
        )
        self.upload: Callable[[Sequence[UploadRequest]], None] = lambda _requests: None
        self.lookups = self.ledger.lookups(self.told, lambda _api, sent: self.upload(sent))
        self.lookups.open(self.api)
        path = folder / "a.jsonl"
        path.write_bytes(CONTENT)
        self.file: LocalFile = inspect_file(path)
        sent = replace(self.file, modified_ns=self.file.modified_ns - 1)
        self.ledger.note(self.api, UploadRequest(sent, "batch"), "file-1", "ab" * 32)

    def close(self) -> None:
        self.disk.let_go.set()
        self.ledger.close()
        deadline = time.monotonic() + 10
        self.ledger.join(deadline)
        assert time.monotonic() < deadline


@pytest.fixture
def remembering(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remembering]:
    disk = HeldDisk()
    monkeypatch.setattr(upload_lookups, "sha256_of", disk.sha256_of)
    monkeypatch.setattr(restoring, "sha256_of", disk.check_first)
    made = Remembering(tmp_path, disk)
    yield made
    made.close()


def test_a_search_goes_on_beside_another_of_the_same_request(remembering: Remembering) -> None:
    for _time in range(2):
        remembering.lookups.look_up(1, [remembering.file])
    remembering.disk.let_go.set()
    remembering.told.wait_for_count(UploadsFound, 2, lambda event: event.ended)
    assert [bool(event.found) for event in remembering.told.all(UploadsFound)] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("how", ["another request", "the end"])
def test_a_search_that_is_given_up_tells_nothing(remembering: Remembering, how: str) -> None:
    remembering.lookups.look_up(1, [remembering.file])
    assert remembering.disk.reading.wait(10)
    if how == "another request":
        remembering.lookups.look_up(2, [])
        remembering.disk.let_go.set()
        remembering.told.wait_for(UploadsFound, lambda event: event.request == 2)
    else:
        remembering.ledger.stop_looking()
        remembering.close()
    assert {event.request for event in remembering.told.all(UploadsFound)} <= {2}


def test_files_are_not_restored_any_more_at_the_end(remembering: Remembering) -> None:
    sent: list[UploadRequest] = []
    remembering.upload = sent.extend
    remembering.lookups.restore(["file-1"])
    assert remembering.disk.reading.wait(10)
    remembering.ledger.stop_looking()
    remembering.close()
    assert sent == []
    assert remembering.told.all(FilesRestored) == []


def test_a_file_is_queued_once_before_it_is_told_however_often_it_is_asked_for(
    remembering: Remembering,
) -> None:
    sent: list[UploadRequest] = []

    def upload(requests: Sequence[UploadRequest]) -> None:
        assert remembering.told.all(FilesRestored) == []
        sent.extend(requests)

    remembering.disk.let_go.set()
    remembering.upload = upload
    remembering.lookups.restore(["file-1", "file-1"])
    assert remembering.told.wait_for(FilesRestored).queued == 1
    assert [request.file.path for request in sent] == [remembering.file.path]


def test_closing_leaves_no_file_open(remembering: Remembering) -> None:
    remembering.lookups.look_up(1, [])
    remembering.told.wait_for(UploadsFound)
    assert open_files(remembering.folder) != []
    remembering.close()
    assert open_files(remembering.folder) == []
    assert [one.name for one in threading.enumerate() if one.name.startswith("look up")] == []
