import gzip
import os
import tracemalloc

import pytest

from services.api.content import RANGE_NOT_SATISFIABLE, resume_headers
from services.api.files_api import FilesApi
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from tests.services.api.conftest import NonWaitingToken
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import (
    Answer,
    Delivery,
    Framing,
)


def content_of(api: FilesApi, file_id: str, token: CancelToken) -> tuple[int | None, bytes]:
    with api.content(file_id, token) as content:
        return content.length, b"".join(content.pieces)


@pytest.mark.parametrize(
    ("delivery", "length"),
    [
        (None, 300_000),
        (Delivery(framing=Framing.CHUNKED), None),
        (Delivery(framing=Framing.CLOSE), None),
        (Delivery(gzip=True), None),
        (Delivery(drip=100_000), 300_000),
    ],
)
def test_content_arrives_unchanged_with_any_encoding(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    delivery: Delivery | None,
    length: int | None,
) -> None:
    body = os.urandom(300_000)
    files_server.add(served_file(id="file-a", content=body))
    files_server.next(delivery)
    assert content_of(api, "file-a", token) == (length, body)
    assert files_server.requests[0].headers["accept-encoding"] == "identity"


def test_empty_content_is_valid(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(served_file(id="file-a", content=b""))
    assert content_of(api, "file-a", token) == (0, b"")


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery(cut_after=1000),
        Delivery(cut_after=1000, reset=True),
        Delivery(cut_after=1000, framing=Framing.CHUNKED),
        Delivery(length_lie=7),
    ],
)
def test_detectably_truncated_content_is_an_error(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, delivery: Delivery
) -> None:
    files_server.add(served_file(id="file-a", content=bytes(300_000)))
    files_server.next(delivery)
    with pytest.raises(FilesError) as caught:
        content_of(api, "file-a", token)
    assert caught.value.problem.kind in (ProblemKind.CONNECTION_LOST, ProblemKind.INCOMPLETE)
    assert "127.0.0.1" in caught.value.problem.title


@pytest.mark.parametrize(
    ("stated", "whole"),
    [("bytes 4-9/10", 10), ("bytes 4-9/*", None), ("bytes 4-9/2", 4), ("bytes 4-9/4", 4)],
)
def test_a_partial_response_reports_the_size_of_the_whole_file(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    stated: str,
    whole: int | None,
) -> None:
    files_server.next(Answer(206, (("Content-Range", stated), ("ETag", '"v1"')), b"456789"))
    with api.content("file-a", token, start=4, etag='"v1"') as content:
        assert (content.start, content.total) == (4, whole)


def test_a_download_does_not_hold_the_file_in_memory(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(served_file(id="file-a", size=64_000_000))
    tracemalloc.start()
    try:
        with api.content("file-a", token) as content:
            received = sum(len(piece) for piece in content.pieces)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert received == 64_000_000
    assert peak < 8_000_000


def test_unread_content_does_not_disturb_the_next_request(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(served_file(id="file-a", size=10_000_000))
    with api.content("file-a", token) as content:
        next(content.pieces)
    assert len(api.list_page(token).files) == 1


def test_content_longer_than_its_length_does_not_disturb_the_next_request(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.add(served_file(id="file-a", content=b"0123456789"))
    files_server.next(Delivery(length_lie=-4))
    assert content_of(api, "file-a", token) == (6, b"012345")
    assert len(api.list_page(token).files) == 1


STRONG = ("ETag", '"v1"')
RANGES = ("Accept-Ranges", "bytes")


@pytest.mark.parametrize(
    ("start", "etag", "headers"),
    [
        (4, '"v1"', {"Range": "bytes=4-", "If-Range": '"v1"'}),
        (4, "", {}),
        (0, '"v1"', {}),
    ],
)
def test_the_rest_is_requested_only_with_a_start_and_an_etag(
    start: int, etag: str, headers: dict[str, str]
) -> None:
    assert resume_headers(start, etag) == headers


@pytest.mark.parametrize(
    ("headers", "expected_etag"),
    [
        ((STRONG, RANGES), '"v1"'),
        ((STRONG,), ""),
        ((RANGES,), ""),
        ((("ETag", 'W/"v1"'), RANGES), ""),
        ((STRONG, RANGES, ("Content-Encoding", "gzip")), ""),
    ],
)
def test_an_etag_is_kept_if_the_download_can_be_resumed_with_it(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    headers: tuple[tuple[str, str], ...],
    expected_etag: str,
) -> None:
    body = gzip.compress(b"0123") if len(headers) == 3 else b"0123"
    files_server.next(Answer(200, headers, body))
    with api.content("file-a", token) as content:
        assert b"".join(content.pieces) == b"0123"
    assert (content.start, content.etag) == (0, expected_etag)


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (206, (STRONG, ("Content-Range", "bytes 5-9/10"))),
        (206, (("ETag", '"v2"'), ("Content-Range", "bytes 4-9/10"))),
        (206, (STRONG, ("Content-Range", "bytes 4-9/10"), ("Content-Encoding", "gzip"))),
        (206, (STRONG, ("Content-Range", "lines 4-9/10"))),
        (206, (STRONG,)),
        (200, (STRONG, ("Content-Range", "bytes 5-9/10"))),
    ],
)
def test_any_part_other_than_the_requested_one_is_rejected(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    status: int,
    headers: tuple[tuple[str, str], ...],
) -> None:
    files_server.next(Answer(status, headers, b"456789"))
    with (
        pytest.raises(FilesError) as caught,
        api.content("file-a", token, start=4, etag='"v1"'),
    ):
        pass
    assert caught.value.problem.status == RANGE_NOT_SATISFIABLE


@pytest.mark.parametrize(
    ("fault", "detectable"),
    [
        (Delivery(), True),
        (Delivery(framing=Framing.CHUNKED), True),
        (Delivery(framing=Framing.CLOSE), False),
        (Delivery(gzip=True), True),
        (Answer(200, (STRONG, ("Content-Range", "bytes 0-3/9")), b"0123"), False),
    ],
)
def test_content_says_whether_truncation_can_be_detected(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    fault: Delivery | Answer,
    detectable: bool,
) -> None:
    files_server.add(served_file(id="file-a", content=b"0123"))
    files_server.next(fault)
    with api.content("file-a", token) as content:
        assert b"".join(content.pieces) == b"0123"
    assert content.end_is_marked is detectable
