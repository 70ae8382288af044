import errno
import http.client
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from services.sandbox.file_store import IncomingFile
from tests.services.sandbox.conftest import (
    A_MONDAY,
    Client,
    error_in,
    files_under,
    wait_until,
)

MIB = 1024 * 1024
PURPOSES = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")
DAY = 86_400


def form(*parts: tuple[str, bytes], boundary: str = "edge") -> dict[str, Any]:
    """A handmade form: (Content-Disposition, value) for each part."""
    body = b"".join(
        f"--{boundary}\r\nContent-Disposition: ".encode()
        + f"form-data; {names}\r\n\r\n".encode()
        + value
        + b"\r\n"
        for names, value in parts
    )
    return {
        "data": body + f"--{boundary}--\r\n".encode(),
        "headers": {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    }


@pytest.mark.parametrize("purpose", PURPOSES)
def test_an_upload_returns_the_file(client: Client, purpose: str) -> None:
    made = client.create("Zahlen.jsonl", b'{"a": 1}\n', purpose=purpose)
    file_id = made.pop("id")
    assert re.fullmatch(r"file-[0-9A-Za-z]{22}", file_id)
    expiry = {"expires_at": A_MONDAY + 30 * DAY} if purpose == "batch" else {}
    assert made == {
        "object": "file",
        "purpose": purpose,
        "filename": "Zahlen.jsonl",
        "bytes": 9,
        "created_at": A_MONDAY,
        "status": "processed",
        **expiry,
    }


@pytest.mark.parametrize("seconds", [3600, 86_400, 2_592_000])
@pytest.mark.parametrize("purpose", ["user_data", "batch"])
def test_expires_after_sets_the_expiry(client: Client, seconds: int, purpose: str) -> None:
    fields = {"expires_after[anchor]": "created_at", "expires_after[seconds]": str(seconds)}
    made = client.create("in.jsonl", purpose=purpose, **fields)
    assert made["expires_at"] == made["created_at"] + seconds


ANCHOR = "expires_after[anchor]"
SECONDS = "expires_after[seconds]"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"expires_after": "604800"},
            "Additional properties are not allowed ('expires_after' was unexpected)",
        ),
        (
            {"expires_after": '{"anchor": "created_at", "seconds": 3600}'},
            "Additional properties are not allowed ('expires_after' was unexpected)",
        ),
        (
            {"expires_after.anchor": "created_at", "expires_after.seconds": "3600"},
            (
                "Additional properties are not allowed "
                "('expires_after.anchor', 'expires_after.seconds' were unexpected)"
            ),
        ),
        ({"colour": "red"}, "Additional properties are not allowed ('colour' was unexpected)"),
        ({ANCHOR: "created_at"}, "'seconds' is a required property - 'expires_after'"),
        ({SECONDS: "3600"}, "'anchor' is a required property - 'expires_after'"),
        (
            {ANCHOR: "now", SECONDS: "3600"},
            "'now' is not one of ['created_at'] - 'expires_after.anchor'",
        ),
        (
            {ANCHOR: "created_at", SECONDS: "1h"},
            "'1h' is not of type 'integer' - 'expires_after.seconds'",
        ),
        (
            {ANCHOR: "created_at", SECONDS: "3599"},
            "3599 is less than the minimum of 3600 - 'expires_after.seconds'",
        ),
        (
            {ANCHOR: "created_at", SECONDS: "2592001"},
            "2592001 is greater than the maximum of 2592000 - 'expires_after.seconds'",
        ),
        (
            {"purpose": "answers"},
            (
                "'answers' is not one of ['batch', 'fine-tune', 'vision', 'user_data', 'assistants',"
                " 'evals'] - 'purpose'"
            ),
        ),
    ],
)
def test_invalid_fields_are_rejected_and_leave_nothing(
    client: Client, folder: Path, fields: dict[str, str], message: str
) -> None:
    response = client.upload(**fields)
    assert response.status_code == 400
    assert error_in(response) == {
        "message": message,
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }
    assert client.names() == []
    assert files_under(folder) == set()


@pytest.mark.parametrize("purpose", ["batch_output", "fine-tune-results", "assistants_output", ""])
def test_output_purposes_cannot_be_uploaded(client: Client, purpose: str) -> None:
    response = client.upload("x.jsonl", purpose=purpose)
    assert response.status_code == 400
    assert error_in(response)["message"].startswith(f"'{purpose}' is not one of [")


