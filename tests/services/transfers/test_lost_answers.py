from collections.abc import Callable
from pathlib import Path

import pytest

from services.api.errors import Cancelled, FilesError
from services.api.files_api import FilesApi
from services.api.remote_file import RemoteFile
from services.cancellation import CancelToken
from services.transfers.lost_answers import (
    LOOK_EVERY,
    SETTLED_AFTER,
    files_of_upload,
    look_for_upload,
    look_until_settled,
)
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.making import account, local_file, remote_file, upload_request
from tests.support.served_files import many_files, served_file
from tests.support.server_faults import Refuse, Stall, api_error, html, json_body

BEGUN = 1_800_000_000.0
REQUEST = upload_request(local_file(name="a.jsonl", size=7), purpose="batch")


def one(**different: object) -> RemoteFile:
    fields = {"name": "a.jsonl", "size": 7, "purpose": "batch", "created_at": int(BEGUN)}
    return remote_file(**(fields | different))  # type: ignore[arg-type]


def test_the_only_file_that_fits_is_the_one() -> None:
    file = one()
    assert files_of_upload([one(name="b.jsonl"), file, one(size=8)], REQUEST, BEGUN) == [file]


@pytest.mark.parametrize(
    "different",
    [
        {"name": "A.jsonl"},
        {"name": None},
        {"size": 8},
        {"size": None},
        {"purpose": "fine-tune"},
        {"purpose": None},
        {"created_at": int(BEGUN) - 121},
    ],
)
def test_a_file_that_differs_is_not_taken_for_it(different: dict[str, object]) -> None:
    assert files_of_upload([one(**different)], REQUEST, BEGUN) == []


def test_a_file_without_a_date_is_not_taken_for_it() -> None:
    assert files_of_upload([RemoteFile("f", "a.jsonl", "batch", 7)], REQUEST, BEGUN) == []


@pytest.mark.parametrize("seconds", [-119, 0, 3600])
def test_the_clock_of_the_server_may_differ_a_little(seconds: int) -> None:
    file = one(created_at=int(BEGUN) + seconds)
    assert files_of_upload([file], REQUEST, BEGUN) == [file]


def test_all_that_fit_are_told() -> None:
    two = [one(), one()]
    assert files_of_upload(two, REQUEST, BEGUN) == two


def test_a_quote_may_have_stayed_as_it_was_sent() -> None:
    request = upload_request(local_file(name='a"b.jsonl', size=7), purpose="batch")
    file = one(name="a%22b.jsonl")
    assert files_of_upload([file], request, BEGUN) == [file]


@pytest.fixture
def api(files_server: ScriptedFilesServer) -> FilesApi:
    return FilesApi(account(base_url=files_server.base_url), TEST_KEY, random=lambda: 1.0)


def test_the_newest_files_of_the_purpose_are_looked_at(
    files_server: ScriptedFilesServer, api: FilesApi, tmp_path: Path
) -> None:
    files_server.add(*many_files(150, purpose="fine-tune"), *many_files(150))
    wanted = served_file("a.jsonl", size=7, created_at=int(BEGUN))
    files_server.add(wanted)
    found = look_for_upload(api, REQUEST, BEGUN, CancelToken())
    assert [file.id for file in found] == [wanted.id]
    [request] = files_server.requests
    assert request.query == {"purpose": "batch", "limit": "100", "order": "desc"}


