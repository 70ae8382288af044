"""What whole and broken listings tell of remembered files: real ledger, events by hand."""

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


class Overhearing:
    def __init__(self, folder: Path) -> None:
        self.told = EventLog()
        self.on = True
        self.now = UPLOADED_AT
        self.api = FilesApi(account(), "sk-test")
        self.ledger = UploadHistory(
            self.told,
            folder / "uploads.sqlite",
            lambda _account_id: self.api,
            lambda: self.on,
            lambda: self.now,
        )
        self.lookups = self.ledger.lookups(self.told, lambda _api, _requests: None)
        self.lookups.open(self.api)
        self.tell: Listener = self.ledger.listening(lambda _event: None)
        for number in (1, 2):
            request = UploadRequest(self.file(number), "batch")
            self.ledger.note(self.api, request, f"file-{number}", None)
        self.now = LONG_AFTER

    def file(self, number: int) -> LocalFile:
        return local_file(Path(f"/data/{number}.jsonl").absolute(), size=number)

    def begin(self, listing: int) -> None:
        self.tell(ListingStarted("acme", listing))

    def page(self, listing: int, *numbers: int) -> None:
        files = tuple(remote_file(id=f"file-{number}") for number in numbers)
        self.tell(FilesListed("acme", listing, files, len(files)))

    def end(self, listing: int, *, complete: bool = True) -> None:
        self.tell(ListingEnded("acme", listing, complete))

    def there(self) -> list[str]:
        """The files that count as still at the server."""
        self.told.clear()
        self.lookups.look_up(1, [self.file(number) for number in (1, 2, 3)])
        self.told.wait_for(UploadsFound, lambda event: event.ended)
        found = self.told.all(UploadsFound)
        return sorted(known.file_id for event in found for _path, known in event.found)


@pytest.fixture
def overhearing(tmp_path: Path) -> Iterator[Overhearing]:
    made = Overhearing(tmp_path)
    yield made
    made.ledger.close()
    made.ledger.join(time.monotonic() + 5)


def test_what_a_whole_listing_does_not_have_is_gone(overhearing: Overhearing) -> None:
    overhearing.begin(1)
    overhearing.page(1, 7, 8)
    overhearing.page(1, 2)
    assert overhearing.there() == ["file-1", "file-2"]
    overhearing.end(1)
    assert overhearing.there() == ["file-2"]


def test_what_a_broken_listing_does_not_have_is_not_gone(overhearing: Overhearing) -> None:
    overhearing.begin(1)
    overhearing.end(1, complete=False)
    assert overhearing.there() == ["file-1", "file-2"]


def test_a_listing_that_goes_on_is_one_listing(overhearing: Overhearing) -> None:
    overhearing.begin(1)
    overhearing.page(1, 1)
    overhearing.end(1, complete=False)
    overhearing.begin(1)
    overhearing.page(1, 2)
    overhearing.end(1)
    assert overhearing.there() == ["file-1", "file-2"]


def test_pages_of_a_listing_that_was_given_up_count_for_nothing(overhearing: Overhearing) -> None:
    overhearing.begin(1)
    overhearing.begin(2)
    overhearing.page(1, 1, 2)
    overhearing.end(1)
    assert overhearing.there() == ["file-1", "file-2"]
    overhearing.page(2, 1)
    overhearing.end(2)
    assert overhearing.there() == ["file-1"]


def test_what_was_uploaded_a_moment_before_the_listing_may_be_missing_in_it(
    overhearing: Overhearing,
) -> None:
    overhearing.now = UPLOADED_AT + 30
    overhearing.begin(1)
    overhearing.end(1)
    assert overhearing.there() == ["file-1", "file-2"]


def test_a_listing_of_which_not_every_page_was_seen_takes_nothing_away(
    overhearing: Overhearing,
) -> None:
    overhearing.begin(1)
    overhearing.on = False
    overhearing.page(1, 1, 2)
    overhearing.on = True
    overhearing.end(1)
    assert overhearing.there() == ["file-1", "file-2"]