@pytest.mark.parametrize(
    ("purpose", "message"),
    [
        ("batch", "Invalid file format for Batch API. Must be .jsonl"),
        ("fine-tune", "Invalid file format for Fine-Tuning API. Must be .jsonl"),
    ],
)
@pytest.mark.parametrize("name", ["x.json", "x.jsonl.txt", "jsonl", "x"])
def test_batch_and_fine_tune_accept_only_jsonl(
    client: Client, purpose: str, message: str, name: str
) -> None:
    response = client.upload(name, purpose=purpose)
    assert response.status_code == 400
    assert error_in(response)["message"] == message
    assert client.create("x.JSONL", purpose=purpose)["filename"] == "x.JSONL"


def test_a_form_without_file_or_purpose_is_rejected(client: Client) -> None:
    no_file = client.request("POST", "/files", **form(('name="purpose"', b"vision")))
    assert error_in(no_file)["message"] == "'file' is a required property"
    no_name = client.request(
        "POST", "/files", **form(('name="purpose"', b"vision"), ('name="file"', b"x"))
    )
    assert error_in(no_name)["message"] == "'file' is a required property"
    no_purpose = client.request("POST", "/files", **form(('name="file"; filename="a"', b"x")))
    assert error_in(no_purpose)["message"] == "'purpose' is a required property"
    assert {no_file.status_code, no_name.status_code, no_purpose.status_code} == {400}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"purpose": "vision"}'),
        ("multipart/form-data", b"--edge--\r\n"),
        (f"multipart/form-data; boundary={'x' * 500}", b""),
        ("multipart/form-data; boundary=edge", b"no form at all"),
        ("multipart/form-data; boundary=edge", b""),
        (
            "multipart/form-data; boundary=edge",
            b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncut',
        ),
    ],
)
def test_an_incomplete_form_is_rejected_and_leaves_nothing(
    client: Client, folder: Path, content_type: str, body: bytes
) -> None:
    response = client.request("POST", "/files", data=body, headers={"Content-Type": content_type})
    assert response.status_code == 400
    assert error_in(response)["type"] == "invalid_request_error"
    assert files_under(folder) == set()


def test_the_fields_may_come_after_the_file(client: Client) -> None:
    parts = [
        ('name="expires_after[seconds]"', b"7200"),
        ('name="file"; filename="a.bin"', b"\r\n--edg\r\n"),
        ('name="purpose"', b"vision"),
        ('name="expires_after[anchor]"', b"created_at"),
    ]
    for order in (parts, parts[::-1]):
        made = client.request("POST", "/files", **form(*order)).json()
        assert made["bytes"] == 9
        assert made["expires_at"] - made["created_at"] == 7200
        assert client.get(f"/files/{made['id']}/content").content == b"\r\n--edg\r\n"


def test_two_files_in_one_form_are_rejected(client: Client, folder: Path) -> None:
    file = ('name="file"; filename="a.bin"', b"x")
    response = client.request("POST", "/files", **form(file, file, ('name="purpose"', b"vision")))
    assert response.status_code == 400
    assert files_under(folder) == set()


def test_huge_fields_are_rejected(client: Client, folder: Path) -> None:
    response = client.request("POST", "/files", **form(('name="purpose"', b"v" * 300_000)))
    assert response.status_code == 400
    assert error_in(response)["message"] == "The form fields are too large."
    assert files_under(folder) == set()


@pytest.mark.parametrize(
    "name",
    [
        "plain.txt",
        "Übersicht – 東京 🗼.txt",
        "../../etc/passwd",
        "C:\\Users\\me\\x.txt",
        "two\\\\slashes",
        "semi;colon=\"'.txt".replace('"', ""),
        " spaces ",
        "%22percent%0A.txt",
        "n" * 255,
    ],
)
def test_the_name_is_kept_as_sent(client: Client, folder: Path, name: str) -> None:
    made = client.request(
        "POST",
        "/files",
        **form((f'name="file"; filename="{name}"', b"x"), ('name="purpose"', b"vision")),
    ).json()
    assert made["filename"] == name
    assert client.get(f"/files/{made['id']}").json()["filename"] == name
    assert files_under(folder) == {f"content/{made['id']}"}


