"""The body of an upload: a form with the file as its last part, read as the socket asks for it.

It has `__iter__` and `__len__` and on purpose no `read`: requests then takes the length for
Content-Length and sends the pieces as they come, in the size chosen here. urllib3 would ask a
`read` for 16 KiB at a time.
"""

import hashlib
import mimetypes
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping

from services.disk.local_file import LocalFile
from services.problems.disk_errors import error_reading, file_changed
from services.system.cancellation import CancelToken

PIECE = 256 * 1024
"""Bytes given to the socket at once: large enough to be fast, small enough that a slow line
(over 5 KB/s) takes one within the time limit for sending."""

_types_lock = threading.Lock()
"""The system's list of types is read on first use: by one thread, not by all."""


class MultipartBody:
    """A multipart/form-data body of one file. Each iteration reopens the file.

    A piece holds only until the next is asked for.

    Raises FilesError while it is read when the file is gone, can't be read, or is not what it
    was when it was looked at; and Cancelled.
    """

    def __init__(
        self,
        file: LocalFile,
        fields: Mapping[str, str],
        *,
        token: CancelToken,
        progress: Callable[[int], None],
        hashed: Callable[[str], None] | None = None,
    ) -> None:
        """`progress` is told how many bytes of the file have been taken by the socket.

        With `hashed`, the bytes are hashed on their way, and it is told their SHA-256 in
        hexadecimal just before `progress` is told of the last of them.
        """
        self._file = file
        self._hashed = hashed
        self._token = token
        self._progress = progress
        self._sent_whole = False
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        """The value for the Content-Type header."""
        parts = [_field(name, value) for name, value in fields.items()]
        parts.append(_file_head(file.name))
        self._head = b"".join(f"--{boundary}\r\n".encode() + part for part in parts[:-1])
        self._head += f"--{boundary}\r\n".encode() + parts[-1]
        self._tail = f"\r\n--{boundary}--\r\n".encode()

    @property
    def sent_whole(self) -> bool:
        """Whether the last byte was given to the socket: from then on the server may have it."""
        return self._sent_whole

    def __len__(self) -> int:
        return len(self._head) + self._file.size + len(self._tail)

    def __iter__(self) -> Iterator[bytes | memoryview]:
        self._sent_whole = False
        yield self._head
        yield from self._content()
        # Before the bytes are out, since afterwards it may be too late to know.
        self._sent_whole = True
        yield self._tail

    def _content(self) -> Iterator[memoryview]:
        path = self._file.path
        sent = 0
        # Anew for each attempt. Other threads run while it hashes, and the socket's buffer keeps
        # the line busy.
        digest = None if self._hashed is None else hashlib.sha256()
        try:
            with open(path, "rb", buffering=0, opener=_open_at_once) as opened:
                self._check_unchanged(os.fstat(opened.fileno()))
                self._progress(0)
                # One buffer for all pieces: new memory for each costs as much as the sending.
                piece = memoryview(bytearray(min(PIECE, self._file.size)))
                while sent < self._file.size:
                    self._token.check()
                    count = opened.readinto(piece[: self._file.size - sent])
                    if not count:
                        raise file_changed(path)
                    if digest is not None:
                        digest.update(piece[:count])
                    yield piece[:count]
                    sent += count
                    if digest is not None and self._hashed and sent == self._file.size:
                        self._hashed(digest.hexdigest())
                    self._progress(sent)
                self._check_unchanged(os.fstat(opened.fileno()))
        except OSError as error:
            raise error_reading(error, path) from error

    def _check_unchanged(self, found: os.stat_result) -> None:
        if (found.st_size, found.st_mtime_ns) != (self._file.size, self._file.modified_ns):
            raise file_changed(self._file.path)


def _open_at_once(path: str, flags: int) -> int:
    """Open without waiting: a pipe in place of the file would block the thread."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


_ESCAPED = str.maketrans(
    {'"': "%22", "\\": "\\\\"} | {chr(code): f"%{code:02X}" for code in range(0x20) if code != 0x1B}
)
"""As httpx writes them, the HTTP library of the official client; so is what is left as it is."""


def _parameter(name: str, value: str) -> bytes:
    # A name that is no text becomes one.
    return f'{name}="{value.translate(_ESCAPED)}"'.encode(errors="replace")


def _field(name: str, value: str) -> bytes:
    head = b"Content-Disposition: form-data; " + _parameter("name", name)
    return head + b"\r\n\r\n" + value.encode() + b"\r\n"


def _file_head(name: str) -> bytes:
    with _types_lock:
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    # The whole name: what was left out of it, the server could not give back.
    head = b"Content-Disposition: form-data; " + _parameter("name", "file")
    head += b"; " + _parameter("filename", name)
    return head + f"\r\nContent-Type: {kind}\r\n\r\n".encode()
