import pytest

from services.api.errors import FilesError, ProblemKind
from services.api.files_api import FilesApi
from services.api.listing import all_pages
from services.api.remote_file import RemoteFile
from services.cancellation import CancelToken
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import ListingQuirk, many_files, served_file
from tests.support.server_faults import (
    json_body,
)


def ids_of(pages) -> list[str]:
    return [file.id for page in pages for file in page.files]


def test_a_page_is_asked_for_with_exactly_the_parameters_that_were_given(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(3), served_file(id="file-v", purpose="vision"))
    api.list_page(token)
    page = api.list_page(token, purpose="vision", limit=7, order="asc")
    api.list_page(token, after="file-v")
    assert [request.query for request in files_server.requests] == [
        {},
        {"purpose": "vision", "limit": "7", "order": "asc"},
        {"after": "file-v"},
    ]
    assert [file.id for file in page.files] == ["file-v"]
    assert page.has_more is False


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 10_001}, {"order": "size"}])
def test_parameters_out_of_range_never_leave(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, wrong: dict
) -> None:
    with pytest.raises(ValueError, match="must be"):
        api.list_page(token, **wrong)
    assert files_server.requests == []


def test_a_file_of_the_listing_has_all_that_the_server_said(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(
        served_file("a.txt", id="file-a", purpose="new", size=9, created_at=5, expires_at=6)
    )
    assert api.list_page(token).files == (
        RemoteFile("file-a", "a.txt", "new", 9, 5, 6, "processed", None),
    )


@pytest.mark.parametrize(
    "quirks",
    [
        set(),
        {ListingQuirk.HAS_MORE_MISSING},
        {ListingQuirk.HAS_MORE_ALWAYS},
        {ListingQuirk.HAS_MORE_ALWAYS, ListingQuirk.AFTER_IGNORED, ListingQuirk.LIMIT_IGNORED},
        {ListingQuirk.HAS_MORE_MISSING, ListingQuirk.AFTER_IGNORED, ListingQuirk.LIMIT_IGNORED},
        {ListingQuirk.LIMIT_IGNORED},
        {ListingQuirk.REPEATED_IDS},
        {ListingQuirk.ODD_OBJECTS},
        {ListingQuirk.FIRST_ID_NULL},
    ],
    ids=lambda quirks: "+".join(quirk.name for quirk in quirks) or "none",
)
@pytest.mark.parametrize("number", [0, 1, 1000, 1001, 2300])
def test_a_whole_listing_has_each_file_once_and_ends(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    quirks: set[ListingQuirk],
    number: int,
) -> None:
    files_server.add(*many_files(number))
    files_server.quirks.update(quirks)
    pages = list(all_pages(api, token))
    expected = [file.id for file in reversed(files_server.files)]
    assert [file_id for file_id in ids_of(pages) if file_id != "file-odd"] == expected
    assert len(set(ids_of(pages))) == len(ids_of(pages))
    assert len(files_server.requests) <= 4


def test_the_cursor_is_the_last_object_of_the_page(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files = many_files(1500)
    files_server.add(*files)
    assert len(ids_of(all_pages(api, token))) == 1500
    first, second = files_server.requests
    assert "after" not in first.query
    assert second.query["after"] == files[500].id


def test_a_page_that_is_no_listing_ends_it_with_an_error(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    files_server.next(None, json_body({"data": None}))
    pages = all_pages(api, token)
    assert len(next(pages).files) == 1000
    with pytest.raises(FilesError) as caught:
        next(pages)
    assert caught.value.problem.kind is ProblemKind.NOT_A_FILES_API
