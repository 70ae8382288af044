"""`filewharf cat` prints the content of files, byte for byte, as it arrives."""

import signal
import subprocess

import pytest

from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import Ranges, served_file
from tests.support.server_faults import Delivery, api_error
from tests.terminal.conftest import Shell

BYTES = bytes(range(256)) * 5_000
ANY = "GET", "/files/file-1/content"

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def two_files(files_server: ScriptedFilesServer) -> None:
    files_server.add(
        served_file("bytes.bin", id="file-1", purpose="batch", content=BYTES),
        served_file("more.txt", id="file-2", purpose="batch", content=b"more"),
    )


def printed(shell: Shell, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """What a command prints, as bytes, into a file as with `>`."""
    path = shell.folder / "printed"
    with path.open("wb") as file:
        done = shell.run(*arguments, stdout=file.fileno())
    return subprocess.CompletedProcess(
        arguments, done.returncode, path.read_bytes(), done.stderr.encode()
    )


def test_the_bytes_are_printed_unchanged_one_file_after_the_other(shell: Shell) -> None:
    done = printed(shell, "cat", "file-1", "file-2")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == BYTES + b"more"


def test_a_file_that_is_not_there_fails(shell: Shell) -> None:
    done = printed(shell, "cat", "file-gone")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"file-gone" in done.stderr
    done = printed(shell, "cat", "file-gone", "file-2")
    assert (done.returncode, done.stdout) == (3, b"more")


def test_a_refused_content_is_told(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.script(*ANY, [api_error(400, "Not allowed to download files of purpose: x")])
    done = printed(shell, "cat", "file-1")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"Not allowed to download" in done.stderr


def test_a_closed_pipe_ends_it_quietly(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.add(served_file("large", id="file-3", purpose="batch", content=b"x\n" * 4_000_000))
    process = shell.start("cat", "file-3")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(60) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_ctrl_c_ends_it_although_nobody_reads(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("large", id="file-3", purpose="batch", content=b"x\n" * 4_000_000))
    process = shell.start("cat", "file-3")
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert process.stderr.read() == ""
    process.stdout.close()
    process.stderr.close()


def test_a_lost_connection_is_continued_where_it_broke_off(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.ranges = Ranges.STRONG
    files_server.script(*ANY, [Delivery(cut_after=300_000)])
    done = printed(shell, "cat", "file-1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == BYTES


def test_what_cannot_be_continued_is_never_printed_twice(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.script(*ANY, [Delivery(cut_after=300_000)])
    done = printed(shell, "cat", "file-1")
    assert done.returncode == 1
    assert done.stdout == BYTES[: len(done.stdout)]
    assert len(files_server.requests_to(*ANY)) == 1
    assert b"file-1" in done.stderr
