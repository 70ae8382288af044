"""Writing or replacing a file atomically.

On Linux, the new file has no name until it is complete, so that even a killed process leaves
nothing behind. Elsewhere, and on file systems that don't support this, the file is written next to
its target and then renamed.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from services.disk.partial_file import PartialFile, part_path
from services.disk.when_taken import WhenTaken
from services.disk.whole_writes import write_all
from services.problems.disk_errors import error_writing
from services.system.folder_sync import sync_folder

Write = Callable[[bytes], None]


def write_atomically(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file, replacing any existing one.

    On failure, raise FilesError and leave the existing file unchanged. If `path` is a symbolic
    link, the file that it points to is replaced.
    """
    with writing_atomically(path) as write:
        for piece in pieces:
            write(piece)


@contextlib.contextmanager
def writing_atomically(path: Path, mode: int | None = None) -> Iterator[Write]:
    """Write a file as `write_atomically` does, with a function that is called for each piece.

    The file is there after the block, with the permissions in `mode`, or else those of new files.
    If the block is left with an exception, nothing is.
    """
    target = Path(os.path.realpath(path))
    mark = secrets.token_hex(4)
    descriptor = _open_unnamed(target.parent)
    if descriptor is None:
        with PartialFile(target.parent, target.name, mark) as partial:
            _set_mode(part_path(target.parent, target.name, mark), mode, target)
            yield partial.write
            partial.finish(WhenTaken.REPLACE, lambda _target: None)
        return
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        _set_mode(descriptor, mode, target)

        def write(piece: bytes) -> None:
            try:
                write_all(file, piece)
            except OSError as error:
                raise error_writing(error, target) from error

        yield write
        try:
            os.fsync(descriptor)
            _link_into_place(descriptor, target)
            sync_folder(target.parent)
        except OSError as error:
            raise error_writing(error, target) from error


def _set_mode(file: Path | int, mode: int | None, target: Path) -> None:
    if mode is not None:
        try:
            os.chmod(file, stat.S_IMODE(mode))  # noqa: PTH101 - may be a descriptor
        except OSError as error:
            raise error_writing(error, target) from error


def _open_unnamed(folder: Path) -> int | None:
    """Open a new file without a name. Return None if the system can't."""
    if not Path("/proc/self/fd").is_dir():
        return None
    try:
        # Without O_TMPFILE, this tries to open a folder for writing, which fails on every system.
        return os.open(folder, getattr(os, "O_TMPFILE", 0) | os.O_WRONLY, 0o666)
    except OSError:
        return None


def _link_into_place(descriptor: int, target: Path) -> None:
    unnamed = f"/proc/self/fd/{descriptor}"
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        # With dir_fd, Python calls linkat with AT_SYMLINK_FOLLOW, which resolves the /proc link.
        try:
            os.link(unnamed, target.name, dst_dir_fd=folder)
        except FileExistsError:
            temporary = part_path(target.parent, target.name, secrets.token_hex(4))
            os.link(unnamed, temporary.name, dst_dir_fd=folder)
            try:
                temporary.replace(target)
            except OSError:
                with contextlib.suppress(OSError):
                    temporary.unlink()
                raise
    finally:
        os.close(folder)
