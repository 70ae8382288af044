"""Commands find the files of patterns that the shell didn't expand."""

import pytest

from services.checks.gathering import MAX_FILES
from tests.support.files_server import ScriptedFilesServer
from tests.terminal.conftest import Shell

pytestmark = pytest.mark.slow


def names(server: ScriptedFilesServer) -> list[str]:
    return sorted(file.filename for file in server.files)


def write(shell: Shell, *names: str) -> None:
    for name in names:
        path = shell.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)


def test_a_pattern_finds_files_but_no_hidden_ones(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    write(shell, "a1.txt", "a2.txt", "b.txt", ".a3.txt", "below/a4.txt")
    shell.ok("put", "--purpose", "user_data", "?[12].txt", "b*.txt")
    assert names(files_server) == ["a1.txt", "a2.txt", "b.txt"]


def test_two_stars_are_any_number_of_folders(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    write(shell, "a1.txt", "below/a2.txt")
    shell.ok("put", "--purpose", "user_data", "**/a*.txt")
    assert names(files_server) == ["a1.txt", "a2.txt"]


def test_a_file_can_be_named_like_a_pattern(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    write(shell, "a[1].txt", "a1.txt")
    shell.ok("put", "--purpose", "user_data", "a[1].txt")
    assert names(files_server) == ["a[1].txt"]


@pytest.mark.parametrize("command", ["put", "check"])
def test_a_pattern_that_finds_nothing_fails(
    shell: Shell, files_server: ScriptedFilesServer, command: str
) -> None:
    write(shell, "a.txt")
    done = shell.run(command, "a.txt", "none-*\n.txt")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'filewharf: Nothing matches "none-*\\n.txt".\n'
    assert names(files_server) == []


def test_too_many_files_are_not_silently_left_out(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    for number in range(MAX_FILES + 1):
        (shell.folder / f"{number}.txt").touch()
    done = shell.run("put", "*.txt")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "filewharf: These are more than 10,000 files. Choose fewer at once.\n"
    assert names(files_server) == []
