"""The folders for files that the program writes itself, so that they can be uploaded."""

import contextlib
import time
from pathlib import Path

from services.system.private_files import make_private_folder

_KEEP_DAYS = 30
"""How long a transfer can wait in the queue; see the journal."""


def prepare_folder(folder: Path, pattern: str, moment: float | None = None) -> None:
    """Create the folder, and delete files in it that no transfer can be waiting for any more.

    Only files are deleted whose names match `pattern`, as `Path.glob` has it. `moment` is the time
    in seconds since 1970, by default now. Raise OSError if the folder can't be created.
    """
    make_private_folder(folder)
    oldest = (time.time() if moment is None else moment) - _KEEP_DAYS * 24 * 3600
    for path in folder.glob(pattern):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime < oldest:
                path.unlink()
