"""Runs Python code in a process that interrupts itself at a given moment.

A moment is a call or a return of any function. This makes it possible to hit the gap between the
start of a process and the line that records it.
"""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.packaging_scripts.conftest import SCRIPTS

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

look, ended = interrupt(int(sys.argv[1]))
code = compile(sys.argv[2], "code", "exec")
names = {"begin": lambda: sys.setprofile(look)}
try:
    exec(code, names)
finally:
    ended()
"""


def run_interrupted(
    code: str, moment: int, environment: Mapping[str, str]
) -> tuple[subprocess.CompletedProcess[str], int]:
    """Run code that calls `begin()`, which starts the count; also returns the number of moments.

    With moment 0, nothing is interrupted.
    """
    ended = subprocess.run(
        [sys.executable, "-c", _DRIVER, str(moment), code],
        check=False,
        capture_output=True,
        text=True,
        env={**environment, "PYTHONPATH": str(SCRIPTS)},
    )
    lines = ended.stderr.split()
    return ended, int(lines[-1]) if lines and lines[-1].isdigit() else 0


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
