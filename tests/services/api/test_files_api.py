import threading
from pathlib import Path

import pytest

from services.api.bounded_reading import OBJECT_BYTES
from services.api.files_api import FilesApi
from services.api.json_values import LONGEST_NAME
from services.problems.errors import FilesError, ProblemKind
from services.providers.key_fingerprint import key_fingerprint, key_hash
from services.system.cancellation import Cancelled, CancelToken
from tests.services.api.conftest import QUICK, MakeApi, NonWaitingToken
from tests.support.factories import account, upload_request
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import served_file
from tests.support.server_faults import (
    Answer,
    Delivery,
    Moment,
    Reset,
    api_error,
    html,
    json_body,
)

# Retrieve


def test_retrieve_returns_every_field_in_the_servers_order(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.add(served_file("a.txt", id="file-a", of_later={"deep": [1]}, zeta=None))
    retrieved = api.retrieve("file-a", token)
    assert retrieved.fields == tuple(files_server.files[0].described().items())
    assert retrieved.file is not None
    assert retrieved.file.filename == "a.txt"


@pytest.mark.parametrize("file_id", ["a b", "a/../b", "a?b=c#d", "ä", "%2e", "a" * 320, "clg6:1"])
def test_any_id_is_sent_as_a_single_path_segment(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, file_id: str
) -> None:
    with pytest.raises(FilesError):
        api.retrieve(file_id, token)
    path = files_server.requests[0].path
    assert path.count("/") == 2
    assert not files_server.requests[0].query


@pytest.mark.parametrize("file_id", [".", ".."])
def test_an_id_that_would_change_the_path_is_never_sent(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, file_id: str
) -> None:
    with pytest.raises(FilesError) as caught:
        api.delete(file_id, token)
    assert caught.value.problem.kind is ProblemKind.NOT_FOUND
    assert files_server.requests == []


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b"<html>", b'{"id": ', b"[" * 100_000])
def test_a_response_that_is_not_an_object_is_not_from_a_files_api(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, body: bytes
) -> None:
    files_server.next(Answer(200, body=body))
    with pytest.raises(FilesError) as caught:
        api.retrieve("file-a", token)
    assert caught.value.problem.kind is ProblemKind.NOT_A_FILES_API


# Delete


@pytest.mark.parametrize(
    "answer",
    [
        None,
        Answer(200),
        Answer(204),
        json_body({"id": "file-a", "object": "file.deleted", "deleted": True}),
        json_body({"id": "file-a", "object": "file", "bytes": 7}),
        json_body({"Id": "file-a", "Object": "file", "Deleted": True}),
    ],
)
def test_a_delete_succeeds_with_any_response_format(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, answer: Answer | None
) -> None:
    files_server.add(served_file(id="file-a"))
    files_server.next(answer)
    api.delete("file-a", token)
    assert [request.method for request in files_server.requests] == ["DELETE"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"id": "file-a", "object": "file", "deleted": False}, ""),
        ({"id": "file-a", "deleted": "false"}, ""),
        ({"error": {"message": "It is in use"}}, "It is in use"),
        ({"id": "file-a", "object": "error", "message": "It is in use"}, "It is in use"),
    ],
)
def test_a_delete_that_the_server_reports_as_not_done_is_an_error(
    files_server: ScriptedFilesServer,
    api: FilesApi,
    token: CancelToken,
    body: dict[str, object],
    message: str,
) -> None:
    files_server.next(json_body(body))
    with pytest.raises(FilesError) as caught:
        api.delete("file-a", token)
    problem = caught.value.problem
    assert (problem.kind, problem.server_message) == (ProblemKind.REQUEST_REFUSED, message)


def test_deleting_an_unknown_file_is_an_error(api: FilesApi, token: CancelToken) -> None:
    with pytest.raises(FilesError) as caught:
        api.delete("file-a", token)
    assert caught.value.problem.kind is ProblemKind.NOT_FOUND


