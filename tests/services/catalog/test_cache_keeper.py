"""Listings are written after they were shown, and in order."""

import threading
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.catalog.cache_keeper import CacheKeeper
from services.catalog.listing_caches import ListingCaches
from tests.support.factories import account, remote_file
from tests.support.files_server import TEST_KEY
from tests.support.leftovers import open_files


def test_a_listing_is_written_after_it_was_shown(tmp_path: Path) -> None:
    keeper = CacheKeeper(ListingCaches(tmp_path))
    api = FilesApi(account(), TEST_KEY)
    listing = keeper.begin(api)
    assert listing is not None
    listing.add([remote_file(id="file-a")])
    before: list[object] = []
    listing.finish(5.0, lambda: before.append(list(keeper.read_cached(api))))
    keeper.stop()
    assert keeper.join(10)
    assert before == [[]]
    [(listed_at, [file])] = keeper.read_cached(api)
    assert (listed_at, file.id) == (5.0, "file-a")


def test_what_changes_while_a_listing_is_fetched_overrides_it(tmp_path: Path) -> None:
    keeper = CacheKeeper(ListingCaches(tmp_path))
    api = FilesApi(account(), TEST_KEY)
    first = keeper.begin(api)
    assert first is not None
    first.finish(1.0, lambda: None)
    is_begun = threading.Event()

    def hold_up() -> None:
        is_begun.wait(10)

    keeper.submit(hold_up)
    keeper.change(account().id, [("file-a", remote_file(id="file-a"))])
    second = keeper.begin(api)
    keeper.change(account().id, [("file-b", remote_file(id="file-b"))])
    is_begun.set()
    assert second is not None
    second.add([remote_file(id="file-a")])
    second.finish(2.0, lambda: None)
    keeper.stop()
    assert keeper.join(10)
    batches = list(keeper.read_cached(api))
    assert {listed_at for listed_at, _files in batches} == {2.0}
    assert {file.id for _at, files in batches for file in files} == {"file-a", "file-b"}


@pytest.mark.parametrize("how", ["discard", "clear", "clear all", "stop"])
def test_a_dropped_listing_closes_its_file(tmp_path: Path, how: str) -> None:
    keeper = CacheKeeper(ListingCaches(tmp_path))
    listing = keeper.begin(FilesApi(account(), TEST_KEY))
    assert listing is not None
    opened = threading.Event()
    keeper.submit(opened.set)
    assert opened.wait(10)
    assert open_files(tmp_path) != []
    closed = threading.Event()
    match how:
        case "discard":
            listing.discard()
        case "clear":
            keeper.clear(account().id)
        case "clear all":
            keeper.clear_all()
    if how != "stop":
        keeper.submit(closed.set)
        assert closed.wait(10)
        assert open_files(tmp_path) == []
    keeper.stop()
    assert keeper.join(10)
    assert open_files(tmp_path) == []
