"""Gives a file a name that nobody else has, and never replaces what has it.

Where the system can, that is one step. Where it can not, as with some file systems of user space,
the name is taken with an empty file first; a crash just then leaves that file, and
`give_back_name` removes it at the next start.
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
"""What file systems without hard links say."""
_NOT_IN_ONE_STEP = {errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""What those say that rename only by replacing."""

# Of Linux: <fcntl.h> and <linux/fs.h>.
_IN_THIS_FOLDER = -100
_NO_REPLACE = 1


def rename_to_unused(path: Path, target: Path) -> None:
    """Rename without ever replacing; raise FileExistsError when the name is taken."""
    if os.name == "nt":
        path.rename(target)  # refuses a taken name there
        return
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        if not rename_in_one_step(path, target):
            _reserve_and_replace(path, target)
    else:
        # It has its name; the other one would only be a leftover.
        with contextlib.suppress(OSError):
            path.unlink()


def rename_in_one_step(path: Path, target: Path) -> bool:
    """Rename where the system refuses a taken name by itself; False where it has no such way.

    Raises FileExistsError when the name is taken, and OSError.
    """
    rename = _renameat2()
    if rename is None:
        return False
    # Both are in this process's folder only where they are relative.
    failed = rename(
        _IN_THIS_FOLDER, os.fsencode(path), _IN_THIS_FOLDER, os.fsencode(target), _NO_REPLACE
    )
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in _NOT_IN_ONE_STEP:
        return False
    raise OSError(code, os.strerror(code), str(path), None, str(target))


def give_back_name(path: Path, target: Path | None) -> None:
    """Remove the empty file with which a crash left `target` taken for `path`, if it did.

    `target` is the name that `path` was about to get, or None. A file with anything in it, or
    whose `path` is gone, is never removed.
    """
    with contextlib.suppress(OSError):
        if target is not None and path.exists():
            found = target.lstat()
            if stat.S_ISREG(found.st_mode) and found.st_size == 0:
                target.unlink()


def _reserve_and_replace(path: Path, target: Path) -> None:
    """Take the name first, then replace what is ours."""
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        path.replace(target)
    except OSError:
        with contextlib.suppress(OSError):
            target.unlink()
        raise


@functools.cache
def _renameat2() -> Callable[..., int] | None:
    """The call of Linux that can refuse a taken name, where the C library has it."""
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
