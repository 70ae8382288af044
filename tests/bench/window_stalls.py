"""How late the window's event loop is while eight large transfers run at full speed.

    python -m tests.bench.window_stalls ADDRESS FOLDER MIB

Four uploads and four downloads at once, in a fresh process with the real window. Prints how late
each turn of the loop was and, as a reference, how late a process beside it that does nothing woke
up: what the machine itself adds.
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

from tests.bench.fast_server import MIB, ROOT, file_id
from tests.bench.report import Line, Options


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """The two figures of stalls."""
    late: list[float] = []
    idle: list[float] = []
    worst: list[float] = []
    for run in range(options.runs):
        made = folder / str(run)
        made.mkdir()
        answer = in_fresh_process("window_stalls", address, made, options.eight)
        late += answer["late"]
        idle += answer["idle"]
        worst.append(max(answer["late"]))
    return [
        Line(
            "stalls, 99 of 100 are shorter",
            percentile_99(late),
            "ms",
            "ui_stall_transfers_ms_p99",
            at_most=16,
            reference=f"idle {percentile_99(idle):.1f} ms",
        ),
        Line(
            "longest stall",
            max(late),
            "ms",
            "ui_stall_transfers_ms_max",
            at_most=50,
            ours=f"med. {statistics.median(worst):.1f} ms",
            reference=f"idle {max(idle):.1f} ms",
        ),
    ]


def percentile_99(values: Sequence[float]) -> float:
    """What one value in a hundred exceeds."""
    return sorted(values)[int(len(values) * 0.99)]


def in_fresh_process(module: str, *arguments: object) -> dict[str, list[float]]:
    """Run a measure of the window by itself; the figures that it prints."""
    answer = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    figures: dict[str, list[float]] = json.loads(answer.stdout.splitlines()[-1])
    return figures


@contextlib.contextmanager
def idle_process() -> Iterator[list[float]]:
    """A process that sleeps a millisecond at a time; how late it woke up, after the block."""
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
    """Sleep until the input ends, and print how late each wake-up was."""
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


def _inside(address: str, folder: Path, megabytes: int) -> None:
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
    with open_window(folder / "program", [account_at(address)]) as window:
        watch = Watch()
        rest(1000)
        with idle_process() as idle_late:
            watch.start()
            window.uploads.begin(paths, "user_data")
            window.downloads.save(files)
            wait_for(lambda: done(window) == 8)
            watch.stop()
        late = [round(one, 2) for one in watch.lateness]
        print(json.dumps({"late": late, "idle": idle_late}))


if __name__ == "__main__":
    _inside(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
