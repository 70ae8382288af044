"""Commands take the ID or the name of a file, or a pattern, and never more than was named."""

import json

import pytest

from tests.support.files_server import ScriptedFilesServer
from tests.support.served_files import served_file
from tests.terminal.conftest import Shell

LONG_ID = "file-AbCdEfGhIjKlMnOpQrSt12"

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def files(files_server: ScriptedFilesServer) -> None:
    """Files of which several are called alike, or like the ID of another one."""
    files_server.add(
        served_file("once.txt", id="file-1", purpose="batch", content=b"once"),
        served_file("twice.txt", id="file-2", purpose="batch", content=b"two"),
        served_file("twice.txt", id="file-3", purpose="evals", content=b"three"),
        served_file("file-1", id="file-4", purpose="batch", content=b"like an ID"),
        served_file("a[1].txt", id="file-5", purpose="batch", content=b"like a pattern"),
        served_file("a1.txt", id="file-6", purpose="batch", content=b"fits"),
        served_file("caf\u00e9 \u20ac.txt", id="file-7", purpose="batch", content=b"words"),
    )


def left(server: ScriptedFilesServer) -> set[str]:
    """The numbers of the files that weren't deleted."""
    return {file.id.removeprefix("file-") for file in server.files}


def removed(shell: Shell, *arguments: str) -> list[str]:
    return sorted(shell.ok("rm", "--yes", "--quiet", *arguments).split())


def test_a_name_that_one_file_has_is_enough(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    assert removed(shell, "once.txt") == ["file-1"]
    assert shell.ok("get", "--quiet", "a1.txt") == "file-6\n"
    assert left(files_server) == set("234567")


@pytest.mark.parametrize(
    "command", [["rm", "--yes"], ["rm", "--dry-run"], ["get"], ["cat"], ["info"]]
)
def test_a_name_that_several_files_have_is_not_guessed_at(
    shell: Shell, files_server: ScriptedFilesServer, command: list[str]
) -> None:
    done = shell.run(*command, "twice.txt")
    assert (done.returncode, done.stdout) == (2, "")
    first, *candidates = done.stderr.splitlines()
    assert "2 files are called twice.txt" in first
    assert "--all" in first
    assert [("file-2" in one, "file-3" in one) for one in candidates] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )
    assert not files_server.requests_to("DELETE", "/files/*")
    assert left(files_server) == set("1234567")


def test_nothing_is_deleted_if_one_of_several_names_is_not_clear(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    assert shell.run("rm", "--yes", "once.txt", "twice.txt").returncode == 2
    assert left(files_server) == set("1234567")


def test_all_files_of_a_name_are_taken_if_they_are_asked_for(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    assert json.loads(shell.ok("info", "--json", "--all", "twice.txt"))[1]["filename"] == (
        "twice.txt"
    )
    assert sorted(shell.ok("cat", "--all", "twice.txt")) == sorted("twothree")
    assert len(shell.ok("get", "--all", "twice.txt").splitlines()) == 2
    assert removed(shell, "--all", "twice.txt") == ["file-2", "file-3"]
    assert left(files_server) == set("14567")


def test_all_alone_names_nothing(shell: Shell, files_server: ScriptedFilesServer) -> None:
    assert shell.run("rm", "--yes", "--all").returncode == 2
    assert left(files_server) == set("1234567")


def test_a_search_can_make_a_name_clear(shell: Shell, files_server: ScriptedFilesServer) -> None:
    assert removed(shell, "--search", "purpose:evals", "twice.txt") == ["file-3"]
    assert left(files_server) == set("124567")


def test_an_id_comes_before_a_name(shell: Shell, files_server: ScriptedFilesServer) -> None:
    assert shell.ok("cat", "file-1") == "once"
    assert removed(shell, "--all", "file-1") == ["file-1"]
    assert shell.ok("cat", "file-1") == "like an ID"
    assert removed(shell, "file-1") == ["file-4"]


def test_a_name_comes_before_a_pattern(shell: Shell, files_server: ScriptedFilesServer) -> None:
    assert shell.ok("cat", "a[1].txt") == "like a pattern"
    assert removed(shell, "a[1].txt") == ["file-5"]
    assert left(files_server) == set("123467")


@pytest.mark.parametrize("name", ["caf\u00e9 \u20ac.txt", "cafe\u0301 \u20ac.txt", "caf? *"])
def test_names_that_cannot_be_ids_are_found(shell: Shell, name: str) -> None:
    assert shell.ok("cat", name) == "words"
    assert removed(shell, name) == ["file-7"]


@pytest.mark.parametrize("command", ["cat", "info"])
def test_patterns_name_several_files(
    shell: Shell, files_server: ScriptedFilesServer, command: str
) -> None:
    assert "file-" in shell.ok("info", "--quiet", "t*.txt", "once.txt")
    done = shell.run(command, "no-such-*")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "filewharf: Nothing matches no-such-*.\n"


@pytest.mark.parametrize("name", ["..", ".", "a/b", "\t", "x" * 5000, "%2e%2e"])
def test_odd_names_lead_to_no_other_address(
    shell: Shell, files_server: ScriptedFilesServer, name: str
) -> None:
    done = shell.run("info", name)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Traceback" not in done.stderr
    asked = {request.path for request in files_server.requests}
    assert "/files" in asked
    assert all(path.startswith("/files") and path.count("/") < 3 for path in asked)


def test_the_account_is_not_listed_for_an_id(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("x", id=LONG_ID, purpose="batch", content=b"x"))
    assert shell.ok("cat", LONG_ID, "file-2") == "xtwo"
    assert shell.run("info", LONG_ID.swapcase().replace("FILE", "file")).returncode == 1
    assert not files_server.requests_to("GET", "/files")


def test_many_files_of_a_name_are_not_all_listed(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*(served_file("many\n", id=f"file-x{number}") for number in range(50)))
    done = shell.run("rm", "--yes", "many\n")
    assert done.returncode == 2
    assert 'called "many\\n".' in done.stderr
    assert len(done.stderr.splitlines()) == 22
    assert done.stderr.endswith("and 30 more\n")
