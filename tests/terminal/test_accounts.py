"""`filewharf accounts` lists the accounts that commands can use."""

import json

import pytest

from tests.support.files_server import TEST_KEY, ScriptedFilesServer
from tests.terminal.conftest import Shell

pytestmark = pytest.mark.slow


def store(shell: Shell, *accounts: tuple[str, str, str]) -> None:
    """Write settings with these accounts: ID, name and base URL."""
    stored = [
        {"id": one, "name": name, "provider_id": "openai", "base_url": url}
        for one, name, url in accounts
    ]
    folder = shell.folder / "data"
    folder.mkdir()
    (folder / "settings.json").write_text(json.dumps({"accounts": stored}))


def test_all_accounts_are_listed_without_their_keys(
    shell: Shell, files_server: ScriptedFilesServer
) -> None:
    store(shell, ("a1", "Odd\n\x1b[31m", "https://api.openai.com/v1"))
    out = shell.ok("accounts")
    lines = out.splitlines()
    assert lines[0] == r'a1  "Odd\n\u001b[31m"  https://api.openai.com/v1'
    assert files_server.base_url in lines[1]
    assert TEST_KEY not in out
    assert shell.ok("accounts", "--quiet").split() == ["a1", "environment", "sandbox"]
    listed = json.loads(shell.ok("accounts", "--json"))
    assert [one["kind"] for one in listed] == ["stored", "environment", "sandbox"]
    assert listed[0]["name"] == "Odd\n\x1b[31m"
    assert not files_server.requests_to("GET", "/files")


def test_a_listed_id_can_be_given_to_other_commands(shell: Shell) -> None:
    identity = shell.ok("accounts", "--quiet").split()[0]
    assert shell.ok("ls", "--account", identity) == ""


def test_a_password_in_an_address_is_not_printed(shell: Shell) -> None:
    store(shell, ("a1", "Mine", "https://me:hidden-word@example.com/v1"))
    done = shell.run("accounts", "--json")
    assert done.returncode == 0
    assert "hidden-word" not in done.stdout + done.stderr


def test_damaged_settings_are_told(shell: Shell) -> None:
    (shell.folder / "data").mkdir()
    (shell.folder / "data" / "settings.json").write_text("{")
    done = shell.run("accounts", "--quiet")
    assert done.returncode == 0
    assert done.stdout.split() == ["environment", "sandbox"]
    assert "settings" in done.stderr
    assert "Traceback" not in done.stderr
