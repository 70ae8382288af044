"""The SHA-256 of local files."""

import hashlib
import os
from pathlib import Path

from services.system.cancellation import CancelToken

_PIECE = 1024 * 1024


def sha256_of(path: Path, size: int, modified_ns: int, token: CancelToken) -> str | None:
    """In hexadecimal; None when the file can't be read or is not, or no longer, as told.

    Raises Cancelled.
    """
    digest = hashlib.sha256()
    piece = memoryview(bytearray(_PIECE))
    try:
        with open(path, "rb", buffering=0, opener=_open_at_once) as file:
            if not _is_as_told(file.fileno(), size, modified_ns):
                return None
            while count := file.readinto(piece):
                token.check()
                digest.update(piece[:count])
            return digest.hexdigest() if _is_as_told(file.fileno(), size, modified_ns) else None
    except (OSError, ValueError):  # ValueError: a zero byte in the path
        return None


def _is_as_told(descriptor: int, size: int, modified_ns: int) -> bool:
    found = os.fstat(descriptor)
    return (found.st_size, found.st_mtime_ns) == (size, modified_ns)


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe that took the place of the file would hold the thread."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
