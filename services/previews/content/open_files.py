"""Private temporary files for the contents that are looked into, and their removal."""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from services.system.private_files import make_private_folder

_PREFIX = "open-"


class OpenFiles:
    """Temporary files in a folder of the program. Those of a program that was killed are deleted."""

    def __init__(self, folder: Path) -> None:
        """The folder is created when the first file is."""
        self._folder = folder
        self._is_swept = False

    def create(self) -> Path:
        """Create an empty file that only this person can read. Raise OSError."""
        make_private_folder(self._folder)
        if not self._is_swept:
            self._is_swept = True
            self._sweep()
        descriptor, name = tempfile.mkstemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=self._folder)
        os.close(descriptor)
        return Path(name)

    def _sweep(self) -> None:
        for path in self._folder.glob(f"{_PREFIX}*"):
            owner = path.name.removeprefix(_PREFIX).partition("-")[0]
            if not (owner.isdecimal() and _is_running(int(owner))):
                delete(path)


def delete(path: Path) -> None:
    """Delete a temporary file, if that is possible."""
    with contextlib.suppress(OSError):
        path.unlink()


def _is_running(process: int) -> bool:
    if sys.platform == "win32":
        return False  # A file that is in use can't be deleted there anyway.
    try:
        os.kill(process, 0)
    except PermissionError:
        return True  # Someone else's, with the same number.
    except (OSError, OverflowError):
        return False
    return True
