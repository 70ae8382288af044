"""Computes the SHA-256 of local files."""

import hashlib
import os
from pathlib import Path

from services.catalog.upload_record import UploadRecord
from services.system.cancellation import CancelToken

_BUFFER_SIZE = 1024 * 1024


def sha256_of(path: Path, size: int, modified_ns: int, token: CancelToken) -> str | None:
    """The hash in hexadecimal; None if the file can't be read or its size or time don't match.

    Raises Cancelled.
    """
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_BUFFER_SIZE))
    try:
        with open(path, "rb", buffering=0, opener=_open_nonblocking) as file:
            if not _is_unchanged(file.fileno(), size, modified_ns):
                return None
            while count := file.readinto(buffer):
                token.check()
                digest.update(buffer[:count])
            return digest.hexdigest() if _is_unchanged(file.fileno(), size, modified_ns) else None
    except (OSError, ValueError):  # ValueError: a zero byte in the path
        return None


def has_content(path: Path, upload: UploadRecord, token: CancelToken) -> bool:
    """Whether a local file certainly has the content that was uploaded. Raises Cancelled."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return False
    if upload.sha256 is None or found.st_size != upload.size:
        return False
    return sha256_of(path, found.st_size, found.st_mtime_ns, token) == upload.sha256


def _is_unchanged(descriptor: int, size: int, modified_ns: int) -> bool:
    found = os.fstat(descriptor)
    return (found.st_size, found.st_mtime_ns) == (size, modified_ns)


def _open_nonblocking(path: str, flags: int) -> int:
    """Open without blocking: a pipe in place of the file would hang the thread."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
