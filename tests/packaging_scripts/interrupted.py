"""Runs Python code again and again in processes that interrupt themselves at a given moment.

A moment is a call or a return of any function. This makes it possible to hit the gap between the
start of a process and the line that records it.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from tests.packaging_scripts.conftest import SCRIPTS

# It has imported everything once, and forks for each run, which takes a tenth of a new start.
_DRIVER = """
import os, signal, sys

def interrupt(number):
    moments, this = 0, os.getpid()

    def look(frame, event, argument):
        nonlocal moments
        moments += 1
        if moments == number and os.getpid() == this:  # not in a forked child before its exec
            os.kill(this, signal.SIGTERM)

    def ended():
        sys.setprofile(None)
        print(moments, file=sys.stderr)

    return look, ended

def fork_for_each_number():
    while line := sys.stdin.readline():
        with open(sys.argv[3], "w+") as errors:
            child = os.fork()
            if not child:
                with open(os.devnull, "r+") as nothing:
                    os.dup2(nothing.fileno(), 0)
                    os.dup2(nothing.fileno(), 1)
                os.dup2(errors.fileno(), 2)
                return int(line)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            errors.seek(0)
            print((code, errors.read()), flush=True)
    sys.exit()

names = {}
exec(sys.argv[1], names)
code = compile(sys.argv[2], "code", "exec")
look, ended = interrupt(fork_for_each_number())
sys.setprofile(look)
try:
    exec(code, names)
finally:
    ended()
"""


class Ended(NamedTuple):
    """How a run ended."""

    code: int
    """The exit code, or the negative number of the signal that killed it."""
    errors: str
    """What it printed to stderr."""

    @property
    def moments(self) -> int:
        """The number of its moments; 0 if a signal killed it."""
        lines = self.errors.split()
        return int(lines[-1]) if lines and lines[-1].isdigit() else 0


class InterruptedRuns:
    """Runs `code` as often as wanted, each time in a new process in which `prepare` has been run."""

    def __init__(
        self, prepare: str, code: str, folder: Path, environment: Mapping[str, str] = os.environ
    ) -> None:
        """Its output is noted in `folder`."""
        self._driver = subprocess.Popen(
            [sys.executable, "-c", _DRIVER, prepare, code, str(folder / "errors")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**environment, "PYTHONPATH": str(SCRIPTS)},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._driver.communicate()

    def run(self, moment: int) -> Ended:
        """Run the code and interrupt it at a moment; with 0, it isn't interrupted."""
        assert self._driver.stdin is not None
        assert self._driver.stdout is not None
        self._driver.stdin.write(f"{moment}\n")
        self._driver.stdin.flush()
        return Ended(*ast.literal_eval(self._driver.stdout.readline()))


def left_running(notes: Path) -> list[int]:
    """The processes, of those that wrote their ID to a file, that are still running."""
    pids = [int(line) for line in notes.read_text().split()] if notes.exists() else []
    return [pid for pid in pids if is_running(pid)]


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
