"""How late the window's event loop is while eight large transfers run.

    python -m tests.bench.window_stalls ADDRESS FOLDER MIB BEHAVIOR

Runs four uploads and four downloads at once, in a fresh process with the real window. Prints how
late each turn of the loop was and, as a reference, how late an idle process woke up: the noise of
the machine itself.

At full speed, the transfers, the server and the window compete for the CPU, so those figures are
also given relative to the idle process. On a line of 1 Gbit/s the CPU has time to spare, as in
normal use.
"""

import contextlib
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.environment import as_installed
from tests.bench.fast_server import MIB, file_id
from tests.bench.report import ROOT, Line, Options

LINE = "line-125"
"""1 Gbit/s each way, shared by all transfers."""


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure the four figures of stalls at full speed."""
    runs = _runs(options, address, folder, "plain")
    over_idle = [max(run["late"]) - max(run["idle"]) for run in runs]
    late, idle = _all(runs, "late"), _all(runs, "idle")
    return [
        *_lines(runs, "ui_stall_transfers_ms"),
        Line(
            "stalls, 99 of 100 are shorter, over idle",
            percentile_99(late) - percentile_99(idle),
            "ms",
            "ui_stall_transfers_ms_p99_over_idle",
            at_most=20,
        ),
        Line(
            "longest stall over the longest of its run's idle process, worst run",
            max(over_idle),
            "ms",
            "ui_stall_transfers_ms_max_over_idle",
            at_most=60,
            ours=f"med. {statistics.median(over_idle):.1f} ms",
        ),
    ]


def measure_on_line(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure the two figures of stalls on a line of 1 Gbit/s."""
    return _lines(_runs(options, address, folder, LINE), "ui_stall_line_ms")


def _runs(
    options: Options, address: str, folder: Path, behavior: str
) -> list[dict[str, list[float]]]:
    """The lateness of the window and the idle process in each run, in milliseconds."""
    runs = []
    for run in range(options.runs):
        run_folder = folder / str(run)
        run_folder.mkdir()
        runs.append(in_fresh_process("window_stalls", address, run_folder, options.eight, behavior))
    return runs


def _all(runs: Sequence[dict[str, list[float]]], who: str) -> list[float]:
    return [late for run in runs for late in run[who]]


def _lines(runs: Sequence[dict[str, list[float]]], key: str) -> list[Line]:
    """The two figures whose keys start with `key`."""
    late, idle = _all(runs, "late"), _all(runs, "idle")
    return [
        Line(
            "stalls, 99 of 100 are shorter",
            percentile_99(late),
            "ms",
            f"{key}_p99",
            at_most=16,
            reference=f"idle {percentile_99(idle):.1f} ms",
        ),
        Line(
            "longest stall",
            max(late),
            "ms",
            f"{key}_max",
            at_most=50,
            ours=f"med. {statistics.median(max(run['late']) for run in runs):.1f} ms",
            reference=f"idle {max(idle):.1f} ms",
        ),
    ]


def percentile_99(values: Sequence[float]) -> float:
    """The 99th percentile."""
    return sorted(values)[int(len(values) * 0.99)]


def in_fresh_process(module: str, *arguments: object) -> dict[str, list[float]]:
    """Run a measurement in a fresh process; return the figures it prints."""
    answer = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)],
        cwd=ROOT,
        env=as_installed(),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, list[float]] = json.loads(answer.stdout.splitlines()[-1])
    return figures


@contextlib.contextmanager
def idle_process() -> Iterator[list[float]]:
    """Run an idle process meanwhile; after the block, the list has its lateness in milliseconds."""
    late: list[float] = []
    with subprocess.Popen(
        [sys.executable, "-c", "from tests.bench import window_stalls; window_stalls.idle()"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield late
        late += json.loads(process.communicate()[0])


def idle() -> None:
    """Sleep for a millisecond at a time until the input ends, then print the lateness of each wake-up."""
    over = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        over.set()

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    print("ready", flush=True)
    late = []
    last = time.perf_counter()
    while not over.is_set():
        time.sleep(0.001)
        now = time.perf_counter()
        late.append(round((now - last) * 1000 - 1, 2))
        last = now
    print(json.dumps(late))


def _inside(address: str, folder: Path, megabytes: int, behavior: str) -> None:
    from services.api.remote_file import RemoteFile
    from tests.bench.open_window import Watch, done, open_window, rest, wait_for
    from tests.bench.product import account_at

    size = megabytes * MIB
    paths = [folder / f"up-{number}.bin" for number in range(4)]
    for path in paths:
        with path.open("wb") as file:
            file.truncate(size)
    files = [
        RemoteFile(file_id(size), filename=f"down-{number}.bin", size=size) for number in range(4)
    ]
    with open_window(folder / "program", [account_at(address, behavior)]) as window:
        watch = Watch()
        rest(1000)
        with idle_process() as idle_late:
            watch.start()
            window.uploads.begin(paths, "user_data")
            window.downloads.download_files(files)
            wait_for(lambda: done(window) == 8)
            watch.stop()
        late = [round(one, 2) for one in watch.lateness]
        print(json.dumps({"late": late, "idle": idle_late}))


if __name__ == "__main__":
    _inside(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
