"""`filewharf resume` goes on with what was interrupted, and nothing is sent twice."""

import json
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.support import multipart_reader
from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import Ranges, served_file
from tests.support.server_faults import Delivery, Moment, Stall
from tests.terminal.conftest import MakeShell, Shell

COUNT = 3
SIZE = 8_000_000
"""Bytes; more than the system takes while the server doesn't read."""
PURPOSE = ["--purpose", "user_data"]

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def one_at_once(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Upload one file after the other, so that only one is interrupted; the server keeps all."""
    monkeypatch.setattr(multipart_reader, "MAX_KEPT", SIZE)
    (shell.folder / "data").mkdir()
    (shell.folder / "data" / "settings.json").write_text('{"uploads_at_once": 1}')


def write(shell: Shell, count: int = COUNT) -> list[str]:
    paths = []
    for number in range(count):
        path = shell.folder / f"new-{number}.txt"
        path.write_text(f"{number}" * SIZE)
        paths.append(str(path))
    return paths


def contents(server: ScriptedFilesServer) -> Counter[bytes]:
    """How often the server has each content."""
    return Counter(file.content or b"" for file in server.files)


def expected(paths: list[str]) -> Counter[bytes]:
    return Counter(Path(path).read_bytes() for path in paths)


def interrupted(
    shell: Shell, server: ScriptedFilesServer, sent: signal.Signals, *arguments: str
) -> "subprocess.CompletedProcess[str]":
    """A command that gets a signal while the server is slow."""
    process = shell.start(*arguments)
    server.wait_until_stalled()
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    server.clear_faults()
    server.release()
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize(
    "fault",
    [
        Stall(Moment.IN_BODY, after_bytes=100_000),
        Stall(Moment.AFTER_BODY, carried_out=True),
    ],
    ids=["in the body", "before the answer"],
)
def test_an_interrupted_put_is_finished_and_nothing_is_there_twice(
    shell: Shell, files_server: ScriptedFilesServer, sent: signal.Signals, fault: Stall
) -> None:
    paths = write(shell)
    files_server.script("POST", "/files", [None, fault])
    first = interrupted(shell, files_server, sent, "put", *PURPOSE, *paths)
    assert first.returncode != 0
    if sent is not signal.SIGKILL:
        assert "filewharf resume" in first.stderr
    files_server.wait_until_closed()
    done = shell.run("resume", "--jsonl", "--timeout", "55")
    assert done.returncode == 0, done.stderr
    assert contents(files_server) == expected(paths)
    names = [json.loads(line)["filename"] for line in done.stdout.splitlines()]
    told = [line.split()[1] for line in first.stdout.splitlines()]
    if sent is signal.SIGKILL:  # what it had printed may be lost with it
        assert set(names) <= {Path(path).name for path in paths}
    else:
        assert sorted(names + told) == sorted(Path(path).name for path in paths)
    again = shell.run("resume")
    assert (again.returncode, again.stdout) == (0, "")
    assert "nothing to resume" in again.stderr


def test_the_same_put_goes_on_with_its_own(shell: Shell, files_server: ScriptedFilesServer) -> None:
    paths = write(shell)
    files_server.script("POST", "/files", [None, Stall(Moment.IN_BODY, after_bytes=100_000)])
    interrupted(shell, files_server, signal.SIGINT, "put", *PURPOSE, *paths)
    files_server.wait_until_closed()
    ids = shell.ok("put", "--quiet", *PURPOSE, *paths).split()
    assert sorted(ids) == sorted(file.id for file in files_server.files)
    assert contents(files_server) == expected(paths)
    assert "nothing to resume" in shell.run("resume").stderr


def test_what_was_piped_is_resumed_and_then_removed(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    [path] = write(shell, 1)
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100_000)])
    with Path(path).open("rb") as content:
        process = shell.start("put", "--name", "piped.txt", "-", stdin=content.fileno())
        files_server.wait_until_stalled()
        process.kill()
        process.communicate(timeout=60)
    files_server.clear_faults()
    files_server.release()
    shell.ok("resume")
    assert contents(files_server) == expected([path])
    assert [file.filename for file in files_server.files] == ["piped.txt"]
    piped = shell.folder / "data" / "transfers" / "piped"
    assert not [found for found in piped.rglob("*") if found.is_file()]


@pytest.mark.parametrize("same", [True, False], ids=["the same", "other content"])
def test_the_same_put_goes_on_with_what_it_was_piped(
    shell: Shell, files_server: ScriptedFilesServer, same: bool
) -> None:
    path, other = write(shell, 2)
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100_000)])
    command = ["put", "--quiet", *PURPOSE, "--name", "piped.txt", "-"]
    with Path(path).open("rb") as content:
        process = shell.start(*command, stdin=content.fileno())
        files_server.wait_until_stalled()
        process.kill()
        process.communicate(timeout=60)
    files_server.clear_faults()
    files_server.release()
    files_server.wait_until_closed()
    again = path if same else other
    with Path(again).open("rb") as content:
        process = shell.start(*command, stdin=content.fileno())
        out, _err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert contents(files_server) == expected([again])
    assert out.split() == [file.id for file in files_server.files]
    shell.run("resume")
    assert contents(files_server) == expected([path] if same else [path, other])
    piped = shell.folder / "data" / "transfers" / "piped"
    assert not [found for found in piped.rglob("*") if found.is_file()]


def test_a_download_goes_on_where_it_was(shell: Shell, files_server: ScriptedFilesServer) -> None:
    content = bytes(range(256)) * 10_000
    files_server.add(served_file("large.bin", id="file-1", purpose="batch", content=content))
    files_server.ranges = Ranges.STRONG
    files_server.script("GET", "/files/file-1/content", [Delivery(stall_after=1_000_000)])
    first = interrupted(shell, files_server, signal.SIGINT, "get", "file-1")
    assert first.returncode == 130
    shell.ok("resume")
    assert (shell.folder / "large.bin").read_bytes() == content
    last = files_server.requests_to("GET", "/files/file-1/content")[-1]
    assert "range" in {name.lower() for name in dict(last.headers)}


def test_only_one_account_can_be_resumed(
    shell: Shell, files_server: ScriptedFilesServer, make_shell: MakeShell
) -> None:
    [path] = write(shell, 1)
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100_000)])
    interrupted(shell, files_server, signal.SIGINT, "put", *PURPOSE, path)
    other = shell.run("resume", "--account", "Sandbox")
    assert (other.returncode, other.stdout) == (0, "")
    assert shell.run("resume", "--account", "Nobody's").returncode == 2
    without = make_shell(files_server)
    del without.environment["OPENAI_API_KEY"]
    left = without.run("resume")
    assert (left.returncode, left.stdout) == (0, "")
    assert "1 transfer stays in the queue" in left.stderr
    assert not files_server.files
    assert shell.ok("resume", "--account", "Environment")
    assert contents(files_server) == expected([path])
