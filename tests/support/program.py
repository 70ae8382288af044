"""Runs the real program in a process, and watches and uses it from outside."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from services.system.paths import paths_under
from tests.support.accessibility import AccessibilityBus, Accessible
from tests.support.waiting import NotObserved, wait_for

ROOT = Path(__file__).resolve().parents[2]
FROM_SOURCE = (sys.executable, str(ROOT / "main.py"))
START_SECONDS = 60.0
_LOUD = re.compile(r" (WARNING|ERROR|CRITICAL) |Traceback")
_NOT_OURS = (
    # Something went away while a test was querying it.
    "Could not find accessible on path",
    "Invalid index for tableInterface",
    # The virtual screen has no host portal.
    "Failed to register with host portal",
)


class Program:
    """The program with `--data-dir` and the given arguments, from its creation until `kill`.

    Its output is saved next to the data folder. `environment` is added to ours, which is passed on
    without the accounts.
    """

    def __init__(
        self,
        bus: AccessibilityBus,
        data_folder: Path,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        program: Sequence[str] = FROM_SOURCE,
    ) -> None:
        self.bus = bus
        self.data_folder = data_folder
        self.paths = paths_under(data_folder)
        self._output = data_folder.with_name(data_folder.name + ".output")
        command = [*program, "--data-dir", str(data_folder)]
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, *arguments],
                env=program_environment() | dict(environment or {}),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.pid = self._process.pid

    @property
    def output(self) -> str:
        """Everything printed so far, including earlier runs with this data folder."""
        return self._output.read_text(errors="replace")

    @property
    def complaints(self) -> str:
        """Its output, and log lines at WARNING or above; empty if all went well."""
        logs = [path.read_text(errors="replace") for path in self.paths.log_folder.glob("*.log*")]
        lines = [line for log in logs for line in log.splitlines()]
        loud = [line for line in lines if _LOUD.search(line) and not _is_noise(line)]
        return "\n".join([*([self.output] if self.output else []), *loud])

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def window(self) -> Accessible:
        """The main window, once it is shown."""

        def shown() -> Accessible | None:
            if not self.running:
                raise NotObserved(f"the program ended with {self.exit_code()}:\n{self.output}")
            return self.bus.window_of(self.pid)

        return wait_for(shown, "the main window", START_SECONDS)

    def part(self, role: str, name: str, seconds: float = 30) -> Accessible:
        """A part of the main window, once it is shown."""
        window = self.window
        return wait_for(lambda: window.find(role, name), f"the {role} “{name}”", seconds)

    def dialog(self, name: str, seconds: float = 30) -> Accessible:
        """A dialog, once it is shown and active."""

        def shown() -> Accessible | None:
            dialog = self.bus.window_of(self.pid, "dialog", name)
            return dialog if dialog is not None and dialog.active else None

        return wait_for(shown, f"the dialog “{name}”", seconds)

    def has_dialog(self, name: str) -> bool:
        return self.bus.window_of(self.pid, "dialog", name) is not None

    @property
    def files(self) -> Accessible:
        """The table of files, once it is shown."""
        return self.part("table", "Files")

    @property
    def sandbox(self) -> "SandboxFolder":
        return SandboxFolder(self.paths.sandbox_folder)

    def exit_code(self, seconds: float = 30) -> int:
        """Wait for the end of the program and return its exit code; raise NotObserved on timeout."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise NotObserved(f"the program did not end within {seconds:g} s") from None

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """Kill the program if it is still running."""
        if self.running:
            self._process.kill()
        self._process.wait()

    def clean_up(self) -> None:
        """Kill the program, and remove the socket that the next one would remove."""
        self.kill()
        with suppress(OSError):
            socket = Path((self.paths.journal_folder / "program.address").read_text())
            socket.unlink()
            socket.parent.rmdir()


@contextmanager
def running(
    bus: AccessibilityBus,
    data_folder: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Program]:
    """Run the program, and kill it at the end if it is still running."""
    program = Program(bus, data_folder, *arguments, environment=environment)
    try:
        yield program
    finally:
        program.clean_up()


def _is_noise(line: str) -> bool:
    return any(words in line for words in _NOT_OURS)


def program_environment() -> dict[str, str]:
    """Our environment without accounts, and with Qt's accessibility switched on."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    return ours | {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the sandbox's database."""

    id: str
    filename: str
    purpose: str
    size: int


@dataclass(frozen=True, slots=True)
class SandboxFolder:
    """The sandbox's folder on disk, read from outside."""

    folder: Path

    def files(self) -> list[StoredFile]:
        """The files, newest first; empty until there is a database."""
        with suppress(sqlite3.OperationalError):
            address = f"file:{self.folder / 'files.sqlite'}?mode=ro"
            with closing(sqlite3.connect(address, uri=True)) as database:
                rows = database.execute(
                    "SELECT id, filename, purpose, size FROM files"
                    " ORDER BY created_at DESC, position DESC"
                )
                return [StoredFile(*row) for row in rows]
        return []

    def named(self, filename: str) -> list[StoredFile]:
        return [file for file in self.files() if file.filename == filename]

    def content(self, file: StoredFile) -> Path:
        """The path of a file's content."""
        return self.folder / "content" / file.id
