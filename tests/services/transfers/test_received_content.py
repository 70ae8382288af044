"""Content with an unexpected size, length or hash: what is kept, and which warnings it gets."""

import gzip
import hashlib
import logging
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.api.content import Content
from services.api.remote_file import RemoteFile
from services.disk.when_taken import WhenTaken
from services.problems.errors import FilesError, ProblemKind
from services.transfers import received_content
from services.transfers.events import TransferChanged
from services.transfers.jobs import ZipJob
from services.transfers.received_content import Received, checked_pieces, may_be_truncated
from services.transfers.transfer import Transfer, TransferState
from tests.services.transfers.conftest import ATTEMPTS, Wharf
from tests.support.factories import remote_file
from tests.support.served_files import Ranges, ServedFile, served_file
from tests.support.server_faults import Answer, Delivery, Fault, Framing

CONTENT = os.urandom(300_000)


@pytest.fixture
def file(wharf: Wharf) -> ServedFile:
    made = served_file("output.jsonl", purpose="batch_output", content=CONTENT)
    wharf.server.add(made)
    return made


Fetch = Callable[..., None]


def fetch_alone(wharf: Wharf, file: ServedFile, size: int | None) -> None:
    wharf.download(file, size=size)


def fetch_in_zip(wharf: Wharf, file: ServedFile, size: int | None) -> None:
    seen = remote_file(file.filename, id=file.id, size=size)
    wharf.add(ZipJob((seen,), wharf.folder, "files.zip", WhenTaken.KEEP_BOTH))


def content_of(ended: Transfer) -> bytes:
    assert ended.path is not None
    if ended.path.suffix == ".zip":
        with zipfile.ZipFile(ended.path) as archive:
            return archive.read("output.jsonl")
    return ended.path.read_bytes()


def warning_kind(ended: Transfer) -> ProblemKind | None:
    assert ended.state is TransferState.DONE
    return ended.warning.kind if ended.warning is not None else None


both = pytest.mark.parametrize("fetch", [fetch_alone, fetch_in_zip])

MARKED_ENDS = [
    Delivery(),
    Delivery(framing=Framing.CHUNKED),
    Delivery(gzip=True),
    Delivery(gzip=True, framing=Framing.CHUNKED),
]


@both
@pytest.mark.parametrize("delivery", MARKED_ENDS, ids=repr)
@pytest.mark.parametrize("size", [0, 1, 299_999, 300_001, 5 * 10**12])
def test_complete_content_is_kept_if_the_listed_size_differs(
    wharf: Wharf, file: ServedFile, fetch: Fetch, delivery: Delivery, size: int
) -> None:
    wharf.server.next(delivery)
    fetch(wharf, file, size)
    ended = wharf.end()
    assert warning_kind(ended) is ProblemKind.DIFFERS
    assert content_of(ended) == CONTENT
    assert (ended.done, ended.total) == (300_000, 300_000)
    assert len(wharf.server.requests) == 1


@both
@pytest.mark.parametrize("delivery", MARKED_ENDS, ids=repr)
@pytest.mark.parametrize("size", [300_000, None])
def test_expected_content_has_no_warning(
    wharf: Wharf, file: ServedFile, fetch: Fetch, delivery: Delivery, size: int | None
) -> None:
    wharf.server.next(delivery)
    fetch(wharf, file, size)
    assert warning_kind(wharf.end()) is None


@both
def test_unmarked_end_is_complete_at_the_listed_size(
    wharf: Wharf, file: ServedFile, fetch: Fetch
) -> None:
    wharf.server.next(Delivery(framing=Framing.CLOSE))
    fetch(wharf, file, 300_000)
    assert warning_kind(wharf.end()) is None


@both
@pytest.mark.parametrize("size", [None, 0, 200_000])
def test_possibly_truncated_content_is_kept_with_a_warning(
    wharf: Wharf, file: ServedFile, fetch: Fetch, size: int | None
) -> None:
    wharf.server.next(Delivery(framing=Framing.CLOSE))
    fetch(wharf, file, size)
    ended = wharf.end()
    assert warning_kind(ended) is ProblemKind.DIFFERS
    assert content_of(ended) == CONTENT
    assert len(wharf.server.requests) == 1


@both
def test_unmarked_end_before_the_listed_size_is_retried(
    wharf: Wharf, file: ServedFile, fetch: Fetch
) -> None:
    wharf.server.next(*[Delivery(framing=Framing.CLOSE)] * ATTEMPTS)
    fetch(wharf, file, 300_001)
    ended = wharf.end()
    assert ended.problem is not None
    assert ended.problem.kind is ProblemKind.INCOMPLETE
    assert len(wharf.server.requests) == ATTEMPTS
    assert wharf.saved == {}


