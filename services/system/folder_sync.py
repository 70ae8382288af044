"""Names that are still there after the power failed."""

import contextlib
import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that.

    The content of a file is made durable on its own, before it gets its name.
    """
    if os.name == "nt":
        return
    # Some network file systems can't; the files themselves are safe already.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
