"""The cost of checking a batch file of 200 MB with 50,000 requests.

    python -m tests.bench.checks memory FILE
    python -m tests.bench.checks stalls ADDRESS FOLDER FILE

The reference for the time is `json.loads` for each line. Memory is how much a fresh process grows
during the check, after a small file was checked first. Stalls are those of the real window while
its open review sheet checks the file again.
"""

import json
import random
import statistics
import sys
import time
from pathlib import Path

from services.checks.checking import check_file
from services.checks.finding import CheckReport
from services.checks.gathering import inspect_file
from services.providers.limits import OFFICIAL
from services.system.cancellation import CancelToken
from tests.bench.memory import growth, measure_growth
from tests.bench.report import Line, Options, alternately, median_ratio, read_as_json, speed, timed
from tests.bench.window_stalls import idle_process, in_fresh_process
from tests.support.narrowing import not_none

LINE = 4_000
"""Bytes per request: 200 MB for 50,000 requests."""

CHECKS = 3
"""How often the open review sheet checks the file while stalls are measured."""

_WORDS = [
    "The",
    "file,",
    "as",
    "options",
    "for;",
    "“naïve”",
    "or",
    '"quoted"\nnext',
    "line",
    "1204",
    "of",
    "résumé",
    "text",
    "→",
    "done",
]


def measure(options: Options, address: str, folder: Path) -> list[Line]:
    """Measure the three figures of checks."""
    file = folder / "batch.jsonl"
    make_batch(file, options.requests)
    lines = [
        _measure_speed(options, file),
        measure_growth(
            "checks", file, options.runs, "memory of a check", "check_rss_growth_mib", at_most=48
        ),
        *_measure_stalls(options, address, folder, file),
    ]
    file.unlink()
    return lines


def make_batch(file: Path, requests: int) -> None:
    """Write valid requests, half in plain ASCII and half with other letters and escapes."""
    chance = random.Random(1)
    words = " ".join(chance.choice(_WORDS) for _word in range(LINE))
    with file.open("wb") as opened:
        for number in range(requests):
            at = chance.randrange(len(words) - LINE)
            text = words[at : at + LINE]
            request = {
                "custom_id": f"request-{number}",
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": ""}]},
            }
            head, tail = json.dumps(request).encode().split(b'"content": ""')
            room = LINE - len(head) - len(tail) - len(b'"content": ""\n')
            if number % 2:
                text = text.encode("ascii", "ignore").decode()
            content = json.dumps(text, ensure_ascii=False)[1:-1].encode()[:room]
            content = content.decode("utf-8", "ignore").rstrip("\\").encode().ljust(room)
            opened.write(head + b'"content": "' + content + b'"' + tail + b"\n")


def _check(file: Path) -> CheckReport:
    return check_file(
        inspect_file(file), "batch", OFFICIAL, token=CancelToken(), progress=lambda _done: None
    )


def _checked(file: Path) -> None:
    report = _check(file)
    if report.findings or not report.facts:
        raise RuntimeError(report)


def _measure_speed(options: Options, file: Path) -> Line:
    ours, alone = alternately(
        options.runs,
        [lambda: timed(lambda: _checked(file)), lambda: timed(lambda: read_as_json(file))],
    )
    size = file.stat().st_size
    return Line(
        "check of a batch",
        median_ratio(alone, ours),
        "x",
        "check_batch_mib_s_vs_json",
        at_least=2,
        ours=speed(ours, size),
        reference=speed(alone, size),
    )


def _grown(file: Path) -> float:
    small = file.with_name("small.jsonl")
    make_batch(small, 10)
    grown = growth(lambda: _check(small), lambda: _checked(file))
    small.unlink()
    return grown


def _measure_stalls(options: Options, address: str, folder: Path, file: Path) -> list[Line]:
    answers = []
    for run in range(options.runs):
        run_folder = folder / f"window-{run}"
        run_folder.mkdir()
        answers.append(in_fresh_process("checks", "stalls", address, run_folder, file))
    worst = [max(answer["late"]) for answer in answers]
    return [
        Line(
            "longest stall while a batch is checked",
            max(worst),
            "ms",
            "ui_stall_check_ms_max",
            at_most=50,
            ours=f"med. {statistics.median(worst):.1f} ms",
            reference=f"idle {max(max(answer['idle']) for answer in answers):.1f} ms",
        ),
        Line(
            "time until the sheet shows the result",
            statistics.median(one for answer in answers for one in answer["seconds"]),
            "s",
        ),
    ]


def _inside(address: str, folder: Path, file: Path) -> None:
    from tests.bench.open_window import Watch, open_window, rest, wait_for
    from tests.bench.product import account_at
    from ui.uploads.review_rows import Sums
    from ui.uploads.review_sheet import ReviewSheet

    with open_window(folder / "program", [account_at(address)]) as window:

        def checked() -> bool:
            sheet = window.findChild(ReviewSheet)
            sums = sheet.model.sums if sheet is not None else Sums()
            return sums.files == 1 and not sums.checking

        watch = Watch()
        rest(1000)
        window.uploads.begin([file])
        wait_for(checked)
        rest(500)
        sheet = not_none(window.findChild(ReviewSheet))
        seconds = []
        with idle_process() as idle_late:
            watch.start()
            for _check in range(CHECKS):
                started = time.perf_counter()
                sheet.model.begin_checks()
                wait_for(checked, every=1)
                seconds.append(time.perf_counter() - started)
            rest(100)
            watch.stop()
        window.uploads.abandon()
        late = [round(one, 2) for one in watch.lateness]
        print(json.dumps({"seconds": seconds, "late": late, "idle": idle_late}))


if __name__ == "__main__":
    if sys.argv[1] == "memory":
        print(f"{_grown(Path(sys.argv[2])):.2f}")
    else:
        _inside(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
