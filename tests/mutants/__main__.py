"""Plant slips one at a time and run the tests that are to notice: `make mutants`.

    python -m tests.mutants [--count 100] [--seed 1] [--only PART-OF-A-PATH] [--jobs 2]

Works in copies below build/mutants; the checkout itself is left alone. Exits with 1 when fewer
than 95 of 100 slips were noticed, and with 2 when tests fail with nothing planted: those would
seem to notice everything.
"""

import argparse
import os
import queue
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.promise_keepers import Judges, promise_keepers
from tests.mutants.slips import Slip, slips_in

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "mutants"
WANTED = 0.95
LONGEST = 600
"""Seconds that the tests may take for one slip; a slip that makes them hang was noticed."""
LONGEST_FOR_ALL = 3600
"""Seconds that all of them may take with nothing planted."""


@dataclass(frozen=True, slots=True)
class Planted:
    """A slip, and where it is planted."""

    module: str
    slip: Slip
    judges: Judges

    def __str__(self) -> str:
        return f"{self.module}:{self.slip.line}: {self.slip.what}"


def main() -> int:
    """Plant, run, and tell what went unnoticed."""
    arguments = _arguments()
    chosen = _sample(arguments.count, arguments.seed, arguments.only)
    tests = {test for planted in chosen for run in planted.judges for test in run}
    if tests and _fail(sorted(tests), _copy(BUILD / "0"), LONGEST_FOR_ALL, output=None):
        print("These tests fail with nothing planted.", file=sys.stderr)
        return 2
    unnoticed = _judged(chosen, arguments.jobs)
    noticed = len(chosen) - len(unnoticed)
    print(f"\n{noticed} of {len(chosen)} slips were noticed (seed {arguments.seed}).")
    for planted in unnoticed:
        print(f"  not noticed: {planted}")
    return 0 if noticed >= WANTED * len(chosen) else 1


def _sample(count: int, seed: int, only: str) -> list[Planted]:
    every = [
        Planted(module, slip, judges)
        for module, judges in promise_keepers(ROOT).items()
        if only in module
        for slip in slips_in((ROOT / module).read_text(encoding="utf-8"))
    ]
    return random.Random(seed).sample(every, min(count, len(every)))


def _judged(chosen: list[Planted], jobs: int) -> list[Planted]:
    """Those that no test noticed."""
    waiting: queue.SimpleQueue[Planted] = queue.SimpleQueue()
    for planted in chosen:
        waiting.put(planted)
    unnoticed: list[Planted] = []
    said = threading.Lock()

    def work(copy: Path) -> None:
        while True:
            try:
                planted = waiting.get_nowait()
            except queue.Empty:
                return
            started = time.monotonic()
            noticed = _is_noticed(planted, copy)
            took = time.monotonic() - started
            with said:
                word = "noticed" if noticed else "NOT NOTICED"
                print(f"{word:11} {took:4.0f} s  {planted}", flush=True)
                if not noticed:
                    unnoticed.append(planted)

    workers = []
    for number in range(jobs):
        copy = _copy(BUILD / str(number))
        workers.append(threading.Thread(target=work, args=(copy,)))
        workers[-1].start()
    for worker in workers:
        worker.join()
    return unnoticed


def _copy(folder: Path) -> Path:
    """A fresh copy of all that version control knows of."""
    shutil.rmtree(folder, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target)
    return folder


def _is_noticed(planted: Planted, copy: Path) -> bool:
    target = copy / planted.module
    whole = target.read_text(encoding="utf-8")
    target.write_text(planted.slip.source, encoding="utf-8")
    try:
        return any(_fail(tests, copy) for tests in planted.judges if tests)
    finally:
        target.write_text(whole, encoding="utf-8")


def _fail(
    tests: Sequence[str],
    copy: Path,
    longest: float = LONGEST,
    output: int | None = subprocess.DEVNULL,
) -> bool:
    """Whether one of the tests fails, or they take longer than so many seconds."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += ["--hypothesis-profile=unshrunk", *tests]
    try:
        result = subprocess.run(
            command,
            cwd=copy,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=longest,
        )
    except subprocess.TimeoutExpired:
        return True
    return result.returncode != 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many slips are planted")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000), help="which ones")
    parser.add_argument("--only", default="", help="a part of the path of the modules")
    parser.add_argument("--jobs", type=int, default=2, help="how many at a time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
