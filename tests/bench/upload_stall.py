"""How much memory an upload takes, and how long the window's event loop stalls meanwhile.

    python -m tests.bench.upload_stall [--size MIB] [--rows NUMBER]

Measured twice, with the whole window open and the server in a separate process: a large file alone,
and again while many rows are being listed. Needs Linux and a display; for example,
`python packaging/virtual_screen.py .venv/bin/python -m tests.bench.upload_stall`.
"""

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from services.accounts.account_book import AccountBook
from services.accounts.key_store import KeyStore
from services.accounts.settings import SettingsStore
from services.engine import Engine
from services.providers.account import Account
from services.system.paths import paths_under
from services.system.worker_threads import WorkerThreads
from services.transfers.transfer import TransferState
from tests.bench.report import ROOT
from tests.support.files_server import TEST_KEY
from ui.application import Program, Start, make_application
from ui.main_window import MainWindow

MIB = 1024 * 1024
TIMEOUT = 120.0
"""Timeout of a step, in seconds."""


@dataclass(frozen=True)
class Figures:
    """The figures of one step."""

    name: str
    seconds: float
    growth: float
    """The peak growth of the program in MiB."""
    p99: float
    """The 99th percentile of the milliseconds between two turns of the event loop."""
    longest: float
    idle: float
    """The longest delay of an idle process meanwhile, in milliseconds."""

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.seconds:.1f} s, memory +{self.growth:.1f} MiB, "
            f"stalls p99 {self.p99:.1f} ms, longest {self.longest:.1f} ms "
            f"(an idle process: {self.idle:.1f} ms)"
        )


class Watchdog(QObject):
    """Measures the time from one turn of the event loop to the next."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(1)
        self._timer.timeout.connect(self._tick)

    @contextmanager
    def watching(self) -> Iterator[list[float]]:
        """The gaps of this block, in milliseconds."""
        self._gaps = []
        self._last = time.perf_counter()
        self._timer.start()
        yield self._gaps
        self._timer.stop()

    @Slot()
    def _tick(self) -> None:
        now = time.perf_counter()
        self._gaps.append((now - self._last) * 1000)
        self._last = now


def measure(name: str, watchdog: Watchdog, work: Callable[[], None]) -> Figures:
    """Run `work` and measure it."""
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak
    before = _memory("VmRSS")
    idle = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.jitter"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    started = time.perf_counter()
    with watchdog.watching() as gaps:
        work()
    seconds = time.perf_counter() - started
    ordered = sorted(gaps)
    p99 = ordered[int(len(ordered) * 0.99)]
    growth = _memory("VmHWM") - before
    waited = float(idle.communicate()[0])
    return Figures(name, seconds, growth, p99, ordered[-1], waited)


def _memory(what: str) -> float:
    """A value of /proc/self/status, in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{what}:"))


def wait_for(condition: Callable[[], bool]) -> None:
    """Run the event loop until the condition holds."""
    loop = QEventLoop()
    deadline = time.monotonic() + TIMEOUT
    timer = QTimer()

    def check() -> None:
        if condition() or time.monotonic() > deadline:
            loop.quit()

    timer.timeout.connect(check)
    timer.start(20)
    loop.exec()
    if not condition():
        raise TimeoutError("timed out")


@contextmanager
def _process(*command: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _done(window: MainWindow) -> int:
    transfers = window.workspace.transfers.model.transfers()
    failed = [one for one in transfers if one.state is TransferState.FAILED]
    if failed:
        raise RuntimeError(failed[0].problem)
    return sum(one.state is TransferState.DONE for one in transfers)


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=512, metavar="MIB")
    parser.add_argument("--rows", type=int, default=30_000, metavar="NUMBER")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        key = "sk-bench"
        sandbox = stack.enter_context(
            _process("main.py", "sandbox", "--key", key, "--dir", str(folder / "sandbox"))
        )
        sandbox_url = _first_line(sandbox).split()[-1]
        many = stack.enter_context(
            _process("-m", "tests.support.files_server", "--files", str(options.rows))
        )
        many_url = json.loads(_first_line(many))["base_url"]
        big = folder / "big.bin"
        with big.open("wb") as file:
            file.truncate(options.size * MIB)
        _measure_all(
            folder,
            (
                Account("uploads", "Uploads", "other", sandbox_url),
                Account("listing", "Listing", "other", many_url),
            ),
            {"uploads": key, "listing": TEST_KEY},
            big,
            options.rows,
        )


def _measure_all(
    folder: Path,
    accounts: tuple[Account, Account],
    known_keys: dict[str, str],
    big: Path,
    rows: int,
) -> None:
    application = make_application(["bench"])
    saving = WorkerThreads("settings", 1)
    settings = SettingsStore(folder / "settings.json", saving.submit)
    settings.change(accounts=accounts, last_account="uploads", skip_review=True)
    keys = KeyStore()
    for account_id, key in known_keys.items():
        keys.keep_in_memory(account_id, key)
    paths = paths_under(folder)
    program = Program(
        application,
        lambda listener, wait_until_handled: Engine(
            listener, AccountBook(settings, keys, {}), paths, wait_until_handled=wait_until_handled
        ),
        folder,
        Start(),
    )
    window = program.window
    program.open()
    gc.collect()
    gc.freeze()  # as main.py does
    wait_for(lambda: bool(window.workspace.area.shown))
    watchdog = Watchdog()
    megabytes = big.stat().st_size // MIB

    def rest() -> None:
        end = time.monotonic() + 1
        wait_for(lambda: time.monotonic() > end)

    def upload() -> None:
        before = _done(window)
        window.uploads.begin([big], "user_data")
        wait_for(lambda: _done(window) > before)

    def list_many() -> None:
        window.backend.open("listing")
        wait_for(lambda: len(window.workspace.area.shown) == rows)

    def upload_and_list() -> None:
        before = _done(window)
        window.uploads.begin([big], "user_data")
        wait_for(lambda: len(window.workspace.transfers.model.transfers()) > before)
        list_many()
        wait_for(lambda: _done(window) > before)

    def go_back() -> None:
        window.backend.open("uploads")
        wait_for(lambda: 0 < len(window.workspace.area.shown) < rows)
        rest()

    rest()
    print(measure("idle", watchdog, rest), flush=True)
    print(measure(f"upload of {megabytes} MiB", watchdog, upload), flush=True)
    rest()
    print(measure(f"{rows} rows", watchdog, list_many), flush=True)
    go_back()
    print(measure(f"upload and {rows} rows", watchdog, upload_and_list), flush=True)
    _close(application, program)
    saving.stop()


def _close(application: QApplication, program: Program) -> None:
    QTimer.singleShot(0, program.window.close)
    application.exec()


if __name__ == "__main__":
    main()
