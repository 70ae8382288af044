import hashlib
import http.client
import os
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.api.files_api import FilesApi
from services.problems.errors import FilesError, ProblemKind
from services.system.cancellation import CancelToken
from tests.services.api.conftest import QUICK, MakeApi
from tests.support.factories import local_file, upload_request
from tests.support.files_server import ScriptedFilesServer
from tests.support.server_faults import Moment, Stall, json_body


def test_an_upload_arrives_byte_for_byte_with_its_fields_before_the_file(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(bytes(range(256)) * 5_000)
    file = api.upload(upload_request(path, purpose="fine-tune", expires_after=3600), token)
    [request] = files_server.requests
    assert request.multipart is not None
    assert request.multipart.order == ["purpose", "expires_after[anchor]", "expires_after[seconds]", "file"]  # fmt: skip
    assert request.fields == {
        "purpose": "fine-tune",
        "expires_after[anchor]": "created_at",
        "expires_after[seconds]": "3600",
    }
    assert request.file_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "transfer-encoding" not in request.headers
    [served] = files_server.files
    assert (file.id, file.filename, file.size) == (served.id, "a.jsonl", 1_280_000)
    assert file.created_at is not None
    assert file.expires_at == file.created_at + 3600


def test_no_expiry_is_sent_unless_requested(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").touch()
    file = api.upload(upload_request(tmp_path / "empty.txt", purpose="user_data"), token)
    assert file.size == 0
    assert files_server.requests[0].fields == {"purpose": "user_data"}


@pytest.mark.parametrize("seconds", [0, 3599, 2_592_001])
def test_an_invalid_expiry_is_never_sent(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    tmp_path: Path,
    seconds: int,
) -> None:
    (tmp_path / "a.txt").touch()
    with pytest.raises(ValueError, match="expires_after"):
        api.upload(upload_request(tmp_path / "a.txt", expires_after=seconds), token)
    assert files_server.requests == []


def test_progress_rises_to_the_size_of_the_file(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, large_file: Path
) -> None:
    reported: list[int] = []
    api.upload(upload_request(large_file), token, progress=reported.append)
    assert reported == sorted(set(reported))
    assert reported[-1] == 64_000_000


@pytest.mark.slow
def test_an_upload_does_not_hold_the_file_in_memory(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, large_file: Path
) -> None:
    tracemalloc.start()
    try:
        api.upload(upload_request(large_file), token)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert files_server.requests[0].file_size == 64_000_000
    assert peak < 8_000_000


@pytest.mark.parametrize(
    "name",
    [
        'na"me 日本.txt',
        "ünïcode — “x”.jsonl",
        "semi;colon=1.txt",
        "ä" * 125 + ".txt",
        "percent%22.txt",
    ],
)
def test_names_arrive_unchanged(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(b"x")
    api.upload(upload_request(tmp_path / name, purpose="user_data"), token)
    assert files_server.requests[0].filename in (name, name.replace("%22", '"'))


def test_line_breaks_in_a_name_cannot_inject_a_header(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path
) -> None:
    path = tmp_path / "a\r\nX-Evil: 1\r\n\r\n.txt"
    path.write_bytes(b"x")
    api.upload(upload_request(path, purpose="user_data"), token)
    request = files_server.requests[0]
    assert request.multipart is not None
    assert set(request.multipart.file_headers) == {"content-disposition", "content-type"}
    assert request.file_size == 1


def test_a_response_without_an_id_is_not_from_a_files_api(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").touch()
    files_server.next(json_body({"ok": True}))
    with pytest.raises(FilesError) as caught:
        api.upload(upload_request(tmp_path / "a.txt"), token)
    assert caught.value.problem.kind is ProblemKind.NOT_A_FILES_API
    assert caught.value.body_sent


def test_a_missing_or_changed_file_is_not_sent(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    looked_at = upload_request(path)
    os.utime(path, ns=(1, 1))
    with pytest.raises(FilesError) as changed:
        api.upload(looked_at, token)
    path.unlink()
    with pytest.raises(FilesError) as gone:
        api.upload(looked_at, token)
    kinds = [caught.value.problem.kind for caught in (changed, gone)]
    assert kinds == [ProblemKind.FILE_CHANGED, ProblemKind.FILE_MISSING]
    assert not changed.value.body_sent
    assert not gone.value.body_sent
    assert files_server.files == []


def test_a_thread_can_send_requests_after_an_aborted_upload(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(bytes(100_000))
    with pytest.raises(FilesError):
        api.upload(upload_request(local_file(path, size=200_000)), token)
    assert api.list_page(token).files == ()


@pytest.mark.parametrize("tls", [False, True])
def test_sending_a_body_may_take_longer_than_the_connect_timeout(
    request: pytest.FixtureRequest,
    make_api: MakeApi,
    token: CancelToken,
    large_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,
) -> None:
    limits: set[float | None] = set()
    send = http.client.HTTPConnection.send

    def noted(connection: http.client.HTTPConnection, data: Any) -> None:
        if connection.sock is not None:
            limits.add(connection.sock.gettimeout())
        send(connection, data)

    monkeypatch.setattr(http.client.HTTPConnection, "send", noted)
    server = request.getfixturevalue("tls_server" if tls else "files_server")
    unlike = replace(QUICK, connect_seconds=11, send_seconds=47)
    api = make_api(server.base_url, network=unlike)
    api.list_page(token)
    api.upload(upload_request(large_file), token)
    assert limits == {47.0}


@pytest.mark.slow
def test_an_upload_fails_if_the_server_stops_reading(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: CancelToken,
    large_file: Path,
) -> None:
    api = make_api(network=replace(QUICK, send_seconds=0.3))
    files_server.next(*[Stall(Moment.IN_BODY, 1_000_000)] * 3)
    with pytest.raises(FilesError) as caught:
        api.upload(upload_request(large_file), token)
    assert caught.value.problem.kind in (ProblemKind.TIMED_OUT, ProblemKind.CONNECTION_LOST)
    assert not caught.value.body_sent
