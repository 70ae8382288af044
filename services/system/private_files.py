"""Files and folders of the program that nobody else on this computer may read."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from services.system.folder_sync import sync_folder

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(folder: Path) -> None:
    """Make a folder that only this person can open, and the missing ones above it.

    One that exists already is left as it is: it may contain other people's things.
    """
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for part in reversed(missing):
        part.mkdir(mode=0o700, exist_ok=True)


def own_folder(folder: Path) -> None:
    """Make a folder that holds only what the program wrote; close one that others can open."""
    make_folder(folder)
    folder.mkdir(exist_ok=True)  # raises where something else has the name
    narrow(folder)


def narrow(path: Path) -> None:
    """Remove other people's permissions on a file or folder, as far as the disk supports them.

    A link is left alone: its target may be shared on purpose.
    """
    with contextlib.suppress(OSError):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)


def make_file(path: Path) -> None:
    """Make an empty file that only this person can read; close one that others can."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        narrow(path)


def replace_file(path: Path, body: bytes) -> None:
    """Write a file whole or not at all: after a crash the old one is there, or the new one.

    The new content is first written under a unique name, so that two programs never write the
    same file. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".new", dir=path.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    sync_folder(path.parent)
