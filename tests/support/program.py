"""The real program as a process of its own, watched and used from outside."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from services.system.paths import paths_under
from tests.support.accessibility import AccessibilityBus, Accessible
from tests.support.waiting import NotObserved, wait_for

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
_LOUD = re.compile(r" (WARNING|ERROR|CRITICAL) |Traceback")
_NOT_OF_OURS = (
    # Something went away while we asked about it.
    "Could not find accessible on path",
    "Invalid index for tableInterface",
    # There is none on the virtual screen.
    "Failed to register with host portal",
)


class Program:
    """`main.py` with `--data-dir` and the arguments given, from its making until `kill`.

    What it prints is kept beside the data folder. `environment` is added to ours, from which the
    accounts are left out.
    """

    def __init__(
        self,
        bus: AccessibilityBus,
        data_folder: Path,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.bus = bus
        self.data_folder = data_folder
        self.paths = paths_under(data_folder)
        self._output = data_folder.with_name(data_folder.name + ".output")
        command = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(data_folder)]
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
        """All that it printed so far, and what earlier runs on this data folder did."""
        return self._output.read_text(errors="replace")

    @property
    def complaints(self) -> str:
        """What it printed, and what it logged at WARNING and above; empty when all went well."""
        logs = [path.read_text(errors="replace") for path in self.paths.log_folder.glob("*.log*")]
        lines = [line for log in logs for line in log.splitlines()]
        loud = [line for line in lines if _LOUD.search(line) and not _is_noise(line)]
        return "\n".join([*([self.output] if self.output else []), *loud])

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def window(self) -> Accessible:
        """The main window, once it is there."""

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
        """A dialog, once it is shown and keys go to it."""

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
        """What it ended with; NotObserved when it goes on."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise NotObserved(f"the program did not end within {seconds:g} s") from None

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it at once, if it still runs."""
        if self.running:
            self._process.kill()
        self._process.wait()


@contextmanager
def running(
    bus: AccessibilityBus,
    data_folder: Path,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Program]:
    """A program that is surely ended."""
    program = Program(bus, data_folder, *arguments, environment=environment)
    try:
        yield program
    finally:
        program.kill()


def _is_noise(line: str) -> bool:
    return any(words in line for words in _NOT_OF_OURS)


def program_environment() -> dict[str, str]:
    """Ours without accounts, and with what makes Qt tell assistive technology what it shows."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("OPENAI_")}
    return ours | {"QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "PYTHONUNBUFFERED": "1"}


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of the sandbox as its database has it."""

    id: str
    filename: str
    purpose: str
    size: int


@dataclass(frozen=True, slots=True)
class SandboxFolder:
    """What the sandbox keeps on disk, read behind its back."""

    folder: Path

    def files(self) -> list[KeptFile]:
        """The newest first; none as long as there is no database."""
        with suppress(sqlite3.OperationalError):
            address = f"file:{self.folder / 'files.sqlite'}?mode=ro"
            with closing(sqlite3.connect(address, uri=True)) as database:
                rows = database.execute(
                    "SELECT id, filename, purpose, size FROM files"
                    " ORDER BY created_at DESC, position DESC"
                )
                return [KeptFile(*row) for row in rows]
        return []

    def named(self, filename: str) -> list[KeptFile]:
        return [file for file in self.files() if file.filename == filename]

    def content(self, file: KeptFile) -> Path:
        """Where the bytes of a file are."""
        return self.folder / "content" / file.id
