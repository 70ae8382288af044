"""Commands end with a sentence and the right code wherever they are started."""

import json
import signal
import subprocess
import sys

import pytest

from services.accounts.settings import SettingsStore
from services.providers.account import Account
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.support.served_files import many_files, served_file
from tests.support.server_faults import Moment, Stall, api_error
from tests.terminal.conftest import ROOT, Shell

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell"),
]

OWN_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


@pytest.fixture(autouse=True)
def two_files(files_server: ScriptedFilesServer) -> None:
    files_server.add(
        served_file("requests.jsonl", id="file-1", purpose="batch", content=b"requests"),
        served_file("answers.jsonl", id="file-2", purpose="batch_output", content=b"answers"),
    )


def in_shell(shell: Shell, command: str) -> "subprocess.CompletedProcess[str]":
    """Run a line in which `filewharf` is the program, without `--data-dir`."""
    program = f'filewharf() {{ "{sys.executable}" "{ROOT / "main.py"}" "$@"; }}'
    return subprocess.run(
        ["sh", "-c", f"{program}\n{command}"],
        cwd=shell.folder,
        env=shell.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# Where nothing can be kept


def use_stored_account(shell: Shell, server: ScriptedFilesServer) -> None:
    """Let the account be one whose key is in the keyring."""
    data = shell.folder / "data"
    data.mkdir()
    settings = SettingsStore(data / "settings.json", lambda save: save())
    settings.change(accounts=(Account("1", "Work", "other", server.base_url),))
    shell.environment.pop("OPENAI_API_KEY")


def use_keyring(shell: Shell, answer: str) -> None:
    """Let the keyring of the system answer like this."""
    (shell.folder / "own_keyring.py").write_text(KEYRING.format(answer=answer))
    shell.environment["PYTHONPATH"] = str(shell.folder)
    shell.environment["PYTHON_KEYRING_BACKEND"] = "own_keyring.Keyring"


KEYRING = """
import threading
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

class Keyring(KeyringBackend):
    __module__ = "keyring.backends.SecretService"
    priority = 9

    def get_password(self, service, username):
        {answer}

    def set_password(self, service, username, password):
        raise AssertionError("commands only read keys")

    def delete_password(self, service, username):
        raise AssertionError("commands only read keys")
"""


@pytest.mark.parametrize("command", [["ls"], ["info", "file-1"]])
def test_without_a_keyring_it_says_that_there_is_no_key(
    shell: Shell, files_server: ScriptedFilesServer, command: list[str]
) -> None:
    use_stored_account(shell, files_server)
    shell.environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    done = shell.run(*command)
    assert (done.returncode, done.stdout) == (1, "")
    assert "No key for Work" in done.stderr


@pytest.mark.parametrize("command", [["ls"], ["info", "file-1"]])
def test_a_locked_keyring_is_told(
    shell: Shell, files_server: ScriptedFilesServer, command: list[str]
) -> None:
    use_stored_account(shell, files_server)
    use_keyring(shell, "raise KeyringLocked")
    done = shell.run(*command)
    assert (done.returncode, done.stdout) == (1, "")
    assert "The system keyring is locked" in done.stderr
    assert "Work can't be used" in done.stderr


@pytest.mark.parametrize("command", [["ls"], ["info", "file-1"]])
def test_a_keyring_that_waits_for_a_password_is_not_waited_for_longer_than_wanted(
    shell: Shell, files_server: ScriptedFilesServer, command: list[str]
) -> None:
    use_stored_account(shell, files_server)
    use_keyring(shell, "threading.Event().wait()")
    done = shell.run(*command, "--timeout", "0.5")
    assert (done.returncode, done.stdout) == (124, "")


def test_an_unlocked_keyring_gives_the_key(shell: Shell, files_server: ScriptedFilesServer) -> None:
    use_stored_account(shell, files_server)
    use_keyring(shell, f"return {TEST_KEY!r}")
    assert shell.ok("ls", "--quiet").split() == ["file-2", "file-1"]


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "OPENAI_ORG_ID"])
def test_a_variable_that_is_not_text_is_told(shell: Shell, variable: str) -> None:
    shell.environment["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
    shell.environment[variable] = "one-\udcff\udcfe"
    done = shell.run("ls")
    assert done.returncode == 1
    assert "isn't valid" in done.stderr


def test_without_a_home_that_of_the_user_is_taken(shell: Shell) -> None:
    shell.environment.pop("HOME")  # the other variables say where files are kept
    done = in_shell(shell, "filewharf ls --quiet")
    assert (done.returncode, done.stdout.split()) == (0, ["file-2", "file-1"])


@pytest.mark.parametrize("command", ["ls", "put readme.txt --purpose user_data", "accounts"])
def test_a_home_that_cannot_be_written_is_told(shell: Shell, command: str) -> None:
    (shell.folder / "readme.txt").write_text("text")
    (shell.folder / "home").write_text("not a folder, so that nobody can write below")
    for name in OWN_FOLDERS:
        shell.environment.pop(name, None)
    shell.environment["HOME"] = str(shell.folder / "home")
    done = in_shell(shell, f"filewharf {command}")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--data-dir" in done.stderr
    assert done.stderr.count("\n") == 1


def test_files_are_checked_without_a_home(shell: Shell) -> None:
    (shell.folder / "readme.txt").write_text("text")
    shell.environment["HOME"] = "/not/there"
    for name in OWN_FOLDERS:
        shell.environment.pop(name, None)
    done = in_shell(shell, "filewharf check readme.txt && filewharf fix readme.txt")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_full_disk_under_a_download_leaves_nothing(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.add(served_file("large.bin", id="file-3", purpose="user_data", size=4_000_000))
    (shell.folder / "out").mkdir()
    # In blocks of 512 bytes: enough for the queue, but not for the file.
    done = in_shell(shell, "ulimit -f 4000; filewharf get --to out large.bin requests.jsonl")
    assert "large.bin" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode in {1, 3}
    assert not [one for one in (shell.folder / "out").iterdir() if "large" in one.name]


# Who reads and writes


@pytest.mark.parametrize("form", ["", "--json", "--jsonl", "--quiet"])
def test_whoever_reads_may_stop_early(
    shell: Shell, files_server: ScriptedFilesServer, form: str
) -> None:
    files_server.add(*many_files(5_000))
    done = in_shell(shell, f"{{ filewharf ls {form}; echo $? >&2; }} | head -1")
    assert done.stdout.count("\n") == 1
    assert done.stderr == "0\n"


def test_a_closed_output_is_an_error_and_closed_messages_are_none(shell: Shell) -> None:
    done = in_shell(shell, "filewharf ls >&-")
    assert (done.returncode, done.stderr) == (1, "filewharf: Bad file descriptor.\n")
    done = in_shell(shell, "filewharf ls --quiet 2>&- <&-")
    assert (done.returncode, done.stdout.split()) == (0, ["file-2", "file-1"])
    assert in_shell(shell, "filewharf info file-gone 2>&-").returncode == 1
    assert in_shell(shell, "filewharf rm file-1 <&-").returncode == 2


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("command", [["ls"], ["info", "file-1"], ["cat", "file-1"]])
def test_a_signal_ends_it_without_a_word(
    shell: Shell,
    files_server: ScriptedFilesServer,
    command: list[str],
    sent: signal.Signals,
    code: int,
) -> None:
    path = "/files" if command == ["ls"] else "/files/file-1"
    files_server.script("GET", path, [Stall(Moment.AFTER_BODY)])
    process = shell.start(*command)
    files_server.wait_until_stalled()
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (code, "", "")


@pytest.mark.parametrize("command", ["ls", "info file-1", "batches", "get requests.jsonl"])
def test_a_timeout_ends_any_command(
    shell: Shell, files_server: ScriptedFilesServer, command: str
) -> None:
    for path in ("/files", "/files/file-1", "/batches"):
        files_server.script("GET", path, [Stall(Moment.AFTER_BODY)])
    done = shell.run(*command.split(), "--timeout", "0.5")
    assert (done.returncode, done.stdout) == (124, "")
    assert done.stderr.count("\n") == 1


def test_help_tells_what_the_exit_codes_mean(shell: Shell) -> None:
    words = " ".join(in_shell(shell, "filewharf ls --help").stdout.split())
    for code in (0, 1, 2, 3, 124, 130, 143):
        assert f"{code} " in words.lower().partition("exit codes:")[2]


# What is found


def test_nothing_found_is_an_empty_list_but_no_choice(shell: Shell) -> None:
    assert shell.ok("find", "no-such-name") == ""
    for command in (["get", "no-such-*"], ["rm", "--yes", "no-such-*"]):
        done = shell.run(*command)
        assert (done.returncode, done.stdout) == (1, "")
        assert "no-such-*" in done.stderr


def test_very_many_files_are_matched(shell: Shell, files_server: ScriptedFilesServer) -> None:
    files_server.add(*many_files(30_000))
    assert shell.ok("rm", "--dry-run", "--quiet", "*").count("\n") == 30_002


def test_a_listing_that_breaks_off_keeps_what_came(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    files_server.add(*many_files(1_500))
    files_server.script("GET", "/files", [None, api_error(403, "No more")])
    done = shell.run("ls", "--jsonl")
    assert done.returncode == 1
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert "No more" in done.stderr


# Several at once


def test_two_may_upload_at_once_while_a_third_lists(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    (shell.folder / "same.txt").write_text("x" * 1_000_000)
    files_server.script("POST", "/files", [Stall(Moment.IN_BODY, after_bytes=100)] * 2)
    both = [
        shell.start("put", "--quiet", "--purpose", "user_data", "same.txt") for _number in range(2)
    ]
    files_server.wait_until_stalled(2)
    listed = shell.ok("ls", "--quiet").split()
    assert {"file-1", "file-2"} <= set(listed)
    files_server.release()
    ended = [process.communicate(timeout=60) for process in both]
    assert [process.returncode for process in both] == [0, 0], ended
    ids = {out.strip() for out, _err in ended}
    on_server = {file.id for file in files_server.files if file.filename == "same.txt"}
    assert ids == on_server
    # Whatever runs next finds nothing that is left to send.
    again = shell.ok("put", "--quiet", "--purpose", "user_data", "same.txt")
    assert again.strip() in on_server
    assert len(files_server.requests_to("POST", "/files")) == 2
