"""Lists of batches, vector stores and fine-tuning jobs, page by page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.api.files_api import FilesApi
from services.api.item import Item
from services.api.item_page import ItemPage
from services.api.item_requests import ItemListing
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from tests.services.api.conftest import MakeApi, NonWaitingToken
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.key_echoes import echoes_of, readable_parts
from tests.support.served_files import ListingQuirk, many_files
from tests.support.served_jobs import (
    served_batch,
    served_job,
    served_store,
    store_file,
)
from tests.support.server_faults import (
    Answer,
    api_error,
    html,
    invalid_json,
    json_body,
    plain_text,
    rate_limited,
)

ListPage = Callable[[FilesApi], Callable[..., ItemPage[Any]]]


def batches(api: FilesApi) -> Callable[..., ItemPage[Any]]:
    return api.batches.list_page


def stores(api: FilesApi) -> Callable[..., ItemPage[Any]]:
    return api.vector_stores.list_page


def jobs(api: FilesApi) -> Callable[..., ItemPage[Any]]:
    return api.fine_tuning.list_page


def store_files(api: FilesApi) -> Callable[..., ItemPage[Any]]:
    return api.vector_stores.files_of("vs_1").list_page


LISTS = [batches, stores, jobs, store_files]
TOP_LISTS = [batches, stores, jobs]


@pytest.fixture
def filled(files_server: ScriptedFilesServer) -> ScriptedFilesServer:
    """A server with 250 objects in each list."""
    served = files_server.jobs
    served.batches += [served_batch() for _ in range(250)]
    served.fine_tuning += [served_job() for _ in range(250)]
    served.stores += [served_store() for _ in range(249)] + [served_store(id="vs_1")]
    served.files_of["vs_1"] = [store_file(f"file-{number}") for number in range(250)]
    return files_server


def ids_in(server: ScriptedFilesServer, listed: ListPage) -> list[str]:
    """The IDs that a list has, newest first."""
    served = server.jobs
    items = {
        "batches": served.batches,
        "stores": served.stores,
        "jobs": served.fine_tuning,
        "store_files": served.files_of["vs_1"],
    }[listed.__name__]
    return [item["id"] for item in reversed(items)]


def ids_of(pages: Iterator[ItemPage[Item]]) -> list[str]:
    return [item.id for page in pages for item in page.items]


@pytest.mark.slow
@pytest.mark.parametrize("listed", LISTS)
@pytest.mark.parametrize(
    ("quirks", "most_requests"),
    [
        (set(), 3),
        ({ListingQuirk.HAS_MORE_MISSING}, 4),
        ({ListingQuirk.HAS_MORE_ALWAYS}, 4),
        ({ListingQuirk.LIMIT_IGNORED}, 1),
        ({ListingQuirk.LIMIT_IGNORED, ListingQuirk.HAS_MORE_ALWAYS}, 2),
        (
            {
                ListingQuirk.LIMIT_IGNORED,
                ListingQuirk.HAS_MORE_ALWAYS,
                ListingQuirk.AFTER_IGNORED,
            },
            4,
        ),
        (
            {
                ListingQuirk.LIMIT_IGNORED,
                ListingQuirk.HAS_MORE_MISSING,
                ListingQuirk.AFTER_IGNORED,
            },
            4,
        ),
        ({ListingQuirk.REPEATED_IDS}, 3),
        ({ListingQuirk.ODD_OBJECTS}, 3),
    ],
    ids=lambda value: "+".join(sorted(q.name for q in value)) if isinstance(value, set) else "",
)
def test_a_list_returns_each_object_once_and_ends(
    filled: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    listed: ListPage,
    quirks: set[ListingQuirk],
    most_requests: int,
) -> None:
    filled.quirks.update(quirks)
    listing = ItemListing(listed(api))
    assert ids_of(listing.pages(token)) == ids_in(filled, listed)
    assert listing.ended
    assert len(filled.requests) <= most_requests


@pytest.mark.parametrize("listed", LISTS)
def test_pages_are_requested_by_the_last_id(
    filled: ScriptedFilesServer, api: FilesApi, token: CancelToken, listed: ListPage
) -> None:
    listing = ItemListing(listed(api))
    ids = ids_of(listing.pages(token))
    assert listing.complete
    assert listing.warnings == ()
    assert [request.query.get("after") for request in filled.requests] == [None, ids[99], ids[199]]
    assert {request.query["limit"] for request in filled.requests} == {"100"}


def test_the_end_of_a_list_is_only_trusted_if_the_server_says_so(
    filled: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    filled.quirks.update({ListingQuirk.HAS_MORE_ALWAYS, ListingQuirk.AFTER_IGNORED})
    listing = ItemListing(api.batches.list_page)
    assert len(ids_of(listing.pages(token))) == 100
    assert listing.ended
    assert not listing.complete
    assert listing.warnings == (
        "The server keeps sending the same page. The list may be incomplete.",
    )


def test_a_server_that_never_ends_is_cut_off(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    pages = [
        json_body({"data": [served_batch() for _ in range(10)], "has_more": True})
        for _ in range(20)
    ]
    files_server.next(*pages)
    listing = ItemListing(api.batches.list_page, most=50)
    assert len(ids_of(listing.pages(token))) == 50
    assert not listing.complete
    assert listing.warnings == ("The list was cut off after 50 objects.",)
    listing = ItemListing(api.batches.list_page, most_bytes=10_000)
    assert 10 < len(ids_of(listing.pages(token))) < 40
    assert not listing.complete


def test_more_that_never_comes_makes_a_list_incomplete(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(
        json_body({"data": [served_batch()], "has_more": True}),
        json_body({"data": [], "has_more": True}),
    )
    listing = ItemListing(api.batches.list_page)
    assert len(ids_of(listing.pages(token))) == 1
    assert listing.ended
    assert not listing.complete
    assert listing.warnings == ("The server says there is more, but sent nothing.",)


def test_a_list_resumes_after_an_error(
    filled: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    filled.next(None, *[rate_limited(retry_after="3")] * 3)
    listing = ItemListing(api.batches.list_page)
    pages = listing.pages(token)
    first = [item.id for item in next(pages).items]
    with pytest.raises(FilesError) as caught:
        next(pages)
    assert caught.value.problem.kind is ProblemKind.RATE_LIMITED
    assert token.pauses == [3.0, 3.0]
    assert listing.can_resume
    assert first + ids_of(listing.pages(token)) == ids_in(filled, batches)
    assert listing.complete


@pytest.mark.parametrize("listed", TOP_LISTS)
@pytest.mark.parametrize(
    "answer",
    [
        api_error(404, "Invalid URL (GET /v1/batches)"),
        html(404),
        api_error(405, "Method Not Allowed"),
        plain_text(501, "Not implemented"),
        html(200),
        invalid_json(),
        json_body({"error": "Unexpected endpoint or method. Returning 200 anyway"}),
        json_body([]),
        json_body({"data": None}),
        json_body({"data": {"id": "batch_1"}}),
        json_body({"data": [{"object": "batch"}]}),
        json_body({"object": "list", "data": [file.described() for file in many_files(2)]}),
        json_body({"object": "list", "data": [{"id": "gpt-5", "object": "model"}]}),
    ],
)
def test_a_server_without_a_list_is_recognized(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    listed: ListPage,
    answer: Answer,
) -> None:
    files_server.next(*[answer] * 3)
    with pytest.raises(FilesError) as caught:
        listed(api)(token)
    assert caught.value.problem.kind is ProblemKind.NOT_OFFERED
    assert caught.value.problem.title
    assert caught.value.problem.advice


@pytest.mark.parametrize("listed", LISTS)
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (api_error(403, "Not for you"), ProblemKind.NOT_PERMITTED),
        (
            api_error(401, "You have insufficient permissions. Missing scopes: api.batch.read"),
            ProblemKind.NOT_PERMITTED,
        ),
        (api_error(401, "Incorrect API key", code="invalid_api_key"), ProblemKind.KEY_REFUSED),
        (api_error(400, "No"), ProblemKind.REQUEST_REFUSED),
        (api_error(500, "Broken"), ProblemKind.SERVER_FAILED),
        (html(502), ProblemKind.SERVER_FAILED),
        (rate_limited(), ProblemKind.RATE_LIMITED),
    ],
)
def test_a_refused_list_is_another_matter(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: NonWaitingToken,
    listed: ListPage,
    answer: Answer,
    kind: ProblemKind,
) -> None:
    files_server.next(*[answer] * 3)
    with pytest.raises(FilesError) as caught:
        listed(api)(token)
    assert caught.value.problem.kind is kind


def test_a_restricted_key_needs_access_to_more_than_files(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(api_error(401, "Missing scopes: api.batch.read"))
    with pytest.raises(FilesError) as caught:
        api.batches.list_page(token)
    assert "files" not in caught.value.problem.advice


def test_a_list_whose_later_page_is_gone_exists(
    filled: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    listing = ItemListing(api.batches.list_page)
    pages = listing.pages(token)
    next(pages)
    filled.next(api_error(404, "No such batch"))
    with pytest.raises(FilesError) as caught:
        next(pages)
    assert caught.value.problem.kind is ProblemKind.NOT_FOUND
    assert listing.may_have_lost_cursor(caught.value.problem)


def test_the_files_of_a_store_that_is_gone_are_not_found(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    with pytest.raises(FilesError) as caught:
        api.vector_stores.files_of("vs_gone").list_page(token)
    assert caught.value.problem.kind is ProblemKind.NOT_FOUND
    files_server.next(html(405))
    with pytest.raises(FilesError) as caught:
        api.vector_stores.files_of("vs_gone").list_page(token)
    assert caught.value.problem.kind is ProblemKind.NOT_OFFERED


def test_a_server_that_allows_less_per_page_gets_less(
    filled: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    filled.next(api_error(400, "'limit' must be at most 20", param="limit"))
    listing = ItemListing(api.fine_tuning.list_page)
    assert len(ids_of(listing.pages(token))) == 250
    assert [request.query["limit"] for request in filled.requests] == ["100", *["20"] * 13]


def test_numbered_pages_are_requested_by_number(
    files_server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken
) -> None:
    files_server.next(json_body({"data": [served_job()]}), json_body({"data": []}))
    listing = ItemListing(make_api(provider_id="mistral").fine_tuning.list_page)
    assert len(ids_of(listing.pages(token))) == 1
    assert [request.query for request in files_server.requests] == [
        {"page_size": "100"},
        {"page_size": "100", "page": "1"},
    ]


@pytest.mark.slow
def test_a_page_larger_than_any_real_one_is_not_read(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.next(Answer(200, (), b" " * (64 * 1024 * 1024 + 1)))
    with pytest.raises(FilesError) as caught:
        api.batches.list_page(token)
    assert caught.value.problem.kind is ProblemKind.NOT_A_FILES_API


@pytest.mark.slow
def test_a_large_page_is_read_whole(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    note = {"note": "x" * 500}
    files_server.jobs.batches += [served_batch(metadata=note) for _ in range(4_500)]
    files_server.quirks.add(ListingQuirk.LIMIT_IGNORED)
    page = api.batches.list_page(token)
    assert page.size > 4_000_000
    assert len(page.items) == 4_500
    assert page.items[0].metadata == note


@pytest.mark.slow
@pytest.mark.parametrize("odd", [False, True], ids=["usual", "odd types"])
def test_no_list_shows_the_key(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, odd: bool
) -> None:
    forms = echoes_of(TEST_KEY).values()
    for form in forms:
        errors = [form] if odd else {"data": [{"message": form, "code": "a"}]}
        echo = served_batch(metadata={"name": form, form: "x"}, errors=errors)
        files_server.jobs.batches += [served_batch(), echo]
    pages = ItemListing(api.batches.list_page).pages(token)
    listed = [batch for page in pages for batch in page.items]
    assert len(listed) == 2 * len(forms)
    for found, other in zip(listed[::2], listed[1::2], strict=True):
        for shown in (found, api.batches.retrieve(found.id, token)):
            assert readable_parts(TEST_KEY, repr(shown)) == []
            assert "•••" in shown.name
            assert "•••" in (shown.errors[0].message or "")
        assert other.status == "completed"


@pytest.mark.parametrize("limit", [0, -1])
def test_an_invalid_limit_is_never_sent(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, limit: int
) -> None:
    with pytest.raises(ValueError, match="limit"):
        api.batches.list_page(token, limit=limit)
    with pytest.raises(ValueError, match="state"):
        api.vector_stores.files_of("vs_1", "odd").list_page(token)
    assert files_server.requests == []


def test_the_files_of_a_store_can_be_filtered(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.jobs.stores.append(served_store(id="vs_1"))
    error = {"code": "unsupported_file", "message": "Not a document"}
    files_server.jobs.files_of["vs_1"] = [
        store_file("file-1"),
        store_file("file-2", status="failed", last_error=error),
    ]
    (failed,) = api.vector_stores.files_of("vs_1", "failed").list_page(token).items
    assert failed.id == "file-2"
    assert failed.last_error is not None
    assert (failed.last_error.code, failed.last_error.message) == tuple(error.values())
