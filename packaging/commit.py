"""The commit that is built, and its time: the same commit always gives the same packages."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_WITHOUT_GIT = 1_767_225_600
"""The beginning of 2026."""


def last_commit(root: Path) -> tuple[str, str] | None:
    """The ID of the checkout's commit, and its time in seconds since 1970; None without Git."""
    if not (root / ".git").exists() or shutil.which("git") is None:
        return None
    command = ["git", "log", "-1", "--format=%H %ct"]
    answer = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE)
    commit, when = answer.stdout.decode().split()
    return commit, when


def commit_time() -> int:
    """Seconds since 1970: SOURCE_DATE_EPOCH if it is set, else the time of the last commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    last = last_commit(ROOT)
    return _WITHOUT_GIT if last is None else int(last[1])
