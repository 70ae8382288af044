"""Files about to be uploaded that are already on the server."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from services.catalog.content_hash import sha256_of
from services.catalog.duplicates import find_known
from services.catalog.upload_record import KnownUpload, UploadRecord
from services.disk.local_file import LocalFile
from services.system.cancellation import Cancelled, CancelToken
from tests.support.factories import local_file, problem

HERE = Path("/data/a.jsonl").absolute()
FILE = local_file(HERE, size=7, modified_ns=5)
ELSEWHERE = replace(FILE, path=Path("/other/a.jsonl").absolute())
UPLOAD = UploadRecord(HERE, 7, 5, "aa", "batch", None, "file-1", "a.jsonl", 100.0)


class Hashes:
    """A stand-in for hashing files on disk."""

    def __init__(self, **by_name: str | None) -> None:
        self._by_name = by_name
        self.asked: list[str] = []

    def __call__(self, file: LocalFile, _token: CancelToken) -> str | None:
        self.asked.append(file.name)
        return self._by_name.get(file.name.partition(".")[0])


def found(file: LocalFile, *uploads: UploadRecord, digest: str | None = None) -> list[KnownUpload]:
    steps = find_known([file], uploads, Hashes(a=digest), CancelToken())
    return [known for step in steps for _path, known in step]


def test_an_unchanged_file_at_the_same_path_is_recognized_without_reading_it() -> None:
    hashes = Hashes()
    [step] = find_known([FILE], [UPLOAD], hashes, CancelToken())
    assert step == ((FILE.path, KnownUpload("file-1", True, "batch", 100.0, "a.jsonl")),)
    assert hashes.asked == []


def test_a_copy_at_another_path_is_recognized_by_its_hash() -> None:
    assert [known.same_content for known in found(ELSEWHERE, UPLOAD, digest="aa")] == [True]


@pytest.mark.parametrize("file", [ELSEWHERE, replace(FILE, modified_ns=6)])
def test_different_content_with_the_same_name_and_size_is_not_reported(file: LocalFile) -> None:
    assert found(file, UPLOAD, digest="bb") == []


def test_without_a_hash_only_the_same_name_and_size_are_reported() -> None:
    unhashed = replace(UPLOAD, sha256=None)
    assert [known.same_content for known in found(ELSEWHERE, unhashed)] == [False]
    assert found(replace(ELSEWHERE, name="b.jsonl"), unhashed) == []


def test_an_unreadable_file_is_matched_by_name_and_size() -> None:
    assert [known.same_content for known in found(ELSEWHERE, UPLOAD, digest=None)] == [False]


def test_a_file_of_another_size_is_neither_matched_nor_read() -> None:
    hashes = Hashes()
    [step] = find_known([replace(FILE, size=8)], [UPLOAD], hashes, CancelToken())
    assert (step, hashes.asked) == ((), [])


def test_a_file_that_cant_be_uploaded_is_skipped() -> None:
    assert found(replace(FILE, problem=problem()), UPLOAD) == []


def test_each_purpose_is_reported_once_with_its_best_match() -> None:
    newest_first = [
        replace(UPLOAD, file_id="unsure", sha256=None, uploaded_at=9.0, path=ELSEWHERE.path),
        replace(UPLOAD, file_id="newer", uploaded_at=8.0, path=Path("/x")),
        replace(UPLOAD, file_id="older", uploaded_at=7.0, path=Path("/x")),
        replace(UPLOAD, file_id="other", purpose="evals", sha256=None, path=Path("/x")),
    ]
    log = found(replace(ELSEWHERE, modified_ns=1), *newest_first, digest="aa")
    assert [(known.file_id, known.same_content) for known in log] == [
        ("newer", True),
        ("other", False),
    ]


def test_files_that_need_no_hashing_come_first() -> None:
    files = [replace(ELSEWHERE, name=f"{name}.jsonl", path=Path(f"/{name}")) for name in "bc"]
    steps = list(find_known([*files, FILE], [UPLOAD], Hashes(b="aa", c="aa"), CancelToken()))
    assert [[path for path, _known in step] for step in steps] == [
        [FILE.path],
        [files[0].path],
        [files[1].path],
    ]


# Hashing a file


def test_a_file_is_hashed_only_if_size_and_time_match(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc" * 1_000_000)
    at = path.stat().st_mtime_ns
    whole = hashlib.sha256(path.read_bytes()).hexdigest()
    assert sha256_of(path, 3_000_000, at, CancelToken()) == whole
    assert sha256_of(path, 2_999_999, at, CancelToken()) is None
    assert sha256_of(path, 3_000_000, at + 1, CancelToken()) is None
    assert sha256_of(tmp_path, 0, 0, CancelToken()) is None
    assert sha256_of(tmp_path / "none", 0, 0, CancelToken()) is None
    assert sha256_of(tmp_path / "a\0b", 0, 0, CancelToken()) is None


def test_hashing_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        sha256_of(path, 3, path.stat().st_mtime_ns, token)


def test_a_pipe_in_place_of_a_file_does_not_block(tmp_path: Path) -> None:
    pipe = tmp_path / "a"
    os.mkfifo(pipe)
    assert sha256_of(pipe, 3, pipe.stat().st_mtime_ns, CancelToken()) is None


@pytest.mark.parametrize("name", ["Re\u0301sume\u0301.jsonl", "RÉSUMÉ.jsonl"])
def test_names_match_in_any_case_and_unicode_form(name: str) -> None:
    upload = replace(UPLOAD, sha256=None, name="Résumé.jsonl")
    assert [known.same_content for known in found(replace(ELSEWHERE, name=name), upload)] == [False]
