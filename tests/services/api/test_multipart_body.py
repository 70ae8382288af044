import hashlib
import os
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.api.multipart_body import PIECE, MultipartBody
from services.disk.local_file import LocalFile
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import Cancelled, CancelToken
from tests.support.factories import local_file
from tests.support.multipart_reader import MultipartReader
from tests.support.narrowing import now


def body_of(
    file: LocalFile, fields: dict[str, str] | None = None, token: CancelToken | None = None
) -> MultipartBody:
    return MultipartBody(
        file, fields or {}, token=token or CancelToken(), progress=lambda _sent: None
    )


def read(body: MultipartBody) -> MultipartReader:
    reader = MultipartReader(body.content_type)
    for piece in body:
        reader.write(bytes(piece))
    return reader


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\r\n--x--\r\n')
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    content=st.binary(max_size=400),
    fields=st.dictionaries(st.text("abc[]_-", min_size=1), st.text(), max_size=3),
    name=st.text(min_size=1, max_size=60),
)
def test_any_form_has_its_declared_length_and_can_be_parsed(
    tmp_path: Path, content: bytes, fields: dict[str, str], name: str
) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    fields.pop("file", None)
    try:
        name.encode()
        "".join(fields.values()).encode()
    except UnicodeEncodeError:
        return
    body = body_of(local_file(path, name=name), fields)
    assert len(body) == sum(len(piece) for piece in body)
    reader = read(body)
    assert reader.complete
    assert reader.fields == fields
    assert reader.content == content
    assert reader.order == [*fields, "file"]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("plain.jsonl", "plain.jsonl"),
        ('na"me 日本.txt', "na%22me 日本.txt"),
        ("back\\slash.txt", "back\\\\slash.txt"),
        ("per%22cent.txt", "per%22cent.txt"),
        ("line\r\nend\x00.txt", "line%0D%0Aend%00.txt"),
        ("tab\t\x1f.txt", "tab%09%1F.txt"),
        # Not escaped by the official client's library either.
        ("escape\x1b\x7f.txt", "escape\x1b\x7f.txt"),
        # macOS screenshots have such a space; the others are unprintable.
        ("Screenshot 9.41.00\u202fAM.png", "Screenshot 9.41.00\u202fAM.png"),
        ("a\u00a0b\u3000c\u200dd\u200ce\u202e.txt", "a\u00a0b\u3000c\u200dd\u200ce\u202e.txt"),
    ],
)
def test_the_full_name_is_sent_as_the_official_client_does(
    path: Path, name: str, sent: str
) -> None:
    head = bytes(next(iter(body_of(local_file(path, name=name)))))
    disposition = next(line for line in head.split(b"\r\n") if b"filename" in line)
    expected = f'Content-Disposition: form-data; name="file"; filename="{sent}"'
    assert disposition == expected.encode()


@pytest.mark.parametrize(
    "name", ["plain.jsonl", 'na"me 日本.txt', "semi;colon.txt", "per%22cent.txt"]
)
def test_the_file_part_matches_requests_byte_for_byte(path: Path, name: str) -> None:
    body = body_of(local_file(path, name=name))
    boundary = body.content_type.partition("boundary=")[2]
    theirs = requests.Request(
        "POST", "http://x", files={"file": (name, path.read_bytes())}
    ).prepare()
    their_boundary = theirs.headers["Content-Type"].partition("boundary=")[2]
    assert isinstance(theirs.body, bytes)
    ours = b"".join(map(bytes, body)).replace(boundary.encode(), their_boundary.encode())
    kind = next(line for line in ours.split(b"\r\n") if line.startswith(b"Content-Type"))
    assert ours.replace(kind + b"\r\n", b"", 1) == theirs.body


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.json", "application/json"),
        ("a.png", "image/png"),
        ("a.pdf", "application/pdf"),
        ("a.unheard-of", "application/octet-stream"),
        ("no ending", "application/octet-stream"),
    ],
)
def test_the_file_part_has_a_content_type(path: Path, name: str, kind: str) -> None:
    assert read(body_of(local_file(path, name=name))).file_headers["content-type"] == kind


def test_each_body_has_its_own_boundary(path: Path) -> None:
    assert body_of(local_file(path)).content_type != body_of(local_file(path)).content_type


