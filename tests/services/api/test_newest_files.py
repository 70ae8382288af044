"""The listing before uploads is shared by many of them, and never takes long."""

import threading

import pytest

from services.api.file_page import FilePage
from services.api.files_api import FilesApi
from services.api.newest_files import NEWEST_FILES, SHARED_FOR, NewestFiles
from services.api.remote_file import RemoteFile
from services.problems.errors import FilesError
from services.system.cancellation import Cancelled, CancelToken
from tests.support.factories import problem
from tests.support.files_server import ScriptedFilesServer
from tests.support.manual_clock import ManualClock
from tests.support.served_files import many_files

PAGE = FilePage((RemoteFile("file-a"),), False)


class FakeLister:
    """Returns the same page each time, or fails; records the requested purposes."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.purposes: list[str] = []
        self._failure = failure

    def __call__(self, purpose: str, _token: CancelToken) -> FilePage:
        self.purposes.append(purpose)
        if self._failure is not None:
            raise self._failure
        return PAGE


@pytest.mark.parametrize("failure", [None, FilesError(problem())])
def test_a_listing_or_its_failure_is_shared_for_half_a_minute(
    monkeypatch: pytest.MonkeyPatch, failure: Exception | None
) -> None:
    monkeypatch.setattr("services.api.newest_files.TIMEOUT", 10_000.0)  # fails the test if it waits
    clock, lists = ManualClock(), FakeLister(failure)
    newest = NewestFiles(lists, clock)
    expected = PAGE if failure is None else None
    for pause in (0.0, SHARED_FOR - 1, 1.0, SHARED_FOR - 1):
        clock.now += pause
        assert newest.before_upload("batch", CancelToken()) == expected
    assert len(lists.purposes) == 2


def test_each_purpose_is_listed_separately() -> None:
    lists = FakeLister()
    newest = NewestFiles(lists, ManualClock())
    for purpose in ("batch", "vision", "batch"):
        newest.before_upload(purpose, CancelToken())
    assert lists.purposes == ["batch", "vision"]


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.api.newest_files.TIMEOUT", 0.1)


def wait_for_cancel(_purpose: str, token: CancelToken) -> FilePage:
    token.wait(30)
    return PAGE


@pytest.mark.usefixtures("short_wait")
def test_a_slow_listing_does_not_delay_uploads() -> None:
    newest = NewestFiles(wait_for_cancel, ManualClock())
    assert newest.before_upload("batch", CancelToken()) is None


def test_an_upload_cancelled_while_waiting_ends() -> None:
    token = CancelToken()

    def cancelled_meanwhile(purpose: str, limited: CancelToken) -> FilePage:
        token.cancel()
        return wait_for_cancel(purpose, limited)

    with pytest.raises(Cancelled):
        NewestFiles(cancelled_meanwhile, ManualClock()).before_upload("batch", token)


def test_concurrent_uploads_wait_for_one_listing_and_can_be_cancelled() -> None:
    listing, go_on = threading.Event(), threading.Event()
    purposes: list[str] = []

    def slow(purpose: str, _token: CancelToken) -> FilePage:
        purposes.append(purpose)
        listing.set()
        go_on.wait(30)
        return PAGE

    newest = NewestFiles(slow, ManualClock())
    results: list[FilePage | None] = []
    first = threading.Thread(
        target=lambda: results.append(newest.before_upload("batch", CancelToken()))
    )
    first.start()
    assert listing.wait(30)
    cancelled = CancelToken()
    cancelled.cancel()
    with pytest.raises(Cancelled):
        newest.before_upload("batch", cancelled)
    go_on.set()
    first.join(30)
    assert newest.before_upload("batch", CancelToken()) == PAGE
    assert (results, purposes) == ([PAGE], ["batch"])


def test_the_newest_files_with_the_purpose_are_requested(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    files_server.add(*many_files(3))
    api.newest.before_upload("batch", CancelToken())
    [request] = files_server.requests
    assert request.query == {"purpose": "batch", "limit": str(NEWEST_FILES), "order": "desc"}
