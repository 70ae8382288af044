from collections.abc import Iterable
from typing import Any

import pytest

from services.api.file_page import FilePage
from services.api.files_api import FilesApi
from services.api.listing import Listing, all_pages
from services.api.remote_file import RemoteFile
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import ListingQuirk, many_files, served_file
from tests.support.server_faults import Answer, api_error, json_body


def ids_of(pages: Iterable[FilePage]) -> list[str]:
    return [file.id for page in pages for file in page.files]


def test_a_page_is_requested_with_exactly_the_given_parameters(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(3), served_file(id="file-v", purpose="vision"))
    api.list_page(token)
    page = api.list_page(token, purpose="vision", limit=7, newest_first=True)
    api.list_page(token, after="file-v")
    assert [request.query for request in files_server.requests] == [
        {},
        {"purpose": "vision", "limit": "7", "order": "desc"},
        {"after": "file-v"},
    ]
    assert [file.id for file in page.files] == ["file-v"]
    assert page.has_more is False


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 10_001}])
def test_invalid_parameters_are_never_sent(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="must be"):
        api.list_page(token, **wrong)
    assert files_server.requests == []


def test_a_listed_file_has_all_of_the_servers_fields(
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
        {ListingQuirk.OWN_PAGE_SIZE},
        {ListingQuirk.OWN_PAGE_SIZE, ListingQuirk.HAS_MORE_MISSING},
        {ListingQuirk.LOSES_BETWEEN_PAGES},
        {ListingQuirk.LOSES_BETWEEN_PAGES, ListingQuirk.HAS_MORE_MISSING},
        {ListingQuirk.REPEATED_IDS},
        {ListingQuirk.ODD_OBJECTS},
        {ListingQuirk.FIRST_ID_NULL},
    ],
    ids=lambda quirks: "+".join(quirk.name for quirk in quirks) or "none",
)
@pytest.mark.parametrize("number", [0, 1, 1000, 1001, 2300])
def test_a_listing_returns_each_file_once_and_ends(
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
    assert len(files_server.requests) <= (6 if ListingQuirk.OWN_PAGE_SIZE in quirks else 4)


@pytest.mark.slow
def test_the_cursor_is_the_last_object_of_the_page(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files = many_files(12_000)
    files_server.add(*files)
    assert len(ids_of(all_pages(api, token))) == 12_000
    queries = [request.query for request in files_server.requests]
    assert queries[-1]["after"] == files[2000].id
    assert all("after" not in query for query in queries[:-1])


def test_a_server_with_its_own_page_size_is_listed_completely(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files = many_files(1200)
    files_server.add(*files)
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    assert len(ids_of(all_pages(api, token))) == 1200
    requested = [(one.query["limit"], one.query.get("after")) for one in files_server.requests]
    assert requested == [("1000", None), ("10000", files[700].id), ("10000", files[200].id)]


def test_few_pages_are_requested_so_that_few_files_are_lost_in_between(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1333))
    files_server.quirks.add(ListingQuirk.LOSES_BETWEEN_PAGES)
    pages = list(Listing(api).pages(token))
    assert [len(page.files) for page in pages] == [1000, 333]
    assert [request.query.get("limit") for request in files_server.requests] == ["1000", "10000"]


def test_repeated_files_of_the_first_page_cause_no_warning(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files = many_files(1500)
    files_server.add(*files)
    listing = Listing(api)
    pages = listing.pages(token)
    first = next(pages)
    gone = first.files[0].id
    files_server.remove(gone)
    files_server.add(served_file(id="file-new"))
    rest = ids_of(pages)
    assert rest[0] == "file-new"
    assert len(rest) == 501
    assert listing.warnings == ()
    assert listing.complete
    assert listing.seen == {file.id for file in files if file.id != gone} | {"file-new"}


def test_an_object_without_an_id_counts_toward_a_full_first_page(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(page_of("a", None, has_more=True), page_of("a", "b", has_more=False))
    listing = Listing(api, first_page=2)
    assert ids_of(listing.pages(token)) == ["a", "b"]
    assert [request.query.get("after") for request in files_server.requests] == [None, None]


def test_a_first_page_of_the_largest_size_is_not_requested_again(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files = many_files(25)
    files_server.add(*files)
    refusal = {"error": {"message": "limit: at most 10"}}
    files_server.refuse_limit(lambda limit: (400, refusal) if int(limit) > 10 else None)
    assert len(ids_of(all_pages(api, token))) == 25
    cursors = [request.query.get("after") for request in files_server.requests]
    assert cursors == [None, None, files[15].id, files[5].id]


def test_large_pages_can_be_resumed_after_the_first_page(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    listing = Listing(api)
    assert len(next(listing.pages(token)).files) == 1000
    assert len(ids_of(listing.pages(token))) == 500
    assert [request.query["limit"] for request in files_server.requests] == ["1000", "10000"]


def test_a_page_that_is_not_a_listing_is_an_error(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    files_server.next(None, json_body({"data": None}))
    pages = all_pages(api, token)
    assert len(next(pages).files) == 1000
    with pytest.raises(FilesError) as caught:
        next(pages)
    assert caught.value.problem.kind is ProblemKind.NOT_A_FILES_API


# Unusual pages


def page_of(*ids: object, has_more: object = None, **fields: object) -> Answer:
    """A page with files with these IDs, or with these objects."""
    data = [{"id": one} | fields if isinstance(one, str) else one for one in ids]
    return json_body({"data": data} | ({} if has_more is None else {"has_more": has_more}))


def listed(api: FilesApi, token: CancelToken) -> tuple[list[str], Listing]:
    listing = Listing(api)
    return ids_of(listing.pages(token)), listing


def test_a_normal_listing_has_no_warnings(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    ids, listing = listed(api, token)
    assert (len(ids), listing.complete, listing.warnings) == (1500, True, ())
    assert not listing.can_resume


def test_servers_without_paging_cause_no_warnings(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    files_server.quirks.update(
        {
            ListingQuirk.HAS_MORE_MISSING,
            ListingQuirk.AFTER_IGNORED,
            ListingQuirk.LIMIT_IGNORED,
        }
    )
    ids, listing = listed(api, token)
    assert (len(ids), listing.complete, listing.warnings) == (1500, True, ())


@pytest.mark.parametrize(
    ("pages", "ids", "oddities"),
    [
        (
            [page_of("a", "a", "b", "a", has_more=False)],
            ["a", "b"],
            ("1 duplicate ID was hidden.",),
        ),
        (
            [page_of("a", "b", has_more=True), page_of("c", "a", has_more=False)],
            ["a", "b", "c"],
            ("1 duplicate ID was hidden.",),
        ),
        (
            [page_of("a", None, {"id": ""}, has_more=False)],
            ["a"],
            ("2 objects without an ID were hidden.",),
        ),
        (
            [page_of("a", has_more=False, bytes=-5, created_at="some day")],
            ["a"],
            ("1 file has an invalid size or date.",),
        ),
        (
            [page_of("a", has_more=False, bytes=None, created_at="2026-11-01T00:00:00Z")],
            ["a"],
            (),
        ),
    ],
)  # fmt: skip
def test_unusual_pages_cause_warnings_and_the_listing_is_whole(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    pages: list[Answer],
    ids: list[str],
    oddities: tuple[str, ...],
) -> None:
    files_server.next(*pages)
    found, listing = listed(api, token)
    assert (found, listing.warnings, listing.complete) == (ids, oddities, True)
    assert len(files_server.requests) == len(pages)


@pytest.mark.parametrize("before", [[], ["a"], ["a", "b", "c"]])
def test_an_empty_page_that_claims_more_files_does_not_make_the_listing_whole(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, before: list[str]
) -> None:
    files_server.next(*[page_of(one, has_more=True) for one in before], page_of(has_more=True))
    ids, listing = listed(api, token)
    assert (ids, listing.ended, listing.complete, listing.can_resume) == (
        before,
        True,
        False,
        False,
    )
    assert len(listing.warnings) == 1


@pytest.mark.parametrize("has_more", [None, False])
def test_an_empty_page_without_has_more_ends_the_listing(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, has_more: bool | None
) -> None:
    files_server.next(page_of("a", has_more=True), page_of(has_more=has_more))
    ids, listing = listed(api, token)
    assert (ids, listing.complete, listing.warnings) == (["a"], True, ())


AGAIN = "The server keeps sending the same files. The list may be incomplete."


@pytest.mark.parametrize(
    ("quirks", "number"),
    [
        ({ListingQuirk.HAS_MORE_ALWAYS, ListingQuirk.AFTER_IGNORED}, 3),
        # Full pages, again and again: there may be more.
        ({ListingQuirk.HAS_MORE_MISSING, ListingQuirk.AFTER_IGNORED}, 10_001),
    ],
)
def test_a_server_that_repeats_the_same_page_ends_with_a_warning(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    quirks: set[ListingQuirk],
    number: int,
) -> None:
    files_server.add(*many_files(number))
    files_server.quirks.update(quirks)
    ids, listing = listed(api, token)
    assert len(ids) == min(number, 10_000)
    assert (listing.ended, listing.complete, listing.warnings) == (True, False, (AGAIN,))
    assert not listing.can_resume
    assert len(files_server.requests) <= 3


def test_a_server_that_cycles_through_pages_ends_with_a_warning(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    circle = [page_of(one, has_more=True) for one in ("a", "b", "c") * 10]
    files_server.next(*circle)
    ids, listing = listed(api, token)
    assert (ids, listing.complete) == (["a", "b", "c"], False)
    assert AGAIN in listing.warnings
    assert len(files_server.requests) == 6


def test_an_accidentally_repeated_page_does_no_harm(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(
        page_of("a", "b", has_more=True),
        page_of("c", "d", has_more=True),
        page_of("a", "b", has_more=True),
        page_of("e", has_more=False),
    )
    ids, listing = listed(api, token)
    assert (ids, listing.complete) == (["a", "b", "c", "d", "e"], True)


def test_an_endless_listing_is_cut_off(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(*[page_of(f"file-{number}", has_more=True) for number in range(50)])
    listing = Listing(api, most=20)
    assert len(ids_of(listing.pages(token))) == 20
    assert (listing.ended, listing.complete, listing.can_resume) == (True, False, False)
    assert listing.warnings == ("The list was cut off after 20 files.",)


def test_repeated_files_do_not_count_toward_the_cutoff(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(*[page_of("known", f"file-{n}", has_more=True) for n in range(9)])
    listing = Listing(api, most=5)
    assert len(ids_of(listing.pages(token))) == 5
    assert "The list was cut off after 5 files." in listing.warnings


@pytest.mark.parametrize("long", ["filename", "status_details"])
def test_an_endless_listing_with_long_texts_is_cut_off_by_its_size(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, long: str
) -> None:
    # A little over a thousand bytes.
    pages = [page_of({"id": f"f-{n:02}", long: "n" * 996}, has_more=True) for n in range(50)]
    files_server.next(*pages)
    listing = Listing(api, most_bytes=10_000)
    assert len(ids_of(listing.pages(token))) == 10
    assert (listing.ended, listing.complete, listing.can_resume) == (True, False, False)
    assert len(listing.warnings) == 1


def test_long_and_unusual_names_are_kept(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    names = ["n" * 4_000, "\u202egnp.exe", "a\x00\x1b[31m\nb", ""]
    items = [{"id": f"file-{n}", "filename": name} for n, name in enumerate(names)]
    files_server.next(page_of(*items, has_more=False))
    [page] = Listing(api).pages(token)
    assert [file.filename for file in page.files] == names


def test_equal_unknown_purposes_share_memory(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    items = [{"id": f"file-{n}", "purpose": f"purpose-{n % 10}"} for n in range(100)]
    files_server.next(page_of(*items, has_more=False))
    [page] = Listing(api).pages(token)
    assert len({file.purpose for file in page.files}) == 10
    assert len({id(file.purpose) for file in page.files}) == 10


# Resuming


def test_a_listing_resumes_at_the_page_that_failed(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    files_server.next(None, api_error(403, "no"))
    listing = Listing(api)
    received = []
    with pytest.raises(FilesError):
        received += [page.files for page in listing.pages(token)]
    assert listing.can_resume
    rest = ids_of(listing.pages(token))
    assert len(listing.seen) == 1500
    assert len(rest) == 1000
    assert (listing.complete, listing.can_resume, listing.warnings) == (True, False, ())
    first, failed, again = files_server.requests[:3]
    assert failed.query == again.query
    assert "after" not in first.query


def test_a_listing_that_starts_over_with_large_pages_cannot_be_resumed(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    files_server.next(None, api_error(403, "no"))
    listing = Listing(api)
    with pytest.raises(FilesError):
        list(listing.pages(token))
    assert not listing.can_resume
    assert not listing.ended


def test_a_listing_without_a_page_cannot_be_resumed(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(api_error(403, "no"))
    listing = Listing(api)
    with pytest.raises(FilesError):
        list(listing.pages(token))
    assert not listing.can_resume


@pytest.mark.parametrize(("status", "lost"), [(400, True), (404, True), (403, False)])
def test_a_page_may_fail_because_the_file_at_the_cursor_is_gone(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    status: int,
    lost: bool,
) -> None:
    refusal = api_error(status, "no such file")
    files_server.next(refusal, page_of("a", has_more=True), refusal)
    listing = Listing(api)
    for has_cursor in (False, True):
        with pytest.raises(FilesError) as caught:
            list(listing.pages(token))
        assert listing.may_have_lost_cursor(caught.value.problem) is (lost and has_cursor)
