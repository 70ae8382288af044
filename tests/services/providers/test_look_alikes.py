"""Each kind of server, as its row describes it, on a server that behaves as its documents say."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.api.item_requests import ItemListing
from services.api.listing import Listing
from services.api.page_limit import PageLimit
from services.api.remote_file import RemoteFile
from services.jobs.job_kind import JobKind
from services.jobs.job_requests import pages_of
from services.problems.errors import FilesError, ProblemKind
from services.providers.features import Feature
from services.providers.paging import Cursor
from services.providers.provider import Provider
from services.providers.providers import PROVIDERS, provider_named
from services.providers.upload_form import Expiry
from services.system.cancellation import CancelToken
from services.transfers.upload_answer import difference_from_request
from tests.support.factories import account, upload_request
from tests.support.files_server import TEST_KEY
from tests.support.look_alike import LookAlikeServer, Pages
from tests.support.look_alikes import LOOK_ALIKES
from tests.support.served_files import ServedFile, many_files, served_file

pytestmark = pytest.mark.slow  # so many cases that they take seconds

COUNT = 450
DAYS_20 = 20 * 86_400


@contextmanager
def serve(
    provider: Provider, files: int | Sequence[ServedFile] = 0
) -> Iterator[tuple[LookAlikeServer, FilesApi]]:
    """A server like the provider's with files, or with so many of them, and the client for it."""
    if isinstance(files, int):
        files = many_files(files, provider.purposes[0].name)
    with LookAlikeServer(LOOK_ALIKES[provider.id], files) as server:
        used = account(provider_id=provider.id, base_url=server.base_url)
        yield server, FilesApi(used, TEST_KEY, random=lambda: 0.0)


def having(feature: Feature) -> list[Provider]:
    return [provider for provider in PROVIDERS if not provider.why_not(feature)]


def lacking(feature: Feature) -> list[Provider]:
    return [provider for provider in PROVIDERS if provider.why_not(feature)]


def by_id(provider: Provider) -> str:
    return provider.id


def list_all(api: FilesApi, token: CancelToken) -> tuple[list[RemoteFile], Listing]:
    listing = Listing(api)
    return [file for page in listing.pages(token) for file in page.files], listing


@pytest.fixture
def token() -> CancelToken:
    return CancelToken()


def test_every_row_has_a_server_that_behaves_like_it() -> None:
    assert LOOK_ALIKES.keys() == {provider.id for provider in PROVIDERS}


@pytest.mark.parametrize("provider", PROVIDERS, ids=by_id)
def test_the_address_leads_to_where_the_server_has_its_files(provider: Provider) -> None:
    like = LOOK_ALIKES[provider.id]
    address = provider.base_url.replace("ACCOUNT", "acme")
    assert address.endswith(like.base_path)
    assert provider.files_path == like.files_path


@pytest.mark.parametrize("provider", PROVIDERS, ids=by_id)
def test_all_files_are_listed_over_several_pages(provider: Provider, token: CancelToken) -> None:
    with serve(provider, COUNT) as (server, api):
        if provider.paging.cursor is not Cursor.NONE:
            api.page_limit = PageLimit(min(provider.largest_page, 150))
        listed, listing = list_all(api, token)
        stored = server.stored[::-1]
        assert [file.id for file in listed] == [file.id for file in stored]
        assert [file.filename for file in listed] == [file.filename for file in stored]
        assert [file.created_at for file in listed] == [file.created_at for file in stored]
        assert listing.ended
        # Until it was fixed, LiteLLM always said that there is more.
        assert listing.complete == (provider.id != "litellm")
        pages = len(server.requests)
        assert pages > 2 or LOOK_ALIKES[provider.id].pages is Pages.ONE


@pytest.mark.parametrize("provider", PROVIDERS, ids=by_id)
def test_sizes_purposes_and_expiries_are_read(provider: Provider, token: CancelToken) -> None:
    one = served_file(
        purpose=provider.purposes[0].name,
        content=b"12345",
        created_at=1_700_000_000,
        expires_at=1_700_086_400,
    )
    with serve(provider, [one]) as (_server, api):
        [file], listing = list_all(api, token)
    assert listing.warnings == (
        ("The server keeps sending the same files. The list may be incomplete.",)
        if provider.id == "litellm"
        else ()
    )
    assert file.created_at == 1_700_000_000
    assert file.size == (None if provider.id == "fireworks" else 5)
    assert file.expires_at == 1_700_086_400
    no_purpose = bool(provider.why_not(Feature.PURPOSE))
    assert file.purpose == (None if no_purpose else provider.purposes[0].name)


@pytest.mark.parametrize("provider", having(Feature.UPLOAD), ids=by_id)
def test_a_file_is_uploaded_for_each_purpose(
    provider: Provider, token: CancelToken, tmp_path: Path
) -> None:
    with serve(provider) as (server, api):
        for number, purpose in enumerate(provider.purposes):
            path = tmp_path / f"{number} ü.jsonl"
            path.write_bytes(b'{"n": %d}\n' % number)
            request = upload_request(path, purpose=purpose.name)
            file = api.upload(request, token)
            stored = server.stored[-1]
            assert (file.id, file.filename, file.size) == (stored.id, path.name, 9)
            assert (stored.content, stored.purpose) == (path.read_bytes(), purpose.name)
            assert difference_from_request(request, file) is None


