"""`filewharf put -` uploads what is piped into it, like any file."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.files_server import ScriptedFilesServer
from tests.support.server_faults import Moment, Stall, api_error
from tests.terminal.conftest import Shell

GOOD = (
    '{"custom_id": "1", "method": "POST", "url": "/v1/chat/completions",'
    ' "body": {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}}\n'
)

pytestmark = pytest.mark.slow


def piped(shell: Shell, content: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """What a command does with the content as its standard input."""
    process = shell.start(*arguments, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(content)
    process.stdin.close()
    process.stdin = None
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def kept(shell: Shell) -> list[Path]:
    """The files of what was piped that are still there."""
    folder = shell.folder / "data" / "transfers" / "piped"
    return [path for path in folder.rglob("*") if path.is_file()]


def next_start(shell: Shell) -> None:
    """Run another command that opens the queue."""
    assert shell.run("info", "file-gone").returncode == 1


def test_it_is_checked_and_uploaded_under_its_name(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    done = piped(shell, GOOD, "put", "--name", "piped.jsonl", "-")
    assert (done.returncode, done.stderr) == (0, "")
    [file] = files_server.files
    assert done.stdout == f"{file.id}  piped.jsonl\n"
    assert (file.filename, file.purpose, file.content) == ("piped.jsonl", "batch", GOOD.encode())
    again = piped(shell, GOOD, "put", "--name", "piped.jsonl", "--quiet", "-")
    assert again.stdout == f"{file.id}\n"
    assert len(files_server.files) == 1
    assert kept(shell) == []


def test_its_errors_are_named_by_its_name(shell: Shell, files_server: ScriptedFilesServer) -> None:
    content = GOOD + "{bad\n"
    done = piped(shell, content, "put", "--name", "piped.jsonl", "--purpose", "batch", "-")
    assert (done.returncode, done.stdout) == (1, "")
    assert "piped.jsonl:2:" in done.stderr
    assert str(shell.folder) not in done.stderr
    assert (files_server.files, kept(shell)) == ([], [])


def test_files_can_come_with_it(shell: Shell, files_server: ScriptedFilesServer) -> None:
    (shell.folder / "own.txt").write_text("own")
    options = ["--purpose", "user_data", "--name", "piped.txt"]
    assert piped(shell, "piped", "put", *options, "own.txt", "-").returncode == 0
    assert {file.filename: file.content for file in files_server.files} == {
        "own.txt": b"own",
        "piped.txt": b"piped",
    }


def test_a_single_file_can_get_another_name(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    (shell.folder / "own.txt").write_text("own")
    shell.ok("put", "--name", "another.txt", "own.txt")
    assert [file.filename for file in files_server.files] == ["another.txt"]


@pytest.mark.parametrize(
    "wrong",
    [["-"], ["--name", "a/b.txt", "-"], ["--name", "one.txt", "a.txt", "b.txt"]],
)
def test_a_name_that_is_missing_or_does_not_fit_is_a_mistake_in_the_command(
    shell: Shell, wrong: list[str]
) -> None:
    done = shell.run("put", *wrong)
    assert (done.returncode, done.stdout) == (2, "")
    assert not (shell.folder / "data").exists()


def test_nothing_is_uploaded_if_nothing_comes(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    done = piped(shell, "", "put", "--name", "piped.txt", "-")
    assert (done.returncode, done.stdout) == (1, "")
    assert "piped.txt" in done.stderr
    assert (files_server.requests_to("POST", "/files"), kept(shell)) == ([], [])


def test_a_refused_one_is_not_kept(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.script("POST", "/files", [api_error(400, "Not this one")])
    done = piped(shell, "x", "put", "--name", "piped.txt", "-")
    assert done.returncode == 1
    assert "Not this one" in done.stderr
    assert kept(shell) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals and modes of files")
def test_only_its_owner_can_read_it_until_ctrl_c_removes_it(shell: Shell) -> None:
    process = shell.start("put", "--name", "piped.txt", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write("x" * 200_000)
    process.stdin.flush()
    while not kept(shell):
        assert process.poll() is None
    [path] = kept(shell)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert process.stderr is not None
    assert process.stderr.read() == ""
    for stream in (process.stdin, process.stdout, process.stderr):
        assert stream is not None
        stream.close()
    assert kept(shell) == []


def test_the_timeout_counts_while_nothing_comes(shell: Shell) -> None:
    reading, writing = os.pipe()
    try:
        done = shell.run("put", "--timeout", "0.5", "--name", "piped.txt", "-", stdin=reading)
    finally:
        os.close(reading)
        os.close(writing)
    assert (done.returncode, kept(shell)) == (124, [])


def test_what_a_killed_command_left_is_removed_by_the_next(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    process = shell.start("put", "--name", "piped.txt", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write("x" * 200_000)
    process.stdin.flush()
    while not kept(shell):
        assert process.poll() is None
    next_start(shell)
    assert len(kept(shell)) == 1  # it still runs
    process.kill()
    process.communicate(timeout=60)
    assert len(kept(shell)) == 1
    next_start(shell)
    assert kept(shell) == []


def test_an_interrupted_upload_keeps_its_content(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100)])
    process = shell.start("put", "--name", "piped.txt", "-", stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write("x" * 4_000_000)
    process.stdin.close()
    process.stdin = None
    files_server.wait_until_stalled()
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 143
    next_start(shell)
    [path] = kept(shell)
    assert path.stat().st_size == 4_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="needs a small disk")
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("mount") is None,
    reason="only root can mount one",
)
def test_more_than_the_disk_holds_fails_and_leaves_nothing(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    data = shell.folder / "data"
    data.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(data)],
        check=False,
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("mounting isn't allowed here")
    try:
        (shell.folder / "large").write_bytes(b"x" * 8_000_000)
        with (shell.folder / "large").open("rb") as large:
            done = shell.run("put", "--name", "piped.txt", "-", stdin=large.fileno())
        assert (done.returncode, done.stdout) == (1, "")
        assert "The disk is full" in done.stderr
        assert (files_server.files, kept(shell)) == ([], [])
    finally:
        subprocess.run(["umount", str(data)], check=True)
