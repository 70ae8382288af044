"""`filewharf completion` prints scripts with all commands and options, which shells accept."""

import shutil
import subprocess

import pytest

from tests.terminal.conftest import Shell
from ui.terminal.command_line import COMMANDS

pytestmark = pytest.mark.slow

needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")


def completed(script: str, *words: str) -> list[str]:
    """What bash offers for the last of these words."""
    typed = " ".join(f"'{word}'" for word in words)
    asked = (
        f"COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; _filewharf;"
        ' printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "-c", f"{script}\n{asked}"], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


@needs_bash
def test_bash_completes_commands_options_and_choices(shell: Shell) -> None:
    script = shell.ok("completion", "bash")
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)
    assert set(completed(script, "filewharf", "")) == COMMANDS | {"sandbox"}
    assert completed(script, "filewharf", "ch") == ["check"]
    assert completed(script, "filewharf", "put", "--any") == ["--anyway"]
    assert completed(script, "filewharf", "completion", "") == ["bash", "zsh", "fish"]
    assert completed(script, "filewharf", "sandbox", "--po") == ["--port"]
    assert completed(script, "filewharf", "put", "x") == []


@pytest.mark.parametrize("name", ["zsh", "fish"])
def test_other_shells_get_all_commands_and_options(shell: Shell, name: str) -> None:
    script = shell.ok("completion", name)
    assert all(command in script for command in COMMANDS)
    assert "anyway" in script
    path = shutil.which(name)
    if path is not None:
        subprocess.run([path, "-n"], input=script, text=True, check=True)


def test_another_shell_is_a_mistake_in_the_command(shell: Shell) -> None:
    done = shell.run("completion", "cmd")
    assert (done.returncode, done.stdout) == (2, "")
    assert "bash" in done.stderr
