"""How complete and incomplete listings update the upload history: real database, events by hand."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.catalog.events import FilesListed, ListingEnded, ListingStarted, UploadsFound
from services.catalog.upload_history import UploadHistory
from services.disk.local_file import LocalFile, UploadRequest
from services.system.events import Listener
from tests.support.events import EventLog
from tests.support.factories import account, local_file, remote_file

UPLOADED_AT = 1000.0
LONG_AFTER = 5000.0


class ListedUploads:
    def __init__(self, folder: Path) -> None:
        self.log = EventLog()
        self.on = True
        self.now = UPLOADED_AT
        self.api = FilesApi(account(), "sk-test")
        self.history = UploadHistory(
            self.log,
            folder / "uploads.sqlite",
            lambda _account_id: self.api,
            lambda: self.on,
            lambda: self.now,
        )
        self.lookups = self.history.lookups(self.log, lambda _api, _requests: None)
        self.lookups.open(self.api)
        self.send: Listener = self.history.wrap_listener(lambda _event: None)
        for number in (1, 2):
            request = UploadRequest(self.file(number), "batch")
            self.history.record(self.api, request, f"file-{number}", None)
        self.now = LONG_AFTER

    def file(self, number: int) -> LocalFile:
        return local_file(Path(f"/data/{number}.jsonl").absolute(), size=number)

    def begin(self, listing: int) -> None:
        self.send(ListingStarted("acme", listing))

    def page(self, listing: int, *numbers: int) -> None:
        files = tuple(remote_file(id=f"file-{number}") for number in numbers)
        self.send(FilesListed("acme", listing, files, len(files)))

    def end(self, listing: int, *, complete: bool = True) -> None:
        self.send(ListingEnded("acme", listing, complete))

    def existing(self) -> list[str]:
        """The files that count as still on the server."""
        self.log.clear()
        self.lookups.look_up(1, [self.file(number) for number in (1, 2, 3)])
        self.log.wait_for(UploadsFound, lambda event: event.ended)
        found = self.log.all(UploadsFound)
        return sorted(known.file_id for event in found for _path, known in event.found)


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[ListedUploads]:
    made = ListedUploads(tmp_path)
    yield made
    made.history.close()
    made.history.join(time.monotonic() + 5)


def test_uploads_missing_from_a_complete_listing_are_gone(uploads: ListedUploads) -> None:
    uploads.begin(1)
    uploads.page(1, 7, 8)
    uploads.page(1, 2)
    assert uploads.existing() == ["file-1", "file-2"]
    uploads.end(1)
    assert uploads.existing() == ["file-2"]


def test_uploads_missing_from_an_incomplete_listing_are_not_gone(uploads: ListedUploads) -> None:
    uploads.begin(1)
    uploads.end(1, complete=False)
    assert uploads.existing() == ["file-1", "file-2"]


def test_a_resumed_listing_counts_as_one(uploads: ListedUploads) -> None:
    uploads.begin(1)
    uploads.page(1, 1)
    uploads.end(1, complete=False)
    uploads.begin(1)
    uploads.page(1, 2)
    uploads.end(1)
    assert uploads.existing() == ["file-1", "file-2"]


def test_pages_of_a_cancelled_listing_are_ignored(uploads: ListedUploads) -> None:
    uploads.begin(1)
    uploads.begin(2)
    uploads.page(1, 1, 2)
    uploads.end(1)
    assert uploads.existing() == ["file-1", "file-2"]
    uploads.page(2, 1)
    uploads.end(2)
    assert uploads.existing() == ["file-1"]


def test_a_very_recent_upload_may_be_missing_from_the_listing(
    uploads: ListedUploads,
) -> None:
    uploads.now = UPLOADED_AT + 30
    uploads.begin(1)
    uploads.end(1)
    assert uploads.existing() == ["file-1", "file-2"]


def test_a_listing_with_an_unseen_page_marks_nothing_as_gone(
    uploads: ListedUploads,
) -> None:
    uploads.begin(1)
    uploads.on = False
    uploads.page(1, 1, 2)
    uploads.on = True
    uploads.end(1)
    assert uploads.existing() == ["file-1", "file-2"]
