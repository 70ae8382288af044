"""Simulates a full disk. Linux only."""

import os
from pathlib import Path


def fill_disk_under_partial_files(folder: Path | None = None) -> int:
    """Make every write to an open partial file fail with ENOSPC, as `/dev/full` does.

    Includes unnamed temporary files in `folder`. Returns the number of files affected.
    """
    full = os.open("/dev/full", os.O_WRONLY)
    found = 0
    for link in Path("/proc/self/fd").iterdir():
        if not os.path.lexists(link):
            continue
        opened = link.readlink()
        unnamed = opened.name.endswith(" (deleted)") and opened.parent == folder
        if opened.name.endswith(".part") or unnamed:
            os.dup2(full, int(link.name))
            found += 1
    os.close(full)
    return found
