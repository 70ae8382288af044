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
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, wrong: dict[str, Any]
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


def test_a_server_with_pages_of_its_own_is_gone_through_by_them(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files = many_files(1200)
    files_server.add(*files)
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    assert len(ids_of(all_pages(api, token))) == 1200
    asked = [(one.query["limit"], one.query.get("after")) for one in files_server.requests]
    assert asked == [("1000", None), ("10000", files[700].id), ("10000", files[200].id)]


def test_a_server_that_loses_files_between_pages_is_asked_for_few(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1333))
    files_server.quirks.add(ListingQuirk.LOSES_BETWEEN_PAGES)
    pages = list(Listing(api).pages(token))
    assert [len(page.files) for page in pages] == [1000, 333]
    assert [request.query.get("limit") for request in files_server.requests] == ["1000", "10000"]


def test_what_the_first_page_showed_is_no_oddity_when_it_comes_again(
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
    assert listing.whole
    assert listing.seen == {file.id for file in files if file.id != gone} | {"file-new"}


def test_an_object_without_an_id_counts_for_how_full_the_first_page_is(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(page_of("a", None, has_more=True), page_of("a", "b", has_more=False))
    listing = Listing(api, first_page=2)
    assert ids_of(listing.pages(token)) == ["a", "b"]
    assert [request.query.get("after") for request in files_server.requests] == [None, None]


def test_a_first_page_as_large_as_pages_can_be_is_gone_on_from(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files = many_files(25)
    files_server.add(*files)
    refusal = {"error": {"message": "limit: at most 10"}}
    files_server.refuse_limit(lambda limit: (400, refusal) if int(limit) > 10 else None)
    assert len(ids_of(all_pages(api, token))) == 25
    cursors = [request.query.get("after") for request in files_server.requests]
    assert cursors == [None, None, files[15].id, files[5].id]


def test_after_the_first_page_it_can_be_gone_on_with_large_ones(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    listing = Listing(api)
    assert len(next(listing.pages(token)).files) == 1000
    assert len(ids_of(listing.pages(token))) == 500
    assert [request.query["limit"] for request in files_server.requests] == ["1000", "10000"]


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


# What is odd


def page_of(*ids: object, has_more: object = None, **fields: object) -> Answer:
    """A page with files of these ids, or with these objects."""
    data = [{"id": one} | fields if isinstance(one, str) else one for one in ids]
    return json_body({"data": data} | ({} if has_more is None else {"has_more": has_more}))


def listed(api: FilesApi, token: CancelToken) -> tuple[list[str], Listing]:
    listing = Listing(api)
    return ids_of(listing.pages(token)), listing


def test_a_listing_as_it_should_be_has_no_oddities(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    ids, listing = listed(api, token)
    assert (len(ids), listing.whole, listing.warnings) == (1500, True, ())
    assert not listing.can_resume


def test_servers_that_know_no_pages_have_no_oddities(
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
    assert (len(ids), listing.whole, listing.warnings) == (1500, True, ())


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
def test_what_is_odd_is_told_and_the_list_is_whole(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    pages: list[Answer],
    ids: list[str],
    oddities: tuple[str, ...],
) -> None:
    files_server.next(*pages)
    found, listing = listed(api, token)
    assert (found, listing.warnings, listing.whole) == (ids, oddities, True)
    assert len(files_server.requests) == len(pages)


@pytest.mark.parametrize("before", [[], ["a"], ["a", "b", "c"]])
def test_an_empty_page_is_no_end_where_it_says_that_there_is_more(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, before: list[str]
) -> None:
    files_server.next(*[page_of(one, has_more=True) for one in before], page_of(has_more=True))
    ids, listing = listed(api, token)
    assert (ids, listing.over, listing.whole, listing.can_resume) == (before, True, False, False)
    assert len(listing.warnings) == 1


@pytest.mark.parametrize("has_more", [None, False])
def test_an_empty_page_is_the_end_where_it_does_not_say_that_there_is_more(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, has_more: bool | None
) -> None:
    files_server.next(page_of("a", has_more=True), page_of(has_more=has_more))
    ids, listing = listed(api, token)
    assert (ids, listing.whole, listing.warnings) == (["a"], True, ())


AGAIN = "The server keeps sending the same files. The list may be incomplete."


@pytest.mark.parametrize(
    ("quirks", "number"),
    [
        ({ListingQuirk.HAS_MORE_ALWAYS, ListingQuirk.AFTER_IGNORED}, 3),
        # As many as were asked for, again and again: there may be more behind them.
        ({ListingQuirk.HAS_MORE_MISSING, ListingQuirk.AFTER_IGNORED}, 10_001),
    ],
)
def test_a_server_that_gives_the_same_page_for_ever_is_left_and_told_of(
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
    assert (listing.over, listing.whole, listing.warnings) == (True, False, (AGAIN,))
    assert not listing.can_resume
    assert len(files_server.requests) <= 3


def test_a_server_that_goes_in_a_circle_is_left_and_told_of(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    circle = [page_of(one, has_more=True) for one in ("a", "b", "c") * 10]
    files_server.next(*circle)
    ids, listing = listed(api, token)
    assert (ids, listing.whole) == (["a", "b", "c"], False)
    assert AGAIN in listing.warnings
    assert len(files_server.requests) == 6


def test_a_page_that_comes_again_by_mistake_costs_nothing(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(
        page_of("a", "b", has_more=True),
        page_of("c", "d", has_more=True),
        page_of("a", "b", has_more=True),
        page_of("e", has_more=False),
    )
    ids, listing = listed(api, token)
    assert (ids, listing.whole) == (["a", "b", "c", "d", "e"], True)


def test_a_server_that_invents_files_is_left_in_the_end(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(*[page_of(f"file-{number}", has_more=True) for number in range(50)])
    listing = Listing(api, most=20)
    assert len(ids_of(listing.pages(token))) == 20
    assert (listing.over, listing.whole, listing.can_resume) == (True, False, False)
    assert listing.warnings == ("The list was cut off after 20 files.",)


def test_what_comes_again_does_not_count_for_where_a_listing_is_cut_off(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(*[page_of("known", f"file-{n}", has_more=True) for n in range(9)])
    listing = Listing(api, most=5)
    assert len(ids_of(listing.pages(token))) == 5
    assert "The list was cut off after 5 files." in listing.warnings


@pytest.mark.parametrize("long", ["filename", "status_details"])
def test_a_listing_without_an_end_of_few_files_with_long_texts_is_cut_off_too(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, long: str
) -> None:
    # A thousand bytes and a little more.
    pages = [page_of({"id": f"f-{n:02}", long: "n" * 996}, has_more=True) for n in range(50)]
    files_server.next(*pages)
    listing = Listing(api, most_bytes=10_000)
    assert len(ids_of(listing.pages(token))) == 10
    assert (listing.over, listing.whole, listing.can_resume) == (True, False, False)
    assert len(listing.warnings) == 1


def test_long_names_and_names_of_any_kind_are_kept(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    names = ["n" * 4_000, "\u202egnp.exe", "a\x00\x1b[31m\nb", ""]
    items = [{"id": f"file-{n}", "filename": name} for n, name in enumerate(names)]
    files_server.next(page_of(*items, has_more=False))
    [page] = Listing(api).pages(token)
    assert [file.filename for file in page.files] == names


def test_many_unknown_purposes_are_kept_each_once_in_memory(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    items = [{"id": f"file-{n}", "purpose": f"purpose-{n % 10}"} for n in range(100)]
    files_server.next(page_of(*items, has_more=False))
    [page] = Listing(api).pages(token)
    assert len({file.purpose for file in page.files}) == 10
    assert len({id(file.purpose) for file in page.files}) == 10


# Going on


def test_a_listing_goes_on_from_the_page_that_failed(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    files_server.quirks.add(ListingQuirk.OWN_PAGE_SIZE)
    files_server.next(None, api_error(403, "no"))
    listing = Listing(api)
    came = []
    with pytest.raises(FilesError):
        came += [page.files for page in listing.pages(token)]
    assert listing.can_resume
    rest = ids_of(listing.pages(token))
    assert len(listing.seen) == 1500
    assert len(rest) == 1000
    assert (listing.whole, listing.can_resume, listing.warnings) == (True, False, ())
    first, failed, again = files_server.requests[:3]
    assert failed.query == again.query
    assert "after" not in first.query


def test_a_listing_that_has_to_begin_again_with_large_pages_can_not_go_on(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(*many_files(1500))
    files_server.next(None, api_error(403, "no"))
    listing = Listing(api)
    with pytest.raises(FilesError):
        list(listing.pages(token))
    assert not listing.can_resume
    assert not listing.over


def test_a_listing_without_a_page_can_not_go_on(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(api_error(403, "no"))
    listing = Listing(api)
    with pytest.raises(FilesError):
        list(listing.pages(token))
    assert not listing.can_resume


@pytest.mark.parametrize(("status", "lost"), [(400, True), (404, True), (403, False)])
def test_a_page_may_be_refused_because_the_file_at_the_cursor_is_gone(
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
