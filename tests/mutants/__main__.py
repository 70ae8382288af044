"""Plants mutations one at a time and runs the tests that should catch them: `make mutants`.

    python -m tests.mutants [--count 100] [--seed 1] [--only PART-OF-A-PATH] [--jobs 2]

Works in copies of the checkout in build/mutants. Exits with 1 if fewer than 95% of the mutations
were caught, and with 2 if tests fail without any mutation: they would seem to catch everything.
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

from tests.mutants.mutations import Mutation, mutations_in
from tests.mutants.promise_keepers import TestGroups, promise_keepers

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "mutants"
REQUIRED_SHARE = 0.95
TIMEOUT = 600
"""Seconds that the tests may take for one mutation; one that makes them hang is caught."""
TIMEOUT_FOR_ALL = 3600
"""Seconds that all tests may take without any mutation."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A mutation in a module."""

    module: str
    mutation: Mutation
    test_groups: TestGroups

    def __str__(self) -> str:
        return f"{self.module}:{self.mutation.line}: {self.mutation.what}"


def main() -> int:
    """Plant the mutations, run the tests, and report the survivors."""
    options = _arguments()
    mutants = _sample(options.count, options.seed, options.only)
    tests = {test for mutant in mutants for run in mutant.test_groups for test in run}
    if tests and _fail(sorted(tests), _copy(BUILD / "0"), TIMEOUT_FOR_ALL, output=None):
        print("These tests fail without any mutation.", file=sys.stderr)
        return 2
    survivors = _survivors(mutants, options.jobs)
    caught = len(mutants) - len(survivors)
    print(f"\n{caught} of {len(mutants)} mutations were caught (seed {options.seed}).")
    for mutant in survivors:
        print(f"  not caught: {mutant}")
    return 0 if caught >= REQUIRED_SHARE * len(mutants) else 1


def _sample(count: int, seed: int, only: str) -> list[Mutant]:
    candidates = [
        Mutant(module, mutation, test_groups)
        for module, test_groups in promise_keepers(ROOT).items()
        if only in module
        for mutation in mutations_in((ROOT / module).read_text(encoding="utf-8"))
    ]
    return random.Random(seed).sample(candidates, min(count, len(candidates)))


def _survivors(mutants: list[Mutant], jobs: int) -> list[Mutant]:
    """The mutants that no test catches."""
    waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    for mutant in mutants:
        waiting.put(mutant)
    survivors: list[Mutant] = []
    output_lock = threading.Lock()

    def work(copy: Path) -> None:
        while True:
            try:
                mutant = waiting.get_nowait()
            except queue.Empty:
                return
            started = time.monotonic()
            caught = _is_caught(mutant, copy)
            elapsed = time.monotonic() - started
            with output_lock:
                result = "caught" if caught else "NOT CAUGHT"
                print(f"{result:11} {elapsed:4.0f} s  {mutant}", flush=True)
                if not caught:
                    survivors.append(mutant)

    workers = []
    for number in range(jobs):
        copy = _copy(BUILD / str(number))
        workers.append(threading.Thread(target=work, args=(copy,)))
        workers[-1].start()
    for worker in workers:
        worker.join()
    return survivors


def _copy(folder: Path) -> Path:
    """A fresh copy of all files under version control."""
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


def _is_caught(mutant: Mutant, copy: Path) -> bool:
    target = copy / mutant.module
    original = target.read_text(encoding="utf-8")
    target.write_text(mutant.mutation.source, encoding="utf-8")
    try:
        return any(_fail(tests, copy) for tests in mutant.test_groups if tests)
    finally:
        target.write_text(original, encoding="utf-8")


def _fail(
    tests: Sequence[str],
    copy: Path,
    timeout: float = TIMEOUT,
    output: int | None = subprocess.DEVNULL,
) -> bool:
    """Whether one of the tests fails, or they exceed the timeout in seconds."""
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
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return True
    return result.returncode != 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="number of mutations")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10_000), help="seed for choosing them"
    )
    parser.add_argument("--only", default="", help="only modules whose path contains this")
    parser.add_argument("--jobs", type=int, default=2, help="number of parallel jobs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