@both
@pytest.mark.parametrize("framing", [Framing.CHUNKED, Framing.CLOSE])
def test_endless_content_is_stopped_soon_after_the_listed_size(
    wharf: Wharf, fetch: Fetch, framing: Framing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received_content, "MAX_BEYOND_LISTED", 1_000_000)
    endless = served_file("output.jsonl", size=2**50)
    wharf.server.add(endless)
    wharf.server.next(Delivery(framing=framing))
    fetch(wharf, endless, 10)
    ended = wharf.end()
    assert ended.problem is not None
    assert ended.problem.kind is ProblemKind.INCOMPLETE
    most = max(event.transfer.done for event in wharf.events.all(TransferChanged))
    assert most <= 1_000_010
    assert len(wharf.server.requests) == 1
    assert wharf.saved == {}


@pytest.mark.slow
def test_gzip_bomb_is_stopped(
    wharf: Wharf, file: ServedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(received_content, "MAX_BEYOND_LISTED", 1_000_000)
    packed = gzip.compress(bytes(50_000_000))
    wharf.server.next(Answer(200, (("Content-Encoding", "gzip"),), packed))
    wharf.download(file, size=10)
    assert wharf.end().state is TransferState.FAILED
    assert wharf.saved == {}


@pytest.mark.parametrize("length", ["²", "3" * 5000, "-1", "300000, 300000", ""])
def test_invalid_content_length_is_ignored(wharf: Wharf, file: ServedFile, length: str) -> None:
    headers = (("Content-Length", length),)
    wharf.server.next(
        Delivery(framing=Framing.CLOSE, answer=Answer(200, headers, CONTENT)),
    )
    wharf.download(file)
    assert wharf.end().state is TransferState.DONE
    assert wharf.saved == {"output.jsonl": CONTENT}


def test_content_length_is_ignored_for_chunked_bodies(
    wharf: Wharf, file: ServedFile, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, logger="urllib3")  # which logs a warning
    headers = (("Content-Length", "5"),)
    wharf.server.next(Delivery(framing=Framing.CHUNKED, answer=Answer(200, headers, CONTENT)))
    wharf.download(file)
    assert warning_kind(wharf.end()) is None
    assert wharf.saved == {"output.jsonl": CONTENT}


# Compressed content


@pytest.mark.parametrize("framing", [Framing.LENGTH, Framing.CHUNKED])
def test_compressed_download_is_never_resumed(
    wharf: Wharf, file: ServedFile, framing: Framing
) -> None:
    wharf.server.ranges = Ranges.STRONG
    wharf.server.next(Delivery(cut_after=100_000, gzip=True, framing=framing))
    wharf.download(file)
    assert warning_kind(wharf.end()) is None
    assert [request.headers.get("range") for request in wharf.server.requests] == [None, None]
    assert wharf.saved == {"output.jsonl": CONTENT}


@pytest.mark.parametrize("begin", [0, 100_000])
def test_compressed_rest_is_rejected(wharf: Wharf, file: ServedFile, begin: int) -> None:
    """Its byte offsets don't match those of the part."""
    wharf.server.ranges = Ranges.STRONG
    strong = (("ETag", '"v1"'), ("Accept-Ranges", "bytes"))
    headers = (
        *strong,
        ("Content-Encoding", "gzip"),
        ("Content-Range", f"bytes {begin}-299999/300000"),
    )
    wharf.server.next(
        Delivery(cut_after=100_000, answer=Answer(200, strong, CONTENT)),
        Answer(206, headers, gzip.compress(CONTENT[begin:] if begin == 0 else bytes(200_000))),
    )
    wharf.download(file)
    wharf.end()
    ranges = [request.headers.get("range") for request in wharf.server.requests]
    assert ranges[:2] == [None, "bytes=100000-"]
    assert wharf.saved == {"output.jsonl": CONTENT}


# Hashes


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@both
@pytest.mark.parametrize("size", [300_000, 0])
def test_content_that_differs_from_the_upload_is_kept_with_a_warning(
    wharf: Wharf, file: ServedFile, fetch: Fetch, size: int
) -> None:
    wharf.hashes[file.id] = sha256(b"uploaded")
    fetch(wharf, file, size)
    ended = wharf.end()
    assert warning_kind(ended) is ProblemKind.DIFFERS
    assert ended.warning is not None
    assert sha256(CONTENT) in ended.warning.detail
    assert sha256(b"uploaded") in ended.warning.detail
    assert content_of(ended) == CONTENT


@both
def test_uploaded_content_has_no_warning(wharf: Wharf, file: ServedFile, fetch: Fetch) -> None:
    wharf.hashes[file.id] = sha256(CONTENT)
    fetch(wharf, file, 300_000)
    assert warning_kind(wharf.end()) is None


@pytest.mark.parametrize("change", [b"", b"x"])
def test_resumed_part_counts_for_the_hash(wharf: Wharf, file: ServedFile, change: bytes) -> None:
    wharf.server.ranges = Ranges.STRONG
    wharf.hashes[file.id] = sha256(CONTENT + change)
    wharf.server.next(Delivery(cut_after=100_000), Delivery(cut_after=100_000))
    wharf.download(file)
    expected = ProblemKind.DIFFERS if change else None
    assert warning_kind(wharf.end()) is expected
    ranges = [request.headers.get("range") for request in wharf.server.requests]
    assert ranges == [None, "bytes=100000-", "bytes=200000-"]


def test_hash_restarts_if_the_file_changed_between_attempts(wharf: Wharf, file: ServedFile) -> None:
    wharf.hashes[file.id] = sha256(CONTENT)
    other = Answer(200, (("ETag", '"other"'), ("Accept-Ranges", "bytes")), bytes(300_000))
    wharf.server.ranges = Ranges.STRONG
    wharf.server.next(Delivery(cut_after=100_000, answer=other), None)
    wharf.download(file)
    assert warning_kind(wharf.end()) is None
    assert wharf.saved == {"output.jsonl": CONTENT}


def test_zip_warning_names_the_members_that_differ(wharf: Wharf) -> None:
    files = [served_file(f"{name}.txt", content=name.encode()) for name in "abc"]
    wharf.server.add(*files)
    wharf.hashes[files[1].id] = sha256(b"uploaded")
    seen: list[RemoteFile] = [
        remote_file(file.filename, id=file.id, size=99 if file is files[0] else 1) for file in files
    ]
    wharf.add(ZipJob(tuple(seen), wharf.folder, "files.zip", WhenTaken.KEEP_BOTH))
    ended = wharf.end()
    assert ended.warning is not None
    assert "a.txt" in ended.warning.detail
    assert "b.txt" in ended.warning.detail
    assert "c.txt" not in ended.warning.detail


@pytest.mark.parametrize(
    ("received", "details"),
    [
        (Received(7, 7, "aa", "aa"), []),
        (Received(7, None, "aa", None), []),
        (Received(7, 5), ["7 bytes", "5 bytes"]),
        (Received(7, 5, "aa", "bb"), ["7 bytes", "5 bytes", "aa", "bb"]),
        (Received(7, 5, end_unknown=True), ["7 bytes", "5 bytes", "Content-Length"]),
        (Received(7, 7, "aa", "bb", end_unknown=True), ["aa", "bb", "Content-Length"]),
    ],
)
def test_warning_detail_lists_all_differences(received: Received, details: list[str]) -> None:
    detail = "" if received.warning is None else received.warning.detail
    assert [part for part in details if part not in detail] == []
    assert bool(detail) is bool(details)


def test_warning_survives_a_crash_after_the_rename(
    wharf: Wharf, file: ServedFile, tmp_path: Path
) -> None:
    warning = Received(300_000, 5).warning
    target = wharf.folder / "output.jsonl"
    target.write_bytes(CONTENT)
    wharf.download(file, target=target, target_size=300_000, warning=warning)
    assert warning_kind(wharf.end()) is ProblemKind.DIFFERS
    assert wharf.server.requests == []


def test_file_of_another_size_is_not_the_renamed_download(wharf: Wharf, file: ServedFile) -> None:
    target = wharf.folder / "output.jsonl"
    target.write_bytes(b"older")
    wharf.download(file, target=target, target_size=300_000, when_taken=WhenTaken.REPLACE)
    wharf.end()
    assert wharf.saved == {"output.jsonl": CONTENT}


# The rule on its own


def content(
    pieces: Iterator[bytes], length: int | None, start: int, end_is_marked: bool
) -> Content:
    return Content(length, pieces, start, "", end_is_marked)


@pytest.mark.slow
@given(
    pieces=st.lists(st.binary(max_size=20), max_size=5),
    length=st.none() | st.integers(0, 60),
    start=st.integers(0, 20),
    end_is_marked=st.booleans(),
    listed=st.none() | st.integers(0, 100),
)
def test_only_complete_content_passes(
    pieces: list[bytes], length: int | None, start: int, end_is_marked: bool, listed: int | None
) -> None:
    body = content(iter(pieces), length, start, end_is_marked)
    size = start + sum(map(len, pieces))
    try:
        assert b"".join(checked_pieces(body, listed)) == b"".join(pieces)
    except FilesError:
        if length is not None:
            assert size != start + length
        else:
            assert not end_is_marked
            assert listed is not None
            assert size < listed
    else:
        assert length is None or size == start + length
        unsure = may_be_truncated(body, size, listed)
        assert unsure is (length is None and not end_is_marked and size != listed)


@pytest.mark.parametrize("fault", [Delivery(length_lie=-1000), Delivery(length_lie=-300_000)])
def test_content_range_gives_the_total_size(wharf: Wharf, file: ServedFile, fault: Fault) -> None:
    wharf.server.next(fault)
    wharf.download(file)
    assert warning_kind(wharf.end()) is ProblemKind.DIFFERS
    assert len(wharf.server.requests) == 1
