"""Renaming a file without ever replacing another.

This is atomic where the system allows. Where it doesn't, as on some user-space file systems, an
empty placeholder file claims the name first. A crash at that moment leaves the placeholder behind,
and `remove_placeholder` deletes it at the next start.
"""

import contextlib
import ctypes
import errno
import functools
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
"""Errors from file systems without hard links."""
_NO_ATOMIC_RENAME = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""Errors from file systems that can only rename by replacing."""

# From Linux's <fcntl.h> and <linux/fs.h>.
_AT_FDCWD = -100
_RENAME_NOREPLACE = 1


def rename_no_replace(path: Path, target: Path) -> None:
    """Rename a file. Raise FileExistsError if the target exists."""
    if os.name == "nt":
        path.rename(target)  # on Windows, this raises if the target exists
        return
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if not rename_atomically(path, target):
            _reserve_and_replace(path, target)
    else:
        # The file has its new name. The old one would only be a leftover.
        with contextlib.suppress(OSError):
            path.unlink()


def rename_atomically(path: Path, target: Path) -> bool:
    """Rename with the system's own no-replace call. Return False if there is none.

    Raise FileExistsError if the target exists, and OSError for other failures.
    """
    rename = _renameat2()
    if rename is None:
        return False
    failed = rename(_AT_FDCWD, os.fsencode(path), _AT_FDCWD, os.fsencode(target), _RENAME_NOREPLACE)
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _NO_ATOMIC_RENAME:
        return False
    raise OSError(code, os.strerror(code), str(path), None, str(target))


def remove_placeholder(path: Path, target: Path | None) -> None:
    """Delete the empty placeholder that a crash left at `target`, if there is one.

    `target` is the name that `path` was about to get, or None. Nothing is deleted if the file at
    `target` has any content, or if `path` is gone.
    """
    with contextlib.suppress(OSError):
        if target is not None and path.exists():
            found = target.lstat()
            if stat.S_ISREG(found.st_mode) and found.st_size == 0:
                target.unlink()


def _reserve_and_replace(path: Path, target: Path) -> None:
    """Claim the name with a placeholder, then replace the placeholder."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        path.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            target.unlink()
        raise


@functools.cache
def _renameat2() -> Callable[..., int] | None:
    """Linux's rename call with a no-replace flag, or None if the C library doesn't have it."""
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
