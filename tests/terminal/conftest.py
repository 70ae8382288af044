"""Runs commands as a shell does, against a real loopback server."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.files_server import TEST_KEY, ScriptedFilesServer

ROOT = Path(__file__).resolve().parents[2]


def _take_interrupts() -> None:
    """Take interrupts even if the tests run in the background of a shell, which ignores them."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass
class Shell:
    """Starts `main.py` with an account from the environment."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def start(
        self,
        *arguments: str,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> "subprocess.Popen[str]":
        """Start a command; the caller waits for it."""
        command, *others = arguments
        own = (
            []
            if command in {"check", "fix", "completion", "desktop-entry"}
            else ["--data-dir", str(self.folder / "data")]
        )
        return subprocess.Popen(
            [sys.executable, str(ROOT / "main.py"), command, *own, *others],
            cwd=self.folder,
            env=self.environment,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            encoding="utf-8",
            preexec_fn=_take_interrupts if os.name == "posix" else None,
        )

    def run(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.PIPE
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        with self.start(*arguments, stdin=stdin, stdout=stdout) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def ok(self, *arguments: str) -> str:
        """What a command prints that has to succeed."""
        done = self.run(*arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout


MakeShell = Callable[[ScriptedFilesServer], Shell]


@pytest.fixture
def make_shell(tmp_path: Path, own_folders: Path) -> MakeShell:
    def make(server: ScriptedFilesServer) -> Shell:
        account = {"OPENAI_API_KEY": TEST_KEY, "OPENAI_BASE_URL": server.base_url}
        hidden = {"DISPLAY", "WAYLAND_DISPLAY"}
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        return Shell(tmp_path, kept | account)

    return make


@pytest.fixture
def shell(files_server: ScriptedFilesServer, make_shell: MakeShell) -> Shell:
    return make_shell(files_server)
