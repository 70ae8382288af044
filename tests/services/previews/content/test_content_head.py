"""The beginning of a file, from servers that honor ranges, ignore them, stall or refuse."""

import os
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.previews.content.content_head import HEAD_BYTES, read_local_head, read_remote_head
from services.previews.content.preview_cache import CachedContent
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import Ranges, served_file
from tests.support.server_faults import Answer, Delivery, Framing, api_error

CONTENT = os.urandom(3 * HEAD_BYTES)


@pytest.fixture
def api(files_server: ScriptedFilesServer) -> FilesApi:
    return FilesApi(account(base_url=files_server.base_url), TEST_KEY)


def ranges_asked(server: ScriptedFilesServer) -> list[str | None]:
    return [request.headers.get("range") for request in server.requests]


@pytest.mark.parametrize("ranges", [Ranges.NONE, Ranges.STRONG])
@pytest.mark.parametrize("size", [1, HEAD_BYTES - 1, HEAD_BYTES, HEAD_BYTES + 1, 3 * HEAD_BYTES])
def test_no_more_than_the_beginning_is_kept(
    files_server: ScriptedFilesServer, api: FilesApi, ranges: Ranges, size: int
) -> None:
    files_server.ranges = ranges
    files_server.add(served_file(id="file-a", content=CONTENT[:size]))
    head = read_remote_head(api, "file-a", CancelToken())
    assert head.data == CONTENT[: min(size, HEAD_BYTES)]
    assert head.is_whole == (size <= HEAD_BYTES)
    assert ranges_asked(files_server) == [f"bytes=0-{HEAD_BYTES - 1}"]


def test_a_server_that_sends_the_whole_file_is_left_once_enough_has_arrived(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    files_server.add(served_file(id="file-a", size=1_000_000_000))
    files_server.script("GET", "/files/*", [Delivery(stall_after=1 << 18)])
    head = read_remote_head(api, "file-a", CancelToken())
    assert (head.data, head.is_whole) == (bytes(HEAD_BYTES), False)
    files_server.wait_until_stalled()
    files_server.release()
    files_server.wait_until_closed()


def test_as_much_is_read_as_is_asked_for(files_server: ScriptedFilesServer, api: FilesApi) -> None:
    files_server.add(served_file(id="file-a", content=CONTENT))
    whole = read_remote_head(api, "file-a", CancelToken(), 3 * HEAD_BYTES)
    assert whole == CachedContent(CONTENT, True)
    part = read_remote_head(api, "file-a", CancelToken(), 1_000)
    assert part == CachedContent(CONTENT[:1_000], False)


@pytest.mark.parametrize("ranges", [Ranges.NONE, Ranges.STRONG])
def test_an_empty_file_has_no_beginning_and_is_whole(
    files_server: ScriptedFilesServer, api: FilesApi, ranges: Ranges
) -> None:
    files_server.ranges = ranges
    files_server.add(served_file(id="file-a", content=b""))
    assert read_remote_head(api, "file-a", CancelToken()) == CachedContent(b"", True)
    if ranges is Ranges.STRONG:
        assert ranges_asked(files_server)[1:] == [None]  # after a 416


@pytest.mark.parametrize(
    "delivery",
    [Delivery(framing=Framing.CHUNKED), Delivery(framing=Framing.CLOSE), Delivery(gzip=True)],
)
def test_content_without_a_length_is_read_to_its_end(
    files_server: ScriptedFilesServer, api: FilesApi, delivery: Delivery
) -> None:
    files_server.add(served_file(id="file-a", content=CONTENT[:1_000]))
    files_server.add(served_file(id="file-b", content=CONTENT))
    files_server.script("GET", "/files/*", [delivery, delivery])
    assert read_remote_head(api, "file-a", CancelToken()) == CachedContent(CONTENT[:1_000], True)
    head = read_remote_head(api, "file-b", CancelToken())
    assert head == CachedContent(CONTENT[:HEAD_BYTES], False)


@pytest.mark.parametrize("wrong", ["bytes 5-9/10", "bytes */10", "lines 1-2/3"])
def test_a_server_that_sends_another_part_is_asked_for_all(
    files_server: ScriptedFilesServer, api: FilesApi, wrong: str
) -> None:
    files_server.add(served_file(id="file-a", content=b"0123456789"))
    files_server.next(Answer(206, (("Content-Range", wrong),), b"56789"))
    assert read_remote_head(api, "file-a", CancelToken()) == CachedContent(b"0123456789", True)
    assert ranges_asked(files_server)[1:] == [None]


@pytest.mark.parametrize(
    "delivery", [Delivery(cut_after=1_000), Delivery(cut_after=1_000, reset=True)]
)
def test_content_that_is_cut_off_is_not_taken_for_the_whole(
    files_server: ScriptedFilesServer, api: FilesApi, delivery: Delivery
) -> None:
    files_server.add(served_file(id="file-a", content=CONTENT[:5_000]))
    files_server.next(delivery)
    with pytest.raises(FilesError):
        read_remote_head(api, "file-a", CancelToken())


def test_what_is_missing_behind_the_beginning_is_not_missed(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    files_server.add(served_file(id="file-a", content=CONTENT))
    files_server.next(Delivery(cut_after=1 << 18))
    head = read_remote_head(api, "file-a", CancelToken())
    assert head == CachedContent(CONTENT[:HEAD_BYTES], False)


def test_refused_content_is_an_error_and_not_asked_for_again(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    files_server.add(served_file(id="file-a"))
    refusal = "Not allowed to download files of purpose: user_data"
    files_server.next(api_error(400, refusal))
    with pytest.raises(FilesError) as caught:
        read_remote_head(api, "file-a", CancelToken())
    assert caught.value.problem.kind is ProblemKind.CONTENT_REFUSED
    assert refusal in caught.value.problem.detail
    assert len(files_server.requests) == 1


def test_what_is_no_longer_wanted_is_given_up(
    files_server: ScriptedFilesServer, api: FilesApi, cancel_when_stalled: CancelToken
) -> None:
    files_server.add(served_file(id="file-a", content=CONTENT))
    files_server.next(Delivery(stall_after=1_000))
    with pytest.raises(Cancelled):
        read_remote_head(api, "file-a", cancel_when_stalled)


@pytest.mark.parametrize(
    ("size", "read", "is_whole"), [(0, 0, True), (9, 9, True), (10, 10, True), (11, 10, False)]
)
def test_a_local_file_is_read_as_far(tmp_path: Path, size: int, read: int, is_whole: bool) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT[:size])
    assert read_local_head(path, 10) == CachedContent(CONTENT[:read], is_whole)


def test_a_missing_local_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_local_head(tmp_path / "none")
