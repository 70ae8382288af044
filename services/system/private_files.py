"""Creates files and folders that only the current user can access."""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from services.system.folder_sync import sync_folder

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_folder(folder: Path) -> None:
    """Create a folder that only the current user can open, and missing parents.

    An existing folder isn't changed, because it may be shared with others.
    """
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for part in reversed(missing):
        part.mkdir(mode=0o700, exist_ok=True)


def make_private_folder(folder: Path) -> None:
    """Create a folder for the program's files only, or make an existing one private."""
    make_folder(folder)
    folder.mkdir(exist_ok=True)  # raises if the path isn't a folder
    restrict(folder)


def restrict(path: Path) -> None:
    """Remove other users' permissions for a file or folder, if the file system supports them.

    Links are skipped, because their targets may be shared on purpose.
    """
    with contextlib.suppress(OSError):
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode) and mode & _OTHERS:
            path.chmod(stat.S_IMODE(mode) & ~_OTHERS)


def make_private_file(path: Path) -> None:
    """Create an empty file that only the current user can read, or make an existing one private."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        restrict(path)


def replace_file(path: Path, body: bytes) -> None:
    """Replace a file atomically: after a crash, either the old or the new content is there.

    The content is first written to a file with a unique name, so that two processes never write to
    the same one. Raises OSError.
    """
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".new", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)
