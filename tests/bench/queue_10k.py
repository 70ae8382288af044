"""How long it takes to queue 10,000 uploads, and how long the window stalls meanwhile.

    python -m tests.bench.queue_10k ADDRESS FOLDER NUMBER

From the drop of the folder, including the inspection of its files, to the last row in the transfers
panel; the first uploads are already running by then.
"""

import json
import statistics
import sys
import time
from pathlib import Path

from tests.bench.report import Line, Options
from tests.bench.window_stalls import idle_process, in_fresh_process


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure the queue, and the stalls meanwhile."""
    files = folder / "files"
    files.mkdir()
    for number in range(options.queued):
        (files / f"{number:05}.bin").write_bytes(bytes(100))
    answers = []
    for run in range(options.runs):
        run_folder = folder / str(run)
        run_folder.mkdir()
        answers.append(in_fresh_process("queue_10k", address, run_folder, files, options.queued))
    times = [answer["seconds"][0] for answer in answers]
    worst = [max(answer["late"]) for answer in answers]
    return [
        Line(
            f"{options.queued:,} uploads queued",
            statistics.median(times),
            "s",
            "queue_10k_seconds",
            at_most=2,
            ours=f"max {max(times):.2f} s",
        ),
        Line(
            "longest stall meanwhile",
            max(worst),
            "ms",
            at_most=50,
            ours=f"med. {statistics.median(worst):.1f} ms",
            reference=f"idle {max(max(answer['idle']) for answer in answers):.1f} ms",
        ),
    ]


def _inside(address: str, folder: Path, files: Path, number: int) -> None:
    from tests.bench.open_window import Watch, open_window, rest, wait_for
    from tests.bench.product import account_at

    with open_window(folder / "program", [account_at(address, "delay-50")]) as window:
        model = window.workspace.transfers.model
        watch = Watch()
        rest(1000)
        with idle_process() as idle_late:
            watch.start()
            started = time.perf_counter()
            window.uploads.begin([files], "user_data")
            wait_for(lambda: model.rowCount() == number, every=1)
            seconds = time.perf_counter() - started
            rest(500)
            watch.stop()
        late = [round(one, 2) for one in watch.lateness]
        print(json.dumps({"seconds": [seconds], "late": late, "idle": idle_late}))


if __name__ == "__main__":
    _inside(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
