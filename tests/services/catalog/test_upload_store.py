"""The upload history's database, on real files."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.catalog import upload_store
from services.catalog.upload_record import AccountIdentity, UploadRecord
from services.catalog.upload_store import UploadStore
from services.providers.key_fingerprint import key_fingerprint
from tests.support.leftovers import open_files

ACME = AccountIdentity("https://api.example/v1", "org", "proj-9", b"\x01\x02")
OTHERS = [
    replace(ACME, base_url="https://other.example/v1"),
    replace(ACME, organization=""),
    replace(ACME, project="proj-2"),
    replace(ACME, key_fingerprint=b"\x01\x03"),
]


def upload(file_id: str = "file-1", *, size: int = 7, at: float = 1000.0) -> UploadRecord:
    return UploadRecord(
        path=Path("/home/somebody/a.jsonl"),
        size=size,
        modified_ns=1_700_000_000_123_456_789,
        sha256="ab" * 32,
        purpose="batch",
        expires_after=3600,
        file_id=file_id,
        name="a.jsonl",
        uploaded_at=at,
    )


def written(folder: Path) -> bytes:
    """The contents of all files in the folder."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[UploadStore]:
    store = UploadStore(tmp_path / "uploads.sqlite")
    yield store
    store.close()


def test_uploads_are_still_there_next_time(tmp_path: Path) -> None:
    first = UploadStore(tmp_path / "uploads.sqlite")
    first.add(ACME, upload())
    first.close()
    assert open_files(tmp_path) == []
    second = UploadStore(tmp_path / "uploads.sqlite")
    assert second.with_file_ids(ACME, ["file-1", "file-2"]) == {"file-1": upload()}
    assert second.salt == first.salt
    second.close()


def test_unknown_values_stay_unknown(store: UploadStore) -> None:
    bare = replace(upload(), sha256=None, expires_after=None)
    store.add(ACME, bare)
    assert store.with_sizes(ACME, [7]) == [bare]


def test_a_path_that_is_not_valid_text_is_kept(store: UploadStore) -> None:
    odd = replace(upload(), path=Path("/home/\udcff\udcfe.jsonl"))
    store.add(ACME, odd)
    assert store.with_file_ids(ACME, ["file-1"])["file-1"].path == odd.path


@pytest.mark.parametrize("other", OTHERS)
def test_accounts_do_not_see_each_others_uploads(
    store: UploadStore, other: AccountIdentity
) -> None:
    store.add(ACME, upload())
    store.add(other, replace(upload(), name="b.jsonl"))
    assert [one.name for one in store.with_sizes(ACME, [7])] == ["a.jsonl"]
    store.mark_deleted(other, ["file-1"])
    assert store.existing_ids(ACME, 2000.0) == {"file-1"}
    assert store.existing_ids(other, 2000.0) == set()


def test_deleted_files_are_kept_but_not_offered(store: UploadStore) -> None:
    for number in range(1200):
        store.add(ACME, upload(f"file-{number}", at=float(number)))
    store.mark_deleted(ACME, [f"file-{number}" for number in range(1198)])
    assert [one.file_id for one in store.with_sizes(ACME, [7])] == ["file-1199", "file-1198"]
    assert store.with_file_ids(ACME, ["file-5"])["file-5"].deleted
    assert store.existing_ids(ACME, 1199.0) == {"file-1198"}


def test_a_remote_file_has_one_entry(store: UploadStore) -> None:
    store.add(ACME, upload())
    store.add(ACME, replace(upload(), name="again.jsonl"))
    assert [one.name for one in store.with_sizes(ACME, [7])] == ["again.jsonl"]


def test_the_oldest_entries_are_dropped(
    store: UploadStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_store, "MAX_ROWS", 3)
    for number in range(5):
        store.add(ACME, upload(f"file-{number}", at=float(number)))
    store.trim()
    assert store.existing_ids(ACME, 10.0) == {"file-2", "file-3", "file-4"}


def test_cleared_entries_leave_nothing_on_disk(store: UploadStore, tmp_path: Path) -> None:
    store.clear()
    empty = len(written(tmp_path))
    for number in range(100):
        store.add(ACME, upload(f"file-{number}"))
    (tmp_path / "uploads.sqlite.damaged-1").write_bytes(b"/home/somebody")
    store.clear()
    assert len(written(tmp_path)) == empty
    left = written(tmp_path)
    for word in (b"somebody", b"file-1", b"example", b"proj-9", bytes.fromhex("ab" * 32)):
        assert word not in left
    store.add(ACME, upload())
    assert store.with_sizes(ACME, [7]) == [upload()]


def test_two_programs_can_write_to_the_same_file(store: UploadStore, tmp_path: Path) -> None:
    other = UploadStore(tmp_path / "uploads.sqlite")
    store.add(ACME, upload("file-1"))
    other.add(ACME, upload("file-2"))
    assert (
        store.existing_ids(ACME, 2000.0) == other.existing_ids(ACME, 2000.0) == {"file-1", "file-2"}
    )
    other.close()


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "uploads.sqlite"
    path.write_bytes(content)
    store = UploadStore(path)
    assert store.set_aside is not None
    assert store.set_aside.read_bytes() == content
    store.add(ACME, upload())
    assert store.with_sizes(ACME, [7]) == [upload()]
    store.close()


def test_a_file_with_another_schema_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "uploads.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE uploads (a)")
    other.execute("PRAGMA user_version = 1")
    other.commit()
    other.close()
    store = UploadStore(path)
    assert store.set_aside is not None
    store.close()


def test_only_the_owner_can_read_the_folder(tmp_path: Path) -> None:
    UploadStore(tmp_path / "catalog" / "uploads.sqlite").close()
    if os.name == "posix":
        assert (tmp_path / "catalog").stat().st_mode & 0o077 == 0


# The mark of a key


@pytest.mark.slow
def test_key_marks_are_stable_and_distinct() -> None:
    marks = {key_fingerprint(key, b"salt") for key in ("sk-one", "sk-two", "sk-one")}
    assert len(marks) == 2
    assert key_fingerprint("sk-one", b"salt") in marks


@pytest.mark.slow
def test_a_key_that_is_not_valid_text_has_a_mark_too() -> None:
    assert key_fingerprint("sk-\udcff", b"salt") != key_fingerprint("sk-\udcfe", b"salt")


@pytest.mark.slow
def test_a_mark_is_too_short_to_find_the_key() -> None:
    assert len(key_fingerprint("sk-one", b"salt")) == 2
    assert key_fingerprint("sk-one", b"salt") != key_fingerprint("sk-one", b"other salt")
