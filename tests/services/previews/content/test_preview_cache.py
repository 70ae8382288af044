"""The folder of cached previews: private, bounded, and separate for each account and key."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.previews.content import preview_cache
from services.previews.content.preview_cache import CachedContent, PreviewCache
from tests.support.factories import account
from tests.support.files_server import TEST_KEY

ACME = account(organization="org-1", project="proj-1", base_url="https://api.example/v1")
API = FilesApi(ACME, TEST_KEY)
WHOLE = CachedContent(b"all of it", True)
BEGINNING = CachedContent(b"only the beginning", False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "previews"


@pytest.fixture
def cache(folder: Path) -> PreviewCache:
    return PreviewCache(folder)


def contents(folder: Path) -> set[Path]:
    return set(folder.glob("*.content"))


def age(path: Path, seconds: int) -> None:
    """Let a cached file have been used that long ago."""
    used = path.stat().st_mtime_ns - seconds * 1_000_000_000
    os.utime(path, ns=(used, used))


@pytest.mark.parametrize("content", [WHOLE, BEGINNING, CachedContent(b"", True)])
def test_what_is_cached_is_there_again(
    cache: PreviewCache, folder: Path, content: CachedContent
) -> None:
    assert cache.get(API, "file-a") is None
    cache.put(API, "file-a", content)
    assert cache.get(API, "file-a") == content
    assert PreviewCache(folder).get(API, "file-a") == content
    assert cache.get(API, "file-b") is None


def test_more_of_a_file_replaces_less(cache: PreviewCache, folder: Path) -> None:
    cache.put(API, "file-a", BEGINNING)
    cache.put(API, "file-a", WHOLE)
    assert cache.get(API, "file-a") == WHOLE
    assert len(contents(folder)) == 1


def test_only_this_person_can_read_it(cache: PreviewCache, folder: Path) -> None:
    folder.mkdir(mode=0o755)
    cache.put(API, "file-a", WHOLE)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize(
    "changed",
    [
        {"base_url": "https://api.example/v2"},
        {"organization": "org-2"},
        {"project": "proj-2"},
        {"id": "another"},
    ],
    ids=str,
)
def test_accounts_that_differ_never_meet(cache: PreviewCache, changed: dict[str, str]) -> None:
    cache.put(API, "file-a", WHOLE)
    other = FilesApi(replace(ACME, **changed), TEST_KEY)  # type: ignore[arg-type]
    assert cache.get(other, "file-a") is None


def test_keys_that_differ_never_meet(cache: PreviewCache) -> None:
    cache.put(API, "file-a", WHOLE)
    assert cache.get(FilesApi(ACME, TEST_KEY + "0"), "file-a") is None


@pytest.mark.parametrize("file_id", ["../../x", "a/b", "ü" * 300, "", "*", "[a-z]*", "\udcff"])
def test_any_id_has_a_file_in_the_folder(cache: PreviewCache, folder: Path, file_id: str) -> None:
    cache.put(API, file_id, WHOLE)
    assert cache.get(API, file_id) == WHOLE
    assert len(contents(folder)) == 1
    cache.remove(ACME.id, file_id)
    assert cache.get(API, file_id) is None


def test_neither_key_nor_id_is_on_the_disk(cache: PreviewCache, folder: Path) -> None:
    cache.put(API, "file-secret", WHOLE)
    for path in folder.iterdir():
        for secret in (TEST_KEY, TEST_KEY[-12:], "file-secret", ACME.id):
            assert secret not in path.name
            assert secret.encode() not in path.read_bytes()


def test_what_was_not_used_for_longest_goes_first(folder: Path) -> None:
    cache = PreviewCache(folder, max_bytes=35)
    paths: dict[str, Path] = {}
    for number, file_id in enumerate("abc"):
        before = contents(folder)
        cache.put(API, file_id, CachedContent(b"x" * 9, True))
        (paths[file_id],) = contents(folder) - before
        age(paths[file_id], 100 - number)
    assert cache.get(API, "a") is not None  # used just now
    cache.put(API, "d", CachedContent(b"x" * 9, True))
    assert [cache.get(API, one) is not None for one in "abcd"] == [True, False, True, True]


def test_what_was_cached_last_stays_even_if_it_is_too_large(folder: Path) -> None:
    cache = PreviewCache(folder, max_bytes=10)
    cache.put(API, "a", WHOLE)
    for path in contents(folder):
        age(path, 10)
    cache.put(API, "b", CachedContent(b"y" * 100, True))
    assert cache.get(API, "a") is None
    assert cache.get(API, "b") is not None


def test_the_number_of_files_is_bounded(
    cache: PreviewCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_cache, "MAX_CACHE_FILES", 3)
    for number in range(5):
        cache.put(API, f"file-{number}", WHOLE)
        for path in contents(folder):
            age(path, 10)
    assert [cache.get(API, f"file-{number}") is None for number in range(5)] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_a_file_is_forgotten_with_all_keys_of_its_account(cache: PreviewCache) -> None:
    newer = FilesApi(ACME, TEST_KEY + "0")
    other = FilesApi(replace(ACME, id="other"), TEST_KEY)
    for api in (API, newer, other):
        cache.put(api, "file-a", WHOLE)
        cache.put(api, "file-b", WHOLE)
    cache.remove(ACME.id, "file-a")
    assert [cache.get(api, "file-a") is None for api in (API, newer, other)] == [True, True, False]
    assert [cache.get(api, "file-b") is None for api in (API, newer, other)] == [False] * 3


def test_an_account_is_forgotten_alone(cache: PreviewCache, folder: Path) -> None:
    other = FilesApi(replace(ACME, id="other"), TEST_KEY)
    for api in (API, other):
        cache.put(api, "file-a", WHOLE)
    cache.clear(ACME.id)
    assert (cache.get(API, "file-a"), cache.get(other, "file-a")) == (None, WHOLE)
    cache.clear_all()
    assert [path.name for path in folder.iterdir()] == ["salt"]
    cache.put(API, "file-a", WHOLE)
    assert cache.get(API, "file-a") == WHOLE


def test_forgetting_where_nothing_is_does_no_harm(cache: PreviewCache, folder: Path) -> None:
    cache.clear("acme")
    cache.remove("acme", "file-a")
    cache.clear_all()
    assert not folder.exists()


def test_without_a_disk_nothing_is_cached(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "previews"):
        cache = PreviewCache(folder)
        cache.put(API, "file-a", WHOLE)
        assert cache.get(API, "file-a") is None
        cache.remove("acme", "file-a")
        cache.clear("acme")
        cache.clear_all()
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_file_that_cant_be_read_or_written_is_as_good_as_none(
    cache: PreviewCache, folder: Path
) -> None:
    cache.put(API, "file-a", WHOLE)
    (path,) = contents(folder)
    path.unlink()
    path.mkdir()
    assert cache.get(API, "file-a") is None
    cache.put(API, "file-a", WHOLE)
    assert cache.get(API, "file-a") is None
    others = [f"file-{number}" for number in range(10)]  # before and after it in the folder
    for other in others:
        cache.put(API, other, WHOLE)
        assert cache.get(API, other) == WHOLE
    cache.remove(ACME.id, "file-a")
    cache.clear(ACME.id)
    assert [cache.get(API, other) for other in others] == [None] * 10


@pytest.mark.parametrize("damage", [b"", b"x", b"something else"])
def test_a_damaged_file_is_as_good_as_none(
    cache: PreviewCache, folder: Path, damage: bytes
) -> None:
    cache.put(API, "file-a", WHOLE)
    (path,) = contents(folder)
    path.write_bytes(damage)
    assert cache.get(API, "file-a") is None
