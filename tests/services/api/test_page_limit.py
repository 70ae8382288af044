"""Smaller pages are requested only from servers that refuse large ones."""

from collections.abc import Callable

import pytest

from services.api.file_page import FilePage
from services.api.files_api import FilesApi
from services.api.listing import Listing
from services.api.page_limit import PageLimit
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from tests.services.api.conftest import MakeApi, NonWaitingToken
from tests.support.factories import problem
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import ListingQuirk, many_files
from tests.support.server_faults import Answer, api_error, json_body

Refusal = Callable[[str], tuple[int, object] | None]


def official(message: str, param: str | None = None) -> object:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param}}


def fastapi(location: str, message: str) -> object:
    return {"detail": [{"type": "less_than_equal", "loc": ["query", location], "msg": message}]}


def above(largest: int, status: int, body: object) -> Refusal:
    """Refuse every limit above the largest."""
    return lambda limit: (status, body) if int(limit) > largest else None


def limits_of(server: ScriptedFilesServer) -> list[str | None]:
    return [request.query.get("limit") for request in server.requests]


@pytest.mark.parametrize(
    ("refusal", "limits"),
    [
        (
            above(100, 422, fastapi("limit", "Input should be less than or equal to 100")),
            ["1000", "100", "100", "100"],
        ),
        (above(100, 400, official("limit must be between 1 and 100")), ["1000", *["100"] * 3]),
        (above(250, 400, official("Limit 1000 > 250.")), ["1000", "250"]),
        (above(1000, 400, official("max 1,000", "limit")), ["1000", "10000", "1000"]),
        (above(1000, 400, official("limit too large")), ["1000", "10000", "1000"]),
        (above(1000, 422, {"message": "Unprocessable"}), ["1000", "10000", "1000"]),
        (above(100, 400, {"error": "page limit exceeded"}), ["1000", *["100"] * 3]),
        (
            above(50, 400, official("'limit' is out of range (request 7)")),
            ["1000", "100", None],
        ),
        (above(0, 400, official("Unknown query parameter: 'limit'")), ["1000", "100", None]),
        # The message doesn't help, or is wrong.
        (above(100, 400, official("limit: must be at least 1")), ["1000", *["100"] * 3]),
        (above(100, 400, official("limit: at most 500")), ["1000", "500", *["100"] * 3]),
    ],
)
@pytest.mark.parametrize("quirks", [set(), {ListingQuirk.HAS_MORE_MISSING}])
def test_a_server_that_refuses_large_pages_is_listed_with_smaller_ones(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    refusal: Refusal,
    limits: list[str | None],
    quirks: set[ListingQuirk],
) -> None:
    number = 1001 if "1000" in limits[1:] else 250
    files_server.add(*many_files(number))
    files_server.quirks.update(quirks)
    files_server.refuse_limit(refusal)
    listing = Listing(api)
    ids = [file.id for page in listing.pages(token) for file in page.files]
    assert ids == [file.id for file in reversed(files_server.files)]
    assert listing.complete
    assert listing.warnings == ()
    requested = limits_of(files_server)
    assert requested[: len(limits)] == limits
    assert len(requested) <= len(limits) + 2
    # From then on, the refused limits aren't requested again.
    count_before = len(requested)
    list(Listing(api).pages(token))
    assert set(limits_of(files_server)[count_before:]) == {limits[-1]}
    assert token.pauses == []


def test_a_learned_limit_is_not_used_for_another_account(
    files_server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken
) -> None:
    files_server.add(*many_files(3))
    files_server.refuse_limit(above(100, 400, official("limit too large")))
    for _account in range(2):
        list(Listing(make_api()).pages(token))
    assert limits_of(files_server) == ["1000", "100"] * 2


@pytest.mark.parametrize(
    "message", ["limit too large", "limit: at most {below}", "limit: at most {half}"]
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_listing_fails_soon_if_every_limit_is_refused(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    message: str,
    status: int,
) -> None:
    def refusal(limit: str) -> tuple[int, object]:
        text = message.format(below=int(limit) - 1, half=int(limit) // 2)
        return status, official(f"{text} ({limit} asked)")

    files_server.refuse_limit(refusal)
    for _time in range(2):
        assert [file for page in Listing(api).pages(token) for file in page.files] == []
    assert len(limits_of(files_server)) <= 6


def test_the_first_error_is_raised_if_no_limit_works(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(*[api_error(400, f"limit refused, {time}") for time in "abcd"])
    with pytest.raises(FilesError) as caught:
        api.list_page(token, limit=10_000)
    assert caught.value.problem.kind is ProblemKind.REQUEST_REFUSED
    assert caught.value.problem.detail == "limit refused, a"
    assert limits_of(files_server) == ["10000", "1000", "100", None]
    # No limit was remembered.
    api.list_page(token, limit=10_000)
    assert limits_of(files_server)[-1] == "10000"


@pytest.mark.parametrize(
    "refusal",
    [
        api_error(400, "No such File object: file-a", param="after"),
        api_error(400, "You have reached your rate limit"),
        api_error(400, "Storage limit exceeded"),
        api_error(400, "odd"),
        api_error(400, "'purpose' is wrong; no limit", param="purpose"),
        api_error(404, "limit too large"),
        json_body(fastapi("after", "no such file"), 422),
        json_body(fastapi("purpose", "Input should be 'batch'"), 422),
        api_error(403, "limit must be at most 100"),
    ],
)
def test_other_errors_are_raised_without_a_retry(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, refusal: Answer
) -> None:
    files_server.next(refusal)
    with pytest.raises(FilesError):
        api.list_page(token, limit=10_000, after="file-a")
    assert limits_of(files_server) == ["10000"]


def test_a_smaller_limit_found_by_another_thread_is_kept() -> None:
    limits = PageLimit()

    def refuse_above(largest: int, sent: int | None) -> FilePage:
        if sent is None or sent > largest:
            raise FilesError(problem(detail="limit too large", status=400))
        return FilePage((), False)

    def ask(sent: int | None) -> FilePage:
        page = refuse_above(1000, sent)
        limits.fetch(1000, lambda other: refuse_above(100, other))
        return page

    limits.fetch(10_000, ask)
    assert limits.largest == 100


def test_a_page_without_a_limit_is_requested_once(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(api_error(400, "limit must be at most 100", param="limit"))
    with pytest.raises(FilesError):
        api.list_page(token)
    assert limits_of(files_server) == [None]
