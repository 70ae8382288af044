from pathlib import Path

import pytest

from tests.services.sandbox.conftest import Client, error_in, files_under


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/files/{}"), ("DELETE", "/files/{}"), ("GET", "/files/{}/content")],
)
@pytest.mark.parametrize("file_id", ["file-unknown", "x", "..", "file-%20%C3%BC"])
def test_an_unknown_id_is_a_404(client: Client, method: str, path: str, file_id: str) -> None:
    client.create()
    response = client.request(method, path.format(file_id.replace(".", "%2E")))
    assert response.status_code == 404
    shown = file_id.replace("%20%C3%BC", " ü")
    assert error_in(response) == {
        "message": f"No such File object: {shown}",
        "type": "invalid_request_error",
        "param": "id",
        "code": None,
    }


def test_a_deleted_file_is_gone_from_everywhere(client: Client, folder: Path) -> None:
    gone, kept = client.create("gone.txt"), client.create("kept.txt")
    response = client.request("DELETE", f"/files/{gone['id']}")
    assert response.status_code == 200
    assert response.json() == {"id": gone["id"], "object": "file", "deleted": True}
    assert client.names() == ["kept.txt"]
    assert client.get(f"/files/{gone['id']}").status_code == 404
    assert client.get(f"/files/{gone['id']}/content").status_code == 404
    assert client.request("DELETE", f"/files/{gone['id']}").status_code == 404
    assert files_under(folder) == {f"content/{kept['id']}"}


@pytest.mark.parametrize("purpose", ["batch", "fine-tune", "vision", "evals"])
def test_content_is_binary_with_a_length(client: Client, purpose: str) -> None:
    made = client.create("x.jsonl", b"some bytes", purpose=purpose)
    response = client.get(f"/files/{made['id']}/content")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-length"] == "10"
    assert response.content == b"some bytes"


@pytest.mark.parametrize("purpose", ["assistants", "user_data"])
def test_content_with_some_purposes_cannot_be_downloaded(client: Client, purpose: str) -> None:
    made = client.create(purpose=purpose)
    response = client.get(f"/files/{made['id']}/content")
    assert response.status_code == 400
    assert error_in(response) == {
        "message": f"Not allowed to download files of purpose: {purpose}",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }


def test_content_missing_from_the_disk_is_a_404(client: Client, folder: Path) -> None:
    made = client.create()
    (folder / "content" / made["id"]).unlink()
    assert client.get(f"/files/{made['id']}/content").status_code == 404


@pytest.mark.slow
def test_an_aborted_download_does_not_disturb_the_next(client: Client) -> None:
    content = bytes(range(256)) * 100_000
    made = client.create("big.bin", content)
    with client.request("GET", f"/files/{made['id']}/content", stream=True) as response:
        assert response.raw.read(10) == content[:10]
    assert client.get(f"/files/{made['id']}/content").content == content
    assert client.request("DELETE", f"/files/{made['id']}").status_code == 200
