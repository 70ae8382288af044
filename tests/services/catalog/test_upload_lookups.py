"""Lookups and restores cancelled while a file is being read: real database, blocked disk."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.catalog import restoring, upload_lookups
from services.catalog.events import FilesRestored, SameContentFound, UploadsFound
from services.catalog.upload_history import UploadHistory
from services.checks.gathering import inspect_file
from services.disk.local_file import LocalFile, UploadRequest
from services.system.cancellation import CancelToken
from tests.support.events import EventLog
from tests.support.factories import account
from tests.support.leftovers import open_files

CONTENT = b"{}\n"


class BlockedDisk:
    """Finishes reading a file only once it is released."""

    def __init__(self) -> None:
        self.reading = threading.Event()
        self.release = threading.Event()

    def sha256_of(self, _path: Path, _size: int, _modified: int, token: CancelToken) -> str:
        self.reading.set()
        assert self.release.wait(10)
        return "ab" * 32

    def check_first(self, path: Path, size: int, modified: int, token: CancelToken) -> str:
        digest = self.sha256_of(path, size, modified, token)
        token.check()
        return digest


class RecordedUpload:
    """One recorded upload with a hash, whose local file's date has changed since."""

    def __init__(self, folder: Path, disk: BlockedDisk) -> None:
        self.log = EventLog()
        self.disk = disk
        self.api = FilesApi(account(), "sk-test")
        self.folder = folder / "catalog"
        self.history = UploadHistory(
            self.log, self.folder / "uploads.sqlite", lambda _id: self.api, lambda: True
        )
        self.upload: Callable[[Sequence[UploadRequest]], None] = lambda _requests: None
        self.lookups = self.history.lookups(self.log, lambda _api, sent: self.upload(sent))
        self.lookups.open(self.api)
        path = folder / "a.jsonl"
        path.write_bytes(CONTENT)
        self.file: LocalFile = inspect_file(path)
        sent = replace(self.file, modified_ns=self.file.modified_ns - 1)
        self.history.record(self.api, UploadRequest(sent, "batch"), "file-1", "ab" * 32)

    def close(self) -> None:
        self.disk.release.set()
        self.history.close()
        deadline = time.monotonic() + 10
        self.history.join(deadline)
        assert time.monotonic() < deadline


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RecordedUpload]:
    disk = BlockedDisk()
    monkeypatch.setattr(upload_lookups, "sha256_of", disk.sha256_of)
    monkeypatch.setattr(restoring, "sha256_of", disk.check_first)
    made = RecordedUpload(tmp_path, disk)
    yield made
    made.close()


def test_two_lookups_of_one_request_run_side_by_side(recorded: RecordedUpload) -> None:
    for _time in range(2):
        recorded.lookups.look_up(1, [recorded.file])
    recorded.disk.release.set()
    recorded.log.wait_for_count(UploadsFound, 2, lambda event: event.ended)
    assert [bool(event.found) for event in recorded.log.all(UploadsFound)] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("how", ["another request", "the end"])
def test_a_cancelled_lookup_reports_nothing(recorded: RecordedUpload, how: str) -> None:
    recorded.lookups.look_up(1, [recorded.file])
    assert recorded.disk.reading.wait(10)
    if how == "another request":
        recorded.lookups.look_up(2, [])
        recorded.disk.release.set()
        recorded.log.wait_for(UploadsFound, lambda event: event.request == 2)
    else:
        recorded.history.cancel_lookups()
        recorded.close()
    assert {event.request for event in recorded.log.all(UploadsFound)} <= {2}


@pytest.mark.parametrize(("content", "is_same"), [(CONTENT, True), (b"[]\n", False)])
def test_saved_files_with_the_content_that_was_sent_are_told(
    recorded: RecordedUpload, tmp_path: Path, content: bytes, is_same: bool
) -> None:
    sent = inspect_file(recorded.file.path)
    digest = hashlib.sha256(CONTENT).hexdigest()
    recorded.history.record(recorded.api, UploadRequest(sent, "batch"), "file-2", digest)
    saved = tmp_path / "saved.jsonl"
    saved.write_bytes(content)
    recorded.lookups.find_same_content([("file-2", saved), ("file-unknown", saved)])
    told = recorded.log.wait_for(SameContentFound)
    assert told.file_ids == (frozenset({"file-2"}) if is_same else frozenset())


def test_closing_cancels_restores(recorded: RecordedUpload) -> None:
    sent: list[UploadRequest] = []
    recorded.upload = sent.extend
    recorded.lookups.restore(["file-1"])
    assert recorded.disk.reading.wait(10)
    recorded.history.cancel_lookups()
    recorded.close()
    assert sent == []
    assert recorded.log.all(FilesRestored) == []


def test_a_file_is_queued_once_however_often_it_is_requested(
    recorded: RecordedUpload,
) -> None:
    sent: list[UploadRequest] = []

    def upload(requests: Sequence[UploadRequest]) -> None:
        assert recorded.log.all(FilesRestored) == []
        sent.extend(requests)

    recorded.disk.release.set()
    recorded.upload = upload
    recorded.lookups.restore(["file-1", "file-1"])
    assert recorded.log.wait_for(FilesRestored).queued == 1
    assert [request.file.path for request in sent] == [recorded.file.path]


def test_closing_leaves_no_file_open(recorded: RecordedUpload) -> None:
    recorded.lookups.look_up(1, [])
    recorded.log.wait_for(UploadsFound)
    assert open_files(recorded.folder) != []
    recorded.close()
    assert open_files(recorded.folder) == []
    assert [one.name for one in threading.enumerate() if one.name.startswith("look up")] == []
