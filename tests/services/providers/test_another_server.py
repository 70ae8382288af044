"""*Another server* gets along with servers of every kind without knowing which one it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.api.files_api import FilesApi
from services.api.listing import Listing
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from tests.support.factories import account, upload_request
from tests.support.files_server import TEST_KEY
from tests.support.look_alike import LookAlike, LookAlikeServer
from tests.support.look_alikes import LOOK_ALIKES, UNLISTED
from tests.support.served_files import many_files

pytestmark = pytest.mark.slow  # so many cases that they take seconds

NEEDS_ITS_ROW = {
    "azure-dated": "a parameter in every request",
    "fireworks": "datasets instead of files",
}
"""Where nothing in an answer could tell what the server wants."""
UPLOADS_ELSEWHERE = {"together"}
INCOMPLETE = {"litellm"}
"""It says that there is more and doesn't send it."""

SERVERS: Mapping[str, LookAlike] = {
    name: like for name, like in {**LOOK_ALIKES, **UNLISTED}.items() if name not in NEEDS_ITS_ROW
}


@contextmanager
def serve(like: LookAlike, count: int) -> Iterator[tuple[LookAlikeServer, FilesApi]]:
    purpose = sorted(like.purposes)[0] if like.purposes else "batch"
    with LookAlikeServer(like, many_files(count, purpose), strict=False) as server:
        used = account(provider_id="other", base_url=server.base_url)
        yield server, FilesApi(used, TEST_KEY, random=lambda: 0.0)


@pytest.fixture
def token() -> CancelToken:
    return CancelToken()


@pytest.mark.parametrize("name", SERVERS)
def test_all_files_are_listed(name: str, token: CancelToken) -> None:
    with serve(SERVERS[name], 450) as (server, api):
        listing = Listing(api, first_page=150)
        listed = [file for page in listing.pages(token) for file in page.files]
        stored = server.stored[::-1]
    assert [file.id for file in listed] == [file.id for file in stored]
    assert [file.filename for file in listed] == [file.filename for file in stored]
    assert [file.created_at for file in listed] == [file.created_at for file in stored]
    assert [file.size for file in listed] == [file.size for file in stored]
    assert listing.complete == (name not in INCOMPLETE)


@pytest.mark.parametrize("name", SERVERS.keys() - UPLOADS_ELSEWHERE)
def test_a_file_is_uploaded_retrieved_downloaded_and_deleted(
    name: str, token: CancelToken, tmp_path: Path
) -> None:
    like = SERVERS[name]
    purpose = sorted(like.purposes)[0] if like.purposes else "batch"
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    with serve(like, 0) as (server, api):
        file = api.upload(upload_request(tmp_path / "a.jsonl", purpose=purpose), token)
        [stored] = server.stored
        assert (file.id, file.filename, file.size) == (stored.id, "a.jsonl", 3)
        assert file.created_at == stored.created_at
        assert file.expires_at == stored.expires_at
        assert api.retrieve(file.id, token).file == file
        with api.content(file.id, token) as content:
            assert b"".join(content.pieces) == b"{}\n"
        api.delete(file.id, token)
        assert server.stored == []
        with pytest.raises(FilesError) as caught:
            api.retrieve(file.id, token)
    assert caught.value.problem.kind is ProblemKind.NOT_FOUND


def test_an_upload_to_a_server_that_takes_none_is_told_as_that(
    token: CancelToken, tmp_path: Path
) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}\n")
    with serve(SERVERS["together"], 0) as (_server, api), pytest.raises(FilesError) as caught:
        api.upload(upload_request(tmp_path / "a.jsonl"), token)
    assert caught.value.problem.title == "The server doesn't support this"
