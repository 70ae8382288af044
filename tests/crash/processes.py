"""The processes of the crash test: the server, and the program that is killed."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEY = "sk-crash-test-0123456789"
BYTES_A_SECOND = 6_000_000
"""Slow enough that kills interrupt running transfers."""

_LONGEST_SESSION = 120.0
"""How long the program may take to finish, in seconds."""


class CrashTestFailed(AssertionError):
    """Something was lost, duplicated, partial or didn't end."""


class Session:
    """One run of the program, and its output."""

    def __init__(self, folder: Path, base_url: str) -> None:
        command = [sys.executable, "-m", "tests.crash.program"]
        command += ["--data-dir", str(folder / "data"), "--source", str(folder / "source")]
        command += ["--downloads", str(folder / "downloads")]
        command += ["--bytes-a-second", str(BYTES_A_SECOND)]
        self._stderr = (folder / "stderr.txt").open("w+b")
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_environment(folder) | {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": KEY},
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.lines: list[str] = []

    def wait_for(self, beginning: str, seconds: float) -> None:
        """Wait for a line that starts with `beginning`, the end of the program, or the timeout."""
        deadline = time.monotonic() + seconds
        while self._reader.is_alive() or not self._lines.empty():
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return
            if line is None:
                return
            self.lines.append(line)
            if beginning and line.startswith(beginning):
                return

    def kill(self) -> bool:
        """Kill the program; return whether it was still running."""
        running = self._process.poll() is None
        self._process.kill()
        self._end()
        return running and self._process.returncode < 0

    def finish(self) -> None:
        """Wait until the program has finished its work. Raises CrashTestFailed if it doesn't."""
        self.wait_for("done", _LONGEST_SESSION)
        try:
            status = self._process.wait(10)
        except subprocess.TimeoutExpired:
            status = -1
            self._process.kill()
        self._end()
        if status != 0:
            raise CrashTestFailed(f"the program did not finish: {self.lines[-5:]} {self.errors}")

    def check(self) -> None:
        """Raise CrashTestFailed if a transfer failed or anything was printed to stderr."""
        failed = [line for line in self.lines if line.startswith("failed")]
        if failed or self.errors:
            raise CrashTestFailed(f"{failed} {self.errors}")

    def _end(self) -> None:
        self._process.wait()
        self._reader.join(10)
        self.wait_for("", 0.0)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._stderr.seek(0)
        self.errors = self._stderr.read().decode(errors="replace")
        self._stderr.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


class Server:
    """The sandbox in its own process."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [
                *(sys.executable, "main.py", "sandbox", "--json", "--quiet"),
                *("--key", KEY, "--dir", str(folder / "sandbox")),
            ],
            cwd=ROOT,
            env=_environment(folder) | {"LANGUAGE": "en"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.base_url: str = json.loads(self._process.stdout.readline())["base_url"]

    def close(self) -> None:
        """Stop the server."""
        self._process.terminate()
        self._process.communicate()


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment without accounts and proxies, and with the test's home folder."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("OPENAI_", "AZURE_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_"))
    }
    home = str(folder / "home")
    return kept | {"HOME": home, "USERPROFILE": home, "XDG_STATE_HOME": home}
