import http.client
from urllib.parse import urlsplit

import pytest

from tests.services.sandbox.conftest import KEY, Client, error_in

ENDPOINTS = [
    ("GET", "/files"),
    ("POST", "/files"),
    ("GET", "/files/file-x"),
    ("DELETE", "/files/file-x"),
    ("GET", "/files/file-x/content"),
]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_every_endpoint_rejects_a_request_without_a_key(
    client: Client, method: str, path: str
) -> None:
    response = client.request(method, path, headers={"Authorization": None})
    assert response.status_code == 401
    assert error_in(response)["type"] == "invalid_request_error"
    assert "didn't provide an API key" in error_in(response)["message"]


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_every_endpoint_rejects_a_wrong_key_and_shows_only_its_ends(
    client: Client, method: str, path: str
) -> None:
    response = client.request(
        method, path, headers={"Authorization": "Bearer sk-abcdefghijklmnopqrstuvwxyz"}
    )
    assert response.status_code == 401
    error = error_in(response)
    assert error["code"] == "invalid_api_key"
    assert error["message"] == "Incorrect API key provided: sk-ab…wxyz."


def test_a_short_wrong_key_is_not_shown_at_all(client: Client) -> None:
    response = client.request("GET", "/files", headers={"Authorization": "Bearer hunter22"})
    assert response.status_code == 401
    assert "hunter" not in response.text


@pytest.mark.parametrize("value", [f"Basic {KEY}", KEY, "Bearer ", f"Bearer {KEY}x", "Bearer é"])
def test_only_the_full_key_as_bearer_token_is_accepted(client: Client, value: str) -> None:
    response = client.request("GET", "/files", headers={"Authorization": value.encode("latin-1")})
    assert response.status_code == 401


def test_the_key_is_checked_before_the_body_is_read(client: Client) -> None:
    where = urlsplit(client.address.base_url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    connection.putrequest("POST", "/v1/files")
    connection.putheader("Authorization", "Bearer sk-some-other-key")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders()  # without any of the body
    assert connection.getresponse().status == 401
    connection.close()


def test_a_rejected_upload_gets_the_error_even_if_it_sends_everything_first(client: Client) -> None:
    where = urlsplit(client.address.base_url)
    connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=10)
    # Unlike urllib3, this client gives up if the connection is reset while it sends.
    connection.request(
        "POST",
        "/v1/files",
        body=b"x" * 20_000_000,
        headers={"Authorization": "Bearer sk-some-other-key"},
    )
    response = connection.getresponse()
    assert response.status == 401
    assert b"invalid_api_key" in response.read()
    connection.close()


@pytest.mark.parametrize("path", ["", "/", "/models", "/files/", "/files/a/b", "/files/a/content/"])
def test_an_unknown_path_is_a_404_in_json(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert error_in(response)["message"] == f"Invalid URL (GET /v1{path})"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/files", {"GET", "HEAD", "POST"}),
        ("POST", "/files/file-x", {"GET", "HEAD", "DELETE"}),
        ("DELETE", "/files/file-x/content", {"GET", "HEAD"}),
    ],
)
def test_a_wrong_method_is_a_405_in_json(
    client: Client, method: str, path: str, allowed: set[str]
) -> None:
    response = client.request(method, path)
    assert response.status_code == 405
    assert error_in(response)["code"] == "method_not_supported"
    assert {name.strip() for name in response.headers["allow"].split(",")} == allowed


def test_every_response_has_the_services_headers(client: Client) -> None:
    file_id = client.create()["id"]
    responses = [
        client.get("/files"),
        client.get(f"/files/{file_id}"),
        client.get(f"/files/{file_id}/content"),
        client.get("/files/file-none"),
        client.get("/nowhere"),
        client.request("PUT", "/files"),
        client.request("GET", "/files", headers={"Authorization": None}),
        client.upload(purpose="answers"),
        client.request("DELETE", f"/files/{file_id}"),
    ]
    for response in responses:
        assert response.headers["openai-version"] == "2020-10-01"
        assert response.headers["openai-processing-ms"].isdecimal()
    names = {response.headers["x-request-id"] for response in responses}
    assert len(names) == len(responses)
    assert all(name.startswith("req_") for name in names)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:{port}", "localhost:{port}", "LOCALHOST", "[::1]:{port}"]
)
def test_each_name_of_this_computer_is_accepted(client: Client, host: str) -> None:
    port = urlsplit(client.address.base_url).port
    response = client.request("GET", "/files", headers={"Host": host.format(port=port)})
    assert response.status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "localhost.evil.example:{port}", "127.0.0.1.nip.io",
     "127.0.0.1:80:{port}", "localhost:x", "[::1", ""],
)  # fmt: skip
@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
def test_other_host_names_are_rejected(client: Client, method: str, path: str, host: str) -> None:
    port = urlsplit(client.address.base_url).port
    response = client.request(method, path, headers={"Host": host.format(port=port)})
    assert response.status_code == 421
    assert error_in(response)["type"] == "invalid_request_error"
