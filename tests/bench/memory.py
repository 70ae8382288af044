"""How much memory the transfer of a large file takes, each time in a fresh process.

    python -m tests.bench.memory upload|download ADDRESS FOLDER MIB

Prints the peak growth of the process in MiB, after the transfer of a small file.
"""

import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.fast_server import MIB, file_id
from tests.bench.product import Product, account_at
from tests.bench.report import ROOT, Line, Options


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure the two figures of memory."""
    lines = []
    for direction in ("upload", "download"):
        grown = []
        for run in range(options.runs):
            run_folder = folder / f"{direction}-{run}"
            run_folder.mkdir()
            command = ["-m", "tests.bench.memory", direction, address, run_folder, options.large]
            answer = subprocess.run(
                [sys.executable, *map(str, command)],
                cwd=ROOT,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            grown.append(float(answer.stdout))
        lines.append(
            Line(
                f"memory of a {direction}",
                max(grown),
                "MiB",
                f"{direction}_rss_growth_mib",
                at_most=16,
                ours=f"med. {statistics.median(grown):.1f} MiB",
            )
        )
    return lines


def _grown(direction: str, address: str, folder: Path, megabytes: int) -> float:
    with Product(folder, account_at(address)) as product:

        def go(size: int) -> None:
            if direction == "upload":
                file = folder / f"{size}.bin"
                with file.open("wb") as opened:
                    opened.truncate(size)
                product.upload([file])
                file.unlink()
            else:
                product.download(file_id(size), f"{size}.bin", folder, size)
                (folder / f"{size}.bin").unlink()

        go(10_240)
        Path("/proc/self/clear_refs").write_text("5")  # reset the peak
        before = status("VmRSS")
        go(megabytes * MIB)
        return status("VmHWM") - before


def measure_growth(module: str, file: Path, runs: int, name: str, key: str, at_most: float) -> Line:
    """Measure how much a fresh process of `tests.bench.MODULE` grows over a large file."""
    grown = []
    for _run in range(runs):
        answer = subprocess.run(
            [sys.executable, "-m", f"tests.bench.{module}", "memory", file],
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        grown.append(float(answer.stdout))
    median = statistics.median(grown)
    return Line(name, max(grown), "MiB", key, at_most=at_most, ours=f"med. {median:.1f} MiB")


def growth(warm_up: Callable[[], object], act: Callable[[], object]) -> float:
    """The peak growth of this process while it acts, in MiB, after a small warm-up."""
    warm_up()
    Path("/proc/self/clear_refs").write_text("5")  # reset the peak
    before = status("VmRSS")
    act()
    return status("VmHWM") - before


def status(name: str) -> float:
    """A value of /proc/self/status, in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    print(f"{_grown(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])):.2f}")
