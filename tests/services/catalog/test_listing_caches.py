"""One cache for each account, key and project; and no key in any of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.catalog.listing_caches import ListingCaches
from services.providers.account import Account
from tests.support.factories import account, remote_file
from tests.support.files_server import TEST_KEY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "listings"


@pytest.fixture
def caches(folder: Path) -> ListingCaches:
    return ListingCaches(folder)


ACME = account(organization="org-1", project="proj-1", base_url="https://api.example/v1")


def path_of(caches: ListingCaches, who: Account = ACME, key: str = TEST_KEY) -> Path:
    cache = caches.cache_of(FilesApi(who, key))
    assert cache is not None
    return cache.path


def keep_one(caches: ListingCaches, who: Account = ACME, key: str = TEST_KEY) -> Path:
    cache = caches.cache_of(FilesApi(who, key))
    assert cache is not None
    writer = cache.begin()
    writer.add([remote_file()])
    assert writer.finish(1.0)
    return cache.path


@pytest.mark.parametrize(
    "changed",
    [
        {"base_url": "https://api.example/v2"},
        {"organization": "org-2"},
        {"project": "proj-2"},
        {"project": ""},
        {"organization": "org-1proj-1", "project": ""},
        {"organization": "", "project": "org-1proj-1"},
        {"id": "another"},
    ],
    ids=str,
)
def test_different_accounts_never_share_a_cache(
    caches: ListingCaches, changed: dict[str, str]
) -> None:
    assert path_of(caches) != path_of(caches, replace(ACME, **changed))  # type: ignore[arg-type]


def test_different_keys_never_share_a_cache(caches: ListingCaches) -> None:
    assert path_of(caches) != path_of(caches, key=TEST_KEY + "0")


def test_renaming_an_account_keeps_its_cache(caches: ListingCaches, folder: Path) -> None:
    renamed = replace(ACME, name="Other", storage_limit=5)
    assert path_of(caches) == path_of(caches, renamed)
    assert path_of(caches) == path_of(ListingCaches(folder))


@pytest.mark.parametrize("account_id", ["../../x", "a/b", "ü" * 300, "", "con", "\udcff"])
def test_any_account_id_makes_a_valid_file_name(
    caches: ListingCaches, folder: Path, account_id: str
) -> None:
    path = keep_one(caches, replace(ACME, id=account_id))
    assert path.parent == folder
    assert path.exists()


def test_no_part_of_the_key_is_on_disk(caches: ListingCaches, folder: Path) -> None:
    keep_one(caches)
    salt = (folder / "salt").read_bytes()
    mark = FilesApi(ACME, TEST_KEY).key_hash(salt)
    for path in folder.iterdir():
        for secret in (TEST_KEY, TEST_KEY.removeprefix("sk-test-"), TEST_KEY[-12:], mark):
            assert secret not in path.name
            assert secret.encode() not in path.read_bytes()


def test_file_names_differ_between_folders(tmp_path: Path) -> None:
    names = {path_of(ListingCaches(tmp_path / one)).name for one in ("here", "there")}
    assert len(names) == 2


def test_a_new_keys_listing_deletes_those_of_older_keys(caches: ListingCaches) -> None:
    old = keep_one(caches, key="old")
    other = keep_one(caches, replace(ACME, id="other"))
    new = keep_one(caches, key="new")
    caches.keep_only(ACME.id, new)
    assert [path.exists() for path in (old, new, other)] == [False, True, True]


def test_clearing_an_account_deletes_the_listings_of_all_its_keys(caches: ListingCaches) -> None:
    mine = [keep_one(caches, key="old"), keep_one(caches, key="new")]
    other = keep_one(caches, replace(ACME, id="other"))
    caches.clear(ACME.id)
    assert [path.exists() for path in (*mine, other)] == [False, False, True]


def test_all_caches_can_be_cleared_and_written_again(caches: ListingCaches, folder: Path) -> None:
    keep_one(caches)
    keep_one(caches, replace(ACME, id="other"))
    caches.clear_all()
    assert [path.name for path in folder.iterdir()] == ["salt"]
    assert keep_one(caches).exists()


def test_clearing_an_empty_folder_does_nothing(caches: ListingCaches) -> None:
    caches.clear("acme")
    caches.clear_all()


@pytest.mark.parametrize("salt", [b"", b"short", b"x" * 33])
def test_a_damaged_salt_is_replaced(folder: Path, salt: bytes) -> None:
    before = path_of(ListingCaches(folder))
    (folder / "salt").write_bytes(salt)
    assert path_of(ListingCaches(folder)) != before
    assert len((folder / "salt").read_bytes()) == 32


def test_without_a_folder_there_are_no_caches(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    caches = ListingCaches(tmp_path / "file" / "listings")
    assert caches.cache_of(FilesApi(ACME, TEST_KEY)) is None
    caches.clear_all()
