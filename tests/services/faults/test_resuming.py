"""Downloads resume from a part only if the server's answer leaves no doubt."""

import os

import pytest

from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferState
from tests.services.transfers.conftest import Wharf
from tests.support.served_files import ServedFile, served_file
from tests.support.server_faults import Answer, Delivery, Fault
from tests.support.waiting import wait_for

CONTENT = os.urandom(300_000)
HERE = 100_000
"""Bytes received before the first connection broke."""
STRONG = ("ETag", '"v1"')
RANGES = ("Accept-Ranges", "bytes")


@pytest.fixture
def file(wharf: Wharf) -> ServedFile:
    made = served_file("output.jsonl", purpose="batch_output", content=CONTENT)
    wharf.server.add(made)
    return made


def truncated(*headers: tuple[str, str]) -> Fault:
    return Delivery(cut_after=HERE, answer=Answer(200, headers, CONTENT))


def part(stated: str, body: bytes, status: int = 206, etag: tuple[str, str] = STRONG) -> Fault:
    return Answer(status, (etag, ("Content-Range", stated)), body)


def requested_ranges(wharf: Wharf) -> list[tuple[str | None, str | None]]:
    """The range and its condition of each request."""
    return [
        (request.headers.get("range"), request.headers.get("if-range"))
        for request in wharf.server.requests
    ]


@pytest.mark.parametrize("size", [-1, None])
@pytest.mark.parametrize("status", [206, 200])
def test_rest_is_requested_and_appended(
    wharf: Wharf, file: ServedFile, status: int, size: int | None
) -> None:
    """Some servers answer a range request with 200 and a Content-Range."""
    wharf.server.next(
        truncated(STRONG, RANGES), part("bytes 100000-299999/300000", CONTENT[HERE:], status)
    )
    wharf.download(file, size=size)
    wharf.end()
    assert requested_ranges(wharf) == [(None, None), ("bytes=100000-", '"v1"')]
    assert wharf.saved == {"output.jsonl": CONTENT}
    assert wharf.states == "QUEUED RUNNING WAITING RUNNING DONE"


@pytest.mark.parametrize("size", [-1, None])
@pytest.mark.parametrize(
    "answer",
    [
        part("bytes 50000-299999/300000", CONTENT[50_000:]),
        part("bytes 150000-299999/300000", CONTENT[150_000:]),
        part("bytes 150000-299999/300000", CONTENT[150_000:], status=200),
        Answer(416, (("Content-Range", "bytes */300000"),), b""),
    ],
    ids=["earlier", "later", "later with 200", "none"],
)
def test_wrong_range_makes_the_download_start_over(
    wharf: Wharf, file: ServedFile, answer: Fault, size: int | None
) -> None:
    wharf.server.next(truncated(STRONG, RANGES), answer)
    wharf.download(file, size=size)
    wharf.end()
    assert requested_ranges(wharf) == [(None, None), ("bytes=100000-", '"v1"'), (None, None)]
    assert wharf.saved == {"output.jsonl": CONTENT}


@pytest.mark.parametrize("size", [-1, None])
def test_truncated_range_is_not_taken_as_complete(
    wharf: Wharf, file: ServedFile, size: int | None
) -> None:
    wharf.server.next(
        truncated(STRONG, RANGES),
        part("bytes 100000-199999/300000", CONTENT[HERE:200_000]),
        part("bytes 200000-299999/300000", CONTENT[200_000:]),
    )
    wharf.download(file, size=size)
    wharf.end()
    assert requested_ranges(wharf)[1:] == [("bytes=100000-", '"v1"'), ("bytes=200000-", '"v1"')]
    assert wharf.saved == {"output.jsonl": CONTENT}


def test_file_changed_meanwhile_is_downloaded_completely(wharf: Wharf, file: ServedFile) -> None:
    changed = os.urandom(300_000)
    wharf.server.next(truncated(STRONG, RANGES), Answer(200, (("ETag", '"v2"'), RANGES), changed))
    wharf.download(file)
    wharf.end()
    assert wharf.saved == {"output.jsonl": changed}


@pytest.mark.parametrize(
    "headers",
    [(), (STRONG,), (RANGES,), (("ETag", 'W/"v1"'), RANGES), (STRONG, ("Accept-Ranges", "none"))],
    ids=["nothing", "no ranges", "no tag", "a weak tag", "ranges refused"],
)
def test_download_starts_over_without_ranges_and_a_strong_etag(
    wharf: Wharf, file: ServedFile, headers: tuple[tuple[str, str], ...]
) -> None:
    wharf.server.next(truncated(*headers))
    wharf.download(file)
    wharf.end()
    assert requested_ranges(wharf) == [(None, None), (None, None)]
    assert wharf.saved == {"output.jsonl": CONTENT}


def test_part_survives_failed_connections(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.next(
        truncated(STRONG, RANGES),
        Answer(503),
        part("bytes 100000-299999/300000", CONTENT[HERE:]),
    )
    wharf.download(file)
    wharf.end()
    assert requested_ranges(wharf)[1:] == [("bytes=100000-", '"v1"')] * 2
    assert wharf.saved == {"output.jsonl": CONTENT}


def test_paused_download_resumes_from_its_part(wharf: Wharf, file: ServedFile) -> None:
    content = os.urandom(1_000_000)
    file.content, file.size = content, len(content)
    wharf.server.next(Delivery(stall_after=600_000, answer=Answer(200, (STRONG, RANGES), content)))
    wharf.download(file)
    wait_for(lambda: any(path.stat().st_size for path in wharf.folder.iterdir()), "a part")
    [transfer_id] = {event.transfer.id for event in wharf.events.all(TransferChanged)}
    wharf.queue.pause([transfer_id])
    wharf.wait_for(TransferState.PAUSED)
    [left] = wharf.folder.iterdir()
    there = left.stat().st_size
    assert there > 0
    assert left.name.endswith(".part")
    wharf.server.next(part(f"bytes {there}-999999/1000000", content[there:]))
    wharf.queue.resume([transfer_id])
    wharf.wait_for(TransferState.DONE)
    assert requested_ranges(wharf)[1] == (f"bytes={there}-", '"v1"')
    assert wharf.saved == {"output.jsonl": content}
