import logging
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from services.sandbox.server import SandboxFailed, SandboxServer
from tests.services.sandbox.conftest import KEY, Client, wait_until

ROOT = Path(__file__).resolve().parents[3]


def test_it_responds_once_start_returns_and_only_on_this_computer(
    start: Callable[..., SandboxServer],
) -> None:
    address = start().start()
    where = urlsplit(address.base_url)
    assert (where.scheme, where.hostname, where.path) == ("http", "127.0.0.1", "/v1")
    client = Client(address)
    assert client.get("/files").status_code == 200
    client.session.close()


def test_starting_twice_gives_the_same_address(start: Callable[..., SandboxServer]) -> None:
    server = start()
    assert server.start() == server.start()


def test_a_random_key_differs_from_object_to_object(tmp_path: Path) -> None:
    servers = [SandboxServer(tmp_path / name, with_samples=False) for name in ("a", "b")]
    keys = {server.start().key for server in servers}
    again = {server.start().key for server in servers}
    for server in servers:
        server.stop()
    assert len(keys) == 2
    assert keys == again
    assert all(len(key) >= 40 for key in keys)


def test_the_address_repr_does_not_show_the_key(server: SandboxServer) -> None:
    assert KEY not in repr(server.start())
    assert KEY not in str(server.start())


def test_a_given_port_is_used_and_a_port_in_use_reported(
    start: Callable[..., SandboxServer], tmp_path: Path
) -> None:
    port = urlsplit(start().start().base_url).port
    other = SandboxServer(tmp_path / "other", port=port or 0, with_samples=False)
    with pytest.raises(SandboxFailed) as caught:
        other.start()
    assert str(caught.value) == f"Port {port} is in use by another program. Choose another port."
    assert not (tmp_path / "other").exists()


def test_a_port_can_be_reused_immediately(start: Callable[..., SandboxServer]) -> None:
    server = start()
    port = urlsplit(server.start().base_url).port
    client = Client(server.start())
    client.create()
    client.session.close()
    server.stop()
    assert urlsplit(start(port=port).start().base_url).port == port


def test_stopping_takes_about_a_second_with_any_open_connections(
    start: Callable[..., SandboxServer], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = start()
    address = server.start()
    where = urlsplit(address.base_url)
    client = Client(address)
    made = client.create("big.bin", bytes(30_000_000))

    def connect(request: bytes) -> socket.socket:
        connection = socket.create_connection((where.hostname, where.port), timeout=10)
        connection.sendall(request)
        return connection

    key = b"Authorization: Bearer " + KEY.encode() + b"\r\n"
    upload = (
        b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\n"
        b"Content-Type: multipart/form-data; boundary=edge\r\n" + key + b"\r\n"
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    )
    content = f"GET /v1/files/{made['id']}/content HTTP/1.1\r\nHost: localhost\r\n".encode()
    connections = [
        connect(b""),  # sends nothing
        connect(b"GET /v1/files HT"),  # stops in the middle of the request line
        connect(upload + b"x" * 3_000_000),  # stops in the middle of an upload
        connect(content + key + b"\r\n"),  # doesn't read the response
        connect(upload.replace(KEY.encode(), b"wrong")),  # rejected, but keeps sending
    ]
    wait_until(lambda: any((folder / "incoming").iterdir()))
    assert connections[3].recv(10) == b"HTTP/1.1 2"
    assert connections[4].recv(12) == b"HTTP/1.1 401"

    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 20
    for connection in connections:
        connection.close()
    client.session.close()
    assert not any((folder / "incoming").iterdir())
    assert caplog.records == []


def test_stopping_before_starting_does_nothing(tmp_path: Path) -> None:
    SandboxServer(tmp_path / "never").stop()
    assert not (tmp_path / "never").exists()


def test_no_thread_is_left_after_stopping(start: Callable[..., SandboxServer]) -> None:
    before = set(threading.enumerate())
    server = start()
    client = Client(server.start())
    client.create()
    client.session.close()
    server.stop()
    wait_until(lambda: set(threading.enumerate()) == before)


def test_normal_operation_logs_nothing(
    client: Client, server: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client.create()
    client.upload(purpose="answers")
    client.get("/nowhere")
    client.request("POST", "/files", data=b"no form", headers={"Content-Type": "multipart/x"})
    client.request(
        "POST",
        "/files",
        data=b"no form",
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    where = urlsplit(client.address.base_url)
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(b"this is not HTTP\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    server.stop()
    assert [record for record in caplog.records if record.name.startswith("services")] == []
    assert [r for r in caplog.records if r.name.startswith(("uvicorn", "python_multipart"))] == []


@pytest.mark.expects_log("services.sandbox.middleware: ERROR: The sandbox failed on POST /v1/files")
def test_an_internal_error_is_a_500_in_json_and_logged(
    client: Client, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "incoming").rmdir()
    response = client.upload(content=b"x" * 3_000_000)
    assert response.status_code == 500
    assert response.json()["error"]["type"] == "server_error"
    assert response.headers["x-request-id"].startswith("req_")
    assert str(folder) not in response.text
    wait_until(lambda: len(caplog.records) == 1)
    assert KEY not in caplog.text
    (folder / "incoming").mkdir()
    assert client.upload().status_code == 200


def test_importing_it_does_not_import_the_web_server() -> None:
    code = (
        "import sys, services.sandbox.server;"
        "print([m for m in ('uvicorn', 'starlette', 'asyncio', 'msgspec') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file_size(client: Client) -> None:
    piece, count = bytes(1024 * 1024), 96

    def form() -> Iterator[bytes]:
        yield b'--edge\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nvision\r\n'
        yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n'
        for _number in range(count):
            yield piece
        yield b"\r\n--edge--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    tracemalloc.start()
    try:
        made = client.request("POST", "/files", data=form(), headers=headers).json()
        received = 0
        with client.request("GET", f"/files/{made['id']}/content", stream=True) as response:
            for part in response.iter_content(len(piece)):
                received += len(part)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert made["bytes"] == received == count * len(piece)
    assert peak < 16 * len(piece)
