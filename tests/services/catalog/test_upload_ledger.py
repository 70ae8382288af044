"""What is remembered, on real files."""

import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from services.catalog import upload_ledger
from services.catalog.remembered_upload import AccountIdentity, RememberedUpload
from services.catalog.upload_ledger import UploadLedger
from services.providers.key_fingerprint import key_fingerprint
from tests.support.leftovers import open_files

ACME = AccountIdentity("https://api.example/v1", "org", "proj-9", b"\x01\x02")
OTHERS = [
    replace(ACME, base_url="https://other.example/v1"),
    replace(ACME, organization=""),
    replace(ACME, project="proj-2"),
    replace(ACME, key_fingerprint=b"\x01\x03"),
]


def upload(file_id: str = "file-1", *, size: int = 7, at: float = 1000.0) -> RememberedUpload:
    return RememberedUpload(
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
    """Everything the folder's files hold."""
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[UploadLedger]:
    ledger = UploadLedger(tmp_path / "uploads.sqlite")
    yield ledger
    ledger.close()


def test_what_was_noted_is_there_the_next_time(tmp_path: Path) -> None:
    first = UploadLedger(tmp_path / "uploads.sqlite")
    first.note(ACME, upload())
    first.close()
    assert open_files(tmp_path) == []
    second = UploadLedger(tmp_path / "uploads.sqlite")
    assert second.of_files(ACME, ["file-1", "file-2"]) == {"file-1": upload()}
    assert second.salt == first.salt
    second.close()


def test_what_is_not_known_is_not_made_up(ledger: UploadLedger) -> None:
    bare = replace(upload(), sha256=None, expires_after=None)
    ledger.note(ACME, bare)
    assert ledger.of_sizes(ACME, [7]) == [bare]


def test_a_path_that_is_no_text_is_kept(ledger: UploadLedger) -> None:
    odd = replace(upload(), path=Path("/home/\udcff\udcfe.jsonl"))
    ledger.note(ACME, odd)
    assert ledger.of_files(ACME, ["file-1"])["file-1"].path == odd.path


@pytest.mark.parametrize("other", OTHERS)
def test_no_account_sees_the_uploads_of_another(
    ledger: UploadLedger, other: AccountIdentity
) -> None:
    ledger.note(ACME, upload())
    ledger.note(other, replace(upload(), name="b.jsonl"))
    assert [one.name for one in ledger.of_sizes(ACME, [7])] == ["a.jsonl"]
    ledger.mark_deleted(other, ["file-1"])
    assert ledger.living(ACME, 2000.0) == {"file-1"}
    assert ledger.living(other, 2000.0) == set()


def test_files_that_are_gone_are_not_offered_but_remembered(ledger: UploadLedger) -> None:
    for number in range(1200):
        ledger.note(ACME, upload(f"file-{number}", at=float(number)))
    ledger.mark_deleted(ACME, [f"file-{number}" for number in range(1198)])
    assert [one.file_id for one in ledger.of_sizes(ACME, [7])] == ["file-1199", "file-1198"]
    assert ledger.of_files(ACME, ["file-5"])["file-5"].deleted
    assert ledger.living(ACME, 1199.0) == {"file-1198"}


def test_a_remote_file_is_remembered_once(ledger: UploadLedger) -> None:
    ledger.note(ACME, upload())
    ledger.note(ACME, replace(upload(), name="again.jsonl"))
    assert [one.name for one in ledger.of_sizes(ACME, [7])] == ["again.jsonl"]


def test_the_oldest_make_room(ledger: UploadLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_ledger, "MOST_ROWS", 3)
    for number in range(5):
        ledger.note(ACME, upload(f"file-{number}", at=float(number)))
    ledger.trim()
    assert ledger.living(ACME, 10.0) == {"file-2", "file-3", "file-4"}


def test_nothing_is_left_of_what_is_forgotten(ledger: UploadLedger, tmp_path: Path) -> None:
    ledger.forget()
    empty = len(written(tmp_path))
    for number in range(100):
        ledger.note(ACME, upload(f"file-{number}"))
    (tmp_path / "uploads.sqlite.damaged-1").write_bytes(b"/home/somebody")
    ledger.forget()
    assert len(written(tmp_path)) == empty
    left = written(tmp_path)
    for word in (b"somebody", b"file-1", b"example", b"proj-9", bytes.fromhex("ab" * 32)):
        assert word not in left
    ledger.note(ACME, upload())
    assert ledger.of_sizes(ACME, [7]) == [upload()]


def test_two_programs_write_to_the_same_file(ledger: UploadLedger, tmp_path: Path) -> None:
    other = UploadLedger(tmp_path / "uploads.sqlite")
    ledger.note(ACME, upload("file-1"))
    other.note(ACME, upload("file-2"))
    assert ledger.living(ACME, 2000.0) == other.living(ACME, 2000.0) == {"file-1", "file-2"}
    other.close()


@pytest.mark.parametrize("content", [b"no database at all", b"SQLite format 3\0" + b"x" * 5000])
def test_a_damaged_file_is_set_aside(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "uploads.sqlite"
    path.write_bytes(content)
    ledger = UploadLedger(path)
    assert ledger.set_aside is not None
    assert ledger.set_aside.read_bytes() == content
    ledger.note(ACME, upload())
    assert ledger.of_sizes(ACME, [7]) == [upload()]
    ledger.close()


def test_a_file_of_another_kind_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "uploads.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE uploads (a)")
    other.execute("PRAGMA user_version = 1")
    other.commit()
    other.close()
    ledger = UploadLedger(path)
    assert ledger.set_aside is not None
    ledger.close()


def test_only_its_owner_may_read_the_folder(tmp_path: Path) -> None:
    UploadLedger(tmp_path / "catalog" / "uploads.sqlite").close()
    if os.name == "posix":
        assert (tmp_path / "catalog").stat().st_mode & 0o077 == 0


# The mark of a key


@pytest.mark.slow
def test_a_key_has_the_same_mark_each_time_and_another_key_another() -> None:
    marks = {key_fingerprint(key, b"salt") for key in ("sk-one", "sk-two", "sk-one")}
    assert len(marks) == 2
    assert key_fingerprint("sk-one", b"salt") in marks


@pytest.mark.slow
def test_a_key_that_is_no_text_has_a_mark_too() -> None:
    assert key_fingerprint("sk-\udcff", b"salt") != key_fingerprint("sk-\udcfe", b"salt")


@pytest.mark.slow
def test_a_mark_holds_too_little_to_find_the_key_by_it() -> None:
    assert len(key_fingerprint("sk-one", b"salt")) == 2
    assert key_fingerprint("sk-one", b"salt") != key_fingerprint("sk-one", b"other salt")
