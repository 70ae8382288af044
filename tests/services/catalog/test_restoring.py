"""Sent again is what was uploaded, under the name it had, or nothing."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from services.catalog.remembered_upload import LocalCopy, RememberedUpload
from services.catalog.restoring import can_restore, local_copy, restore_request
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken

CONTENT = b'{"a": 1}\n'


@pytest.fixture
def upload(tmp_path: Path) -> RememberedUpload:
    path = tmp_path / "a.jsonl"
    path.write_bytes(CONTENT)
    return RememberedUpload(
        path=path,
        size=len(CONTENT),
        modified_ns=path.stat().st_mtime_ns,
        sha256=hashlib.sha256(CONTENT).hexdigest(),
        purpose="evals",
        expires_after=7200,
        file_id="file-1",
        name="a.jsonl",
        uploaded_at=0.0,
    )


def write(upload: RememberedUpload, content: bytes, later_ns: int = 0) -> None:
    upload.path.write_bytes(content)
    os.utime(upload.path, ns=(0, upload.modified_ns + later_ns))


def refusal(upload: RememberedUpload) -> ProblemKind:
    with pytest.raises(FilesError) as refused:
        restore_request(upload, CancelToken())
    return refused.value.problem.kind


def test_what_is_as_it_was_is_sent_as_it_was_sent(upload: RememberedUpload) -> None:
    request = restore_request(upload, CancelToken())
    assert (request.file.path, request.file.name) == (upload.path, "a.jsonl")
    assert (request.purpose, request.expires_after) == ("evals", 7200)
    assert local_copy(upload) is LocalCopy.UNCHANGED
    assert can_restore(upload)


def test_it_gets_the_name_that_was_sent_also_where_the_local_one_is_another(
    upload: RememberedUpload,
) -> None:
    renamed = upload.path.with_name("renamed.jsonl")
    upload.path.rename(renamed)
    request = restore_request(replace(upload, path=renamed), CancelToken())
    assert (request.file.path, request.file.name) == (renamed, "a.jsonl")


def test_another_size_is_another_file_even_with_the_same_time(upload: RememberedUpload) -> None:
    for content in (CONTENT + b"\n", CONTENT[:-1]):
        write(upload, content)
        assert local_copy(upload) is LocalCopy.CHANGED
        assert not can_restore(upload)
        assert refusal(upload) is ProblemKind.FILE_CHANGED


def test_with_another_time_the_content_decides(upload: RememberedUpload) -> None:
    write(upload, CONTENT, later_ns=1)
    assert local_copy(upload) is LocalCopy.TOUCHED
    assert can_restore(upload)
    assert restore_request(upload, CancelToken()).file.path == upload.path
    write(upload, CONTENT.replace(b"1", b"2"), later_ns=1)
    assert refusal(upload) is ProblemKind.FILE_CHANGED


def test_with_another_time_and_no_hash_nothing_is_sent(upload: RememberedUpload) -> None:
    write(upload, CONTENT, later_ns=1)
    unhashed = replace(upload, sha256=None)
    assert not can_restore(unhashed)
    assert refusal(unhashed) is ProblemKind.FILE_CHANGED


def test_what_is_gone_is_not_sent(upload: RememberedUpload) -> None:
    upload.path.unlink()
    assert local_copy(upload) is LocalCopy.MISSING
    assert refusal(upload) is ProblemKind.FILE_MISSING


def test_what_changes_while_it_is_read_is_not_sent(upload: RememberedUpload) -> None:
    class Meddling(CancelToken):
        def check(self) -> None:
            upload.path.write_bytes(CONTENT)

    write(upload, CONTENT, later_ns=1)
    with pytest.raises(FilesError) as refused:
        restore_request(upload, Meddling())
    assert refused.value.problem.kind is ProblemKind.FILE_UNREADABLE


def test_what_is_no_file_any_more_is_missing(upload: RememberedUpload) -> None:
    upload.path.unlink()
    upload.path.mkdir()
    assert local_copy(upload) is LocalCopy.MISSING
