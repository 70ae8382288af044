"""When listings are written: after they were shown, and in order."""

import threading
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.catalog.cache_keeper import CacheKeeper
from services.catalog.listing_caches import ListingCaches
from tests.support.factories import account, remote_file
from tests.support.files_server import TEST_KEY
from tests.support.leftovers import open_files


def test_a_listing_is_written_once_it_was_shown(tmp_path: Path) -> None:
    keeper = CacheKeeper(ListingCaches(tmp_path))
    api = FilesApi(account(), TEST_KEY)
    kept = keeper.begin(api)
    assert kept is not None
    kept.add([remote_file(id="file-a")])
    before: list[object] = []
    kept.finish(5.0, lambda: before.append(list(keeper.last(api))))
    keeper.stop()
    assert keeper.join(10)
    assert before == [[]]
    [(listed_at, [file])] = keeper.last(api)
    assert (listed_at, file.id) == (5.0, "file-a")


@pytest.mark.parametrize("how", ["discard", "forget", "forget all", "stop"])
def test_a_listing_under_way_holds_its_file_open_no_longer_after(tmp_path: Path, how: str) -> None:
    keeper = CacheKeeper(ListingCaches(tmp_path))
    kept = keeper.begin(FilesApi(account(), TEST_KEY))
    assert kept is not None
    opened = threading.Event()
    keeper.submit(opened.set)
    assert opened.wait(10)
    assert open_files(tmp_path) != []
    closed = threading.Event()
    match how:
        case "discard":
            kept.discard()
        case "forget":
            keeper.forget(account().id)
        case "forget all":
            keeper.forget_all()
    if how != "stop":
        keeper.submit(closed.set)
        assert closed.wait(10)
        assert open_files(tmp_path) == []
    keeper.stop()
    assert keeper.join(10)
    assert open_files(tmp_path) == []