def test_a_delete_with_a_lost_response_succeeds_if_the_retry_finds_no_file(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.add(served_file(id="file-a"))
    files_server.next(Reset(Moment.AFTER_BODY, carried_out=True))
    api.delete("file-a", token)
    assert len(files_server.requests_to("DELETE", "/files/file-a")) == 2
    assert token.pauses == [0.5]


def test_deleting_a_busy_file_is_retried(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.add(served_file(id="file-a"))
    files_server.next(api_error(409, "File is still processing. Check back later."))
    api.delete("file-a", token)
    assert files_server.files == []


# Authentication


@pytest.mark.parametrize(
    ("provider_id", "header", "value"),
    [("other", "authorization", f"Bearer {TEST_KEY}"), ("azure", "api-key", TEST_KEY)],
)
def test_the_key_is_sent_in_the_providers_header(
    files_server: ScriptedFilesServer,
    make_api: MakeApi,
    token: NonWaitingToken,
    provider_id: str,
    header: str,
    value: str,
) -> None:
    make_api(provider_id=provider_id).list_page(token)
    headers = files_server.requests[0].headers
    assert headers[header] == value
    assert {"authorization", "api-key"} & set(headers) == {header}


def test_organization_and_project_are_sent_if_the_account_has_them(
    files_server: ScriptedFilesServer, make_api: MakeApi, token: CancelToken
) -> None:
    make_api(organization="org-1", project="proj-1").list_page(token)
    make_api().list_page(token)
    named, unnamed = (request.headers for request in files_server.requests)
    assert (named["openai-organization"], named["openai-project"]) == ("org-1", "proj-1")
    assert not {"openai-organization", "openai-project"} & set(unnamed)
    assert named["user-agent"].startswith("filewharf/")


def test_a_threads_requests_share_a_connection(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_bytes(b"x")
    for _ in range(3):
        api.list_page(token)
        file = api.upload(upload_request(tmp_path / "a.txt"), token)
        with api.content(file.id, token) as content:
            assert b"".join(content.pieces) == b"x"
    assert {request.connection for request in files_server.requests} == {1}


def test_an_idle_connection_dropped_by_the_server_is_replaced(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.next(Delivery(drop=True))
    api.list_page(token)
    files_server.wait_until_closed()
    api.list_page(token)
    assert token.pauses == []
    assert [request.connection for request in files_server.requests] == [1, 2]


def test_an_idle_connection_reset_at_the_next_request_is_replaced(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.next(None, Reset(Moment.BEFORE_BODY))
    for _ in range(2):
        api.list_page(token)
    assert token.pauses == [0.5]
    assert [request.connection for request in files_server.requests] == [1, 1, 2]


# Several threads


def test_threads_sharing_an_api_have_separate_connections(
    files_server: ScriptedFilesServer, api: FilesApi
) -> None:
    together = threading.Barrier(4)
    counts: list[int] = []

    def ask() -> None:
        together.wait(10)
        counts.extend(len(api.list_page(NonWaitingToken()).files) for _ in range(20))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert counts == [0] * 80
    assert len({request.connection for request in files_server.requests}) == 4


@pytest.mark.slow
def test_very_long_server_messages_are_truncated(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    long = "n" * 900_000
    fields: dict[str, object] = {
        "id": "file-a",
        "filename": long,
        "purpose": long,
        "of_later": [long],
    }
    fields |= {f"field-{number}": number for number in range(2_000)}
    files_server.next(json_body({"data": [fields, {"id": "file-b", "filename": "n" * 20_000_000}]}))
    first, second = api.list_page(token).files
    assert (len(first.name), len(second.name)) == (LONGEST_NAME, LONGEST_NAME)
    del fields["of_later"]
    fields["purpose"] = "batch"
    files_server.next(json_body(fields))
    retrieved = api.retrieve("file-a", token)
    assert retrieved.file is not None
    assert len(retrieved.file.name) == LONGEST_NAME
    assert len(retrieved.fields) + retrieved.left_out == len(fields)
    assert len(repr(retrieved.fields)) < 20_000


# Errors, retries and hashes


def test_a_success_response_that_describes_an_error_is_an_error(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    error = b'{"error": {"message": "a text"}}'
    kinds = []
    for size in (OBJECT_BYTES, OBJECT_BYTES + 1):
        files_server.next(Answer(200, body=error + b" " * (size - len(error))))
        with pytest.raises(FilesError) as caught:
            api.list_page(token)
        kinds.append(caught.value.problem.kind)
    assert kinds == [ProblemKind.REQUEST_REFUSED, ProblemKind.NOT_A_FILES_API]


def test_errors_in_a_cancelled_request_are_not_reported(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken
) -> None:
    files_server.next(html(200))
    with pytest.raises(Cancelled):
        api.list_page(token, before_decoding=token.cancel)


def test_each_attempt_to_delete_is_reported_before_it_starts(
    files_server: ScriptedFilesServer, api: FilesApi, token: NonWaitingToken
) -> None:
    files_server.next(api_error(409, "busy"))
    before: list[int] = []
    api.delete("file-a", token, on_attempt=lambda: before.append(len(files_server.requests)))
    assert before == [0, 1]


def test_a_delete_attempted_earlier_succeeds_if_the_file_is_gone(
    api: FilesApi, token: CancelToken
) -> None:
    api.delete("file-a", token, attempted_before=True)


def test_an_upload_fails_if_the_response_does_not_describe_a_file(
    files_server: ScriptedFilesServer, api: FilesApi, token: CancelToken, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_bytes(b"x")
    files_server.next(json_body({"id": "vs-1", "object": "vector_store"}))
    with pytest.raises(FilesError) as caught:
        api.upload(upload_request(tmp_path / "a.txt"), token)
    assert caught.value.problem.kind is ProblemKind.NOT_A_FILES_API


def test_accounts_are_distinguished_without_storing_their_keys(make_api: MakeApi) -> None:
    api, salt = make_api(), b"0123456789abcdef"
    assert api.account == account(base_url=api.account.base_url, network=QUICK)
    assert api.key_hash(salt) == key_hash(TEST_KEY, salt)
    assert api.key_fingerprint(salt) == key_fingerprint(TEST_KEY, salt)
