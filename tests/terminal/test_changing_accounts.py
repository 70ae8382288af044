"""`filewharf accounts add` and `remove` keep keys in the keyring and nowhere else."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from services.accounts.key_store import KeyStore
from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.terminal.conftest import ROOT, Shell

pytestmark = pytest.mark.slow

OTHER_KEY = "sk-other-" + "q7" * 20


def add(shell: Shell, *arguments: str, key: str) -> "subprocess.CompletedProcess[str]":
    """Add an account with a key from a pipe."""
    with shell.start("accounts", "add", *arguments, stdin=subprocess.PIPE) as process:
        out, err = process.communicate(key + "\n", timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def without_keyring(shell: Shell) -> None:
    shell.environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


def saved_key(account_id: str) -> str | None:
    keys = KeyStore()
    try:
        return keys.key_of(account_id)
    finally:
        keys.close()


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.real_keyring
def test_an_added_account_is_used_and_removed(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    done = add(
        shell,
        "Mine",
        "--url",
        files_server.base_url,
        "--quiet",
        key=f"export MY_API_KEY={TEST_KEY}",
    )
    assert done.returncode == 0, done.stderr
    identity = done.stdout.strip()
    assert TEST_KEY not in done.stdout + done.stderr
    assert TEST_KEY.encode() not in written(shell.folder)
    assert saved_key(identity) == TEST_KEY
    shell.ok("ls", "--account", "mine")
    [request] = files_server.requests_to("GET", "/files")
    assert request.headers["authorization"] == f"Bearer {TEST_KEY}"
    assert add(shell, "MINE", key=TEST_KEY).returncode == 2
    refused = shell.run("accounts", "remove", "Mine")
    assert refused.returncode == 2
    assert "--yes" in refused.stderr
    assert shell.ok("accounts", "remove", "Mine", "--yes", "--quiet").strip() == identity
    assert identity not in shell.ok("accounts", "--quiet").split()
    assert identity.encode() not in written(shell.folder / "data")
    assert saved_key(identity) is None


def test_without_a_keyring_no_account_is_added(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    without_keyring(shell)
    done = add(shell, "Mine", "--url", files_server.base_url, key=OTHER_KEY)
    assert done.returncode == 1
    assert "OPENAI_API_KEY" in done.stderr
    assert OTHER_KEY not in done.stdout + done.stderr
    assert OTHER_KEY.encode() not in written(shell.folder)
    assert shell.ok("accounts", "--quiet").split() == ["environment", "sandbox"]


@pytest.mark.real_keyring
def test_settings_that_cannot_be_written_leave_no_key(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    (shell.folder / "data" / "settings.json" / "not a file").mkdir(parents=True)
    done = add(shell, "Mine", "--url", files_server.base_url, key=OTHER_KEY)
    assert done.returncode == 1
    assert "wasn't added" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("Mine",), ""),
        (("Mine", "--url", "ftp://example.com"), OTHER_KEY),
        (("Mine", "--provider", "nobody"), OTHER_KEY),
        (("Sandbox",), OTHER_KEY),
        ((" ",), OTHER_KEY),
        ((), OTHER_KEY),
    ],
)
def test_a_mistake_adds_nothing(shell: Shell, arguments: tuple[str, ...], key: str) -> None:
    without_keyring(shell)
    done = add(shell, *arguments, key=key)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert shell.ok("accounts", "--quiet").split() == ["environment", "sandbox"]


@pytest.mark.parametrize("name", ["sandbox", "environment", "nobody"])
def test_only_a_saved_account_can_be_removed(shell: Shell, name: str) -> None:
    assert shell.run("accounts", "remove", name, "--yes").returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_typed_key_is_not_echoed(shell: Shell) -> None:
    without_keyring(shell)
    control, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), "accounts", "add", "Mine"],
        env=shell.environment,  # with folders of its own
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,  # so that it has no other terminal to ask
    ) as process:
        os.close(terminal)
        shown = b""
        while b"key" not in shown:
            shown += os.read(control, 1_000)
        os.write(control, OTHER_KEY.encode() + b"\n")
        try:
            while piece := os.read(control, 1_000):
                shown += piece
        except OSError:
            pass  # how a pseudo-terminal ends
    os.close(control)
    assert process.returncode == 1
    assert b"OPENAI_API_KEY" in shown
    assert OTHER_KEY.encode() not in shown
