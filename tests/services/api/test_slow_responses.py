"""Only file content may take any time; other responses fail even if bytes keep arriving."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.problems.errors import FilesError, ProblemKind
from services.problems.unbounded_responses import LONGEST_RESPONSE
from tests.services.api.conftest import NonWaitingToken
from tests.services.api.operations import (
    ApiCall,
    content,
    delete,
    list_files,
    problem_of,
    retrieve,
    upload,
)
from tests.support.factories import account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.manual_clock import ManualClock
from tests.support.served_files import served_file
from tests.support.server_faults import Delivery, Fault, Framing, api_error, html

Advance = Callable[[float], None]


class ResponseClock(ManualClock):
    """Read whenever bytes of a response have arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_at = threading.Event()

    def __call__(self) -> float:
        now = super().__call__()
        self.looked_at.set()
        return now


@pytest.fixture
def clock() -> ResponseClock:
    return ResponseClock()


@pytest.fixture
def slow_api(files_server: ScriptedFilesServer, clock: ResponseClock) -> FilesApi:
    files_server.add(served_file(id="file-a", content=bytes(100)))
    return FilesApi(
        account(base_url=files_server.base_url), TEST_KEY, random=lambda: 0.0, monotonic=clock
    )


@pytest.fixture
def when_server_stalls(
    files_server: ScriptedFilesServer, clock: ResponseClock
) -> Iterator[Advance]:
    """Advance the clock as soon as the server stalls, then let the server continue."""
    threads = []

    def advance(seconds: float) -> None:
        def turn() -> None:
            files_server.wait_until_stalled()
            assert clock.looked_at.wait(30)
            clock.now += seconds
            files_server.release()

        thread = threading.Thread(target=turn)
        thread.start()
        threads.append(thread)

    yield advance
    for thread in threads:
        thread.join()


SLOW = {
    "in the headers": Delivery(stall_in_head=True),
    "in the body": Delivery(stall_after=9),
    "in a chunked body": Delivery(stall_after=9, framing=Framing.CHUNKED),
    "in an endless body": Delivery(stall_after=9, framing=Framing.CLOSE),
    "in a compressed body": Delivery(stall_after=9, gzip=True),
}


@pytest.mark.parametrize("fault", SLOW.values(), ids=SLOW)
@pytest.mark.parametrize("ask", [list_files, upload, retrieve, delete])
def test_a_response_that_does_not_finish_in_time_fails_without_a_retry(
    files_server: ScriptedFilesServer,
    slow_api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    when_server_stalls: Advance,
    ask: ApiCall,
    fault: Fault,
) -> None:
    files_server.next(fault)
    when_server_stalls(LONGEST_RESPONSE + 1)
    assert problem_of(ask, slow_api, token, tmp_path).kind is ProblemKind.TIMED_OUT
    assert len(files_server.requests) == 1


@pytest.mark.parametrize("fault", SLOW.values(), ids=SLOW)
@pytest.mark.parametrize("ask", [list_files, upload, retrieve, delete])
def test_a_response_that_finishes_just_in_time_is_accepted(
    files_server: ScriptedFilesServer,
    slow_api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    when_server_stalls: Advance,
    ask: ApiCall,
    fault: Fault,
) -> None:
    files_server.next(fault)
    when_server_stalls(LONGEST_RESPONSE)
    ask(slow_api, token, tmp_path)
    assert len(files_server.requests) == 1


def test_after_a_slow_response_the_server_may_have_the_upload(
    files_server: ScriptedFilesServer,
    slow_api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    when_server_stalls: Advance,
) -> None:
    files_server.next(Delivery(stall_after=9))
    when_server_stalls(LONGEST_RESPONSE + 1)
    with pytest.raises(FilesError) as caught:
        upload(slow_api, token, tmp_path)
    assert caught.value.body_sent


@pytest.mark.parametrize("ask", [list_files, upload, retrieve, delete, content])
def test_an_endless_error_body_is_reported_by_its_status(
    files_server: ScriptedFilesServer,
    slow_api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    when_server_stalls: Advance,
    ask: ApiCall,
) -> None:
    files_server.next(Delivery(stall_after=9, answer=api_error(403, "No")))
    when_server_stalls(LONGEST_RESPONSE + 1)
    assert problem_of(ask, slow_api, token, tmp_path).status == 403


def test_a_truncated_error_body_is_reported_by_its_status(
    files_server: ScriptedFilesServer, slow_api: FilesApi, token: NonWaitingToken, tmp_path: Path
) -> None:
    files_server.next(*[Delivery(cut_after=9, answer=html(502))] * 3)
    assert problem_of(list_files, slow_api, token, tmp_path).status == 502


@pytest.mark.parametrize("fault", [Delivery(stall_after=9), Delivery(stall_after=9, gzip=True)])
def test_file_content_may_take_any_time(
    files_server: ScriptedFilesServer,
    slow_api: FilesApi,
    token: NonWaitingToken,
    tmp_path: Path,
    when_server_stalls: Advance,
    fault: Fault,
) -> None:
    files_server.next(fault)
    when_server_stalls(100 * LONGEST_RESPONSE)
    assert content(slow_api, token, tmp_path) == bytes(100)


def test_each_response_on_a_reused_connection_gets_the_full_time(
    slow_api: FilesApi,
    clock: ResponseClock,
    token: NonWaitingToken,
    files_server: ScriptedFilesServer,
) -> None:
    for _time in range(3):
        slow_api.list_page(token)
        clock.now += LONGEST_RESPONSE - 1
    assert files_server.connections == 1
