import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from services.sandbox.server import SandboxFailed, SandboxServer
from tests.services.sandbox.conftest import KEY, Client, files_under, wait_until

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def client_of(server: SandboxServer) -> Iterator[Client]:
    client = Client(server.start())
    yield client
    client.session.close()


def test_files_keep_their_ids_and_order_after_a_restart(
    start: Callable[..., SandboxServer],
) -> None:
    server = start()
    with client_of(server) as client:
        made = [client.create(f"{n}.txt", b"%d" % n) for n in range(5)]
        before = client.list_files()
    server.stop()
    with client_of(start()) as client:
        assert client.list_files() == before
        assert client.get(f"/files/{made[3]['id']}/content").content == b"3"
        client.create("after.txt")
        assert client.names()[:2] == ["after.txt", "4.txt"]


def test_the_same_server_can_be_started_again(start: Callable[..., SandboxServer]) -> None:
    server = start()
    with client_of(server) as client:
        client.create("kept.txt")
    server.stop()
    with client_of(server) as client:
        assert client.names() == ["kept.txt"]


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["overwritten", "cut", "another_table"])
def test_a_damaged_database_is_renamed_with_its_content_and_replaced(
    start: Callable[..., SandboxServer], folder: Path, damage: str
) -> None:
    server = start()
    with client_of(server) as client:
        for number in range(200):  # more than fits on one database page
            made = client.create(f"{number}.txt", b"precious")
    server.stop()
    database = folder / "files.sqlite"
    if damage == "overwritten":
        database.write_bytes(b"this was a database once" * 1000)
    elif damage == "cut":
        os.truncate(database, database.stat().st_size // 2 // 4096 * 4096)
    else:
        subprocess.run(
            [
                sys.executable,
                "-c",
                (
                    "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
                    "c.execute('ALTER TABLE files RENAME TO things'); c.commit(); c.close()"
                ),
                database,
            ],
            check=True,
        )
    spoilt = database.read_bytes()
    with client_of(start()) as client:
        assert client.names() == []
        client.create("fresh.txt")
        assert client.names() == ["fresh.txt"]
    (aside,) = folder.glob("files.sqlite.damaged-*")
    assert aside.read_bytes() == spoilt
    (content,) = folder.glob("content.damaged-*")
    assert (content / made["id"]).read_bytes() == b"precious"


@pytest.mark.slow
def test_two_damaged_databases_in_a_row_are_both_kept(
    start: Callable[..., SandboxServer], folder: Path
) -> None:
    for text in (b"first" * 100, b"second" * 100):
        start().stop()
        (folder / "files.sqlite").write_bytes(text)
    start()
    kept = {path.read_bytes() for path in folder.glob("files.sqlite.damaged-*")}
    assert kept == {b"first" * 100, b"second" * 100}


@pytest.mark.slow
def test_leftovers_of_a_killed_program_are_removed_at_the_next_start(
    start: Callable[..., SandboxServer], folder: Path
) -> None:
    code = "import sys; from services.sandbox.command_line import run; sys.exit(run(sys.argv[1:]))"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--json", "--quiet", "--key", KEY, "--dir", folder],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    where = urlsplit(json.loads(process.stdout.readline())["base_url"])
    with socket.create_connection((where.hostname, where.port), timeout=10) as connection:
        connection.sendall(
            b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99000000\r\n"
            b"Content-Type: multipart/form-data; boundary=edge\r\n"
            b"Authorization: Bearer " + KEY.encode() + b"\r\n\r\n"
            b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
            + b"x"
            * 5_000_000
        )
        incoming = folder / "incoming"
        wait_until(lambda: any(path.stat().st_size > 0 for path in incoming.iterdir()))
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    process.stdout.close()
    (folder / "content" / "file-withoutARow").write_bytes(b"x")
    assert any(name.startswith("incoming/") for name in files_under(folder))
    with client_of(start()) as client:
        known = {f"content/{file['id']}" for file in client.list_files()["data"]}
    assert len(known) >= 24  # the killed program's sample files
    assert files_under(folder) == known


@pytest.mark.slow
def test_a_second_program_does_not_touch_the_firsts_uploads(
    start: Callable[..., SandboxServer], folder: Path
) -> None:
    first = start()
    arriving = folder / "incoming" / "of-the-first"
    arriving.write_bytes(b"half")
    with client_of(first) as one, client_of(start()) as other:
        assert arriving.exists()
        made = one.create("shared.txt", b"seen by both")
        assert other.get(f"/files/{made['id']}/content").content == b"seen by both"
        other.request("DELETE", f"/files/{made['id']}")
        assert one.names() == []
    first.stop()
    start()
    assert arriving.exists()  # the second server still uses the folder


def test_an_unusable_folder_is_reported_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    server = SandboxServer(tmp_path / "taken", with_samples=False)
    with pytest.raises(SandboxFailed, match="can't use the folder"):
        server.start()
    server.stop()
