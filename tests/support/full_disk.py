"""Simulates a full disk. Linux only."""

import os
from collections.abc import Callable
from pathlib import Path


def fill_disk_under(is_affected: Callable[[Path], bool]) -> int:
    """Make every write to these open files fail with ENOSPC, as `/dev/full` does.

    Returns the number of files affected.
    """
    full = os.open("/dev/full", os.O_WRONLY)
    found = 0
    for link in Path("/proc/self/fd").iterdir():
        try:
            opened = link.readlink()
        except FileNotFoundError:  # closed since by another thread
            continue
        if is_affected(opened):
            os.dup2(full, int(link.name))
            found += 1
    os.close(full)
    return found


def fill_disk_under_partial_files(folder: Path | None = None) -> int:
    """Fill the disk under all open partial files, and unnamed temporary files in `folder`.

    Returns the number of files affected.
    """

    def is_partial(opened: Path) -> bool:
        unnamed = opened.name.endswith(" (deleted)") and opened.parent == folder
        return opened.name.endswith(".part") or unnamed

    return fill_disk_under(is_partial)
