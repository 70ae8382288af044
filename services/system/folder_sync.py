"""Makes file names durable, so that they survive a power failure."""

import contextlib
import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to disk, if the system supports it.

    A file's content must be flushed separately, before it gets its final name.
    """
    if os.name == "nt":
        return
    # Some network file systems don't support it; the content is safe already.
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
