"""`filewharf get` saves files in a folder or an archive, or prints them."""

import io
import json
import os
import zipfile
from pathlib import Path

import pytest

from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import Ranges, served_file
from tests.support.server_faults import Delivery, api_error
from tests.terminal.conftest import Shell

LARGE = bytes(range(256)) * 4_000
CONTENT = "GET", "/files/file-2/content"

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def two_files(files_server: ScriptedFilesServer) -> None:
    files_server.add(
        served_file("one.txt", id="file-1", purpose="batch", content=b"one"),
        served_file("large.bin", id="file-2", purpose="batch", content=LARGE),
    )


def printed(shell: Shell, *arguments: str) -> tuple[int, bytes, str]:
    """The exit code and what a command prints, as bytes, into a file as with `>`."""
    path = shell.folder / "printed"
    with path.open("wb") as file:
        done = shell.run(*arguments, stdout=file.fileno())
    return done.returncode, path.read_bytes(), done.stderr


# To the standard output


def test_contents_are_printed_one_after_the_other(shell: Shell) -> None:
    assert printed(shell, "get", "--to", "-", "one.txt", "file-2") == (0, b"one" + LARGE, "")


def test_one_that_is_refused_is_told(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.script(*CONTENT, [api_error(400, "Not this one")])
    code, out, err = printed(shell, "get", "--to", "-", "*")
    assert (code, out) == (3, b"one")
    assert "large.bin: " in err
    assert "Not this one" in err


def test_an_archive_is_printed(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.add(served_file("one.txt", id="file-3", purpose="batch", content=b"another"))
    code, out, err = printed(shell, "get", "--zip", "--to", "-", "*")
    assert (code, err) == (0, "")
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert archive.testzip() is None
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents == {"large.bin": LARGE, "one.txt": b"another", "one (2).txt": b"one"}


def test_a_lost_connection_is_continued_inside_an_archive(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.ranges = Ranges.STRONG
    files_server.script(*CONTENT, [Delivery(cut_after=300_000)])
    code, out, _err = printed(shell, "get", "--zip", "--to", "-", "*")
    assert code == 0
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        assert archive.read("large.bin") == LARGE


def test_half_an_archive_is_none(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.script(*CONTENT, [Delivery(cut_after=300_000)])
    code, out, err = printed(shell, "get", "--zip", "--to", "-", "*")
    assert code == 1
    assert "large.bin: The connection" in err
    assert not zipfile.is_zipfile(io.BytesIO(out))


@pytest.mark.parametrize("options", [[], ["--zip"]])
def test_a_closed_pipe_ends_it_quietly(
    shell: Shell, files_server: ScriptedFilesServer, options: list[str]
) -> None:
    content = b"".join(b"%d\n" % (number * 7_919) for number in range(1_000_000))
    files_server.add(served_file("more", id="file-3", purpose="batch", content=content))
    with shell.start("get", *options, "--to", "-", "file-3") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.buffer.read(1)  # type: ignore[attr-defined]
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == ""


def test_rows_and_contents_cannot_both_be_printed(shell: Shell) -> None:
    done = shell.run("get", "--json", "--to", "-", "file-1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--json" in done.stderr


# To an archive


def test_an_archive_can_be_named(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "mine.zip"
    assert shell.ok("get", "--zip", "--to", str(path), "*") == f"{path}\n"
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["large.bin", "one.txt"]


@pytest.mark.parametrize("to", ["none", "none/mine.zip", "mine.txt"])
def test_another_place_is_a_mistake_in_the_command(shell: Shell, to: str) -> None:
    done = shell.run("get", "--zip", "--to", to, "file-1")
    assert (done.returncode, done.stdout) == (2, "")
    assert not (shell.folder / "data").exists()


# What is already there


def test_what_was_downloaded_is_not_downloaded_again(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("one.txt", id="file-3", purpose="batch", content=b"another"))
    first = shell.ok("get", "*").splitlines()
    assert len(first) == 3
    count = len(files_server.requests_to("GET", "/files/*/content"))
    again = json.loads(shell.ok("get", "--json", "*"))
    assert sorted(one["path"] for one in again) == sorted(first)
    assert all(one["already_there"] for one in again)
    assert len(files_server.requests_to("GET", "/files/*/content")) == count
    assert len(list(shell.folder.glob("*.txt"))) == 2


@pytest.mark.parametrize("content", [None, b"one and more", b"ONE"])
def test_what_is_gone_or_has_changed_is_downloaded_again(
    shell: Shell, content: bytes | None
) -> None:
    path = Path(shell.ok("get", "one.txt").strip())
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    assert "already" not in shell.ok("get", "one.txt")
    expected = {b"one"} if content is None else {b"one", content}
    assert {one.read_bytes() for one in shell.folder.glob("one*.txt")} == expected


def test_what_was_edited_is_told_and_downloaded_only_once_more(shell: Shell) -> None:
    path = Path(shell.ok("get", "one.txt").strip())
    path.write_bytes(b"ONE")
    done = shell.run("get", "one.txt")
    beside = path.with_name("one (2).txt")
    assert (done.returncode, done.stdout) == (0, f"{beside}\n")
    assert done.stderr == f"filewharf: {path} has changed since it was downloaded.\n"
    assert (path.read_bytes(), beside.read_bytes()) == (b"ONE", b"one")
    again = shell.run("get", "one.txt")
    assert (again.stdout, again.stderr) == (f"{beside} (already there)\n", "")


def test_what_was_edited_stays_if_taken_names_are_skipped(shell: Shell) -> None:
    path = Path(shell.ok("get", "one.txt").strip())
    path.write_bytes(b"ONE")
    done = shell.run("get", "--skip", "one.txt")
    assert (done.returncode, done.stdout) == (0, "")
    assert "has changed" in done.stderr
    assert [one.read_bytes() for one in shell.folder.glob("one*.txt")] == [b"ONE"]


def test_a_file_in_the_place_of_another_one_is_not_taken_for_it(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("one.txt", id="file-3", purpose="batch", content=b"two"))
    path = Path(shell.ok("get", "file-1").strip())
    assert shell.ok("get", "--replace", "file-3") == f"{path}\n"
    assert "already" not in shell.ok("get", "file-1")
    assert path.read_bytes() == b"two"
    assert path.with_name("one (2).txt").read_bytes() == b"one"


def test_what_has_only_another_time_is_compared_by_the_hash_of_its_upload(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    (shell.folder / "mine.txt").write_bytes(b"mine")
    file_id = shell.ok("put", "--quiet", "--purpose", "user_data", "mine.txt").strip()
    (shell.folder / "there").mkdir()
    path = Path(shell.ok("get", "--to", "there", file_id).strip())
    os.utime(path, ns=(1, 1))
    assert shell.ok("get", "--to", "there", file_id) == f"{path} (already there)\n"
    path.write_bytes(b"MINE")
    assert "already" not in shell.ok("get", "--to", "there", file_id)


def test_what_was_uploaded_from_here_is_compared_by_its_hash(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    (shell.folder / "mine.txt").write_bytes(b"mine")
    file_id = shell.ok("put", "--quiet", "--purpose", "user_data", "mine.txt").strip()
    assert shell.ok("get", "--quiet", "mine.txt") == f"{file_id}\n"
    assert not files_server.requests_to("GET", f"/files/{file_id}/content")
    (shell.folder / "mine.txt").write_bytes(b"MINE")
    assert shell.ok("get", "mine.txt").strip().endswith("mine (2).txt")


def test_what_is_there_is_downloaded_if_it_is_to_be_replaced(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    path = Path(shell.ok("get", "one.txt").strip())
    path.write_bytes(b"ONE")
    assert shell.ok("get", "--replace", "one.txt") == f"{path}\n"
    assert path.read_bytes() == b"one"
