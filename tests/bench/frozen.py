"""How large the frozen program and its package are, and how fast it starts."""

import shutil
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from services.system.version import __version__
from tests.bench.environment import as_installed
from tests.bench.report import ROOT, Line, Options

_FROZEN = ROOT / "build" / "frozen" / "filewharf"
_SOURCES = ("packaging", "resources", "services", "ui")
_LONGEST = 30.0
"""Seconds to wait for a window."""


def measure(options: Options, _address: str, folder: Path) -> list[Line]:
    """Measure what `make deb` has built, or build it first if something has changed since."""
    if not _FROZEN.exists() or not _is_current(_packages()):
        subprocess.run([sys.executable, "packaging/tasks.py", "deb"], cwd=ROOT, check=True)
    (package,) = _packages()
    frozen: list[float] = []
    source: list[float] = []
    for number in range(2 * options.runs + 1):
        ours = _seconds_to_window([str(_FROZEN / "filewharf")], folder / f"frozen{number}")
        theirs = _seconds_to_window([sys.executable, "main.py"], folder / f"source{number}")
        if number:  # the first start reads from the disk, and compiles modules
            frozen.append(ours)
            source.append(theirs)
    size = sum(path.lstat().st_size for path in _FROZEN.rglob("*") if path.is_file())
    return [
        Line(
            "start of the frozen program, over that from source",
            statistics.median(one / other for one, other in zip(frozen, source, strict=True)),
            "x",
            "frozen_start_vs_source",
            at_most=1.3,
            ours=f"{statistics.median(frozen):.2f} s",
            reference=f"{statistics.median(source):.2f} s",
        ),
        Line("the frozen program", size / 2**20, "MiB", "frozen_size_mib", at_most=120),
        Line("its Debian package", package.stat().st_size / 2**20, "MiB", "deb_size_mib"),
    ]


def _is_current(packages: Sequence[Path]) -> bool:
    """Whether there is a package, and nothing that it is made of has changed since."""
    files = (path for name in _SOURCES for path in (ROOT / name).rglob("*"))
    newest = max(path.stat().st_mtime for path in files if path.suffix != ".pyc")
    return bool(packages) and packages[0].stat().st_mtime > newest


def _packages() -> list[Path]:
    return list((ROOT / "dist").glob(f"filewharf_{__version__}_*.deb"))


def _seconds_to_window(command: Sequence[str], folder: Path) -> float:
    """Seconds from starting the program until its window is on the screen."""
    folder.mkdir()
    started = time.perf_counter()
    with subprocess.Popen(
        [*command, "--data-dir", str(folder)],
        cwd=ROOT,
        env=as_installed(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as program:
        # It looks in short intervals itself, which costs less than starting it again and again.
        search = ["xdotool", "search", "--sync", "--onlyvisible", "--pid", str(program.pid)]
        subprocess.run([*search, "--name", "."], check=True, timeout=_LONGEST, capture_output=True)
        seconds = time.perf_counter() - started
        program.send_signal(signal.SIGTERM)
    shutil.rmtree(folder, ignore_errors=True)
    return seconds
