"""A restored file is exactly what was uploaded, under the name it had."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from services.catalog.restoring import can_restore, local_copy, restore_request
from services.catalog.upload_record import LocalCopy, UploadRecord
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken

CONTENT = b'{"a": 1}\n'


@pytest.fixture
def upload(tmp_path: Path) -> UploadRecord:
    path = tmp_path / "a.jsonl"
    path.write_bytes(CONTENT)
    return UploadRecord(
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


def write(upload: UploadRecord, content: bytes, later_ns: int = 0) -> None:
    upload.path.write_bytes(content)
    os.utime(upload.path, ns=(0, upload.modified_ns + later_ns))


def refusal(upload: UploadRecord) -> ProblemKind:
    with pytest.raises(FilesError) as refused:
        restore_request(upload, CancelToken())
    return refused.value.problem.kind


def test_an_unchanged_file_is_uploaded_with_the_same_settings(upload: UploadRecord) -> None:
    request = restore_request(upload, CancelToken())
    assert (request.file.path, request.file.name) == (upload.path, "a.jsonl")
    assert (request.purpose, request.expires_after) == ("evals", 7200)
    assert local_copy(upload) is LocalCopy.UNCHANGED
    assert can_restore(upload)


def test_it_keeps_the_uploaded_name_even_if_the_local_name_differs(
    upload: UploadRecord,
) -> None:
    renamed = upload.path.with_name("renamed.jsonl")
    upload.path.rename(renamed)
    request = restore_request(replace(upload, path=renamed), CancelToken())
    assert (request.file.path, request.file.name) == (renamed, "a.jsonl")


def test_a_file_of_another_size_has_changed_even_with_the_same_time(upload: UploadRecord) -> None:
    for content in (CONTENT + b"\n", CONTENT[:-1]):
        write(upload, content)
        assert local_copy(upload) is LocalCopy.CHANGED
        assert not can_restore(upload)
        assert refusal(upload) is ProblemKind.FILE_CHANGED


def test_if_the_time_differs_the_content_decides(upload: UploadRecord) -> None:
    write(upload, CONTENT, later_ns=1)
    assert local_copy(upload) is LocalCopy.TOUCHED
    assert can_restore(upload)
    assert restore_request(upload, CancelToken()).file.path == upload.path
    write(upload, CONTENT.replace(b"1", b"2"), later_ns=1)
    assert refusal(upload) is ProblemKind.FILE_CHANGED


def test_if_the_time_differs_and_there_is_no_hash_nothing_is_uploaded(upload: UploadRecord) -> None:
    write(upload, CONTENT, later_ns=1)
    unhashed = replace(upload, sha256=None)
    assert not can_restore(unhashed)
    assert refusal(unhashed) is ProblemKind.FILE_CHANGED


def test_a_missing_file_is_not_uploaded(upload: UploadRecord) -> None:
    upload.path.unlink()
    assert local_copy(upload) is LocalCopy.MISSING
    assert refusal(upload) is ProblemKind.FILE_MISSING


def test_a_file_that_changes_while_it_is_read_is_not_uploaded(upload: UploadRecord) -> None:
    class Meddling(CancelToken):
        def check(self) -> None:
            upload.path.write_bytes(CONTENT)

    write(upload, CONTENT, later_ns=1)
    with pytest.raises(FilesError) as refused:
        restore_request(upload, Meddling())
    assert refused.value.problem.kind is ProblemKind.FILE_UNREADABLE


def test_a_folder_in_place_of_the_file_counts_as_missing(upload: UploadRecord) -> None:
    upload.path.unlink()
    upload.path.mkdir()
    assert local_copy(upload) is LocalCopy.MISSING
