"""The processes of the crash test: the server, and the program that is killed."""

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
"""So that work is under way long enough to be met by a kill."""

_LONGEST_SESSION = 120.0
"""Seconds that the program may take to finish."""


class CrashTestFailed(AssertionError):
    """Something was lost, double, half, or did not end."""


class Session:
    """One run of the program, and what it reports."""

    def __init__(self, folder: Path, base_url: str) -> None:
        command = [sys.executable, "-m", "tests.crash.program"]
        command += ["--data-dir", str(folder / "data"), "--source", str(folder / "source")]
        command += ["--downloads", str(folder / "downloads")]
        command += ["--bytes-a-second", str(BYTES_A_SECOND)]
        self._complaints = (folder / "complaints.txt").open("w+b")
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=_surroundings(folder) | {"OPENAI_BASE_URL": base_url, "OPENAI_API_KEY": KEY},
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
        )
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()
        self.said: list[str] = []

    def wait_for(self, beginning: str, seconds: float) -> None:
        """Return when such a line was said, the program has ended, or the time is over."""
        deadline = time.monotonic() + seconds
        while self._reading.is_alive() or not self._lines.empty():
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return
            if line is None:
                return
            self.said.append(line)
            if beginning and line.startswith(beginning):
                return

    def kill(self) -> bool:
        """Kill it; whether it was still running."""
        running = self._process.poll() is None
        self._process.kill()
        self._end()
        return running and self._process.returncode < 0

    def finish(self) -> None:
        """Let it do all there is to do. Raise CrashTestFailed when it does not."""
        self.wait_for("done", _LONGEST_SESSION)
        try:
            status = self._process.wait(10)
        except subprocess.TimeoutExpired:
            status = -1
            self._process.kill()
        self._end()
        if status != 0:
            raise CrashTestFailed(f"the program did not finish: {self.said[-5:]} {self.complaints}")

    def check(self) -> None:
        """Raise CrashTestFailed when it failed or complained."""
        failed = [line for line in self.said if line.startswith("failed")]
        if failed or self.complaints:
            raise CrashTestFailed(f"{failed} {self.complaints}")

    def _end(self) -> None:
        self._process.wait()
        self._reading.join(10)
        self.wait_for("", 0.0)
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._complaints.seek(0)
        self.complaints = self._complaints.read().decode(errors="replace")
        self._complaints.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


class Server:
    """The sandbox as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "main.py", "sandbox", "--key", KEY, "--dir", str(folder / "sandbox")],
            cwd=ROOT,
            env=_surroundings(folder) | {"LANGUAGE": "en"},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.base_url = self._process.stdout.readline().split()[-1]

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.communicate()


def _surroundings(folder: Path) -> dict[str, str]:
    """An environment that names no account, no proxy and no home but the test's."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("OPENAI_", "AZURE_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_"))
    }
    home = str(folder / "home")
    return kept | {"HOME": home, "USERPROFILE": home, "XDG_STATE_HOME": home}