def test_a_quote_in_a_name_may_be_escaped_with_a_backslash(client: Client) -> None:
    disposition = r'name="file"; filename="a \"b\".txt"'
    made = client.request(
        "POST", "/files", **form((disposition, b"x"), ('name="purpose"', b"vision"))
    ).json()
    assert made["filename"] == 'a "b".txt'


def test_an_empty_file_is_accepted(client: Client) -> None:
    made = client.create("empty.txt", b"")
    assert made["bytes"] == 0
    response = client.get(f"/files/{made['id']}/content")
    assert (response.status_code, response.content) == (200, b"")


def test_files_may_have_the_same_name(client: Client) -> None:
    first, second = client.create(content=b"one"), client.create(content=b"two")
    assert first["id"] != second["id"]
    assert client.get(f"/files/{first['id']}/content").content == b"one"


def test_a_declared_size_over_the_limit_is_rejected_without_the_body(client: Client) -> None:
    where = urlsplit(client.address.base_url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    connection.putrequest("POST", "/v1/files")
    connection.putheader("Authorization", f"Bearer {client.address.key}")
    connection.putheader("Content-Type", "multipart/form-data; boundary=edge")
    connection.putheader("Content-Length", str(600 * MIB))
    connection.endheaders()
    response = connection.getresponse()
    assert response.status == 413
    assert b"Maximum content size limit (536870912) exceeded" in response.read()
    connection.close()


def form_pieces(mebibytes: int, *, more: bytes = b"") -> Iterator[bytes]:
    yield b'--edge\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nvision\r\n'
    yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
    piece = bytes(MIB)
    for _number in range(mebibytes):
        yield piece
    yield more + b"\r\n--edge--\r\n"


@pytest.mark.slow
def test_512_mb_is_accepted_and_a_byte_more_rejected_even_if_undeclared(
    client: Client, folder: Path
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    over = client.request("POST", "/files", data=form_pieces(512, more=b"x"), headers=headers)
    assert over.status_code == 413
    assert "536870912" in error_in(over)["message"]
    assert files_under(folder) == set()
    just = client.request("POST", "/files", data=form_pieces(512), headers=headers)
    assert just.json()["bytes"] == 512 * MIB
    assert client.request("DELETE", f"/files/{just.json()['id']}").status_code == 200
    assert files_under(folder) == set()


@pytest.mark.slow
@pytest.mark.parametrize("purpose_first", [True, False])
def test_a_batch_over_200_mb_is_rejected(client: Client, folder: Path, purpose_first: bool) -> None:
    file = ('name="file"; filename="a.jsonl"', bytes(200 * MIB + 1))
    purpose = ('name="purpose"', b"batch")
    parts = (purpose, file) if purpose_first else (file, purpose)
    response = client.request("POST", "/files", **form(*parts))
    assert response.status_code == 400
    assert error_in(response)["message"] == "File is too large."
    assert files_under(folder) == set()


def test_an_upload_with_a_lost_connection_leaves_nothing(client: Client, folder: Path) -> None:
    where = urlsplit(client.address.base_url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    connection.putrequest("POST", "/v1/files")
    connection.putheader("Authorization", f"Bearer {client.address.key}")
    connection.putheader("Content-Type", "multipart/form-data; boundary=edge")
    connection.putheader("Content-Length", str(100 * MIB))
    connection.endheaders()
    for _number, piece in zip(range(8), form_pieces(20), strict=False):
        connection.send(piece)
    wait_until(lambda: any(name.startswith("incoming/") for name in files_under(folder)))
    connection.close()
    wait_until(lambda: files_under(folder) == set())
    assert client.names() == []


def test_a_file_is_sent_and_received_byte_for_byte(client: Client) -> None:
    content = bytes(range(256)) * 20_000 + b"\r\n--" * 1000
    made = client.create("all.bin", io.BytesIO(content))
    assert made["bytes"] == len(content)
    assert client.get(f"/files/{made['id']}/content").content == content


def test_a_full_disk_is_reported_as_full_storage_and_leaves_nothing(
    client: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files_under(folder)
    with monkeypatch.context() as patched:
        patched.setattr(IncomingFile, "write", _disk_full)
        response = client.upload("a.txt", b"hello", purpose="user_data")
    assert (response.status_code, "storage quota" in error_in(response)["message"]) == (400, True)
    assert (client.names(), files_under(folder)) == ([], before)
    assert client.create("b.txt", b"hello")["filename"] == "b.txt"


def _disk_full(*_arguments: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")
