"""Servers whose paging differs from the OpenAI API's, as described by their provider."""

from dataclasses import replace

import pytest

from services.api.cursors import next_cursor, page_query, total_in
from services.api.listing import Listing
from services.providers import providers
from services.providers.paging import GUESSED, LAST_ID, ONE_PAGE, Cursor, Paging
from services.providers.self_hosted import OTHER
from services.system.cancellation import CancelToken
from tests.services.api.conftest import MakeApi
from tests.support.files_server import ScriptedFilesServer
from tests.support.server_faults import Answer, json_body

BY_TOKEN = Paging(Cursor.TOKEN, "pagination_token", token_field="pagination_token")
BY_NUMBER = Paging(Cursor.NUMBER, "page", "page_size", first_number=1)


def page(*ids: str, **more: object) -> Answer:
    return json_body({"data": [{"id": file_id, "object": "file"} for file_id in ids], **more})


def use_paging(monkeypatch: pytest.MonkeyPatch, paging: Paging) -> None:
    """Add a provider `paged` with this paging."""
    provider = replace(OTHER, id="paged", paging=paging, largest_page=2)
    monkeypatch.setitem(providers._BY_ID, "paged", provider)


def list_all(make_api: MakeApi, token: CancelToken) -> tuple[list[str], Listing]:
    listing = Listing(make_api(provider_id="paged"))
    return [file.id for one in listing.pages(token) for file in one.files], listing


def test_the_next_page_is_requested_with_the_token_in_the_page(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: CancelToken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_paging(monkeypatch, BY_TOKEN)
    files_server.next(
        page("file-1", "file-2", pagination_token="abc"),
        page("file-3", "file-4", pagination_token="def"),
        page("file-5"),
    )
    ids, listing = list_all(make_api, token)
    assert ids == [f"file-{number}" for number in range(1, 6)]
    assert listing.complete
    assert [one.query.get("pagination_token") for one in files_server.requests] == [
        None,
        "abc",
        "def",
    ]
    assert all("after" not in one.query for one in files_server.requests)


def test_numbered_pages_are_requested_until_one_is_empty(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: CancelToken,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_paging(monkeypatch, BY_NUMBER)
    files_server.next(page("file-1", "file-2"), page("file-3"), page())
    ids, listing = list_all(make_api, token)
    assert ids == ["file-1", "file-2", "file-3"]
    assert listing.complete
    assert [(one.query.get("page"), one.query["page_size"]) for one in files_server.requests] == [
        (None, "2"),
        ("2", "2"),
        ("3", "2"),
    ]


def test_mistral_is_listed_by_page_number(
    files_server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken
) -> None:
    files_server.next(page("file-1"), page("file-2"), page())
    listing = Listing(make_api(provider_id="mistral"))
    assert [file.id for one in listing.pages(token) for file in one.files] == ["file-1", "file-2"]
    assert [one.query for one in files_server.requests] == [
        {"page_size": "100"} | ({"page": number} if number else {}) for number in ("", "1", "2")
    ]


@pytest.mark.parametrize("body", [b"[]", b"{", b'{"pagination_token": []}', b'{"other": "x"}'])
def test_a_page_without_a_token_is_the_last(body: bytes) -> None:
    assert next_cursor(BY_TOKEN, "abc", "file-1", body) is None


def test_a_token_may_be_a_number() -> None:
    assert next_cursor(BY_TOKEN, None, "file-1", b'{"pagination_token": 17}') == "17"


def test_the_last_id_is_the_cursor_by_default() -> None:
    assert next_cursor(LAST_ID, None, "file-2", b"{}") == "file-2"
    assert next_cursor(LAST_ID, "file-2", None, b"{}") is None


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (b'{"data": [], "pagination_token": "a b"}', {"pagination_token": "a b"}),
        (b'{"data": [], "cursor": "abc=="}', {"cursor": "abc=="}),
        (b'{"datasets": [], "nextPageToken": "abc"}', {"pageToken": "abc"}),
        (b'{"data": [], "next_page": 2}', {"page": "2"}),
        (b'{"data": [], "cursor": ""}', {"after": "file-2"}),
        (b'{"data": [{"id": "file-2", "cursor": "inside"}]}', {"after": "file-2"}),
        (b'{"data": [], "total": 7}', {"after": "file-2", "page": "1"}),
        (b"{", {"after": "file-2"}),
    ],
)
def test_the_next_page_of_an_unknown_server_is_requested_as_the_page_suggests(
    body: bytes, query: dict[str, str]
) -> None:
    cursor = next_cursor(GUESSED, None, "file-2", body)
    assert page_query(GUESSED, cursor, None) == query


def test_guessed_page_numbers_go_on() -> None:
    body = b'{"data": [], "total": 7}'
    first = next_cursor(GUESSED, None, "file-2", body)
    assert page_query(GUESSED, next_cursor(GUESSED, first, "file-4", body), 2) == {
        "limit": "2",
        "after": "file-4",
        "page": "2",
    }
    assert next_cursor(GUESSED, first, None, body) is None


@pytest.mark.parametrize(
    ("paging", "body", "total"),
    [
        (GUESSED, b'{"data": [], "total": 7}', 7),
        (BY_NUMBER, b'{"data": [], "total": 7}', 7),
        (LAST_ID, b'{"data": [], "total": 7}', None),
        (GUESSED, b'{"data": [], "total": "many"}', None),
        (GUESSED, b'{"data": [{"total": 7}]}', None),
        (GUESSED, b"{", None),
    ],
)
def test_the_total_counts_only_where_pages_may_be_numbered(
    paging: Paging, body: bytes, total: int | None
) -> None:
    assert total_in(paging, body) == total


def test_no_page_size_is_sent_where_the_server_decides() -> None:
    assert page_query(ONE_PAGE, None, 100) == {}
