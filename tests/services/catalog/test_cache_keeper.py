"""When listings are written: after they were shown, and in order."""

from pathlib import Path

from services.api.files_api import FilesApi
from services.catalog.cache_keeper import CacheKeeper
from services.catalog.listing_caches import ListingCaches
from tests.support.files_server import TEST_KEY
from tests.support.making import account, remote_file


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