def test_the_listing_is_read_back_to_the_moment_when_the_upload_began(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    wanted = served_file("a.jsonl", size=7, created_at=int(BEGUN))
    newer = [served_file(f"{n}.jsonl", created_at=int(BEGUN) + 1 + n) for n in range(150)]
    files_server.add(*many_files(5), wanted, *newer)
    found = look_for_upload(api, REQUEST, BEGUN, CancelToken())
    assert [file.id for file in found] == [wanted.id]
    assert len(files_server.requests) == 2


def test_a_listing_that_begins_with_the_oldest_is_read_to_its_end(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    oldest = {"object": "file", "id": "file-old", "filename": "b.jsonl", "created_at": 1}
    older = {"object": "file", "id": "file-older", "filename": "b.jsonl", "created_at": 0}
    files_server.next(json_body({"data": [older, oldest], "has_more": True}))
    wanted = served_file("a.jsonl", size=7, created_at=int(BEGUN))
    files_server.add(wanted, served_file(id="file-old", created_at=int(BEGUN) + 1))
    found = look_for_upload(api, REQUEST, BEGUN, CancelToken())
    assert [file.id for file in found] == [wanted.id]


def test_a_clock_that_was_set_back_since_does_not_hide_the_file(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    wanted = served_file("a.jsonl", size=7, created_at=int(BEGUN))
    files_server.add(wanted)
    an_hour_ahead = BEGUN + 3600
    found = look_for_upload(api, REQUEST, an_hour_ahead, CancelToken(), clock=lambda: BEGUN + 5)
    assert [file.id for file in found] == [wanted.id]


class Looks:
    """Finds something at the look of that number, and moves a clock with each pause."""

    def __init__(self, found_at: int, now: float) -> None:
        self.count = 0
        self.now = now
        self.pauses: list[float] = []
        self._found_at = found_at

    def look(self) -> str | None:
        self.count += 1
        return "file" if self.count == self._found_at else None

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


NEVER = 1_000


@pytest.mark.parametrize(
    ("found_at", "sent_until", "found", "count"),
    [
        (1, BEGUN, "file", 1),
        # The server puts it away while we look.
        (3, BEGUN, "file", 3),
        (NEVER, BEGUN, None, 1 + round(SETTLED_AFTER / LOOK_EVERY)),
        (NEVER, BEGUN - SETTLED_AFTER + 3, None, 3),
        # Long ago, or at an unknown time: once is enough.
        (NEVER, BEGUN - SETTLED_AFTER, None, 1),
        (NEVER, None, None, 1),
        # The clock was set back by an hour.
        (NEVER, BEGUN + 3600, None, 1 + round(SETTLED_AFTER / LOOK_EVERY)),
    ],
)
def test_so_shortly_after_the_upload_it_is_looked_for_more_than_once(
    found_at: int, sent_until: float | None, found: str | None, count: int
) -> None:
    looks = Looks(found_at, BEGUN)
    answer = look_until_settled(looks.look, sent_until, looks.pause, lambda: looks.now)
    assert (answer, looks.count) == (found, count)
    assert looks.pauses == [LOOK_EVERY] * (count - 1)


def test_the_file_of_another_upload_is_passed_over(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    first, second = (served_file("a.jsonl", size=7, created_at=int(BEGUN)) for _ in range(2))
    files_server.add(first, second)
    found = look_for_upload(api, REQUEST, BEGUN, CancelToken(), not_these={first.id})
    assert [file.id for file in found] == [second.id]


@pytest.mark.parametrize(
    "fault", [api_error(403, "no"), html(404), lambda: [Refuse()] * 3], ids=["403", "html", "gone"]
)
def test_a_server_that_gives_no_list_leaves_it_open(
    files_server: ScriptedFilesServer, api: FilesApi, fault: object
) -> None:
    files_server.add(served_file("a.jsonl", size=7, created_at=int(BEGUN)))
    files_server.next(*(fault() if isinstance(fault, Callable) else [fault]))  # type: ignore[arg-type]
    with pytest.raises(FilesError):
        look_for_upload(api, REQUEST, BEGUN, CancelToken())


def test_the_look_can_be_cancelled(
    files_server: ScriptedFilesServer, api: FilesApi, given_up_when_stalled: CancelToken
) -> None:
    files_server.next(Stall())
    with pytest.raises(Cancelled):
        look_for_upload(api, REQUEST, BEGUN, given_up_when_stalled)
