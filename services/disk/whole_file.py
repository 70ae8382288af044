"""Files that are written whole or not at all, over what was there before.

On Linux the new file has no name until it is whole, so that even a killed program leaves nothing
behind. Elsewhere, and on file systems that can't, it is written beside its target and renamed.
"""

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from services.disk.partial_file import PartialFile, part_path
from services.disk.when_taken import WhenTaken
from services.problems.disk_errors import error_writing
from services.system.folder_sync import sync_folder


def write_whole(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file in place of an older one. Raise FilesError; then the older one is as it was.

    A link stays one: what it leads to is replaced.
    """
    target = Path(os.path.realpath(path))
    descriptor = _open_without_name(target.parent)
    if descriptor is None:
        _write_beside(target, pieces)
        return
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            for piece in pieces:
                left = memoryview(piece)
                while left:
                    left = left[file.write(left) :]
            os.fsync(descriptor)
            _give_name(descriptor, target)
        sync_folder(target.parent)
    except OSError as error:
        raise error_writing(error, target) from error


def _open_without_name(folder: Path) -> int | None:
    """A file without a name; None where that isn't possible."""
    if not Path("/proc/self/fd").is_dir():
        return None
    try:
        # Where the flag is not known, this asks to write into a folder, which no system does.
        return os.open(folder, getattr(os, "O_TMPFILE", 0) | os.O_WRONLY, 0o666)
    except OSError:
        return None


def _give_name(descriptor: int, target: Path) -> None:
    unnamed = f"/proc/self/fd/{descriptor}"
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        # With a folder given, the link behind that name is followed (linkat, AT_SYMLINK_FOLLOW).
        try:
            os.link(unnamed, target.name, dst_dir_fd=folder)
        except FileExistsError:
            beside = part_path(target.parent, target.name, secrets.token_hex(4))
            os.link(unnamed, beside.name, dst_dir_fd=folder)
            try:
                beside.replace(target)
            except OSError:
                with contextlib.suppress(OSError):
                    beside.unlink()
                raise
    finally:
        os.close(folder)


def _write_beside(target: Path, pieces: Iterable[bytes]) -> None:
    with PartialFile(target.parent, target.name, secrets.token_hex(4)) as partial:
        for piece in pieces:
            partial.write(piece)
        partial.place(WhenTaken.REPLACE, lambda _target: None)
