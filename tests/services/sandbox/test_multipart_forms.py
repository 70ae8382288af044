"""The form parser by itself, with any content, split at any point."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.sandbox.file_store import FileStore
from services.sandbox.multipart_upload import UploadForm


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FileStore]:
    store = FileStore(tmp_path_factory.mktemp("store"))
    yield store
    store.close()


# Arbitrary bytes mixed with parts of delimiters, so that near-boundaries are common.
CONTENT = st.lists(
    st.one_of(
        st.sampled_from([b"\r", b"\n", b"\r\n", b"--", b"\r\n--", b"\r\n--edg", b"--edge--", b"-"]),
        st.binary(max_size=20),
    )
).map(b"".join)
# What a quoted name can contain: no quotes, control characters or backslashes (tested elsewhere).
NAME = st.text(st.characters(exclude_characters='"\\', exclude_categories=("Cc", "Cs")), min_size=1)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=CONTENT, name=NAME, cuts=st.lists(st.integers(0, 400)), first=st.booleans())
def test_content_and_name_arrive_intact_however_the_body_is_split(
    store: FileStore, content: bytes, name: str, cuts: list[int], first: bool
) -> None:
    if b"\r\n--edge" in b"\r\n" + content:
        content = content.replace(b"edge", b"")
    file = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="'
        + name.encode()
        + b'"\r\nContent-Type: text/plain\r\n\r\n'
        + content
        + b"\r\n"
    )
    purpose = b'--edge\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nvision\r\n'
    body = (file + purpose if first else purpose + file) + b"--edge--\r\n"
    incoming = store.new_incoming()
    try:
        form = UploadForm("multipart/form-data; boundary=edge", incoming)
        offsets = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
        form.write(body[a:b] for a, b in itertools.pairwise(offsets))
        request = form.finish()
        incoming.close()
        assert Path(incoming.path).read_bytes() == content
        assert incoming.size == len(content)
        assert (request.filename, request.purpose, request.expires_after) == (name, "vision", None)
    finally:
        incoming.discard()
    assert not incoming.path.exists()
