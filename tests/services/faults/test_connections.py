"""Connections that are refused, reset, silent, slow or untrusted."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from services.api import connection
from services.api.retry import FOR_TRANSFERS, pause_before
from services.problems.errors import ProblemKind
from services.transfers.events import TransferChanged
from services.transfers.transfer import TransferKind, TransferState
from tests.services.transfers.conftest import Wharf
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import ServedFile, served_file
from tests.support.server_faults import (
    Delivery,
    Fault,
    Moment,
    Refuse,
    Slow,
    Stall,
    api_error,
)

CONTENT = os.urandom(300_000)

pytestmark = pytest.mark.slow


@pytest.fixture
def file(wharf: Wharf) -> ServedFile:
    made = served_file("output.jsonl", purpose="batch_output", content=CONTENT)
    wharf.server.add(made)
    return made


# Refused


def test_upload_is_sent_after_refused_connections(wharf: Wharf, large_file: Path) -> None:
    wharf.server.next(Refuse(), Refuse())
    wharf.upload(large_file)
    assert wharf.end().state is TransferState.DONE
    assert len(wharf.server.files) == 1


def test_download_is_fetched_after_refused_connections(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.next(Refuse(), Refuse())
    wharf.download(file)
    assert wharf.end().state is TransferState.DONE
    assert wharf.saved == {"output.jsonl": CONTENT}


# Silent


@pytest.mark.parametrize(
    "fault",
    [Stall(), Delivery(stall_in_head=True), Delivery(stall_after=100_000)],
    ids=["before the head", "in the head", "in the body"],
)
def test_stalled_download_is_fetched_again(wharf: Wharf, file: ServedFile, fault: Fault) -> None:
    wharf.server.next(fault)
    wharf.download(file)
    wharf.end()
    assert wharf.states == "QUEUED RUNNING WAITING RUNNING DONE"
    assert wharf.saved == {"output.jsonl": CONTENT}


@pytest.mark.parametrize(
    "fault",
    [
        Stall(Moment.AFTER_BODY, carried_out=True),
        Delivery(stall_in_head=True),
        Delivery(stall_after=10),
    ],
    ids=["before the head", "in the head", "in the body"],
)
def test_upload_without_an_answer_is_found_in_the_listing(
    wharf: Wharf, small_file: Path, fault: Fault
) -> None:
    wharf.server.next(fault)
    wharf.upload(small_file)
    assert wharf.end().file_id == wharf.server.files[0].id
    assert wharf.states == "QUEUED RUNNING CONFIRMING DONE"
    assert (wharf.posts, len(wharf.server.files)) == (1, 1)


def test_stalled_upload_is_sent_again(wharf: Wharf, large_file: Path) -> None:
    wharf.server.next(Stall(Moment.IN_BODY, after_bytes=1_000_000))
    wharf.upload(large_file)
    wharf.end()
    assert wharf.states == "QUEUED RUNNING WAITING RUNNING CONFIRMING DONE"
    assert [file.size for file in wharf.server.files] == [64_000_000]


# Slow


def test_slow_upload_arrives_and_its_progress_only_rises(
    wharf: Wharf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Data in the system's buffers is still on its way after the last byte was sent.
    monkeypatch.setattr(connection, "UPLOAD_RESPONSE_TIMEOUT", 10.0)
    path = tmp_path / "slow.jsonl"
    path.write_bytes(bytes(8_000_000))
    wharf.server.next(Slow(bytes_per_second=10_000_000))
    wharf.upload(path)
    assert wharf.end().state is TransferState.DONE
    told = [event.transfer.done for event in wharf.events.all(TransferChanged)]
    assert told == sorted(told)
    assert told[-1] == 8_000_000
    assert [file.size for file in wharf.server.files] == [8_000_000]


def test_slow_download_does_not_time_out(wharf: Wharf) -> None:
    """Each byte arrives in time, but the whole file takes longer than the timeout."""
    slow = served_file("slow.jsonl", content=CONTENT[:50_000])
    wharf.server.add(slow)
    wharf.server.next(Delivery(drip=500))
    wharf.download(slow)
    wharf.end()
    assert wharf.states == "QUEUED RUNNING DONE"
    assert wharf.saved == {"slow.jsonl": CONTENT[:50_000]}


# Dropped


def test_connection_dropped_after_a_refusal_does_not_fail_the_next_upload(
    wharf: Wharf, small_file: Path
) -> None:
    wharf.queue.set_limits(
        {TransferKind.UPLOAD: 1}, upload_bytes_a_second=None, download_bytes_a_second=None
    )
    wharf.server.next(Delivery(drop=True, answer=api_error(400, "Invalid file format.")))
    wharf.upload(small_file)
    wharf.wait_for(TransferState.FAILED)
    wharf.server.wait_until_closed()
    wharf.events.clear()
    wharf.upload(small_file)
    assert wharf.end().state is TransferState.DONE
    assert wharf.states == "QUEUED RUNNING CONFIRMING DONE"
    assert (wharf.posts, len(wharf.server.files)) == (2, 1)


@pytest.mark.parametrize("polite", [True, False], ids=["reads the rest", "closes at once"])
@pytest.mark.parametrize(
    ("status", "kind"), [(401, ProblemKind.KEY_REFUSED), (413, ProblemKind.TOO_LARGE)]
)
def test_refusal_during_a_large_upload_is_reported_and_not_retried(
    wharf: Wharf, large_file: Path, status: int, kind: ProblemKind, polite: bool
) -> None:
    refusal = api_error(status, "refused early", early=True, polite=polite)
    # If the system drops the answer with the connection, the next attempt gets it.
    wharf.server.next(*[refusal] * 3)
    wharf.upload(large_file)
    ended = wharf.end()
    assert ended.problem is not None
    assert (ended.state, ended.problem.kind) == (TransferState.FAILED, kind)
    assert wharf.server.files == []
    if polite:
        assert wharf.posts == 1


# Untrusted


@pytest.mark.parametrize("what", ["upload", "download", "delete"])
def test_server_with_an_unknown_certificate_gets_no_request(
    make_wharf: Callable[[ScriptedFilesServer], Wharf],
    make_files_server: Callable[..., ScriptedFilesServer],
    small_file: Path,
    what: str,
) -> None:
    file = served_file("output.jsonl", content=CONTENT)
    wharf = make_wharf(make_files_server([file], tls=True))
    if what == "upload":
        wharf.upload(small_file)
    elif what == "download":
        wharf.download(file)
    else:
        wharf.delete(file.id)
    ended = wharf.end()
    assert ended.problem is not None
    assert (ended.state, ended.problem.kind) == (TransferState.FAILED, ProblemKind.TLS_FAILED)
    assert wharf.server.requests == []
    assert wharf.server.connections == 1
    assert wharf.saved == {}


# Failing for a while


def test_failing_server_is_asked_a_third_time(wharf: Wharf, file: ServedFile) -> None:
    wharf.server.next(*[api_error(500, "The server had an error")] * 2)
    wharf.download(file)
    wharf.end()
    assert wharf.states == "QUEUED RUNNING WAITING RUNNING WAITING RUNNING DONE"
    assert wharf.saved == {"output.jsonl": CONTENT}


def test_network_outage_ends_no_transfer(
    make_wharf: Callable[[ScriptedFilesServer], Wharf],
    make_files_server: Callable[..., ScriptedFilesServer],
    large_file: Path,
) -> None:
    file = served_file("output.jsonl", content=CONTENT)
    server = make_files_server([file])
    wharf = make_wharf(server)
    server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=1_000_000)])
    server.script("GET", "/files/*", [Delivery(stall_after=100_000)])
    wharf.upload(large_file)
    wharf.download(file)
    server.wait_until_stalled(2)
    server.close()
    for kind in (TransferKind.UPLOAD, TransferKind.DOWNLOAD):
        # Once for the broken connection, then for those that can't be opened.
        wharf.events.wait_for_count(
            TransferChanged,
            3,
            partial(
                lambda kind, event: (
                    event.transfer.kind is kind and event.transfer.state is TransferState.WAITING
                ),
                kind,
            ),
        )
    again = make_files_server([file], port=server.port)
    wharf.events.wait_for_count(
        TransferChanged, 2, lambda event: event.transfer.state is TransferState.DONE, seconds=90
    )
    assert [one.size for one in again.files] == [len(CONTENT), 64_000_000]
    assert wharf.saved == {"output.jsonl": CONTENT}


def test_retries_outlast_a_minute_without_a_network() -> None:
    def patience(random: float) -> float:
        repeats = range(1, FOR_TRANSFERS.retries + 1)
        return sum(pause_before(one, None, lambda: random, FOR_TRANSFERS) for one in repeats)

    # Pauses are random between zero and twice the mean, so the mean has a margin.
    assert patience(0.5) > 2 * 60