def test_the_file_is_read_in_pieces_and_can_be_read_again(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(os.urandom(PIECE * 3 + 5))
    body = body_of(local_file(path))
    first, second = read(body), read(body)
    assert first.sha256 == second.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    first_length, *lengths = [len(piece) for piece in body]
    assert max(lengths) == PIECE
    assert first_length < PIECE + 1_000  # with the head of the body


def test_progress_is_reported_when_the_next_piece_is_requested(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(PIECE * 2 + 5))
    reported: list[int] = []
    body = MultipartBody(local_file(path), {}, token=CancelToken(), progress=reported.append)
    pieces = iter(body)
    next(pieces)  # the head and the first piece of the file
    assert reported == [0]
    next(pieces)
    assert reported == [0, PIECE]
    next(pieces)
    assert not now(body.fully_sent)
    next(pieces)  # from now on, the socket has the tail
    assert body.fully_sent
    list(pieces)
    assert reported == [0, PIECE, PIECE * 2, PIECE * 2 + 5]
    assert body.fully_sent


def test_a_body_that_restarts_no_longer_counts_as_sent(path: Path) -> None:
    body = body_of(local_file(path))
    assert not now(body.fully_sent)
    list(body)
    assert body.fully_sent
    next(iter(body))
    assert not now(body.fully_sent)


def test_requests_uses_the_length_and_does_not_send_chunks(path: Path) -> None:
    body = body_of(local_file(path))
    prepared = requests.Request("POST", "http://x", data=body).prepare()
    assert prepared.headers["Content-Length"] == str(len(body))
    assert "Transfer-Encoding" not in prepared.headers


def error_kind(body: MultipartBody) -> ProblemKind:
    with pytest.raises(FilesError) as caught:
        list(body)
    assert not caught.value.body_sent
    assert not now(body.fully_sent)
    return caught.value.problem.kind


def test_a_file_with_a_different_size_or_time_is_not_sent(path: Path) -> None:
    size, time = path.stat().st_size, path.stat().st_mtime_ns
    for wrong in (
        local_file(path, size=size + 1),
        local_file(path, size=size - 1),
        local_file(path, modified_ns=time + 1),
    ):
        assert error_kind(body_of(wrong)) is ProblemKind.FILE_CHANGED


def test_no_data_of_a_changed_file_is_sent(path: Path) -> None:
    reported: list[int] = []
    changed = local_file(path, modified_ns=path.stat().st_mtime_ns + 1)
    pieces = iter(MultipartBody(changed, {}, token=CancelToken(), progress=reported.append))
    with pytest.raises(FilesError):
        next(pieces)
    assert reported == []


def test_of_a_growing_file_only_the_declared_length_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(PIECE + 5))
    pieces = iter(body_of(local_file(path)))
    next(pieces)
    os.truncate(path, 2 * PIECE)
    assert len(next(pieces)) == 5
    with pytest.raises(FilesError):
        next(pieces)


def test_a_pipe_in_place_of_the_file_does_not_block(path: Path) -> None:
    body = body_of(local_file(path))
    path.unlink()
    os.mkfifo(path)
    assert error_kind(body) is ProblemKind.FILE_CHANGED


@pytest.mark.parametrize("change", ["shrink", "grow", "touch"])
def test_a_file_that_changes_during_the_upload_is_an_error(tmp_path: Path, change: str) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(PIECE * 3))
    body = body_of(local_file(path))
    pieces = iter(body)
    next(pieces)
    next(pieces)
    if change == "touch":
        os.utime(path, ns=(1, 1))
    else:
        os.truncate(path, PIECE if change == "shrink" else PIECE * 4)
    with pytest.raises(FilesError) as caught:
        list(pieces)
    assert caught.value.problem.kind is ProblemKind.FILE_CHANGED
    assert "large" in caught.value.problem.title
    assert not now(body.fully_sent)


def test_a_missing_file_is_named(path: Path) -> None:
    body = body_of(local_file(path))
    path.unlink()
    assert error_kind(body) is ProblemKind.FILE_MISSING


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    assert error_kind(body_of(local_file(tmp_path, size=1))) is ProblemKind.FILE_UNREADABLE


def test_an_unreadable_file_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Permissions don't apply to root, and some people run the tests as root.
    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    body = body_of(local_file(path))
    monkeypatch.setattr("os.open", refuse)
    assert error_kind(body) is ProblemKind.FILE_UNREADABLE


def test_a_cancelled_body_ends_before_the_next_piece(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(bytes(PIECE * 3))
    token = CancelToken()
    pieces = iter(body_of(local_file(path), token=token))
    next(pieces)
    next(pieces)
    token.cancel()
    with pytest.raises(Cancelled):
        next(pieces)


def test_a_name_with_surrogates_is_sent_as_valid_text(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    name = "caf\udce9\n\r\x00 \u202e.txt"
    reader = read(body_of(local_file(path, name=name)))
    assert reader.content == b"x"
    assert reader.filename is not None
    assert reader.filename.startswith("caf")
    assert reader.filename.endswith(".txt")


# Hashing while sending


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, 3 * PIECE + 1])
def test_the_hash_is_reported_before_the_last_byte_counts_as_sent(
    tmp_path: Path, size: int
) -> None:
    content = os.urandom(size)
    (tmp_path / "a").write_bytes(content)
    reported: list[object] = []
    body = MultipartBody(
        local_file(tmp_path / "a"),
        {},
        token=CancelToken(),
        progress=reported.append,
        hashed=reported.append,
    )
    reader = read(body)
    assert reported[-2:] == [hashlib.sha256(content).hexdigest(), size]
    assert reader.sha256 == reported[-2]
    assert len([one for one in reported if isinstance(one, str)]) == 1


def test_each_attempt_is_hashed_from_the_start(tmp_path: Path) -> None:
    content = os.urandom(2 * PIECE)
    (tmp_path / "a").write_bytes(content)
    reported: list[str] = []
    body = MultipartBody(
        local_file(tmp_path / "a"),
        {},
        token=CancelToken(),
        progress=lambda _sent: None,
        hashed=reported.append,
    )
    pieces = iter(body)
    for _head_and_first_piece in range(2):
        next(pieces)
    del pieces
    assert reported == []
    read(body)
    assert reported == [hashlib.sha256(content).hexdigest()]
