"""The time of the commit that is built, so that the same commit always gives the same packages."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def commit_time() -> int:
    """Seconds since 1970: SOURCE_DATE_EPOCH if it is set, else the time of the last commit.

    Without git's history, it is 2026.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    answer = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return int(answer.stdout) if answer.stdout.strip().isdecimal() else 1_767_225_600