@pytest.mark.parametrize("provider", having(Feature.EXPIRY), ids=by_id)
def test_the_chosen_expiry_is_understood(
    provider: Provider, token: CancelToken, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    request = upload_request(
        tmp_path / "a.jsonl", purpose=provider.purposes[0].name, expires_after=DAYS_20
    )
    with serve(provider) as (_server, api):
        file = api.upload(request, token)
    assert file.created_at is not None
    assert file.expires_at == file.created_at + DAYS_20


@pytest.mark.parametrize("provider", lacking(Feature.EXPIRY), ids=by_id)
def test_no_expiry_is_sent_where_none_can_be_chosen(provider: Provider) -> None:
    assert provider.form.expiry is Expiry.NONE
    fields = provider.form.fields("a.jsonl", "batch", DAYS_20)
    assert not [name for name in fields if "expires" in name]


@pytest.mark.parametrize("provider", PROVIDERS, ids=by_id)
def test_a_file_is_retrieved(provider: Provider, token: CancelToken) -> None:
    with serve(provider, 2) as (server, api):
        retrieved = api.retrieve(server.stored[0].id, token)
        assert retrieved.file is not None
        assert retrieved.file.id == server.stored[0].id
        assert retrieved.file.filename == server.stored[0].filename
        assert retrieved.file.created_at == server.stored[0].created_at
        with pytest.raises(FilesError) as caught:
            api.retrieve("file-unknown", token)
    assert caught.value.problem.kind is ProblemKind.NOT_FOUND


@pytest.mark.parametrize("provider", having(Feature.DOWNLOAD), ids=by_id)
def test_a_file_is_downloaded(provider: Provider, token: CancelToken) -> None:
    with serve(provider, 1) as (server, api), api.content(server.stored[0].id, token) as content:
        assert b"".join(content.pieces) == server.stored[0].content


@pytest.mark.parametrize("provider", having(Feature.DELETE), ids=by_id)
def test_a_file_is_deleted(provider: Provider, token: CancelToken) -> None:
    with serve(provider, 2) as (server, api):
        gone, stays = server.stored
        api.delete(gone.id, token)
        assert server.stored == [stays]
        with pytest.raises(FilesError) as caught:
            api.delete(gone.id, token)
    assert caught.value.problem.kind is ProblemKind.NOT_FOUND


@pytest.mark.parametrize("provider", PROVIDERS, ids=by_id)
def test_what_a_server_lacks_is_what_the_row_says(provider: Provider) -> None:
    like = LOOK_ALIKES[provider.id]
    files = (Feature.UPLOAD, Feature.DOWNLOAD, Feature.DELETE)
    assert {one.value for one in files if provider.why_not(one)} == like.lacks


@pytest.mark.parametrize("kind", JobKind)
@pytest.mark.parametrize("provider", PROVIDERS, ids=by_id)
def test_a_list_of_jobs_is_read_or_known_or_found_to_be_missing(
    provider: Provider, kind: JobKind, token: CancelToken
) -> None:
    has_list = kind.value in LOOK_ALIKES[provider.id].lists
    if has_list:
        assert not provider.why_not(Feature(kind))
    with serve(provider) as (_server, api):
        listing = ItemListing(pages_of(api, kind))
        if has_list:
            assert [page.items for page in listing.pages(token)] == [()]
            assert listing.complete
        else:
            with pytest.raises(FilesError) as caught:
                list(listing.pages(token))
            assert caught.value.problem.kind is ProblemKind.NOT_OFFERED


@pytest.mark.parametrize("provider", PROVIDERS, ids=by_id)
def test_every_reason_is_a_sentence_about_the_server(provider: Provider) -> None:
    reasons = [reason for feature in Feature if (reason := provider.why_not(feature))]
    assert all(provider.name in reason and reason.endswith(".") for reason in reasons)


def test_a_full_page_without_a_next_one_is_cut_off(token: CancelToken) -> None:
    with serve(provider_named("nebius"), 12) as (_server, api):
        api.page_limit = PageLimit(10)
        listed, listing = list_all(api, token)
    assert len(listed) == 10
    assert not listing.complete
    assert listing.warnings == ("The list was cut off after 10 files.",)


def test_a_second_file_of_a_name_is_refused_with_the_servers_words(
    token: CancelToken, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    with serve(provider_named("localai")) as (_server, api):
        api.upload(upload_request(tmp_path / "a.jsonl"), token)
        with pytest.raises(FilesError) as caught:
            api.upload(upload_request(tmp_path / "a.jsonl"), token)
    assert caught.value.problem.detail == "File already exists"


def test_an_order_that_a_server_no_longer_accepts_is_left_out(token: CancelToken) -> None:
    like = replace(LOOK_ALIKES["dashscope"], order=frozenset())
    with LookAlikeServer(like, many_files(3)) as server:
        used = account(provider_id="dashscope", base_url=server.base_url)
        listed, listing = list_all(FilesApi(used, TEST_KEY), token)
        assert [file.id for file in listed] == [file.id for file in server.stored[::-1]]
        assert listing.complete
